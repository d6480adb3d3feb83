"""``kiban registry load``: which master a file holds, reading it, merging it, and remembering the edition.

A file is taken over in one transaction: killed at any moment, the tables hold the old edition or the new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from kiban.registry import codes
from kiban.registry.masters import medical, offices, places
from kiban.registry.masters.merging import Shape, merge, stage, withdraw
from kiban.registry.masters.report import Report
from kiban.registry.masters.source import Source, UnusableFileError, open_sources, rows, source
from kiban.registry.models import Insurer, MasterLoad, Municipality, Prefecture

ALIAS = "worker"
Numbered = Iterator[tuple[int, list[str]]]

LAYOUTS = "介護サービス情報公表システムの事業所、医療機関コードの一覧、団体コードの一覧、保険者と人数の表"


@dataclass(frozen=True)
class Options:
    """What the operator may say about a file: its edition, the kind of its offices, that much has really vanished."""

    label: str = ""
    kind: str = ""
    withdraw_many: bool = False


def load_shipped(again: bool = False) -> Iterator[list[Report]]:
    """Load the masters that come with the product. What is newer already (loaded from a file) stays.

    Args:
        again: also when this very edition was loaded before (after a change of the search keys).
    """
    for row in codes.read("editions.csv"):
        if not again and MasterLoad.objects.using(ALIAS).filter(sha256=row["sha256"], shipped=True).exists():
            note = "変更なし(この版は読み込み済みです)"
            yield [Report("付属", row["dataset"], TITLES[row["dataset"]], row["label"], note=note)]
            continue
        file = source("付属", (codes.DATA / row["file"]).read_bytes(), row["label"])
        yield _load(file, Options(withdraw_many=True), shipped=True)


def load_file(path: Path, options: Options | None = None) -> Iterator[list[Report]]:
    """Load a published file, or those in a zip.

    Raises:
        UnusableFileError: not a file of a known master; nothing was changed by it.
    """
    chosen = options or Options()
    for file in open_sources(path, chosen.label):
        yield _load(file, chosen, shipped=False)


def _load(file: Source, options: Options, shipped: bool) -> list[Report]:
    numbered = rows(file.text)
    line, first = next(numbered, (0, []))
    header = [cell.strip() for cell in first]
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('registry: load'))")
        loader = _Loader(cursor, file, options, shipped)
        if offices.recognises(header):
            loader.offices(header, numbered)
        elif medical.recognises(header):
            loader.medical(_again(line, first, numbered))
        elif "lgcode" in header and "city" in header:
            loader.municipalities(header, numbered)
        elif "insurer_name" in header:
            loader.insurers(header, numbered)
        else:
            raise UnusableFileError(
                f"見出しの行から台帳の種類が分かりません。読み込めるのは{LAYOUTS}です。ファイルを確かめてください。"
            )
        return loader.finished()


def _again(line: int, first: list[str], rest: Numbered) -> Numbered:
    yield line, first
    yield from rest


class _Loader:
    """One file inside one transaction."""

    def __init__(self, cursor: CursorWrapper, file: Source, options: Options, shipped: bool) -> None:
        self.cursor = cursor
        self.file = file
        self.options = options
        self.shipped = shipped
        self.today = timezone.localdate()
        self.label = file.label or f"{self.today.isoformat()}読み込み"
        self.reports: dict[str, Report] = {}

    def report(self, dataset: str, title: str) -> Report:
        if dataset not in self.reports:
            self.reports[dataset] = Report(self.file.name, dataset, title, self.label)
        return self.reports[dataset]

    def offices(self, header: Sequence[str], numbered: Numbered) -> None:
        require_columns(header, offices.REQUIRED)
        in_name = re.search(r"jigyosho_(\d{3})", self.file.name)
        named = self.options.kind or (in_name.group(1) if in_name else "")
        municipalities = set(Municipality.objects.using(ALIAS).values_list("code", flat=True))
        reader = offices.Reader(header, municipalities, named)
        newer = self.replaced_by_files() if self.shipped else set()
        last_rows: dict[tuple[str, str], tuple[Any, ...]] = {}
        for line, cells in numbered:
            if len(cells) != len(header):
                broken = self.report("offices", offices.TITLE)
                broken.rows += 1
                refuse_width(broken, line, cells, len(header))
                continue
            kind = reader.kind_of(cells)
            if kind is None:
                unknown = self.report("offices", offices.TITLE)
                unknown.rows += 1
                unknown.refuse(
                    line,
                    "サービスの種類",
                    "知らない種類の名前です。",
                    "--kind 110 のように公表種別の番号を付けて読み込んでください。",
                )
                continue
            if f"offices:{kind.kind}" in newer:
                continue
            report = self.report(f"offices:{kind.kind}", f"{kind.name}({kind.kind})")
            row = reader.read(line, cells, kind, self.label, report)
            report.rows += 1
            if row is None:
                continue
            before = last_rows.get(row[:2])
            report.repeated += before is not None
            if before and before != row:
                report.warn(line, "事業所番号", "同じ番号の行が前にもあり、内容が違います。", "後の行を使いました。")
            last_rows[row[:2]] = row
        self.merge_offices(last_rows)

    def merge_offices(self, last_rows: dict[tuple[str, str], tuple[Any, ...]]) -> None:
        touched: set[str] = set()
        by_kind: dict[str, list[tuple[Any, ...]]] = {}
        for row in last_rows.values():
            by_kind.setdefault(row[1], []).append(row)
        broken = self.reports.get("offices")
        for kind, services in by_kind.items():
            report = self.reports[f"offices:{kind}"]
            # A row that could not be told to belong to a kind may belong to this one.
            unsure = broken.refused if broken else []
            touched.update(self.merge(offices.SERVICES, services, report, unsure))
        offices.refresh(self.cursor, touched)

    def medical(self, numbered: Numbered) -> None:
        report = self.report("medical", medical.TITLE)
        prefectures = dict(Prefecture.objects.using(ALIAS).values_list("code", "name"))
        last_rows: dict[str, tuple[Any, ...]] = {}
        for line, cells in numbered:
            report.rows += 1
            if len(cells) != len(medical.HEADER):
                refuse_width(report, line, cells, len(medical.HEADER))
                continue
            row = medical.read(line, cells, self.label, prefectures, report)
            if row is None:
                continue
            before = last_rows.get(row[0])
            report.repeated += before is not None
            if before and before[2:6] != row[2:6]:
                report.warn(line, "名称・住所", "同じ番号の行が前にもあり、内容が違います。", "後の行を使いました。")
            last_rows[row[0]] = medical.together(before, row) if before else row
        self.merge(medical.SHAPE, last_rows.values(), report)

    def municipalities(self, header: Sequence[str], numbered: Numbered) -> None:
        require_columns(header, places.MUNICIPALITY_COLUMNS)
        report = self.report("municipalities", TITLES["municipalities"])
        self.places(places.MUNICIPALITIES, report, header, numbered, partial(places.municipality, report=report))

    def insurers(self, header: Sequence[str], numbered: Numbered) -> None:
        require_columns(header, places.INSURER_COLUMNS)
        report = self.report("insurers", TITLES["insurers"])
        entered = {
            (prefecture, name): (number, status)
            for prefecture, name, number, status in Insurer.objects.using(ALIAS)
            .filter(number_status__in=[Insurer.NumberStatus.ENTERED, Insurer.NumberStatus.PUBLISHED])
            .values_list("prefecture_id", "name", "number", "number_status")
        }
        prefectures = dict(Prefecture.objects.using(ALIAS).values_list("name", "code"))
        read = partial(places.insurer, prefectures=prefectures, entered=entered, report=report)
        self.places(places.INSURERS, report, header, numbered, read)

    def places(self, shape: Shape, report: Report, header: Sequence[str], numbered: Numbered, read: Any) -> None:
        last_rows: dict[Any, tuple[Any, ...]] = {}
        for line, cells in numbered:
            report.rows += 1
            if len(cells) != len(header):
                refuse_width(report, line, cells, len(header))
            elif row := read(line, dict(zip(header, cells, strict=True))):
                report.repeated += row[: len(shape.key)] in last_rows
                last_rows[row[: len(shape.key)]] = row
        self.merge(shape, last_rows.values(), report)

    def merge(self, shape: Shape, staged: Any, report: Report, unsure: Sequence[Any] = ()) -> list[str]:
        """Merge one master; returns the first key column of every row written."""
        staged = list(staged)
        stage(self.cursor, shape, staged)
        written = merge(self.cursor, shape)
        report.added = sum(added for added, _ in written)
        report.changed = len(written) - report.added
        report.unchanged = len(staged) - len(written)
        gone = withdraw(
            self.cursor,
            shape,
            self.today,
            report,
            allow_many=self.options.withdraw_many,
            broken=bool(report.refused or unsure),
        )
        report.withdrawn = len(gone)
        return [key for _, key in written] + gone

    def replaced_by_files(self) -> set[str]:
        """Masters whose standing edition was loaded from a file: the shipped one does not take them back."""
        last = MasterLoad.objects.using(ALIAS).order_by("dataset", "-id").distinct("dataset")
        return {load.dataset for load in last if not load.shipped}

    def finished(self) -> list[Report]:
        """Remember the editions and hand the reports back."""
        MasterLoad.objects.using(ALIAS).bulk_create(
            MasterLoad(
                dataset=report.dataset,
                label=self.label[:60],
                sha256=self.file.sha256,
                shipped=self.shipped,
                rows=report.rows,
                refused=len(report.refused),
                loaded_at=timezone.now(),
            )
            for report in self.reports.values()
        )
        return list(self.reports.values())


TITLES = {
    "municipalities": "市区町村",
    "insurers": "保険者",
    "offices": offices.TITLE,
    "medical": medical.TITLE,
}


def require_columns(header: Sequence[str], wanted: Sequence[str]) -> None:
    """Refuse a file that lacks columns.

    Raises:
        UnusableFileError: names them.
    """
    if missing := [column for column in wanted if column not in header]:
        raise UnusableFileError(f"見出しに「{'」「'.join(missing)}」がありません。配布元から取り直してください。")


def refuse_width(report: Report, line: int, cells: Sequence[str], wanted: int) -> None:
    """A row with too few or too many columns."""
    report.refuse(
        line,
        "行全体",
        f"列の数が{len(cells)}です({wanted}のはずです)。",
        "ファイルが途中で切れていないか、引用符が閉じているか確かめてください。",
    )
