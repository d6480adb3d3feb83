"""How somebody last had the list: search, order, filter and page, kept in the session until it ends.

The session's data are encrypted (``staff.sign_in.sessions``), so that a name that was searched for stands in no address
and in no table.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.http import HttpRequest

from kiban.viewing.filters import EVERYBODY, FILTERS, Filter
from kiban.viewing.pages.forms import SORTS, SearchForm

LIST = "people_list"


@dataclass(frozen=True)
class ListState:
    """What the list shows.

    Attributes:
        q: what was typed into the search. lacks: key of a filter. page: from 1.
    """

    q: str = ""
    sort: str = SORTS[0][0]
    lacks: str = EVERYBODY.key
    page: int = 1

    @property
    def filter(self) -> Filter:
        return FILTERS.get(self.lacks, EVERYBODY)

    @property
    def is_narrowed(self) -> bool:
        """Whether it shows some of the persons only."""
        return bool(self.q or self.lacks)


def state(request: HttpRequest) -> ListState:
    """As it was left."""
    return ListState(**request.session.get(LIST, {}))


def keep(request: HttpRequest, new: ListState) -> ListState:
    """Remember it; who only looks writes nothing."""
    if new != state(request):
        request.session[LIST] = asdict(new)
    return new


def typed(form: SearchForm, before: ListState) -> ListState:
    """What a form asks for. One that says nothing of order or filter (the search in the head) keeps the order."""
    form.is_valid()
    found: dict[str, Any] = form.cleaned_data
    return ListState(
        q=(found.get("q") or "").strip(),
        sort=found.get("sort") or before.sort,
        lacks=found.get("lacks") or EVERYBODY.key,
        page=found.get("page") or 1,
    )


def chosen(before: ListState, lacks: str) -> ListState:
    """A link that names a filter, or everybody: a search that is left over would hide some."""
    return replace(before, q="", lacks=lacks if lacks in FILTERS else EVERYBODY.key, page=1)
