from django.urls import path, register_converter

from kiban.viewing import (
    card_reading,
    consent_papers,
    consent_views,
    emergency_views,
    handover_views,
    lapsing_views,
    relation_views,
    rules_views,
    views,
)
from kiban.web.opaque import PersonConverter

register_converter(PersonConverter, "person")

app_name = "viewing"
urlpatterns = [
    path("", views.today, name="today"),
    path("people/", views.people, name="people"),
    path("card/challenge/", card_reading.challenge, name="card-challenge"),
    path("card/proof/", card_reading.proof, name="card-proof"),
    path("people/register/", relation_views.register, name="register"),
    path("people/purpose/", views.choose_purpose, name="purpose"),
    path("people/<person:key>/", views.person, name="person"),
    path("people/<person:key>/log/", views.person_log, name="log"),
    path("people/<person:key>/consent/", consent_views.consent, name="consent"),
    path("people/<person:key>/consent/give/", consent_views.give, name="consent-give"),
    path("people/<person:key>/consent/refuse/", consent_views.refuse, name="consent-refuse"),
    path("people/<person:key>/consent/withdraw/", consent_views.withdraw, name="consent-withdraw"),
    path("people/<person:key>/consent/other/", consent_views.record_other, name="consent-other"),
    path(
        "people/<person:key>/consent/other/<int:number>/withdraw/",
        consent_views.withdraw_other,
        name="consent-other-withdraw",
    ),
    path("people/<person:key>/consent/<slug:subject>/<int:number>/paper/", consent_views.attach, name="consent-attach"),
    path("people/<person:key>/consent/scan/<int:number>/", consent_views.scan, name="scan"),
    path("people/<person:key>/consent/form/", consent_papers.paper, name="consent-paper"),
    path("people/<person:key>/consent/form/withdrawal/", consent_papers.withdrawal_paper, name="withdrawal-paper"),
    path("consent/form/", consent_papers.paper, name="consent-paper-empty"),
    path("consent/form/withdrawal/", consent_papers.withdrawal_paper, name="withdrawal-paper-empty"),
    path("consent/text/", consent_papers.show_text, name="consent-text"),
    path("consent/text/<slug:version>/", consent_papers.show_text, name="consent-text-version"),
    path("people/lapsing/", lapsing_views.lapsing, name="lapsing"),
    path("people/handovers/", handover_views.handovers, name="handovers"),
    path("people/<person:key>/relation/", relation_views.relation, name="relation"),
    path("people/<person:key>/relation/end/", relation_views.end_relation, name="end-relation"),
    path("people/<person:key>/relation/hand-over/", handover_views.offer, name="hand-over"),
    path("people/<person:key>/relation/hand-over/withdraw/", handover_views.withdraw_offer, name="withdraw-offer"),
    path("people/<person:key>/relation/grant/", relation_views.grant, name="grant"),
    path("people/<person:key>/relation/revoke/", relation_views.revoke, name="revoke"),
    path("emergency/", emergency_views.open_emergency, name="emergency"),
    path("emergency/list/", emergency_views.emergency_list, name="emergencies"),
    path("emergency/switch/", emergency_views.switch, name="emergency-switch"),
    path("people/<person:key>/emergency/<int:number>/", emergency_views.review, name="emergency-review"),
    path("people/<person:key>/<slug:kind>/", views.person, name="person-kind"),
    path("rules/", rules_views.rules, name="rules"),
    path("rules/adopt/", rules_views.adopt, name="rules-adopt"),
    path("rules/<int:pk>/", rules_views.version, name="rules-version"),
    path("health/", views.health, name="health"),
]
