"""Units as the pages tell of them: what, of which month, how far it has come, and why something cannot be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone

from kiban.exchange.units.sending import Record
from kiban.formats.careplan.layouts import Kind, layout
from kiban.formats.careplan.layouts.names import kind_of
from kiban.registry.models import ServiceKind


class State(StrEnum):
    """How far a unit has come."""

    DRAFT = "draft"
    UNREAD = "unread"
    OPENED = "opened"
    TAKEN = "taken"
    ERROR = "error"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """In the words of the screen."""
        return _STATES[self][0]

    @property
    def mark(self) -> str:
        """How it is marked: good, soon, bad or off."""
        return _STATES[self][1]


_STATES = {
    State.DRAFT: ("送る前", "soon"),
    State.UNREAD: ("未読", "soon"),
    State.OPENED: ("受け取り済", "off"),
    State.TAKEN: ("取込済", "good"),
    State.ERROR: ("エラー", "bad"),
    State.WITHDRAWN: ("取り消し", "off"),
}
IN_A_BOX = tuple(state for state in State if state is not State.DRAFT)

NOT_POSSIBLE = "できませんでした。職員・端末の登録に変わりがないか、管理者に確認してください。"
ANSWERS: dict[str, str] = {
    "exchange:not_own": "ファイルの名前の「送る事業所」が、この事業所の番号ではありません。"
    "この事業所の介護ソフトで書き出したファイルを選んでください。",
    "exchange:receiver_not_here": "受ける事業所は、ここに登録されていません。"
    "番号が正しければ、郵送など別の方法で渡してください。",
    "exchange:receiver_closed": "受ける事業所は、利用を終えています。番号を確かめ、別の方法で渡してください。",
    "exchange:to_itself": "送る事業所と受ける事業所が同じです。"
    "介護ソフトで宛先を選び直し、もう一度書き出してください。",
    "exchange:sequence_used": "同じ連番(ファイルの名前の最後の14けた)で、違う中身をもう送っています。"
    "介護ソフトからもう一度書き出すと、新しい連番が付きます。",
    "exchange:withdrawn": "これは取り消されています。もう一度送るときは、介護ソフトから書き出し直してください。",
    "exchange:stranger": "受ける事業所の利用者だと確かめられない方が入っています。",
    "exchange:nothing_to_delete": "削除するもとのデータを、この事業所に送っていません。",
    "exchange:no_unit": "見つかりません。ほかの端末で送られたか、片付けられています。送信の一覧を確かめてください。",
    "exchange:no_office": "ケアプランデータ連携を使えるのは、介護サービスの事業所だけです。",
    "exchange:not_a_person": "人が画面で確かめることです。介護ソフトからはできません。",
    "exchange:unknown_outcome": "取り込めたか、取り込めなかったかを選んでください。",
    "exchange:no_query": "この問い合わせは見つからないか、もう答えが付いています。",
    "exchange:taken": "相手がもう取り込んでいるため、取り消せません。"
    "削除のファイルか、直したファイルを送ってください。",
    "exchange:not_to_vouch": "人が確かめたことにして送れるものではありません。画面を開き直してください。",
    "exchange:not_opened": "まだ開いていません。先にファイルを受け取ってください。",
}


def missed(answer: str) -> str:
    """The sentence for an answer of the gate that is not ``ok``."""
    return ANSWERS.get(answer, NOT_POSSIBLE)


def month_title(month: str) -> str:
    """YYYYMM in words; nothing for none."""
    return f"{month[:4]}年{int(month[4:])}月" if month else ""


@dataclass(frozen=True)
class Shown:
    """A unit as a page shows it.

    Attributes:
        office, service: of the other side.
        moments: kept, sent, first fetched, settled, withdrawn (local time).
    """

    id: int
    number: str
    office: str
    service: str
    is_mine: bool
    record: Record
    is_deletion: bool
    month: str
    users: int
    sequence: str
    state: State
    sent_by: str
    by_machine: bool
    files: list[dict[str, Any]]
    moments: Mapping[str, dt.datetime | None]

    @property
    def what(self) -> str:
        """What it brings or takes away."""
        return f"{self.record.label}の削除" if self.is_deletion else self.record.label

    @property
    def month_title(self) -> str:
        """Its month in words."""
        return month_title(self.month)

    @property
    def waits(self) -> bool:
        """Whether the receiver has still to say what became of it."""
        return self.state in (State.UNREAD, State.OPENED, State.ERROR)


def shown(units: Iterable[Mapping[str, Any]]) -> list[Shown]:
    """Units as the gate tells of them (``gate.exchange_told``), made ready for a page."""
    services = dict(ServiceKind.objects.values_list("code", "name"))
    return [_shown(one, services) for one in units]


def _shown(one: Mapping[str, Any], services: Mapping[str, str]) -> Shown:
    service = one["receiver_service" if one["is_mine"] else "sender_service"]
    return Shown(
        id=one["id"],
        number=one["number"],
        office=one["name"],
        service=services.get(service, service),
        is_mine=one["is_mine"],
        record=Record(one["record"]),
        is_deletion=one["is_deletion"],
        month=one["month"],
        users=one["users"],
        sequence=one["sequence"],
        state=State(one["state"]),
        sent_by=one["sent_by"] or "",
        by_machine=one["by_machine"],
        files=[{**file, "title": _title(file["name"])} for file in one["files"] or []],
        moments={
            name: timezone.localtime(dt.datetime.fromisoformat(one[name])) if one[name] else None
            for name in ("staged_at", "sent_at", "opened_at", "settled_at", "withdrawn_at")
        },
    )


def _title(name: str) -> str:
    """What kind of file a name speaks of."""
    kind = kind_of(name)
    if kind is None:
        return ""
    return "画像" if kind is Kind.BASIC_IMAGE else layout(kind).title
