"""問い合わせ: questions to another office about a user's month, and the answers to those this office was asked."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from kiban.exchange.boxes.words import NOT_POSSIBLE
from kiban.exchange.month import asking, in_force, queries
from kiban.exchange.pages.getters import month_of, participant_of
from kiban.exchange.participant import Participant
from kiban.formats.careplan.layouts.forms import month_in_words
from kiban.formats.careplan.matching import Matched, Month
from kiban.registry.numbers import insured_key
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest

LONGEST = 1000  # characters of a question or an answer
TOO_LONG = f"{LONGEST}文字までにしてください。"
MISSES = {
    "exchange:stranger": "この月に、この事業所とのあいだでやり取りした利用者ではないため、問い合わせられません。",
    "exchange:receiver_not_here": "この事業所は、ここに登録されていません。電話などで確かめてください。",
    "exchange:receiver_closed": "この事業所は、利用を終えています。",
    "exchange:no_query": "この問い合わせは見つからないか、もう答えが付いています。",
}


@sensitive_variables()
@sensitive_post_parameters("words")
@require_http_methods(["GET", "POST"])
def ask(request: SignedInRequest, key: int, office: str, month: str) -> HttpResponse:
    """問い合わせ: a question about one user's month. It is read, and mended where need be, before it goes."""
    participant = participant_of(request)
    month_of(month)
    words = request.POST.get("words", "").strip()
    error = TOO_LONG if len(words) > LONGEST else ""
    if request.method == "POST" and not words:
        error = "問い合わせの文を書いてください。"
    if request.method == "POST" and not error:
        return _asked(request, queries.ask(participant, key, office, month, words), office, month)
    own_number = request.organisation.number
    differing, matched = _differing(participant, key, month, own_number, office)
    drafted = asking.drafted(differing, matched, office if asking.concerns(differing, office) else own_number)
    context = {
        "name": matched.names.get(differing.user, ""),
        "tail": differing.user[1][-4:],
        "office": matched.offices.get(office) or asking.name_of(office),
        "month": month,
        "title": month_in_words(month),
        "words": request.POST.get("words", drafted),
        "error": error,
    }
    return form_page(request, "exchange/query_ask.html", context, refused=error)


def _differing(participant: Participant, key: int, month: str, own_number: str, office: str) -> tuple[Month, Matched]:
    """A user's month in which something differs that the office can be asked about. Raises Http404."""
    matched = in_force.of_month(participant, month).matched()
    differing = next((user for user in matched.differing if insured_key(*user.user) == key), None)
    if differing is None or office not in dict(asking.offices_to_ask(differing, matched, own_number)):
        raise Http404
    return differing, matched


def _asked(request: SignedInRequest, result: str, office: str, month: str) -> HttpResponse:
    if result == "ok":
        messages.success(request, f"{asking.name_of(office)}に問い合わせました。答えは「問い合わせ」に届きます。")
    else:
        messages.error(request, MISSES.get(result, NOT_POSSIBLE))
    return redirect("exchange:month-match", month)


@sensitive_variables()
@sensitive_post_parameters("words")
@require_http_methods(["GET", "POST"])
def query_list(request: SignedInRequest) -> HttpResponse:
    """Questions that wait, or those of a month; the answer to one this office was asked."""
    participant = participant_of(request)
    error, tried = "", 0
    if request.method == "POST":
        number, words = request.POST.get("query", ""), request.POST.get("words", "").strip()
        tried = int(number) if number.isascii() and number.isdecimal() else 0
        error = _wrong_answer(words)
        if not error:
            return _answered(request, participant, tried, words)
    month = request.GET.get("month", "")
    if month:
        month_of(month)
    listed = queries.listed(participant, month or None)
    context = {
        "asked_of_us": [query for query in listed if not query.is_mine],
        "asked_by_us": [query for query in listed if query.is_mine],
        "month": month_in_words(month),
        "error": error,
        "tried": tried,
        "typed": request.POST.get("words", ""),
    }
    return form_page(request, "exchange/query_list.html", context, refused=error)


def _wrong_answer(words: str) -> str:
    if not words:
        return "答えを書いてください。"
    return TOO_LONG if len(words) > LONGEST else ""


def _answered(request: SignedInRequest, participant: Participant, number: int, words: str) -> HttpResponse:
    asked_of_us = (query for query in queries.listed(participant) if not query.is_mine)
    query = next((query for query in asked_of_us if query.number_of_query == number), None)
    result = queries.reply(participant, query.insured_key, number, words) if query else "exchange:no_query"
    if result == "ok":
        messages.success(request, "答えを送りました。")
    else:
        messages.error(request, MISSES.get(result, NOT_POSSIBLE))
    return redirect("exchange:queries")
