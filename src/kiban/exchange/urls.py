from django.urls import path

from kiban.exchange import check_views, match_views, plan_views

app_name = "exchange"
urlpatterns = [
    path("exchange/", check_views.check, name="check"),
    path("exchange/match/", match_views.matching, name="match"),
    path("people/<person:key>/plan/own/", plan_views.plans_of, name="plans"),
    path("people/<person:key>/plan/new/", plan_views.write, name="plan-new"),
    path("people/<person:key>/plan/<int:number>/correct/", plan_views.correct, name="plan-correct"),
    path("people/<person:key>/plan/<int:number>/agree/", plan_views.agree, name="plan-agree"),
    path("people/<person:key>/plan/<int:number>/deliver/", plan_views.deliver, name="plan-deliver"),
    path("people/<person:key>/plan/<int:number>/withdraw/", plan_views.withdraw, name="plan-withdraw"),
    path("people/<person:key>/plan/<int:number>/files/", plan_views.files, name="plan-files"),
]
