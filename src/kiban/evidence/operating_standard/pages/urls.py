from django.urls import path

from kiban.evidence.operating_standard.pages import views

urlpatterns = [
    path("standard/", views.month_list, name="standard"),
    path("people/<person:key>/standard/", views.person, name="standard-person"),
    path("people/<person:key>/standard/<slug:entry>/", views.record, name="standard-record"),
    path("people/<person:key>/standard/<int:number>/mistake/", views.mistake, name="standard-mistake"),
]
