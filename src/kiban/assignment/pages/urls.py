from django.urls import path

from kiban.assignment.pages import card_reading, emergency, handover, identity, insurer, lapsing, responsible, views

app_name = "assignment"
urlpatterns = [
    path("card/challenge/", card_reading.challenge, name="card-challenge"),
    path("card/proof/", card_reading.proof, name="card-proof"),
    path("people/register/", identity.register, name="register"),
    path("people/lapsing/", lapsing.lapsing_list, name="lapsing"),
    path("people/responsible/", responsible.responsible_list, name="responsible"),
    path("people/<person:key>/assignment/responsible/", responsible.entrust_one, name="entrust"),
    path("people/handovers/", handover.offer_list, name="handovers"),
    path("people/<person:key>/assignment/", views.show, name="assignment"),
    path("people/<person:key>/assignment/end/", views.end, name="end"),
    path("people/<person:key>/assignment/ended/", views.ended, name="ended"),
    path("people/<person:key>/assignment/<slug:subject>/<int:number>/mistake/", views.correct, name="correct"),
    path("people/<person:key>/assignment/hand-over/", handover.offer, name="hand-over"),
    path("people/<person:key>/assignment/hand-over/withdraw/", handover.withdraw_offer, name="withdraw-offer"),
    path("people/<person:key>/assignment/grant/", insurer.grant, name="grant"),
    path("people/<person:key>/assignment/revoke/", insurer.revoke, name="revoke"),
    path("emergency/", emergency.open_person, name="emergency"),
    path("emergency/list/", emergency.opening_list, name="emergencies"),
    path("emergency/switch/", emergency.switch, name="emergency-switch"),
    path("people/<person:key>/emergency/<int:number>/", emergency.review, name="emergency-review"),
]
