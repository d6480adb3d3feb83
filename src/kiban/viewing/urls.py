from django.urls import path, register_converter

from kiban.viewing import card_reading, consent_views, relation_views, views
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
    path("people/<person:key>/consent/withdraw/", consent_views.withdraw_consent, name="withdraw-consent"),
    path("people/<person:key>/end/", relation_views.end_relation, name="end-relation"),
    path("people/<person:key>/<slug:kind>/", views.person, name="person-kind"),
    path("health/", views.health, name="health"),
]
