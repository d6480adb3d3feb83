"""What an office's terminals lack, in words, each with the one place where it is settled. Rules without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kiban.registry.models import Organisation
from kiban.terminals.models import Scene
from kiban.terminals.pages.forms import VISIT
from kiban.terminals.steps import Cell, Step


@dataclass(frozen=True)
class TerminalFacts:
    """What the rules look at of one terminal."""

    pk: int
    name: str
    purpose: str
    custodian: str
    cells: Sequence[Cell]

    def cell(self, step: Step) -> Cell:
        """How a step stands."""
        return next(cell for cell in self.cells if cell.step is step)

    @property
    def is_usable(self) -> bool:
        """Whether its certificate lets it in today."""
        return self.cell(Step.CERTIFICATE).state in ("good", "soon")


@dataclass(frozen=True)
class Lack:
    """One thing that is missing, and where it is settled (a route of this room and its argument)."""

    words: str
    about: str
    route: str
    pk: int | None
    action: str


def lacks(kind: str, terminals: Sequence[TerminalFacts], scenes: Sequence[Scene]) -> Iterator[Lack]:
    """Everything that is missing, what keeps somebody from looking at all first.

    Args:
        kind: of the organisation (``Organisation.Kind``); only care offices visit people.
        scenes: those in use.
    """
    for terminal in terminals:
        yield from _certificate_lack(terminal)
    # Nobody visits from a municipality or a hospital.
    if kind == Organisation.Kind.OFFICE and not any(
        terminal.purpose == VISIT and terminal.is_usable for terminal in terminals
    ):
        yield Lack("訪問先での閲覧に使える端末がありません", "", "terminals:add", None, "用意する")
    if not scenes:
        yield Lack(
            "だれが、どの場面で、どの端末で見るかが決まっていません", "", "terminals:scenes", None, "場面を決める"
        )
    for scene in scenes:
        if scene.terminal_id is None:
            yield Lack("端末の決まっていない場面があります", scene.name, "terminals:scene", scene.pk, "端末を決める")
        if not scene.job_types:
            yield Lack(
                "見る職種の決まっていない場面があります", scene.name, "terminals:scene", scene.pk, "職種を決める"
            )
    for terminal in terminals:
        if not terminal.custodian:
            yield Lack(
                "管理する人が決まっていない端末があります", terminal.name, "terminals:change", terminal.pk, "決める"
            )
    for terminal in terminals:
        for step in (Step.SETTINGS, Step.READER):
            if terminal.cell(step).is_open:
                yield Lack(
                    f"{step.label}が済んでいない端末があります",
                    terminal.name,
                    "terminals:set-up",
                    terminal.pk,
                    "続ける",
                )


def _certificate_lack(terminal: TerminalFacts) -> Iterator[Lack]:
    cell = terminal.cell(Step.CERTIFICATE)
    if cell.state == "bad":
        words = "証明書が切れた、または失効した端末があります"
        yield Lack(words, terminal.name, "terminals:terminal", terminal.pk, "発行する")
    elif cell.words == "未":
        yield Lack("証明書のない端末があります", terminal.name, "terminals:set-up", terminal.pk, "発行する")
    elif cell.is_open:
        yield Lack(
            "証明書を入れたことをまだ確かめていない端末があります",
            terminal.name,
            "terminals:set-up",
            terminal.pk,
            "続ける",
        )
    elif cell.state == "soon":
        yield Lack(
            "証明書がもうすぐ切れる端末があります", terminal.name, "terminals:terminal", terminal.pk, "新しくする"
        )
