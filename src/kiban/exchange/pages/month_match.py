"""突合 of what was exchanged: a month of the boxes, no files to choose; questions to the other office from there."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from kiban.exchange.month import held, queries, query_words
from kiban.exchange.month import ledgers as ledger_facts
from kiban.exchange.month import sheet as month_sheet
from kiban.exchange.month.sheet import Sheet
from kiban.exchange.pages.boxes import seat_of
from kiban.formats.careplan.claims import NOTHING, early
from kiban.formats.careplan.matching import Matched, Month, match
from kiban.registry.models import Organisation
from kiban.registry.numbers import insured_key
from kiban.web.request import SignedInRequest

LONGEST = 1000  # characters of a question or an answer
MISSES = {
    "exchange:stranger": "この月に、この事業所とのあいだでやり取りした利用者ではないため、問い合わせられません。",
    "exchange:receiver_not_here": "この事業所は、ここに登録されていません。電話などで確かめてください。",
    "exchange:receiver_closed": "この事業所は、利用を終えています。",
    "exchange:no_query": "この問い合わせは見つからないか、もう答えが付いています。",
}
NOT_POSSIBLE = "できませんでした。職員・端末の登録に変わりがないか、管理者に確認してください。"


@dataclass(frozen=True)
class Shown:
    """One user's calendar with the offices a question can go to."""

    sheet: Sheet
    key: int
    offices: list[tuple[str, str]]  # number, name


@sensitive_variables()
@require_GET
def month_match(request: SignedInRequest, month: str = "") -> HttpResponse:
    """予定 and 実績 of a month as they hold now (``?month=YYYYMM``; last month when none is asked for)."""
    month = _month(month or request.GET.get("month", ""))
    seat = seat_of(request)
    found = held.of_month(seat, month)
    matched = _matched(found)
    own = request.organisation.number
    sheets = month_sheet.sheets(matched)
    ledgers = ledger_facts.of_month(seat, month, matched.offices) if found.units else NOTHING
    likely = early(found.planned, found.done, found.benefits, found.users, ledgers)
    context = {
        "month": month,
        "title": _title(month),
        "before": _beside(month, -1),
        "after": _beside(month, 1),
        "matched": matched,
        "users": len(matched.months),
        "differing": len(matched.differing),
        "shown": [
            Shown(sheet, insured_key(sheet.insurer, sheet.number), _others(one, matched, own))
            for sheet, one in zip(sheets, matched.differing, strict=False)
        ],
        **month_sheet.warned(likely, matched.names),
        "waiting": sorted(matched.offices.get(one, one) for one in matched.waiting.get(month, ())),
    }
    return render(request, "exchange/month_match.html", context)


@sensitive_variables()
@sensitive_post_parameters("words")
@require_http_methods(["GET", "POST"])
def ask(request: SignedInRequest, key: int, office: str, month: str) -> HttpResponse:
    """問い合わせ: a question about one user's month. Posted without words, it says what differs."""
    seat, month = seat_of(request), _month(month)
    words = request.POST.get("words", "").strip()
    error = f"{LONGEST}文字までにしてください。" if len(words) > LONGEST else ""
    if request.method == "POST" and words and not error:
        return _asked(request, queries.ask(seat, key, office, month, words), office, month)
    matched = _matched(held.of_month(seat, month))
    own = request.organisation.number
    found = next((one for one in matched.differing if insured_key(*one.user) == key), None)
    if found is None or office not in {number for number, _ in _others(found, matched, own)}:
        raise Http404
    about = office if query_words.concerning(found, office) else own
    drafted = query_words.drafted(found, matched, about)
    if request.method == "POST" and not error:
        return _asked(request, queries.ask(seat, key, office, month, drafted[:LONGEST]), office, month)
    context = {
        "name": matched.names.get(found.user, ""),
        "tail": found.user[1][-4:],
        "office": matched.offices.get(office) or _name(office),
        "month": month,
        "title": _title(month),
        "words": words or drafted,
        "error": error,
    }
    return render(request, "exchange/query_ask.html", context, status=400 if error else 200)


@sensitive_variables()
@sensitive_post_parameters("words")
@require_http_methods(["GET", "POST"])
def query_list(request: SignedInRequest) -> HttpResponse:
    """Questions that wait, or those of a month; the answer to one this office was asked."""
    seat = seat_of(request)
    error, tried = "", 0
    if request.method == "POST":
        tried = int(request.POST.get("query", "0")) if request.POST.get("query", "").isdecimal() else 0
        words = request.POST.get("words", "").strip()
        error = _wrong_answer(words)
        wanted = next((one for one in queries.listed(seat) if one.number_of_query == tried and not one.is_mine), None)
        if not error:
            result = queries.reply(seat, wanted.insured_key, tried, words) if wanted else "exchange:no_query"
            if result == "ok":
                messages.success(request, "答えを送りました。")
            else:
                messages.error(request, MISSES.get(result, NOT_POSSIBLE))
            return redirect("exchange:queries")
    month = request.GET.get("month", "")
    found = queries.listed(seat, _month(month) if month else None)
    context = {
        "asked_of_us": [one for one in found if not one.is_mine],
        "asked_by_us": [one for one in found if one.is_mine],
        "month": _title(_month(month)) if month else "",
        "error": error,
        "tried": tried,
        "typed": request.POST.get("words", ""),
    }
    return render(request, "exchange/query_list.html", context, status=400 if error else 200)


def _wrong_answer(words: str) -> str:
    if not words:
        return "答えを書いてください。"
    return f"{LONGEST}文字までにしてください。" if len(words) > LONGEST else ""


def _asked(request: SignedInRequest, result: str, office: str, month: str) -> HttpResponse:
    if result == "ok":
        messages.success(request, f"{_name(office)}に問い合わせました。答えは「問い合わせ」に届きます。")
    else:
        messages.error(request, MISSES.get(result, NOT_POSSIBLE))
    return redirect("exchange:month-match", month)


def _matched(month: held.Held) -> Matched:
    return match(month.planned, month.done, month.users)


def _others(month: Month, matched: Matched, own: str) -> list[tuple[str, str]]:
    """Offices that stand in the differences; for a service office its care manager as well."""
    numbers = {side[0] for one in month.differences for side in (one.planned, one.done) if side}
    planners = {matched.planners[month.user]} if month.user in matched.planners else set()
    found = (numbers | planners) - {own, ""}
    if own not in planners:
        found &= planners  # a service office asks the care manager, who asks the others
    return [(number, matched.offices.get(number) or _name(number)) for number in sorted(found)]


def _name(number: str) -> str:
    found = Organisation.objects.filter(kind=Organisation.Kind.OFFICE, number=number).first()
    return found.name if found else number


def _month(text: str) -> str:
    """YYYYMM, last month when nothing was asked for. Raises Http404 for what is no month."""
    if not text:
        last = timezone.localdate().replace(day=1) - dt.timedelta(days=1)
        return f"{last:%Y%m}"
    if not re.fullmatch(r"20[0-9]{2}(0[1-9]|1[0-2])", text):
        raise Http404
    return text


def _beside(month: str, step: int) -> str:
    number = int(month[:4]) * 12 + int(month[4:]) - 1 + step
    return f"{number // 12}{number % 12 + 1:02}"


def _title(month: str) -> str:
    return f"{month[:4]}年{int(month[4:])}月"
