"""送る: files of the care software become drafts, are looked at once more by recipient, and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from kiban.exchange import box_words, boxes, showing, uploads, user_names
from kiban.exchange.box_views import chosen, seat_of
from kiban.exchange.box_words import Shown, missed
from kiban.exchange.boxes import Seat
from kiban.exchange.check_views import known_offices
from kiban.exchange.layouts import Source, of_bytes
from kiban.exchange.sending_units import Record, SendingUnit, put_together
from kiban.exchange.showing import Checked
from kiban.registry.models import Organisation
from kiban.staff.middleware import SignedInRequest

NAMED = 30  # users of a unit shown at once; the rest opens in place


@dataclass(frozen=True)
class Kept:
    """A draft as the last look shows it.

    Attributes:
        users: named as the sender's own files name them.
        strangers, without_object: users of them that keep the unit from being sent.
        replaced: units sent before that this one takes the place of, or takes away.
        checked: its files with the findings of the check.
    """

    unit: Shown
    users: list[str]
    strangers: list[str]
    without_object: list[str]
    replaced: list[Shown] = field(default_factory=list)
    checked: list[Checked] = field(default_factory=list)

    @property
    def may_go(self) -> bool:
        """Nothing stands in the way."""
        return not self.strangers and not self.without_object

    @property
    def names_no_office(self) -> bool:
        """Its files cannot say whose users they are: somebody has to (介護予防)."""
        return self.unit.record in (Record.BASIC, Record.PREVENTION)

    @property
    def findings(self) -> int:
        """How much of the check is to be looked at."""
        return sum(line.number for one in self.checked for line in one.lines if not one.is_clean)


@dataclass(frozen=True)
class Faulty:
    """Files that were not kept: to whom they were meant to go, why, and what the check found."""

    title: str
    why: str
    checked: list[Checked]


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def send(request: SignedInRequest) -> HttpResponse:
    """Files are chosen or dropped; what can be sent waits for the last look, what cannot is explained."""
    seat = seat_of(request)
    context: dict[str, object] = {"place": "outbox", "drafts": len(boxes.drafts(seat))}
    if request.method == "GET":
        return render(request, "exchange/box_send.html", context)
    sources, hindrance = uploads.taken(request)
    if not sources:
        return render(request, "exchange/box_send.html", {**context, "hindrance": hindrance}, status=400)
    kept, already, faulty = _keep(seat, sources)
    if kept and not faulty:
        if already:
            messages.info(request, f"{already}件は、前に送ったものと同じなので、置きませんでした。")
        return redirect("exchange:drafts")
    context |= {"kept": kept, "already": already, "faulty": faulty, "drafts": len(boxes.drafts(seat))}
    return render(request, "exchange/box_send.html", context, status=400 if faulty else 200)


def _keep(seat: Seat, sources: Sequence[Source]) -> tuple[int, int, list[Faulty]]:
    """How many units were kept, how many had gone before, and what was not kept."""
    units, _ = put_together(sources, known_offices())
    kept = already = 0
    faulty = []
    belonging = set()
    for unit in units:
        belonging |= set(unit.files)
        if not unit.is_sendable:
            faulty.append(_faulty(unit, "点検で、直さないと送れないところが見つかりました。"))
            continue
        result, _ = boxes.stage(seat, unit)
        kept += result == "ok"
        already += result == "already"
        if result not in ("ok", "already"):
            faulty.append(_faulty(unit, missed(result)))
    strangers = [source for source in sources if source.base not in belonging]
    if strangers:
        why = "名前から、どこへ何を送るのかがわからないファイルです。"
        faulty.append(Faulty("送れないファイル", why, showing.check(strangers, known_offices())))
    return kept, already, faulty


def _faulty(unit: SendingUnit, why: str) -> Faulty:
    sources = [of_bytes(name, content) for name, content in unit.files.items()]
    number = unit.name.receiver
    organisation = Organisation.objects.filter(kind=Organisation.Kind.OFFICE, number=number).first()
    title = f"{organisation.name}({number})あて" if organisation else f"{number}あて"
    return Faulty(title, why, showing.check(sources, known_offices()))


@sensitive_variables()
@require_http_methods(["GET", "POST"])
def drafts(request: SignedInRequest) -> HttpResponse:
    """送る前の確認: each unit by recipient with its users; the chosen ones go."""
    seat = seat_of(request)
    if request.method == "POST":
        numbers = chosen(request)
        if numbers:
            return _sent(request, seat, numbers)
        messages.error(request, "送るものに印を付けてから、押してください。")
        return redirect("exchange:drafts")
    found = _kept(seat)
    context = {
        "place": "outbox",
        "kept": found,
        "receivers": [list(group) for _, group in groupby(found, key=lambda one: one.unit.number)],
        "may_go": sum(one.may_go for one in found),
        "named": NAMED,
    }
    return render(request, "exchange/box_drafts.html", context)


def _kept(seat: Seat) -> list[Kept]:
    units = box_words.shown(boxes.drafts(seat))
    opened = boxes.open_units(seat, [one.id for one in units]) if units else None
    if opened is None:
        return []
    known = user_names.known(seat, units)
    found = []
    for one in units:
        objections, told = boxes.objections(seat, one.id), boxes.one(seat, one.id)
        if objections is None or told is None:  # thrown away, sent or replaced a moment ago, at another terminal
            continue
        names = users_of(opened.files[one.id], known)
        sources = [of_bytes(name, content) for name, content in opened.files[one.id].items()]
        found.append(
            Kept(
                one,
                list(names.values()),
                [names[key] for key in objections.strangers],
                [names[key] for key in objections.without_object],
                [other for other in box_words.shown(told[1]) if other.sequence < one.sequence],
                showing.check(sources, known_offices()),
            )
        )
    return found


def users_of(files: Mapping[str, bytes], known: Mapping[int, str]) -> dict[int, str]:
    """The users of a unit by key: name and the end of the number, or the number of whom nobody names."""
    units, _ = put_together([of_bytes(name, content) for name, content in files.items()])
    people = {key: name or known.get(key, "") for unit in units for key, name in unit.people.items()}
    return {
        key: f"{name}(…{key % 10_000:04d})" if name else f"被保険者番号 …{key % 10_000:04d}"
        for key, name in people.items()
    }


def _sent(request: SignedInRequest, seat: Seat, numbers: Sequence[int]) -> HttpResponse:
    """What went and what did not. Posted once more (reloaded), what had gone is told again and goes only once."""
    went, stayed = [], []
    for number in numbers:
        answer = boxes.send(seat, number)
        found = boxes.one(seat, number)
        (unit,) = box_words.shown([found[0]]) if found else (None,)
        if answer in ("ok", "already"):
            went.append(unit)
        else:
            stayed.append((unit, missed(answer)))
    context = {"place": "outbox", "went": went, "stayed": stayed, "drafts": len(boxes.drafts(seat))}
    return render(request, "exchange/box_sent.html", context)


@require_POST
def vouch(request: SignedInRequest, number: int) -> HttpResponse:
    """この方たちは宛先の事業所の利用者です: said by whoever looked, for files that name no office."""
    seat = seat_of(request)
    objections = boxes.objections(seat, number)
    answer = (
        boxes.vouch(seat, number, objections.strangers) if objections and objections.strangers else "exchange:no_unit"
    )
    if answer == "ok":
        messages.success(request, "宛先の利用者だと確かめたことを記録しました。印を付けると送れます。")
    else:
        messages.error(request, missed(answer))
    return redirect("exchange:drafts")


@require_POST
def throw_away(request: SignedInRequest, number: int) -> HttpResponse:
    """A draft is not to be sent after all."""
    seat = seat_of(request)
    if not any(one["id"] == number for one in boxes.drafts(seat)):
        messages.info(request, "もう片付けられています。")
    elif (answer := boxes.withdraw(seat, number)) == "ok":
        messages.success(request, "片付けました。送っていません。")
    else:
        messages.error(request, missed(answer))
    return redirect("exchange:drafts")
