"""Every address of the platform. tests/test_routes.py asks of each one who may call it."""

from django.urls import include, path

urlpatterns = [
    path("", include("kiban.home.pages.urls")),
    path("", include("kiban.web.urls")),
    path("", include("kiban.assignment.pages.urls")),
    path("", include("kiban.consent.pages.urls")),
    path("", include("kiban.log.pages.urls")),
    path("", include("kiban.plans.pages.urls")),
    path("", include("kiban.viewing.pages.urls")),
    path("", include("kiban.evidence.pages.urls")),
    path("", include("kiban.staff.urls")),
    path("", include("kiban.terminals.pages.urls")),
    path("", include("kiban.exchange.pages.urls")),
    path("registry/", include("kiban.registry.pages.urls")),
    path("api/", include("kiban.api.urls")),
]

handler400 = "kiban.web.views.bad_request"
handler403 = "kiban.web.views.forbidden"
handler404 = "kiban.web.views.not_found"
handler500 = "kiban.web.views.server_error"
