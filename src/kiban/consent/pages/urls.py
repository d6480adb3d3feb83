from django.urls import path

from kiban.consent.pages import hidden, papers, views

app_name = "consent"
urlpatterns = [
    path("people/<person:key>/consent/", views.consent, name="consent"),
    path("people/<person:key>/consent/give/", views.give, name="give"),
    path("people/<person:key>/consent/refuse/", views.refuse, name="refuse"),
    path("people/<person:key>/consent/withdraw/", views.withdraw, name="withdraw"),
    path("people/<person:key>/consent/other/", views.record_other, name="other"),
    path("people/<person:key>/consent/other/<int:number>/withdraw/", views.withdraw_other, name="other-withdraw"),
    path("people/<person:key>/consent/<slug:subject>/<int:number>/paper/", views.attach, name="attach"),
    path("people/<person:key>/consent/<slug:subject>/<int:number>/mistake/", views.correct, name="correct"),
    path("people/<person:key>/consent/scan/<int:number>/", views.scan, name="scan"),
    path("people/<person:key>/consent/form/", papers.paper, name="paper"),
    path("people/<person:key>/consent/form/withdrawal/", papers.withdrawal_paper, name="withdrawal-paper"),
    path("consent/hidden-papers/", hidden.hidden_papers, name="hidden-papers"),
    path("consent/form/", papers.paper, name="paper-empty"),
    path("consent/form/withdrawal/", papers.withdrawal_paper, name="withdrawal-paper-empty"),
    path("consent/text/", papers.show_text, name="text"),
    path("consent/text/<slug:version>/", papers.show_text, name="text-version"),
]
