"""取り込みの知らせ: the receiver tells the sender that a unit was taken in, or which rows could not be."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from kiban.exchange.boxes import acts
from kiban.exchange.boxes.unit_lines import State
from kiban.exchange.boxes.words import missed
from kiban.exchange.pages.check import known_offices
from kiban.exchange.pages.findings import FileResult, results
from kiban.exchange.pages.forms import NotTakenInForm
from kiban.exchange.pages.getters import files_of, participant_of, received_unit, ticked_units
from kiban.exchange.units.sending import read_unit
from kiban.formats.careplan.layouts import Severity
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest

MOST_FINDINGS = 100  # put into the words for the sender


@require_POST
def taken_in(request: SignedInRequest, number: int) -> HttpResponse:
    """取り込みました: the sender is told so."""
    participant = participant_of(request)
    line = received_unit(participant, number)
    answer = acts.settle(participant, number, State.TAKEN.value, [])
    if answer == "ok":
        messages.success(request, f"{line.office}に「取り込みました」と伝えました。")
    else:
        messages.error(request, missed(answer))
    return redirect("exchange:unit", number)


@require_POST
def taken_in_together(request: SignedInRequest) -> HttpResponse:
    """取り込みました, of several units at once."""
    participant = participant_of(request)
    numbers = ticked_units(request)
    answers = [acts.settle(participant, number, State.TAKEN.value, []) for number in numbers]
    if settled := answers.count("ok"):
        messages.success(request, f"{settled}件について、送った事業所に「取り込みました」と伝えました。")
    for answer in sorted(set(answers) - {"ok"}):
        messages.error(request, f"{answers.count(answer)}件は伝えていません。{missed(answer)}")
    if not numbers:
        messages.error(request, "取り込んだものに印を付けてから、押してください。")
    return redirect("exchange:inbox")


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def not_taken_in(request: SignedInRequest, number: int) -> HttpResponse:
    """取り込めませんでした: which rows, in the receiver's words; what the check found stands there already."""
    participant = participant_of(request)
    line = received_unit(participant, number)
    if line.is_gone:
        raise Http404
    if request.method == "POST":
        form = NotTakenInForm(request.POST)
        if form.is_valid():
            answer = acts.settle(participant, number, State.ERROR.value, form.rows())
            if answer == "ok":
                messages.success(request, f"{line.office}に、取り込めなかったことを伝えました。")
            else:
                messages.error(request, missed(answer))
            return redirect("exchange:unit", number)
    else:
        checked = results(read_unit(files_of(participant, number), known_offices()).checked)
        form = NotTakenInForm(initial={"words": "\n".join(_prepared(checked))})
    return form_page(request, "exchange/box_error.html", {"place": "inbox", "unit": line, "form": form}, form)


def _prepared(checked: list[FileResult]) -> list[str]:
    """What the check found that the sender has to mend, a line each."""
    sentences = []
    for file in checked:
        for line in file.lines:
            if line.finding.severity is Severity.INFO:
                continue
            where = f"{line.finding.line}行目 " if line.finding.line else ""
            column = f"「{line.finding.column_name}」 " if line.finding.column_name else ""
            more = f"(ほか{len(line.others)}行)" if line.others else ""
            sentences.append(f"{file.name} {where}{column}{line.finding.message}{more}")
    return sentences[:MOST_FINDINGS]
