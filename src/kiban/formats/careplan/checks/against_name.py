"""What is said of the rows of a file against its name: offices, month, sender."""

from __future__ import annotations

from collections.abc import Iterator

from kiban.formats.careplan.checks.cells import Extra, KnownOffice
from kiban.formats.careplan.checks.collecting import Collector
from kiban.formats.careplan.layouts.columns import Column, Kind, Layout
from kiban.formats.careplan.layouts.faults import Code, Problem, Severity, Who
from kiban.formats.careplan.layouts.forms import month_in_words, month_of
from kiban.formats.careplan.layouts.names import FileName
from kiban.formats.careplan.layouts.rules import EMPTY_MONTH


def offices(name: FileName, known: KnownOffice, into: Collector) -> None:
    """The offices in a file's name."""
    for whose, office in (("送る側", name.sender), ("受ける側", name.receiver)):
        if len(office) == 10 and not known(office):
            into.add(
                Problem(
                    Code.OFFICE_UNKNOWN,
                    f"ファイルの名前の{whose}の事業所番号({office})が、手もとの事業所の一覧にありません。",
                    "番号の打ち間違いがないか確かめてください。新しい事業所なら、一覧を新しくしてください。",
                    Severity.WARNING,
                    Who.US,
                )
            )


def months(layout: Layout, name: FileName | None, met: dict[str, int], into: Collector) -> None:
    """The service month: one a file, and the one of the name."""
    if not layout.month:
        return
    column = layout.column(layout.month)
    met = {raw: line for raw, line in met.items() if month_of(raw) or raw == EMPTY_MONTH}
    named = name.month if name else None
    order = sorted(met, key=met.__getitem__)
    right = named if named in met else (order[0] if order else None)
    others = [raw for raw in order if raw != right]
    for other in others:
        into.add(
            Problem(
                Code.TWO_MONTHS,
                f"1つのファイルに2つの月({_month(right or '')}と{_month(other)})が入っています。",
                "1つのファイルは1か月分です。月ごとに分けて、書き出し直します。",
            ),
            met[other],
            column,
        )
    if named and right and named != right:
        into.add(
            Problem(
                Code.MONTH_NOT_NAME,
                f"ファイルの名前は{_month(named)}ですが、行は{_month(right)}です。",
                "どちらの月の分か確かめて、名前を変えずに書き出し直します。",
            ),
            met[right],
            column,
        )


def _month(raw: str) -> str:
    return month_in_words(raw) or "「月なし(000000)」"


def of_sender(layout: Layout, column: Column, name: FileName | None) -> Iterator[Extra]:
    """実績 are of the office that sends them and of the kind of service in the name."""
    if name is None or layout.kind not in (Kind.ACTUAL, Kind.ACTUAL_DELETE):
        return
    sender, service = name.sender, name.sender_service

    def office(raw: str) -> Problem | None:
        if raw == sender:
            return None
        return Problem(
            Code.OFFICE_NOT_SENDER,
            f"ファイルを送る事業所({sender})と違う事業所の実績です。",
            "ほかの事業所の実績が混ざっていないか確かめてください。預かって送る実績なら、このままで構いません。",
            Severity.WARNING,
        )

    def kind(raw: str) -> Problem | None:
        if raw[:2] == service:
            return None
        return Problem(
            Code.SERVICE_NOT_SENDER,
            f"ファイルの名前のサービス種類({service})と違う種類({raw[:2]})のサービスです。",
            "実績は、事業所番号とサービス種類ごとに1つのファイルにします。分けて書き出し直します。",
            Severity.WARNING,
        )

    if column.name == "サービス事業者コード":
        yield office
    elif column.name in ("サービスコード", "サービス種類コード") and service not in (None, "43"):
        yield kind
