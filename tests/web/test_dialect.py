"""One dialect of a page (CONTRIBUTING.md): what a view asks for and answers stands in its first line, in every room."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from kiban.web.access import Access, access_of
from kiban.web.answers import form_page

REQUESTS = {
    Access.PUBLIC: {"HttpRequest", "Request"},
    Access.TERMINAL: {"HttpRequest", "Request"},
    Access.GATED: {"GatedRequest", "SignedInRequest"},
    Access.SIGNED_IN: {"SignedInRequest"},
    Access.ADMINISTRATOR: {"SignedInRequest"},
}
# Pages an operator may open to everybody (settings.EXCHANGE_CHECK_IS_PUBLIC): nobody need be signed in.
OPEN_BY_SETTING = {
    "kiban.exchange.pages.check.check",
    "kiban.exchange.pages.match.matching",
    "kiban.exchange.pages.printing.print_files",
}


def views(patterns: list[Any] | None = None) -> Iterator[Any]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.callback


def named(view: Any) -> str:
    return f"{view.__module__}.{view.__name__}"


@pytest.mark.parametrize("view", list(views()), ids=named)
def test_a_view_says_whose_request_it_takes_and_answers_a_page(view):
    signature = inspect.signature(inspect.unwrap(view))
    first = next(iter(signature.parameters.values()))
    assert first.name == "request"
    access = Access.PUBLIC if named(view) in OPEN_BY_SETTING else access_of(view)
    assert first.annotation in REQUESTS[access]
    assert signature.return_annotation in {"HttpResponse", "JsonResponse"}


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.mark.parametrize(
    ("sent", "refused", "status"),
    [(None, False, 200), ({"name": "x"}, False, 200), ({"name": ""}, False, 422), ({"name": "x"}, ["a fault"], 422)],
)
def test_what_has_to_be_mended_answers_422(sent, refused, status):
    form = NameForm(sent)
    answer = form_page(RequestFactory().get("/"), "web/forms/form.html", {"form": form}, form, refused=refused)
    assert answer.status_code == status


@pytest.mark.parametrize("frame", ["web/base.html", "web/plain.html"])
@pytest.mark.parametrize(("name", "title"), [("", "<title>エラー: "), ("x", "<title>介護情報基盤")])
def test_the_title_of_a_page_with_something_to_mend_says_so(frame, name, title):
    form = NameForm({"name": name})
    page = form_page(RequestFactory().post("/"), frame, {"form": form}, form).content.decode()
    assert title in page
