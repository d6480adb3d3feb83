"""登録のまちがい of a fact about a person: the form, in which no individual number is taken, and its page."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from kiban.records import personal_number
from kiban.web.answers import form_page
from kiban.web.mistakes import MistakeForm
from kiban.web.request import SignedInRequest


class FactMistakeForm(MistakeForm):
    """Why a fact about a person is taken back."""

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if personal_number.stands_in(reason):
            self.data = {**dict(self.data.items()), "reason": ""}  # an individual number is never echoed
            raise forms.ValidationError("12桁の番号(マイナンバー)が入っています。番号を除いて、書き直してください。")
        return reason


def mistake_page(
    request: SignedInRequest,
    *,
    name: str,
    what: str,
    meaning: str,
    back: str,
    take_back: Callable[[str], str],
    done: str,
    then: str,
) -> HttpResponse:
    """The page on which a fact is taken back, with its reason.

    Args:
        name: of the person. what: the fact, as the page calls it. meaning: what follows, in sentences.
        back: address of the page the reader came from.
        take_back: does it, for a reason; answers the sentence of what stood in the way, empty when it is done.
        done: what is said then. then: address of the page it is said on.
    """
    form = FactMistakeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        hindrance = take_back(form.cleaned_data["reason"])
        if not hindrance:
            messages.success(request, done)
            return redirect(then)
        form.add_error(None, hindrance)
    context = {"name": name, "what": what, "meaning": meaning, "back": back, "form": form}
    return form_page(request, "facts/mistake.html", context, form)
