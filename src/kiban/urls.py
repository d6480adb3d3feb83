"""Every address of the platform. tests/test_routes.py asks of each one who may call it."""

from django.urls import include, path

urlpatterns = [
    path("", include("kiban.viewing.urls")),
    path("", include("kiban.staff.urls")),
    path("", include("kiban.terminals.urls")),
    path("", include("kiban.exchange.urls")),
    path("registry/", include("kiban.registry.urls")),
    path("api/", include("kiban.api.urls")),
]

handler400 = "kiban.web.views.bad_request"
handler403 = "kiban.web.views.forbidden"
handler404 = "kiban.web.views.not_found"
handler500 = "kiban.web.views.server_error"
