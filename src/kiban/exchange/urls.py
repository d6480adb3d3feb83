from django.urls import path

from kiban.exchange import check_views, held_views, machine_views, match_views, plan_views

app_name = "exchange"
urlpatterns = [
    path("exchange/", check_views.check, name="check"),
    path("exchange/match/", match_views.matching, name="match"),
    path("exchange/match/month/", held_views.month_match, name="this-match"),
    path("exchange/match/<slug:month>/", held_views.month_match, name="month-match"),
    path("exchange/queries/", held_views.query_list, name="queries"),
    path("exchange/queries/<person:key>/<slug:office>/<slug:month>/", held_views.ask, name="ask"),
    path("people/<person:key>/plan/own/", plan_views.plans_of, name="plans"),
    path("people/<person:key>/plan/new/", plan_views.write, name="plan-new"),
    path("people/<person:key>/plan/<int:number>/correct/", plan_views.correct, name="plan-correct"),
    path("people/<person:key>/plan/<int:number>/agree/", plan_views.agree, name="plan-agree"),
    path("people/<person:key>/plan/<int:number>/deliver/", plan_views.deliver, name="plan-deliver"),
    path("people/<person:key>/plan/<int:number>/withdraw/", plan_views.withdraw, name="plan-withdraw"),
    path("people/<person:key>/plan/<int:number>/files/", plan_views.files, name="plan-files"),
    path("api/v1/exchange/units", machine_views.send, name="machine-send"),
    path("api/v1/exchange/inbox", machine_views.inbox, name="machine-inbox"),
    path("api/v1/exchange/outbox", machine_views.outbox, name="machine-outbox"),
    path("api/v1/exchange/units/<int:pk>/files", machine_views.files, name="machine-files"),
    path("api/v1/exchange/units/<int:pk>/receipt", machine_views.receipt, name="machine-receipt"),
    path("api/v1/exchange/units", machine_views.send, name="machine-send"),
    path("api/v1/exchange/inbox", machine_views.inbox, name="machine-inbox"),
    path("api/v1/exchange/outbox", machine_views.outbox, name="machine-outbox"),
    path("api/v1/exchange/units/<int:pk>/files", machine_views.files, name="machine-files"),
    path("api/v1/exchange/units/<int:pk>/receipt", machine_views.receipt, name="machine-receipt"),
]
