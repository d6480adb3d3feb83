"""One unit: what is in it, what became of it, its files as they were sent, and the receiver's word on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.exchange import box_words, boxes, parcels, showing, user_names
from kiban.exchange.box_forms import NotTakenForm
from kiban.exchange.box_views import chosen, seat_of
from kiban.exchange.box_words import Shown, State, missed
from kiban.exchange.boxes import Opened, Seat
from kiban.exchange.check_views import known_offices
from kiban.exchange.layouts import Severity, of_bytes
from kiban.exchange.send_views import NAMED, users_of
from kiban.exchange.showing import Checked
from kiban.staff.middleware import SignedInRequest

TOLD = 100  # findings put into the words for the sender


@sensitive_variables()
@require_GET
def unit(request: SignedInRequest, number: int) -> HttpResponse:
    """A unit; looking at it is fetching it (受け取り), which the sender is told."""
    seat = seat_of(request)
    found, _ = _found(seat, number)
    if found.state is State.DRAFT:
        return redirect("exchange:drafts")
    opened = None if _is_gone(found) else boxes.open_units(seat, [number])
    found, others = _found(seat, number)  # it may be 受け取り済 by now
    context: dict[str, Any] = {
        "place": "outbox" if found.is_mine else "inbox",
        "unit": found,
        "before": [one for one in others if _place(one) < _place(found)],
        "after": [one for one in others if _place(one) > _place(found)],
        "named": NAMED,
    }
    if opened is not None:
        context |= _inside(opened, found, user_names.known(seat, [found]))
    return render(request, "exchange/box_unit.html", context)


def _found(seat: Seat, number: int) -> tuple[Shown, list[Shown]]:
    """The unit and its neighbours. Raises Http404: there is none of this number for this office."""
    found = boxes.one(seat, number)
    if found is None:
        raise Http404
    told, others = found
    one, *rest = box_words.shown([told, *others])
    return one, rest


def _is_gone(found: Shown) -> bool:
    """Withdrawn: the receiver can no longer fetch it."""
    return found.state is State.WITHDRAWN and not found.is_mine


def _place(one: Shown) -> tuple[str, int]:
    return one.sequence, one.id


def _inside(opened: Opened, found: Shown, known: dict[int, str]) -> dict[str, Any]:
    files = opened.files[found.id]
    names = users_of(files, known)
    holding = {key for key, _ in opened.in_force.get(found.id, ())}
    checked = _checked(files)
    return {
        "opened": True,
        "users": [(name, key in holding) for key, name in names.items()],
        "holding": len(holding),
        "checked": checked,
        "is_clean": all(one.is_clean for one in checked),
        "receipts": opened.receipts.get(found.id, []),
    }


def _checked(files: dict[str, bytes]) -> list[Checked]:
    return showing.check([of_bytes(name, content) for name, content in files.items()], known_offices())


def _open(seat: Seat, number: int) -> dict[str, bytes]:
    """The files of a unit. Raises Http404: not there, not this office's, or withdrawn."""
    opened = boxes.open_units(seat, [number])
    if opened is None:
        raise Http404
    return opened.files[number]


@sensitive_variables()
@require_GET
def file(request: SignedInRequest, number: int, place: int) -> HttpResponse:
    """One file, byte for byte as it was sent; ``place``: 1 for the first by name (names can hold a person's number)."""
    files = _open(seat_of(request), number)
    if not 1 <= place <= len(files):
        raise Http404
    name = sorted(files)[place - 1]
    return _attachment(files[name], name, "application/octet-stream")


@sensitive_variables()
@require_GET
def whole(request: SignedInRequest, number: int) -> HttpResponse:
    """All files of a unit in one zip."""
    seat = seat_of(request)
    found, _ = _found(seat, number)
    return _attachment(parcels.pack(_open(seat, number)), f"{found.sequence}_{found.number}.zip", "application/zip")


@sensitive_variables()
@require_POST
def fetch(request: SignedInRequest) -> HttpResponse:
    """The files of several units in one zip; they count as fetched."""
    seat = seat_of(request)
    numbers = chosen(request)
    if not numbers:
        messages.error(request, "ダウンロードするものに印を付けてから、押してください。")
        return redirect("exchange:inbox")
    opened = boxes.open_units(seat, numbers)
    if opened is None:
        messages.error(request, "取り消されたものが入っています。一覧を見直して、もう一度選んでください。")
        return redirect("exchange:inbox")
    return _attachment(parcels.pack(_together(opened.files)), "renkei.zip", "application/zip")


def _together(units: dict[int, dict[str, bytes]]) -> dict[str, bytes]:
    """The files of all units; a name that two of them have, with the number of the unit before it."""
    found: dict[str, bytes] = {}
    for number, files in units.items():
        for name, content in files.items():
            found[name if name not in found else f"{number}/{name}"] = content
    return found


def _attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    shown = name if name.isprintable() else "renkei"  # a name from a zip can hold what a header cannot
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=shown) or "attachment"
    return answer


@require_POST
def taken(request: SignedInRequest, number: int) -> HttpResponse:
    """取り込みました: the sender is told so."""
    seat = seat_of(request)
    found, _ = _found(seat, number)
    return _settled(request, seat, found, State.TAKEN, [])


@require_POST
def taken_together(request: SignedInRequest) -> HttpResponse:
    """取り込みました, of several units at once."""
    seat = seat_of(request)
    numbers = chosen(request)
    answers = [boxes.settle(seat, number, State.TAKEN.value, []) for number in numbers]
    told = answers.count("ok")
    if told:
        messages.success(request, f"{told}件について、送った事業所に「取り込みました」と伝えました。")
    for answer in sorted(set(answers) - {"ok"}):
        messages.error(request, f"{answers.count(answer)}件は伝えていません。{missed(answer)}")
    if not numbers:
        messages.error(request, "取り込んだものに印を付けてから、押してください。")
    return redirect("exchange:inbox")


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def not_taken(request: SignedInRequest, number: int) -> HttpResponse:
    """取り込めませんでした: which rows, in the receiver's words; what the check found stands there already."""
    seat = seat_of(request)
    found, _ = _found(seat, number)
    if found.is_mine or _is_gone(found):
        raise Http404
    if request.method == "POST":
        form = NotTakenForm(request.POST)
        if form.is_valid():
            return _settled(request, seat, found, State.ERROR, form.rows())
    else:
        form = NotTakenForm(initial={"words": "\n".join(_prepared(_checked(_open(seat, number))))})
    context = {"place": "inbox", "unit": found, "form": form}
    return render(request, "exchange/box_error.html", context, status=400 if form.errors else 200)


def _prepared(checked: list[Checked]) -> list[str]:
    """What the check found that the sender has to mend, a line each."""
    found = []
    for one in checked:
        for line in one.lines:
            if line.finding.severity is Severity.INFO:
                continue
            where = f"{line.finding.line}行目 " if line.finding.line else ""
            column = f"「{line.finding.column_name}」 " if line.finding.column_name else ""
            more = f"(ほか{len(line.others)}行)" if line.others else ""
            found.append(f"{one.name} {where}{column}{line.finding.message}{more}")
    return found[:TOLD]


def _settled(request: SignedInRequest, seat: Seat, found: Shown, outcome: State, rows: list[str]) -> HttpResponse:
    if found.is_mine:
        raise Http404
    answer = boxes.settle(seat, found.id, outcome.value, rows)
    if answer != "ok":
        messages.error(request, missed(answer))
    elif outcome is State.TAKEN:
        messages.success(request, f"{found.office}に「取り込みました」と伝えました。")
    else:
        messages.success(request, f"{found.office}に、取り込めなかったことを伝えました。")
    return redirect("exchange:unit", found.id)


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, number: int) -> HttpResponse:
    """取り消す: what it means, then it is done; only what the receiver has not taken in."""
    seat = seat_of(request)
    found, _ = _found(seat, number)
    if not found.is_mine or found.state is State.DRAFT:
        raise Http404
    if request.method == "GET":
        return render(request, "exchange/box_withdraw.html", {"place": "outbox", "unit": found})
    answer = boxes.withdraw(seat, number)
    if answer == "ok":
        messages.success(request, "取り消しました。相手は、もうファイルを受け取れません。")
    else:
        messages.error(request, missed(answer))
    return redirect("exchange:unit", number)
