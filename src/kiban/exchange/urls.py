from django.urls import path, register_converter
from django.urls.converters import IntConverter

from kiban.exchange import (
    box_views,
    check_views,
    held_views,
    key_views,
    machine_views,
    match_views,
    month_views,
    plan_views,
    print_views,
    send_views,
    unit_views,
)


class UnitConverter(IntConverter):
    """The number of a unit: no longer than what the database takes for one."""

    regex = "[0-9]{1,18}"


register_converter(UnitConverter, "unit")

app_name = "exchange"
urlpatterns = [
    path("exchange/", check_views.check, name="check"),
    path("exchange/match/", match_views.matching, name="match"),
    path("exchange/match/month/", held_views.month_match, name="this-match"),
    path("exchange/match/<slug:month>/", held_views.month_match, name="month-match"),
    path("exchange/queries/", held_views.query_list, name="queries"),
    path("exchange/queries/<person:key>/<slug:office>/<slug:month>/", held_views.ask, name="ask"),
    path("exchange/in/", box_views.inbox, name="inbox"),
    path("exchange/in/fetch/", unit_views.fetch, name="fetch"),
    path("exchange/in/taken/", unit_views.taken_together, name="taken"),
    path("exchange/out/", box_views.outbox, name="outbox"),
    path("exchange/send/", send_views.send, name="send"),
    path("exchange/send/drafts/", send_views.drafts, name="drafts"),
    path("exchange/send/drafts/<unit:number>/vouch/", send_views.vouch, name="vouch"),
    path("exchange/send/drafts/<unit:number>/throw-away/", send_views.throw_away, name="throw-away"),
    path("exchange/units/<unit:number>/", unit_views.unit, name="unit"),
    path("exchange/print/", print_views.print_files, name="print"),
    path("exchange/units/<unit:number>/print/", print_views.print_unit, name="unit-print"),
    path("people/<person:key>/plan/<int:number>/print/", print_views.print_plan, name="plan-print"),
    path("exchange/units/<unit:number>/zip/", unit_views.whole, name="unit-zip"),
    path("exchange/units/<unit:number>/files/<int:place>/", unit_views.file, name="unit-file"),
    path("exchange/units/<unit:number>/taken/", unit_views.taken, name="unit-taken"),
    path("exchange/units/<unit:number>/error/", unit_views.not_taken, name="unit-error"),
    path("exchange/units/<unit:number>/withdraw/", unit_views.withdraw, name="withdraw"),
    path("exchange/months/", month_views.month, name="month"),
    path("exchange/months/<slug:month>/", month_views.month, name="month-of"),
    path("exchange/keys/", key_views.keys, name="keys"),
    path("exchange/keys/<int:pk>/revoke/", key_views.revoke, name="key-revoke"),
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
    path("api/v1/exchange/units/<unit:pk>/files", machine_views.files, name="machine-files"),
    path("api/v1/exchange/units/<unit:pk>/receipt", machine_views.receipt, name="machine-receipt"),
]
