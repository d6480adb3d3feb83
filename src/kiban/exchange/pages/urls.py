from django.urls import path, register_converter
from django.urls.converters import IntConverter, StringConverter

from kiban.exchange.machine import views as machine
from kiban.exchange.pages import (
    boxes,
    check,
    drafts,
    keys,
    match,
    month,
    month_match,
    printing,
    queries,
    receipts,
    send,
    unit,
)


class UnitConverter(IntConverter):
    """The number of a unit: no longer than what the database takes for one."""

    regex = "[0-9]{1,18}"


class MonthConverter(StringConverter):
    """A month as files name it, YYYYMM: no word that is the address of another page."""

    regex = "[0-9]{6}"


register_converter(UnitConverter, "unit")
register_converter(MonthConverter, "month")

app_name = "exchange"
urlpatterns = [
    path("exchange/", check.check, name="check"),
    path("exchange/match/", match.matching, name="match"),
    path("exchange/match/month/", month_match.month_match, name="this-match"),
    path("exchange/match/<month:month>/", month_match.month_match, name="month-match"),
    path("exchange/queries/", queries.query_list, name="queries"),
    path("exchange/queries/<person:key>/<slug:office>/<month:month>/", queries.ask, name="ask"),
    path("exchange/in/", boxes.inbox, name="inbox"),
    path("exchange/in/fetch/", unit.fetch, name="fetch"),
    path("exchange/in/taken/", receipts.taken_in_together, name="taken"),
    path("exchange/out/", boxes.outbox, name="outbox"),
    path("exchange/send/", send.send, name="send"),
    path("exchange/send/drafts/", drafts.drafts, name="drafts"),
    path("exchange/send/drafts/<unit:number>/vouch/", drafts.vouch, name="vouch"),
    path("exchange/send/drafts/<unit:number>/throw-away/", drafts.throw_away, name="throw-away"),
    path("exchange/units/<unit:number>/", unit.unit, name="unit"),
    path("exchange/print/", printing.print_files, name="print"),
    path("exchange/units/<unit:number>/print/", printing.print_unit, name="unit-print"),
    path("exchange/units/<unit:number>/zip/", unit.whole, name="unit-zip"),
    path("exchange/units/<unit:number>/files/<int:place>/", unit.file, name="unit-file"),
    path("exchange/units/<unit:number>/taken/", receipts.taken_in, name="unit-taken"),
    path("exchange/units/<unit:number>/error/", receipts.not_taken_in, name="unit-error"),
    path("exchange/units/<unit:number>/withdraw/", unit.withdraw, name="withdraw"),
    path("exchange/months/", month.month, name="month"),
    path("exchange/months/<month:month>/", month.month, name="month-of"),
    path("exchange/months/<month:month>/file/", month.month_file, name="month-file"),
    path("exchange/keys/", keys.keys, name="keys"),
    path("exchange/keys/<int:pk>/revoke/", keys.revoke, name="key-revoke"),
    path("api/v1/exchange/units", machine.send, name="machine-send"),
    path("api/v1/exchange/inbox", machine.inbox, name="machine-inbox"),
    path("api/v1/exchange/outbox", machine.outbox, name="machine-outbox"),
    path("api/v1/exchange/units/<unit:pk>/files", machine.files, name="machine-files"),
    path("api/v1/exchange/units/<unit:pk>/receipt", machine.receipt, name="machine-receipt"),
]
