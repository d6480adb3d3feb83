"""職員: what was registered wrongly, or has changed about the person: the name, an end that was none."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kiban.staff import accounts
from kiban.staff.errors import StaffError
from kiban.staff.models import Employment
from kiban.staff.people import employments
from kiban.staff.people.pages.people import get_employment
from kiban.web.access import administrator
from kiban.web.answers import form_page
from kiban.web.mistakes import MistakeForm
from kiban.web.request import SignedInRequest


class NameForm(forms.Form):
    """氏名を変える."""

    name = forms.CharField(label="氏名", max_length=60)
    kana = forms.CharField(label="フリガナ", max_length=120, required=False)
    why = forms.CharField(label="変える理由", max_length=100, help_text="例: 結婚のため、漢字のまちがい")


class EndMistakeForm(MistakeForm):
    """An end that was none."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].help_text = "例: 同じ姓の別の職員を終えるところだった。"


@administrator
@require_http_methods(["GET", "POST"])
def name(request: SignedInRequest, pk: int) -> HttpResponse:
    """The person is called otherwise."""
    employment = get_employment(request, pk)
    account = employment.account
    form = NameForm(request.POST or None, initial={"name": account.name, "kana": account.kana})
    if form.is_valid():
        entered = form.cleaned_data
        try:
            accounts.rename(account, entered["name"], entered["kana"], why=entered["why"], by=request.employment)
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"氏名を「{account.name}」に変えました。これまでの記録は、前の氏名のまま残ります。"
            )
            return redirect("staff:person", pk)
    return form_page(request, "staff/name.html", {"form": form, "employment": employment}, form)


@administrator
@require_http_methods(["GET", "POST"])
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """An employment that was ended by mistake goes on."""
    employment = get_past_employment(request, pk)
    form = EndMistakeForm(request.POST or None)
    if form.is_valid():
        try:
            employments.restore(employment, why=form.cleaned_data["reason"], by=request.employment)
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"{employment.account.name}さんの所属を、もとに戻しました。いまからサインインできます。"
            )
            return redirect("staff:person", pk)
    context = {"form": form, "employment": employment, "back": reverse("staff:people")}
    return form_page(request, "staff/restore.html", context, form)


def get_past_employment(request: SignedInRequest, pk: int) -> Employment:
    """An employment in the organisation that is over. Raises Http404 for any other."""
    over = Employment.objects.filter(ends_on__lte=timezone.localdate())
    return get_object_or_404(over.select_related("account", "job_type"), pk=pk, organisation=request.organisation)
