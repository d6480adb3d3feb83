"""How many have yet to be asked for the 包括的同意, for the daily e-mail (on 今日 the list of persons says who); papers
that offices hid, on 今日 of the municipality.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.urls import reverse

from kiban.consent import acts
from kiban.ops import database
from kiban.ops.database import Role
from kiban.ops.room import Notice, Visitor, Workplace
from kiban.registry.models import Organisation


def own(visitor: Visitor) -> Iterator[Notice]:
    """Papers hidden as 付けまちがい in the last 30 days, for the municipality. Raises as ``gate.calling.call``."""
    if visitor.organisation.kind != Organisation.Kind.MUNICIPALITY:
        return
    if papers := acts.count_hidden_papers(visitor.caller, visitor.purpose):
        yield Notice(
            f"事業所が、付けまちがいとして隠した書面があります({papers}件)",
            reverse("consent:hidden-papers"),
            "確かめる",
            mark="書面",
        )


def unasked(today: dt.date) -> dict[int, int]:
    """Persons of every organisation that has such, by its id. Needs the worker's rights."""
    with database.connect(Role.WORKER) as connection:
        return dict(connection.execute("SELECT * FROM gate.all_consent_due(%s)", [today]).fetchall())


def everywhere(today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
    """Of all organisations, counted once. Needs the worker's rights."""
    counted = unasked(today)

    def of(workplace: Workplace) -> Iterator[Notice]:
        if persons := counted.get(workplace.organisation.pk):
            yield Notice(f"同意待ちの方 {persons}名", reverse("viewing:people"), "", mark="同意")

    return of
