"""File names: the grammar of V4.1, and the names met in circulation that are not quite it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from kiban.formats.careplan.layouts.columns import Kind
from kiban.formats.careplan.layouts.faults import Code, Problem, Severity, Who
from kiban.formats.careplan.layouts.forms import month_of
from kiban.formats.careplan.layouts.rules import EMPTY_MONTH

MONTHLY = frozenset({Kind.USER, Kind.SCHEDULE, Kind.ACTUAL, Kind.SCHEDULE_DELETE, Kind.ACTUAL_DELETE, Kind.BENEFIT})
FROM_SERVICE = frozenset({Kind.ACTUAL, Kind.ACTUAL_DELETE})  # a service office sends these, all others a care manager
SHAPE = "種類_(年月_)送る事業所番号_サービス種類_受ける事業所番号_サービス種類_年月日時分秒.CSV"
_BY_LENGTH = sorted(Kind, key=lambda kind: -len(kind.value))
_COPY = re.compile(r"(?:\s*\(\d+\)|\s*[-_ ]\s*(?:コピー|copy)(?:\s*\(\d+\))?)+$", re.IGNORECASE)
_SEPARATORS = re.compile("[\u0332\uff3f\u2017]")  # combining low line (as in the V4.1 PDF) and full-width ones


@dataclass(frozen=True)
class FileName:
    """The parts of a name.

    Attributes:
        month: YYYYMM; None for kinds without one.
        sender_service, receiver_service: サービス種類コード; None in names of V3.2.
        sequence: ファイル連番, YYYYMMDDHHMMSS.
        branch: of an image, four digits.
    """

    kind: Kind
    month: str | None
    sender: str
    sender_service: str | None
    receiver: str
    receiver_service: str | None
    sequence: str
    branch: str | None = None

    @property
    def unit(self) -> tuple[str, str, str]:
        """What the files of one sending unit have in common."""
        return self.sender, self.receiver, self.sequence

    def compose(self) -> str:
        """The name as V4.1 has it. Raises ValueError for a name without サービス種類コード, which V4.1 demands."""
        if not (self.sender_service and self.receiver_service):
            raise ValueError("サービス種類コードのない名前(旧版)は作れません。")
        parts = [
            self.kind.value,
            *([self.month or EMPTY_MONTH] if self.kind in MONTHLY else []),
            self.sender,
            self.sender_service,
            self.receiver,
            self.receiver_service,
            self.sequence,
        ]
        if self.kind is Kind.BASIC_IMAGE:
            return "_".join([*parts, self.branch or "0001"]) + ".jpg"
        return "_".join(parts) + ".CSV"


def kind_of(name: str) -> Kind | None:
    """The kind a name begins with, whatever the rest of it."""
    upper = _SEPARATORS.sub("_", name).upper()
    for kind in _BY_LENGTH:
        if upper.startswith(kind.value) and not upper[len(kind.value) : len(kind.value) + 1].isalnum():
            return kind
    return None


def parse(name: str) -> tuple[FileName | None, list[Problem]]:
    """The parts of a name (without folders) and everything that is wrong with it; None when nothing can be read."""
    kind = kind_of(name)
    if kind is None:
        return None, [
            _problem(
                Code.FILE_NAME,
                "ファイルの名前が、ケアプランデータ連携の名前の付け方になっていません。",
                f"名前は「{SHAPE}」です。介護ソフトが付けた名前のまま、変えずに送ります。",
            )
        ]
    stem, problems = _plain_stem(name, kind)
    parts = stem.split("_")
    for part in kind.value.split("_"):
        if parts and parts[0].upper() == part:
            parts.pop(0)
    branch = parts.pop() if kind is Kind.BASIC_IMAGE and len(parts) in (4, 6) else None
    month = None
    if kind in MONTHLY and parts:
        month = parts.pop(0)
        problems += _month_problems(kind, month)
    if len(parts) == 5:
        sender, sender_service, receiver, receiver_service, sequence = parts
        file_name = FileName(kind, month, sender, sender_service, receiver, receiver_service, sequence, branch)
        problems += _service_problems(file_name)
    elif len(parts) == 3:
        file_name = FileName(kind, month, parts[0], None, parts[1], None, parts[2], branch)
        problems.append(
            _problem(
                Code.NAME_WITHOUT_SERVICE,
                "ファイルの名前にサービス種類コードがありません。旧版(3.2版まで)の名前です。",
                f"4.1版の名前は「{SHAPE}」です。送る側のソフトを4.1版にします。",
                Severity.WARNING,
            )
        )
    else:
        problems.append(
            _problem(
                Code.FILE_NAME,
                f"ファイルの名前の区切り「_」の数が合いません(種類は{kind.value}と読めます)。",
                f"この種類の名前は「{shape(kind)}」です。介護ソフトが付けた名前のまま、変えずに送ります。",
            )
        )
        return None, problems
    problems += _number_problems(file_name)
    if kind is Kind.BASIC_IMAGE and not re.fullmatch(r"[0-9]{4}", branch or ""):
        problems.append(
            _problem(
                Code.FILE_NAME,
                "画像のファイル名の最後に、4けたの枝番がありません。",
                "例えば「…_0001.jpg」のように枝番を付けます。",
            )
        )
    return file_name, problems


def _plain_stem(name: str, kind: Kind) -> tuple[str, list[Problem]]:
    """The name without its extension and without what did not belong there."""
    problems = []
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    wanted = ("jpg", "JPG") if kind is Kind.BASIC_IMAGE else ("CSV",)
    if extension not in wanted:
        problems.append(
            _problem(
                Code.NAME_EXTENSION,
                f"ファイルの名前の終わりが「.{wanted[0]}」ではありません"
                + ("(小文字になっています)。" if extension.lower() == wanted[0].lower() else "。"),
                f"名前の終わりを「.{wanted[0]}」に直します。中身は変えません。",
                Severity.WARNING,
            )
        )
    plain = _SEPARATORS.sub("_", stem)
    if plain != stem:
        problems.append(
            _problem(
                Code.NAME_SEPARATOR,
                "ファイルの名前の区切りが、半角の「_」ではありません。",
                "区切りを半角の「_」に直します。",
                Severity.WARNING,
            )
        )
    stem = _COPY.sub("", plain)
    if stem != plain:
        problems.append(
            _problem(
                Code.NAME_COPY,
                "ファイルの名前の最後に「(1)」や「コピー」が付いています。2回保存したときに付く印です。",
                "はじめに保存したほうのファイルを使うか、付いた印を名前から取ってください。",
                Severity.WARNING,
                who_us=True,
            )
        )
    if not stem.startswith(kind.value):
        problems.append(
            _problem(
                Code.NAME_CASE,
                "ファイルの名前の種類が大文字ではありません。",
                f"はじめを「{kind.value}」に直します。",
                Severity.WARNING,
            )
        )
    return stem, problems


def _month_problems(kind: Kind, month: str) -> list[Problem]:
    if month_of(month) or (kind is Kind.USER and month == EMPTY_MONTH):
        return []
    return [
        _problem(
            Code.NAME_MONTH,
            f"ファイルの名前の年月「{month}」が、暦の年月ではありません。",
            "名前の2番目は、サービスの年月を6けた(例 202610)で書きます。",
        )
    ]


def _service_problems(name: FileName) -> list[Problem]:
    problems = []
    for whose, service in (("送る側", name.sender_service or ""), ("受ける側", name.receiver_service or "")):
        if re.fullmatch(r"[0-9A-Z]{2}", service):
            continue
        if re.fullmatch(r"[0-9A-Z]{3}", service):
            problems.append(
                _problem(
                    Code.NAME_SERVICE_3,
                    f"ファイルの名前の{whose}のサービスの番号が3けた({service})です。"
                    "4.0版の書き方で、4.1版で2けたのサービス種類コードに改められました。",
                    "2けたのサービス種類コード(例: 訪問介護は11)で書き出します。送る側のソフトの更新が要ります。",
                )
            )
        else:
            problems.append(
                _problem(
                    Code.NAME_SERVICE,
                    f"ファイルの名前の{whose}のサービス種類コード「{service}」が2けたではありません。",
                    "半角2けたのサービス種類コード(例 居宅介護支援43、訪問介護11)に直します。",
                )
            )
    if name.kind in FROM_SERVICE and name.sender_service == "43" and name.receiver_service not in ("43", "46", None):
        problems.append(
            _problem(
                Code.NAME_SWAPPED,
                "実績なのに、送る側が43(居宅介護支援)になっています。サービス種類コードの前後が逆のようです。",
                "実績は、送るサービス事業所の種類が前、居宅介護支援の43が後ろです。"
                "標準仕様書の例そのものが逆に印刷されているので、ソフトの会社に確かめます。",
                Severity.WARNING,
            )
        )
    return problems


def _number_problems(name: FileName) -> list[Problem]:
    problems = []
    for whose, office in (("送る側", name.sender), ("受ける側", name.receiver)):
        if not re.fullmatch(r"[0-9A-Z]{10}", office):
            problems.append(
                _problem(
                    Code.NAME_OFFICE,
                    f"ファイルの名前の{whose}の事業所番号「{office}」が10けたではありません({len(office)}けた)。",
                    "10けたの事業所番号(先頭の0も)に直します。",
                )
            )
    if name.sender == name.receiver:
        problems.append(
            _problem(
                Code.NAME_TO_ITSELF,
                "送る事業所と受ける事業所が同じです。",
                "介護ソフトで宛先を選び直し、もう一度書き出してください。",
            )
        )
    try:
        if not re.fullmatch(r"[0-9]{14}", name.sequence):
            raise ValueError
        dt.datetime.strptime(name.sequence, "%Y%m%d%H%M%S")  # noqa: DTZ007 - local time of the sender's PC
    except ValueError:
        problems.append(
            _problem(
                Code.NAME_SEQUENCE,
                f"ファイルの名前の最後の連番「{name.sequence}」が、年月日時分秒の14けたではありません"
                f"({len(name.sequence)}けた)。",
                "作った日時を14けた(例 20261005093000)で付けます。",
            )
        )
    return problems


def shape(kind: Kind) -> str:
    """How the name of a kind is put together."""
    month = "年月_" if kind in MONTHLY else ""
    tail = "_枝番4けた.jpg" if kind is Kind.BASIC_IMAGE else ".CSV"
    return f"{kind.value}_{month}送る事業所番号_サービス種類_受ける事業所番号_サービス種類_年月日時分秒{tail}"


def _problem(
    code: Code, message: str, remedy: str, severity: Severity = Severity.ERROR, *, who_us: bool = False
) -> Problem:
    return Problem(code, message, remedy, severity, Who.US if who_us else Who.SENDER)
