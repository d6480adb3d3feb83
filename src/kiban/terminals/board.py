"""The board of all terminals and their three steps, over all offices of the corporation (法人)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from kiban.registry.corporations import offices_of_the_corporation
from kiban.registry.models import Organisation
from kiban.terminals.lacks import Lack, TerminalFacts, lacks
from kiban.terminals.models import Certificate, Terminal
from kiban.terminals.steps import Cell, best, cells

GRAVITY = {"bad": 0, "off": 1, "soon": 2, "good": 3}


@dataclass(frozen=True)
class Row:
    """One terminal on the board."""

    terminal: Terminal
    certificate: Certificate | None
    cells: Sequence[Cell]
    is_ours: bool

    @property
    def open_steps(self) -> int:
        """How many of the three steps have something left to do."""
        return sum(cell.is_open for cell in self.cells)

    @property
    def order(self) -> tuple[bool, str, int, int, int, str]:
        """Office by office, the own one first; in each what is missing first."""
        worst = min(GRAVITY[cell.state] for cell in self.cells)
        office = self.terminal.organisation
        return not self.is_ours, office.name, office.pk, -self.open_steps, worst, self.terminal.name


def rows(organisation: Organisation, *, whole_corporation: bool = True) -> list[Row]:
    """The terminals in use, in their order."""
    offices = offices_of_the_corporation(organisation) if whole_corporation else [organisation]
    terminals = (
        Terminal.objects.filter(organisation__in=offices, retired_on=None)
        .select_related("organisation")
        .prefetch_related(Prefetch("certificates", Certificate.objects.order_by("pk")), "steps")
    )
    unsorted = [
        Row(
            terminal,
            best(terminal.certificates.all()),
            cells(terminal),
            is_ours=terminal.organisation_id == organisation.pk,
        )
        for terminal in terminals
    ]
    return sorted(unsorted, key=lambda row: row.order)


def lacks_of(organisation: Organisation, own_rows: Sequence[Row] | None = None) -> list[Lack]:
    """What the terminals and scenes of the organisation lack.

    Args:
        own_rows: its rows of the board, where they are read already.
    """
    own_rows = rows(organisation, whole_corporation=False) if own_rows is None else own_rows
    terminals = [
        TerminalFacts(row.terminal.pk, row.terminal.name, row.terminal.purpose, row.terminal.custodian, row.cells)
        for row in own_rows
    ]
    return list(lacks(organisation.kind, terminals, list(organisation.scenes.filter(ended_at=None))))
