"""The CSV layouts ``kiban load`` takes: persons, identity, assignments, consents, and one for every item of records.

A layout is recognised by its heading alone; no heading fits two layouts (tests/intake/test_layouts.py). Columns may
stand in any order; those that need not be filled may be missing altogether, except in the layout of persons.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kiban.formats.kinds_of_file import AS_CSV, separated_otherwise
from kiban.intake.encoding import INSURED_NO, INSURER_NO, NULL, Encoder, Heading, PlainEncoder, RecordEncoder, copy_text
from kiban.intake.foreign import foreign_file
from kiban.intake.refusals import FileRefusedError
from kiban.intake.source import Source, normal
from kiban.records import kinds
from kiban.records.fields import Code, Date, Field, Integer, Number, PartialDate, Text
from kiban.records.items import Check, Item, Sender, ordered
from kiban.registry.text import kana_key, search_key

PERSONS_FIRST = "先に「被保険者」のファイルを取り込み、そのあと、このファイルをもう一度取り込んでください。"


class Needs(NamedTuple):
    """Something that must stand in the database before a row can be merged.

    condition: SQL over the staged row ``s`` that holds when it does.
    """

    field: str
    condition: str
    reason: str
    remedy: str


PERSON_KNOWN = Needs(
    "insured_no",
    "EXISTS (SELECT FROM care.person AS p WHERE p.insured_key = s.insured_key)",
    "この被保険者は登録されていません。",
    PERSONS_FIRST,
)


@dataclass(frozen=True)
class Layout:
    """One CSV layout.

    staged: columns of the staging table after line and key, as SQL.
    sql: name of the merge statement file in ``sql/``.
    prepare: name of statements there that are done once for a batch, before its rows are looked at one turn after
        the other; empty: nothing.
    position: files of one command are taken in this order.
    renders, empty_texts: how a value, or none, is written for COPY where it is not its text and not NULL.
    identity: fields that, with the person, tell what a row is about.
    """

    key: str
    label: str
    position: int
    fields: tuple[Field, ...]
    staged: str
    sql: str
    checks: tuple[Check, ...] = ()
    needs: tuple[Needs, ...] = (PERSON_KNOWN,)
    of_one_insurer: bool = True
    renders: dict[str, Callable[[Any], str]] = field(default_factory=dict)
    empty_texts: dict[str, str] = field(default_factory=dict)
    identity: tuple[str, ...] = ()
    all_columns: bool = False
    prepare: str = ""
    item: Item | None = None
    about: str = ""

    @cached_property
    def by_heading(self) -> dict[str, Field]:
        """Fields by normalised column heading."""
        return {normal(field.label): field for field in self.fields}

    @cached_property
    def must_have(self) -> frozenset[str]:
        """Headings without which a file is not of this layout."""
        return frozenset(name for name, field in self.by_heading.items() if field.required or self.all_columns)

    def encoder(self, source: Source, insurer: str | None, known_insurers: frozenset[str]) -> Encoder:
        """The encoder for a file of this layout."""
        positions = {self.by_heading[name].name: at for at, name in enumerate(source.heading) if name}
        heading = Heading(self.fields, positions, len(source.heading), source.heading_width)
        if self.item:
            return RecordEncoder(heading, insurer, known_insurers, item=self.item, history_no=HISTORY_NO, reason=REASON)
        columns = [field for field in self.fields if field not in (INSURER_NO, INSURED_NO)]
        return PlainEncoder(
            heading,
            self.checks,
            insurer,
            known_insurers,
            columns=columns,
            renders=self.renders,
            empty_texts=self.empty_texts,
            identity=self.identity,
        )


HISTORY_NO = Integer("history_no", "履歴番号", required=True, least=0, most=2_000_000_000)
REASON = Text("reason", "訂正理由", max_length=200)


def _record_layout(item: Item, position: int) -> Layout:
    return Layout(
        key=item.key,
        label=item.label,
        position=position,
        fields=(INSURER_NO, INSURED_NO, HISTORY_NO, *item.fields, REASON),
        staged="entry text, history_no integer, valid_from date, valid_to date, source text, reason text,"
        " digest bytea, content jsonb",
        sql="merge_record.sql",
        checks=item.checks,
        of_one_insurer=item.sender is Sender.INSURER,
        item=item,
        about=f"情報の種類: {item.key}。出典: {item.source}",
    )


OFFICE_NUMBER = Number(
    "number",
    "事業所番号",
    required=True,
    max_length=10,
    pattern=r"[0-9A-HJ-NPR-Z]{10}",
    form="10けたの事業所番号か医療機関コード",
    kind="事業所番号",
)
TAKER = Number(
    "taker",
    "受領した事業所番号",
    max_length=10,
    pattern=r"[0-9A-HJ-NPR-Z]{10}",
    form="10けたの事業所番号",
    kind="事業所番号",
)


def _today() -> str:
    return dt.datetime.now(ZoneInfo("Asia/Tokyo")).date().isoformat()


def _not_later(name: str, label: str) -> Check:
    return Check(
        (name,),
        lambda day: day in (None, "unknown") or day <= _today(),
        f"{label}がこれから先の日付です。",
        "日付を確かめてください。",
    )


PERSONS = Layout(
    key="persons",
    label="被保険者",
    position=1,
    fields=(
        INSURER_NO,
        INSURED_NO,
        Text("name", "氏名", required=True, max_length=100),
        Text("kana", "フリガナ", required=True, max_length=200),
        PartialDate("birth", "生年月日", required=True),
        Code("sex", "性別", required=True, codes={"1": "男", "2": "女", "9": "不明"}),
        Text("address", "住所", max_length=300),
        Text("district", "地区", max_length=100),
        Date("died_on", "死亡日"),
    ),
    staged="name text, search_key text, kana text, kana_key text, birth date, birth_partial text, sex text,"
    " address text, district text, died_on date",
    sql="merge_persons.sql",
    checks=(
        _not_later("birth", "生年月日"),
        Check(
            ("birth", "died_on"),
            lambda birth, died_on: birth in (None, "unknown") or died_on is None or birth <= died_on,
            "死亡日が生年月日より前です。",
            "日付を確かめてください。",
        ),
    ),
    needs=(),
    renders={
        "name": lambda value: f"{copy_text(value)}\t{copy_text(search_key(value))}",
        "birth": lambda value: f"{value}\t" if len(value) == 10 else f"{NULL}\t{value}",
        "kana": lambda value: f"{copy_text(value)}\t{copy_text(kana_key(value))}",
    },
    empty_texts={"address": "", "district": ""},
    all_columns=True,
    about="被保険者の氏名など。ほかのどのファイルよりも先に取り込む。氏名は受け取ったとおりに残す。",
)

IDENTITY = Layout(
    key="identity",
    label="本人確認",
    position=2,
    fields=(
        INSURER_NO,
        INSURED_NO,
        OFFICE_NUMBER,
        Date("confirmed_on", "本人確認日", required=True),
        Code(
            "method",
            "本人確認の方法",
            required=True,
            codes={
                "card": "マイナンバーカード",
                "four_items": "4情報",
                "visual": "目視",
                "municipal_file": "市町村のファイル",
            },
        ),
    ),
    staged="number text, confirmed_on date, method text",
    sql="merge_identity.sql",
    checks=(_not_later("confirmed_on", "本人確認日"),),
    needs=(
        PERSON_KNOWN,
        Needs(
            "number",
            "EXISTS (SELECT FROM public.registry_organisation AS o"
            " WHERE o.number = s.number AND o.kind IN ('office', 'medical'))",
            "この番号の事業所・医療機関は利用登録されていません。",
            "番号を確かめるか、先に利用登録をしてください。",
        ),
    ),
    identity=("number",),
    of_one_insurer=False,
    about="事業所が本人確認をした記録。",
)

ASSIGNMENTS = Layout(
    key="assignments",
    label="担当事業所",
    position=3,
    fields=(
        INSURER_NO,
        INSURED_NO,
        OFFICE_NUMBER,
        Code(
            "capacity",
            "担当区分",
            required=True,
            codes={
                "plan": "居宅介護支援(計画作成)",
                "service": "サービス提供",
                "opinion": "主治医意見書の作成依頼先",
            },
        ),
        Date("viewing_from", "閲覧開始日", required=True),
        Date("viewing_until", "閲覧終了日"),
    ),
    staged="number text, capacity text, viewing_from date, viewing_until date",
    sql="merge_assignments.sql",
    checks=(ordered("viewing_from", "viewing_until"),),
    needs=(
        PERSON_KNOWN,
        Needs(
            "number",
            "EXISTS (SELECT FROM public.registry_organisation AS o WHERE o.number = s.number"
            " AND o.kind = CASE s.capacity WHEN 'opinion' THEN 'medical' ELSE 'office' END)",
            "この番号の事業所(担当区分が意見書のときは医療機関)は利用登録されていません。",
            "番号と担当区分を確かめるか、先に利用登録をしてください。",
        ),
    ),
    identity=("number", "capacity", "viewing_from"),
    of_one_insurer=False,
    about="どの事業所がいつからいつまで担当か。閲覧終了日はその日まで見られる。空白は終わりが決まっていない。",
)

CONSENTS = Layout(
    key="consents",
    label="包括的同意",
    position=4,
    fields=(
        INSURER_NO,
        INSURED_NO,
        Code("act", "同意区分", required=True, codes={"give": "同意", "withdraw": "撤回"}),
        Date("day", "同意・撤回の日", required=True),
        Text("text_version", "説明文の版", max_length=60),
        Code(
            "signer",
            "署名した人",
            codes={
                "self": "本人",
                "scribe": "代筆",
                "legal_agent": "法定代理人",
                "voluntary_agent": "任意代理人",
                "family": "家族",
            },
        ),
        TAKER,
    ),
    staged="act text, day date, text_version text, signer text, taker text",
    sql="merge_consents.sql",
    checks=(
        _not_later("day", "同意・撤回の日"),
        Check(
            ("act", "text_version"),
            lambda act, version: act != "give" or bool(version),
            "同意なのに、説明文の版がありません。",
            "どの説明文で説明したかを書き加えてください。",
        ),
        Check(
            ("act", "signer"),
            lambda act, signer: act != "give" or bool(signer),
            "同意なのに、署名した人がありません。",
            "だれが署名したかを書き加えてください。",
        ),
    ),
    needs=(
        PERSON_KNOWN,
        Needs(
            "taker",
            "(s.taker IS NULL OR EXISTS (SELECT FROM public.registry_organisation AS o"
            " WHERE o.number = s.taker AND o.kind = 'office'))",
            "この番号の事業所は利用登録されていません。",
            "番号を確かめるか、先に利用登録をしてください。",
        ),
        Needs(
            "act",
            "(s.act = 'give' OR EXISTS (SELECT FROM care.consent AS c"
            " WHERE c.insured_key = s.insured_key AND c.given_on <= s.day))",
            "撤回する同意の記録がありません。撤回の日は控えました。",
            "その前の同意の行を取り込めば、日付の順に収まります。人か日付の誤りでないか、確かめてください。",
        ),
    ),
    prepare="prepare_consents.sql",
    all_columns=True,
    about="包括的同意とその撤回。行やファイルの順は問わず、同意・撤回の日の順に収まる(同じ日の同意と撤回は撤回)。"
    "撤回は取り込んだ時から効く。事業所番号が空白なら市町村が受けたもの。",
)


@cache
def layouts() -> tuple[Layout, ...]:
    """All layouts in the order files are taken."""
    records = (_record_layout(item, 10 + at) for at, item in enumerate(kinds.items()))
    return (PERSONS, IDENTITY, ASSIGNMENTS, CONSENTS, *records)


def layout(key: str) -> Layout:
    """The layout ``persons``, ``certification.result`` … Raises LookupError."""
    for candidate in layouts():
        if candidate.key == key:
            return candidate
    raise LookupError(key)


def recognise(heading: Sequence[str], first_line: str = "") -> Layout:
    """The layout of a file with these (normalised) column headings; a column without a heading is none.

    Args:
        first_line: the heading as it stands in the file, to see what separates its cells.

    Raises:
        FileRefusedError: none; the sentence names what is missing or not known, never a cell of the file.
    """
    names = set(filter(None, heading))
    for candidate in layouts():
        if candidate.must_have <= names <= candidate.by_heading.keys() and len(names) == sum(map(bool, heading)):
            return candidate
    if said := separated_otherwise(first_line):
        raise FileRefusedError(f"{said}{AS_CSV}")
    nearest = max(layouts(), key=lambda layout: (_overlap(layout, names), -len(layout.must_have - names)))
    if normal(INSURED_NO.label) not in names and _overlap(nearest, names) < 3:
        raise FileRefusedError(foreign_file(heading))
    problems = []
    missing = [field.label for name, field in nearest.by_heading.items() if name in nearest.must_have - names]
    if missing:
        problems.append("見出し" + "、".join(f"「{label}」" for label in missing) + "がありません。")
    unknown = [at for at, name in enumerate(heading, 1) if name and name not in nearest.by_heading]
    if unknown:
        problems.append("、".join(f"{at}列目" for at in unknown[:10]) + "の見出しは、この様式にありません。")
    twice = [field.label for name, field in nearest.by_heading.items() if list(heading).count(name) > 1]
    if twice:
        problems.append("見出し" + "、".join(f"「{label}」" for label in twice) + "が2つあります。")
    raise FileRefusedError(
        f"見出しが様式と違います(いちばん近い様式は「{nearest.label}」)。{''.join(problems)}"
        f"見本は kiban load --template {nearest.key} で作れます。"
    )


def _overlap(candidate: Layout, names: set[str]) -> int:
    telling = candidate.by_heading.keys() - {normal(INSURER_NO.label), normal(INSURED_NO.label)}
    return len(telling & names)
