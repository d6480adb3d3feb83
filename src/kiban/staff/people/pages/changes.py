"""変更の記録: who changed what about the staff of this office."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kiban.staff.models import Employment, StaffChange
from kiban.web.access import administrator
from kiban.web.request import SignedInRequest

PAGE = 100


@administrator
@require_safe
def change_list(request: SignedInRequest) -> HttpResponse:
    mine = Employment.objects.filter(organisation=request.organisation).values("account")
    changes = StaffChange.objects.filter(Q(organisation=request.organisation) | Q(organisation=None, account__in=mine))
    pages = Paginator(changes.select_related("by", "account").order_by("-pk"), PAGE)
    return render(request, "staff/changes.html", {"page": pages.get_page(request.GET.get("page"))})
