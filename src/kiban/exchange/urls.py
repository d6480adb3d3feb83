from django.urls import path

from kiban.exchange import check_views

app_name = "exchange"
urlpatterns = [
    path("exchange/check/", check_views.check, name="check"),
]
