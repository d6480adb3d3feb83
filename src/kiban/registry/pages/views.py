"""Finding offices and medical institutions in the masters: public data, so neither gate nor access log is asked."""

from __future__ import annotations

from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kiban.registry import search
from kiban.web.request import SignedInRequest, page_asked


@require_safe
def offices(request: SignedInRequest) -> HttpResponse:
    """介護サービス事業所."""
    return _search_page(request, search.offices, "registry/offices.html")


@require_safe
def medical_institutions(request: SignedInRequest) -> HttpResponse:
    """医療機関."""
    return _search_page(request, search.medical_institutions, "registry/medical_institutions.html")


def _search_page(request: SignedInRequest, find: Callable[[str, int], search.Page], template: str) -> HttpResponse:
    query = request.GET.get("q", "")
    page = find(query, page_asked(request))
    if page.total and not page.hits:
        page = find(query, page.last)
    if request.GET.get("format") == "json":
        return JsonResponse(page.as_json(), json_dumps_params={"ensure_ascii": False})
    pages = Paginator(range(page.total), search.PAGE_SIZE).get_page(page.number)
    context = {"result": page, "pages": pages}
    return render(request, template, context)
