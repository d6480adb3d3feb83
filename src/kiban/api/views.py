"""The machine interface: what the gate answers, as JSON. One gate call a request; the session is asked after a no."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from kiban.gate import door
from kiban.gate.events import Condition, Purpose
from kiban.gate.opened import Answers, Opening, PeopleList
from kiban.records import kinds
from kiban.staff.sign_in.middleware import end_if_carried
from kiban.web import opaque
from kiban.web.access import gated
from kiban.web.request import SignedInRequest

SORTS = ("kana", "valid_to", "care_level")


@gated
@require_GET
def records(request: SignedInRequest, key: int) -> HttpResponse:
    """``GET /api/v1/people/<id>/records?purpose=…&item=…&item=…`` (all items when none is named).

    200 when something is shown, 403 when nothing is, 404 for a stranger, 400 for an unknown item or purpose. The
    body is the gate's answer as it is: every item with its eight answers.
    """
    items = request.GET.getlist("item") or list(kinds.item_keys())
    purpose = request.GET.get("purpose", "")
    if len(items) > 100 or not set(items) <= set(kinds.item_keys()):
        return _problem(400, "unknown_item", "itemに知らない情報の種類があります。")
    if purpose not in set(Purpose):
        return _problem(400, "unknown_purpose", "purposeに利用目的を指定してください。")
    answer = door.open_records(request.caller, key, items, purpose)
    if '"outcome" : "denied"' not in answer:
        return HttpResponse(answer, content_type="application/json")
    return _refused(request, answer)


def _refused(request: HttpRequest, text: str) -> HttpResponse:
    opening = Opening.parse(text)
    if opening.standing:
        return _standing(request, text, opening.standing)
    if opening.is_of_stranger:
        return _problem(404, "not_found", "見つかりません。")
    return HttpResponse(text, content_type="application/json", status=403)


def _standing(request: HttpRequest, text: str, standing: Answers) -> HttpResponse:
    """The answer to somebody whose session, terminal or purpose does not hold."""
    end_if_carried(request)
    is_out = standing.get(Condition.ACCOUNT) in {"no_session", "session_expired"}
    return HttpResponse(text, content_type="application/json", status=401 if is_out else 403)


@gated
@require_GET
def people(request: SignedInRequest) -> HttpResponse:
    """``GET /api/v1/people?purpose=…&sort=…&offset=…&limit=…``: whom may I see (at most 200 at once).

    There is no search by name: a name has no place in an address.
    """
    purpose, sort = request.GET.get("purpose", ""), request.GET.get("sort", "kana")
    offset, limit = request.GET.get("offset", "0"), request.GET.get("limit", "50")
    if purpose not in set(Purpose):
        return _problem(400, "unknown_purpose", "purposeに利用目的を指定してください。")
    if sort not in SORTS or not (offset.isascii() and offset.isdigit() and limit.isascii() and limit.isdigit()):
        return _problem(400, "bad_page", "sort・offset・limitを確かめてください。")
    if not 1 <= int(limit) <= 200 or int(offset) > 10_000_000:
        return _problem(400, "bad_page", "limitは1から200までです。")
    answer = door.list_people(request.caller, purpose, sort=sort, offset=int(offset), limit=int(limit))
    if '"standing" : []' not in answer:
        return _standing(request, answer, PeopleList.parse(answer).standing)
    return HttpResponse(_with_identifiers(answer), content_type="application/json")


# The key a person's object begins with. Quotation marks inside JSON strings are escaped, so this can only be a member
# of an object, never part of a name; taking the whole answer apart for it would cost as much as half an opening.
_KEY = re.compile(r'\{"key" : (\d+),')


def _with_identifiers(answer: str) -> str:
    """The list with the opaque identifier of each person in place of the key."""
    identifiers = iter(opaque.encode_all(int(key) for key in _KEY.findall(answer)))
    return _KEY.sub(lambda _: f'{{"id" : "{next(identifiers)}",', answer)


def _problem(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"code": code, "message": message}, status=status, json_dumps_params={"ensure_ascii": False})
