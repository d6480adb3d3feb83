from django.urls import path

from kiban.exchange import check_views, match_views

app_name = "exchange"
urlpatterns = [
    path("exchange/", check_views.check, name="check"),
    path("exchange/match/", match_views.matching, name="match"),
]
