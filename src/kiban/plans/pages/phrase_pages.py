"""文例: the office looks through its sentences, adds one, puts a better one in its place, leaves one out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from kiban.plans import phrases
from kiban.plans.models import Phrase
from kiban.plans.phrases import PLACES, PhraseError
from kiban.records import personal_number
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest


class PhraseForm(forms.Form):
    """A sentence for one field of the plan."""

    place = forms.ChoiceField(label="どの欄の文例か", choices=[("", "選んでください"), *PLACES.items()])
    text = forms.CharField(
        label="文",
        max_length=Phrase._meta.get_field("text").max_length,
        help_text="事業所のみんなが使います。利用者の名前や、その人だけのことは書かないでください。",
        widget=forms.Textarea({"rows": 3}),
    )
    instead_of = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if personal_number.stands_in(text):
            self.data = {**dict(self.data.items()), "text": ""}  # an individual number is never echoed
            raise forms.ValidationError("12桁の番号(マイナンバー)が入っています。番号を除いて、書き直してください。")
        return text


@require_http_methods(["GET", "POST"])
def phrase_list(request: SignedInRequest) -> HttpResponse:
    """All sentences by field, and the form for another one (``?instead=``: in the place of one)."""
    everything = phrases.offered(request.organisation)
    instead = next((one for one in everything if one.key == request.GET.get("instead")), None)
    begun = {"place": instead.place, "text": instead.text, "instead_of": instead.key} if instead else {}
    form = PhraseForm(request.POST if request.method == "POST" else None, initial=begun)
    if form.is_valid():
        entered = form.cleaned_data
        try:
            phrases.write(
                request.organisation,
                request.account,
                entered["place"],
                entered["text"],
                instead_of=entered["instead_of"],
            )
        except PhraseError as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, "文例を登録しました。計画書の「文例から選ぶ」に出ます。")
            return redirect("plans:phrases")
    groups = [(label, [one for one in everything if one.place == place]) for place, label in PLACES.items()]
    context: dict[str, Any] = {"form": form, "groups": groups, "instead": instead}
    return form_page(request, "plans/phrase_list.html", context, form)


@require_POST
def change_phrase(request: SignedInRequest) -> HttpResponse:
    """A sentence is left out (``out``), or one of ours is taken back in (``in``)."""
    if "in" in request.POST:
        phrases.take_back_in(request.organisation, request.account, request.POST["in"])
    else:
        phrases.leave_out(request.organisation, request.account, request.POST.get("out", ""))
    return redirect("plans:phrases")
