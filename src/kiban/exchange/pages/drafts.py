"""送る前の確認: drafts are looked at once more by recipient; the chosen ones go, others are thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from kiban.exchange.boxes import acts, user_names
from kiban.exchange.boxes.unit_lines import UnitLine, unit_lines
from kiban.exchange.boxes.words import missed
from kiban.exchange.pages.check import known_offices
from kiban.exchange.pages.findings import FileResult, results
from kiban.exchange.pages.getters import participant_of, ticked_units
from kiban.exchange.pages.names import NAMED, with_numbers
from kiban.exchange.participant import Participant
from kiban.exchange.units.records import Record
from kiban.exchange.units.sending import read_unit
from kiban.web.request import SignedInRequest


@dataclass(frozen=True)
class Draft:
    """A draft as the last look shows it.

    Attributes:
        users: named as the sender's own files name them.
        unconfirmed, nothing_to_delete: users of them that keep the unit from being sent.
        replaced: units sent before that this one takes the place of, or takes away.
        checked: its files with the findings of the check.
    """

    unit: UnitLine
    users: list[str]
    unconfirmed: list[str]
    nothing_to_delete: list[str]
    replaced: list[UnitLine] = field(default_factory=list)
    checked: list[FileResult] = field(default_factory=list)

    @property
    def may_go(self) -> bool:
        """Nothing stands in the way."""
        return not self.unconfirmed and not self.nothing_to_delete

    @property
    def names_no_office(self) -> bool:
        """Its files cannot say whose users they are: somebody has to (介護予防)."""
        return self.unit.record in (Record.BASIC, Record.PREVENTION)

    @property
    def findings(self) -> int:
        """How much of the check is to be looked at."""
        return sum(line.number for file in self.checked for line in file.lines if not file.is_clean)


@sensitive_variables()
@require_http_methods(["GET", "POST"])
def drafts(request: SignedInRequest) -> HttpResponse:
    """送る前の確認: each unit by recipient with its users; the chosen ones go."""
    participant = participant_of(request)
    if request.method == "POST":
        numbers = ticked_units(request)
        if numbers:
            return _send(request, participant, numbers)
        messages.error(request, "送るものに印を付けてから、押してください。")
        return redirect("exchange:drafts")
    waiting = _drafts(participant)
    context = {
        "place": "outbox",
        "receivers": [list(group) for _, group in groupby(waiting, key=lambda draft: draft.unit.number)],
        "may_go": sum(draft.may_go for draft in waiting),
        "named": NAMED,
    }
    return render(request, "exchange/box_drafts.html", context)


def _drafts(participant: Participant) -> list[Draft]:
    """The drafts of this office. Every file is read and checked once; the gate is asked for all of them together."""
    units = unit_lines(acts.drafts(participant))
    numbers = [unit.id for unit in units]
    opened = acts.open_units(participant, numbers) if units else None
    if opened is None:
        return []
    standing = acts.standing_of_drafts(participant, numbers)
    known = user_names.known(participant, units)
    return [
        _draft(unit, opened.files[unit.id], *standing[unit.id], known)
        for unit in units
        if unit.id in standing  # else thrown away, sent or replaced a moment ago, at another terminal
    ]


def _draft(
    unit: UnitLine,
    files: dict[str, bytes],
    objections: acts.Objections,
    neighbours: list[acts.UnitAnswer],
    known: dict[int, str],
) -> Draft:
    contents = read_unit(files, known_offices())
    names = with_numbers(contents.people, known)
    return Draft(
        unit,
        list(names.values()),
        [names[key] for key in objections.unconfirmed],
        [names[key] for key in objections.nothing_to_delete],
        [other for other in unit_lines(neighbours) if other.sequence < unit.sequence],
        results(contents.checked),
    )


def _send(request: SignedInRequest, participant: Participant, numbers: Sequence[int]) -> HttpResponse:
    """What went and what did not. Posted once more (reloaded), what had gone is named again and goes only once."""
    went, stayed = [], []
    for number in numbers:
        answer = acts.send(participant, number)
        unit = acts.unit(participant, number)
        (line,) = unit_lines([unit[0]]) if unit else (None,)
        if answer in ("ok", "already"):
            went.append(line)
        else:
            stayed.append((line, missed(answer)))
    context = {"place": "outbox", "went": went, "stayed": stayed, "drafts": len(acts.drafts(participant))}
    return render(request, "exchange/box_sent.html", context)


@require_POST
def vouch(request: SignedInRequest, number: int) -> HttpResponse:
    """この方たちは宛先の事業所の利用者です: said by whoever looked, for files that name no office."""
    participant = participant_of(request)
    objections = acts.objections(participant, number)
    if objections and objections.unconfirmed:
        answer = acts.vouch(participant, number, objections.unconfirmed)
    else:
        answer = "exchange:no_unit"
    if answer == "ok":
        messages.success(request, "宛先の利用者だと確かめたことを記録しました。印を付けると送れます。")
    else:
        messages.error(request, missed(answer))
    return redirect("exchange:drafts")


@require_POST
def throw_away(request: SignedInRequest, number: int) -> HttpResponse:
    """A draft is not to be sent after all."""
    participant = participant_of(request)
    if not any(draft["id"] == number for draft in acts.drafts(participant)):
        messages.info(request, "もう片付けられています。")
    elif (answer := acts.withdraw(participant, number)) == "ok":
        messages.success(request, "片付けました。送っていません。")
    else:
        messages.error(request, missed(answer))
    return redirect("exchange:drafts")
