from django.urls import path

from kiban.assignment.pages import card_reading, emergency, handover, lapsing, views

app_name = "assignment"
urlpatterns = [
    path("card/challenge/", card_reading.challenge, name="card-challenge"),
    path("card/proof/", card_reading.proof, name="card-proof"),
    path("people/register/", views.register, name="register"),
    path("people/lapsing/", lapsing.lapsing, name="lapsing"),
    path("people/handovers/", handover.handovers, name="handovers"),
    path("people/<person:key>/assignment/", views.assignment, name="assignment"),
    path("people/<person:key>/assignment/end/", views.end_assignment, name="end"),
    path("people/<person:key>/assignment/hand-over/", handover.offer, name="hand-over"),
    path("people/<person:key>/assignment/hand-over/withdraw/", handover.withdraw_offer, name="withdraw-offer"),
    path("people/<person:key>/assignment/grant/", views.grant, name="grant"),
    path("people/<person:key>/assignment/revoke/", views.revoke, name="revoke"),
    path("emergency/", emergency.open_emergency, name="emergency"),
    path("emergency/list/", emergency.emergency_list, name="emergencies"),
    path("emergency/switch/", emergency.switch, name="emergency-switch"),
    path("people/<person:key>/emergency/<int:number>/", emergency.review, name="emergency-review"),
]
