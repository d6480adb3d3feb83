from django.urls import include, path

from kiban.evidence.pages import rules

app_name = "evidence"
urlpatterns = [
    path("rules/", rules.rules, name="rules"),
    path("rules/adopt/", rules.adopt, name="rules-adopt"),
    path("rules/<int:pk>/", rules.version, name="rules-version"),
    path("", include("kiban.evidence.operating_standard.pages.urls")),
]
