"""The exchange for a machine (``kiban-exchange``): send, lists, fetch, receipt.

A request proves itself by the client certificate and ``Authorization: Kiban-Sync <key>``; a session cookie counts for
nothing here, so there is nothing a foreign page could misuse and no CSRF token. Answers are JSON with ``code`` and a
Japanese ``message``; they name no person, and findings of the check say file, line and column.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from kiban.exchange.boxes import acts
from kiban.exchange.boxes.words import missed
from kiban.exchange.machine import keys
from kiban.exchange.participant import Participant
from kiban.exchange.units import parcels
from kiban.exchange.units.records import user_of
from kiban.exchange.units.sending import SendingUnit, put_together
from kiban.exchange.units.vault import DamagedError
from kiban.formats.careplan.layouts import of_bytes
from kiban.web.access import terminal_only
from kiban.web.request import Caller, Request

SCHEME = "Kiban-Sync "
MOST_FINDINGS = 200  # a unit; a fault in every row is told in summary already
MOST_UNITS = 100_000  # one list; more than an office has in years
MOST_ROWS, LONGEST_ROW = 500, 1000  # of a receipt
# Drafts are thrown away after a week (gate.tidy_exchange). So of all units with smaller numbers than one sent this long
# ago, none will be sent any more.
SETTLED = dt.timedelta(days=30)
TRIES = 3  # when another PC puts its own draft in the place of ours

NO_KEY = "連携の鍵が付いていません。鍵のファイルの指定を確かめてください。"
STANDING = {
    "account:no_session": "連携の鍵が無効です(取り消されたか、まちがっています)。"
    "管理者に新しい鍵を作ってもらってください。",
    "account:session_expired": "連携の鍵の期限が切れています。管理者に新しい鍵を作ってもらってください。",
    "account:inactive": "鍵の責任者のIDが止められています。管理者に新しい鍵を作ってもらってください。",
    "account:left": "鍵の責任者が事業所を離れています。管理者に、別の責任者で新しい鍵を作ってもらってください。",
    "account:not_yet_employed": "鍵の責任者の在籍がまだ始まっていません。管理者に確かめてください。",
    "account:organisation_not_in_use": "この事業所は、いま介護情報基盤を使っていません。運営の窓口にご連絡ください。",
    "terminal:other_terminal": "別の端末のために作られた鍵です。この端末のための鍵を作ってもらってください。",
    "terminal:other_organisation": "この端末は、鍵の事業所のものではありません。管理者に確かめてください。",
    "exchange:no_office": "ケアプランデータ連携を使えるのは、事業所だけです。",
}
FAULTY = "点検で誤りが見つかりました。介護ソフトで直して、書き出し直してください。"
NOT_FOUND = "見つかりません。取り消されたか、番号が違います。"
RECEIPT = {
    "exchange:no_unit": (404, NOT_FOUND),
    "exchange:withdrawn": (409, "送った事業所が取り消したものです。取り込みの知らせは要りません。"),
    "exchange:not_opened": (409, "まだ受け取っていないものです。受け取ってから知らせてください。"),
}
View = Callable[..., HttpResponse]


def machine(view: View) -> View:
    """Certificate and key, and nothing else: the view gets the key's office as the participant."""

    @csrf_exempt
    @terminal_only
    @wraps(view)
    def guarded(request: Request, **arguments: Any) -> HttpResponse:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        # Anything but a key for machines would be taken for a session by the gate.
        if f"{scheme} " != SCHEME or not key.startswith(keys.PREFIX):
            return _problem(401, "key_missing", NO_KEY)
        organisation = keys.organisation_of(key)
        if organisation is None:
            return _refused("account:no_session")
        caller = Caller(key, request.certificate_fingerprint or "")
        participant = Participant.of(caller, organisation)
        refusal = _standing(participant)
        if refusal:
            return _refused(refusal)
        keys.seen(key)
        return view(request, participant, **arguments)

    return guarded


def _standing(participant: Participant) -> str | None:
    """What the gate has against this key here and now."""
    _, _, refusal = acts.box(participant, "in", after=1 << 62, limit=1)
    return refusal


@machine
@require_POST
def send(request: HttpRequest, participant: Participant) -> HttpResponse:
    """``POST units``: a zip of the files of one or more units.

    200 with ``units``, each ``sent``, ``already`` (the same was sent before) or ``held`` (nothing of it left), and
    ``others``: findings about files that belong to no unit. 413 too large, 422 no zip that can be read.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > parcels.LARGEST:
        return _too_large()
    body = request.read(parcels.LARGEST + 1)
    if len(body) > parcels.LARGEST:
        return _too_large()
    try:
        files = parcels.unpack(body)
    except parcels.TooLargeError as error:
        return _problem(413, "too_large", str(error))
    except parcels.ParcelError as error:
        return _problem(422, "not_a_zip", str(error))
    units, others = put_together([of_bytes(name, content) for name, content in files.items()])
    answers = []
    for unit in units:
        answer = _send(participant, unit)
        if answer["code"].startswith(("account:", "terminal:", "purpose:", "exchange:no_office")):
            # The key was refused in the middle. What was answered before stays true when the machine asks again.
            return _refused(answer["code"])
        answers.append(answer)
    findings = [finding.as_json() for file in others for finding in file.findings]
    return _json({"units": answers, "others": findings[:MOST_FINDINGS]})


def _send(participant: Participant, unit: SendingUnit) -> dict[str, Any]:
    number: int | None = None
    objections: list[dict[str, Any]] = []
    if not unit.is_sendable:
        word = "exchange:faulty"
    else:
        for _ in range(TRIES):
            word, number = acts.stage(participant, unit)
            if word == "ok" and number is not None:
                word = acts.send(participant, number, unit)
            if word != "exchange:no_unit":
                break
        if word in ("exchange:stranger", "exchange:nothing_to_delete") and number is not None:
            objections = _places(unit, acts.objections(participant, number))
    state = {"ok": "sent", "already": "already"}.get(word, "held")
    message = FAULTY if word == "exchange:faulty" else missed(word)
    return {
        "state": state,
        "code": word,
        "message": message if state == "held" else "",
        "id": number if state != "held" else None,
        "digest": unit.digest,
        "sequence": unit.name.sequence,
        "receiver": unit.name.receiver,
        "files": sorted(unit.files),
        "findings": [finding.as_json() for finding in unit.findings[:MOST_FINDINGS]],
        "objections": objections,
    }


def _places(unit: SendingUnit, objections: acts.Objections | None) -> list[dict[str, Any]]:
    """The first row of each user who keeps the unit back: a place says who it is without naming anybody."""
    if objections is None:
        return []
    why = dict.fromkeys(objections.unconfirmed, "stranger")  # the word of the interface
    why |= dict.fromkeys(objections.nothing_to_delete, "nothing_to_delete")
    places = []
    for name, document in sorted(unit.documents.items()):
        for line, row in zip(document.lines, document.rows, strict=True):
            if code := why.pop(user_of(row), None):
                places.append({"file": name, "line": line, "code": code})
    return places[:MOST_FINDINGS]


@machine
@require_GET
def inbox(request: HttpRequest, participant: Participant) -> HttpResponse:
    """``GET inbox?after=<id>``: what came, in the order to take it in. See ``_list``."""
    return _list(request, participant, "in")


@machine
@require_GET
def outbox(request: HttpRequest, participant: Participant) -> HttpResponse:
    """``GET outbox?after=<id>``: what was sent, newest first. See ``_list``."""
    return _list(request, participant, "out")


def _list(request: HttpRequest, participant: Participant, which: str) -> HttpResponse:
    """``units`` with numbers above ``after``, and ``next``: what to give as ``after`` next time, so that none is lost.

    Numbers are given when a unit becomes a draft and drafts are sent in any order, so ``next`` stays behind.
    """
    after = request.GET.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        return _problem(422, "bad_after", "afterは番号で指定してください。")
    units, more, refusal = acts.box(participant, which, after=int(after), limit=MOST_UNITS)
    if refusal:
        return _refused(refusal)
    before = timezone.now() - SETTLED
    old = [unit["id"] for unit in units if not more and dt.datetime.fromisoformat(unit["sent_at"]) < before]
    return _json({"units": units, "next": max(old, default=int(after))})


@machine
@require_GET
def files(request: HttpRequest, participant: Participant, pk: int) -> HttpResponse:
    """``GET units/<id>/files``: a zip (stored) of the files as they were sent. 404 not there, not ours or withdrawn,
    409 stored damaged."""
    try:
        opened = acts.open_units(participant, [pk])
    except DamagedError:
        return _problem(409, "damaged", "保管しているファイルを開けません。運営の窓口にご連絡ください。")
    if opened is None:
        refusal = _standing(participant)
        return _refused(refusal) if refusal else _problem(404, "not_found", NOT_FOUND)
    answer = HttpResponse(parcels.pack(opened.files[pk]), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{pk}.zip"'
    return answer


@machine
@require_POST
def receipt(request: HttpRequest, participant: Participant, pk: int) -> HttpResponse:
    """``POST units/<id>/receipt`` with ``{"outcome": "taken" | "error", "rows": [sentences]}``.

    The same receipt again counts once. 404 not ours, 409 withdrawn or not fetched, 422 not of this form.
    """
    received = _receipt_of(request)
    if received is None:
        return _problem(
            422,
            "bad_receipt",
            f"outcomeはtakenかerror、rowsは{LONGEST_ROW}字までの文{MOST_ROWS}個までの並びにしてください。",
        )
    outcome, rows = received
    if outcome == "error" and _is_repeated(participant, pk, rows):
        return _json({"state": "already", "code": "already", "message": ""})
    word = acts.settle(participant, pk, outcome, rows)
    if word in RECEIPT:
        status, message = RECEIPT[word]
        return _problem(status, word, message)
    if word != "ok":
        return _refused(word)
    return _json({"state": outcome, "code": "ok", "message": ""})


def _receipt_of(request: HttpRequest) -> tuple[str, list[str]] | None:
    bound = 4 * MOST_ROWS * LONGEST_ROW
    try:
        body = json.loads(request.read(bound))
        outcome, rows = body["outcome"], body.get("rows", [])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if outcome not in ("taken", "error") or not isinstance(rows, list) or len(rows) > MOST_ROWS:
        return None
    if not all(isinstance(row, str) and len(row) <= LONGEST_ROW for row in rows):
        return None
    return outcome, rows


def _is_repeated(participant: Participant, pk: int, rows: list[str]) -> bool:
    """Whether the last receipt of a unit is this error already: a retry whose answer was lost."""
    answer = acts.unit(participant, pk)
    if answer is None or answer[0]["is_mine"] or answer[0]["state"] != "error":
        return False
    opened = acts.open_units(participant, [pk])
    return opened is not None and opened.receipts[pk][-1].rows == rows


def _refused(word: str) -> JsonResponse:
    status = 401 if word in ("account:no_session", "account:session_expired") else 403
    return _problem(status, word, STANDING.get(word, "この端末と鍵では使えません。管理者に確かめてください。"))


def _too_large() -> JsonResponse:
    return _problem(413, "too_large", f"一度に送れるのは{parcels.LARGEST // 1024**2}MBまでです。分けて送ってください。")


def _problem(status: int, code: str, message: str) -> JsonResponse:
    return _json({"code": code, "message": message}, status)


def _json(content: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})
