"""How many have yet to be asked for the 包括的同意, for the daily e-mail. On 今日 the list of persons says who."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.urls import reverse

from kiban.ops import database
from kiban.ops.database import Role
from kiban.ops.room import Notice, Workplace


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
