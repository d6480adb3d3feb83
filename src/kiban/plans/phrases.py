"""文例: ready sentences for the long fields of 第1表 and 第2表: ours, and what the office adds or leaves out.

Not for 「利用者及び家族の意向」: these are the person's own words, and a ready sentence would be put into their mouth.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from kiban.plans.models import Phrase
from kiban.registry.models import Organisation
from kiban.staff.models import Account

PLACES = {
    "policy": "総合的な援助の方針",
    "need": "課題(ニーズ)",
    "long_goal": "長期目標",
    "short_goal": "短期目標",
    "content": "サービス内容",
}
MOST = 60  # of an office's own, for one field: a list somebody still looks through

_OURS = {
    "policy": (
        "ご本人ができることを続けられるように、必要なところだけを手伝います。",
        "転倒と体調の変化に気をつけ、安心して家で暮らせるように支えます。",
        "人と会う機会と、一日の生活のリズムを大切にします。",
        "ご家族の負担が大きくなりすぎないように、サービスを組み合わせます。",
        "主治医・看護師と連絡を取り、体調が変わったときは早めに相談します。",
        "急に具合が悪くなったときは、はじめに主治医、つぎにご家族に連絡します。",
    ),
    "need": (
        "転ばずに、家の中を安全に歩きたい。",
        "自分の力で、トイレに行きたい。",
        "安心して、気持ちよく入浴したい。",
        "栄養のある食事を、おいしく食べたい。",
        "薬を忘れずに飲み、体調を整えたい。",
        "人と話し、楽しみのある毎日を過ごしたい。",
        "家族に無理をさせずに、家で暮らし続けたい。",
    ),
    "long_goal": (
        "家の中を、一人で安全に移動できる。",
        "トイレでの排せつを続けられる。",
        "週2回、安全に入浴できる。",
        "食事を1日3回とり、体重を保てる。",
        "病気が悪くならずに、家で暮らせる。",
        "週1回は外に出て、人と過ごせる。",
    ),
    "short_goal": (
        "手すりを使って、寝室からトイレまで歩ける。",
        "立ち上がりと座る動作が、ふらつかずにできる。",
        "見守りがあれば、浴槽をまたげる。",
        "水分を1日に1000ミリリットルくらいとれる。",
        "毎日、決まった時間に薬を飲める。",
        "週1回、通いの場で会話を楽しめる。",
    ),
    "content": (
        "歩行・立ち上がりの訓練、転倒を防ぐ環境の確認",
        "トイレへの誘導、衣類の上げ下ろしの介助",
        "入浴の介助(洗身・洗髪・着替え)、入浴前後の体調の確認",
        "調理、配膳、食事の見守り、水分の声かけ",
        "服薬の確認、体温・血圧の測定、主治医への報告",
        "体操・趣味の活動、ほかの利用者との交流",
        "手すり・歩行器などの選定と、使い方の確認",
    ),
}
BUILT_IN = {f"{place}-{at}": (place, text) for place, texts in _OURS.items() for at, text in enumerate(texts, 1)}


class PhraseError(Exception):
    """Why a sentence is not kept, in words for the page."""


@dataclass(frozen=True)
class Offered:
    """A sentence to choose: ``key`` names it; ``is_own``: the office wrote it; ``is_out``: the office left it out."""

    key: str
    place: str
    text: str
    is_own: bool = False
    is_out: bool = False


def offered(organisation: Organisation, place: str | None = None) -> list[Offered]:
    """Everything there is for an office (for one field), its own first, with what it left out."""
    rows = Phrase.objects.filter(organisation=organisation, gone_at=None).order_by("pk")
    out = {row.built_in for row in rows if row.built_in}
    own = [Offered(f"own-{row.pk}", row.place, row.text, is_own=True) for row in rows if not row.built_in]
    ours = [Offered(key, where, text, is_out=key in out) for key, (where, text) in BUILT_IN.items()]
    return [one for one in [*own, *ours] if place in (None, one.place)]


def chosen(organisation: Organisation, place: str) -> list[Offered]:
    """What the form offers at a field."""
    return [one for one in offered(organisation, place) if not one.is_out]


@transaction.atomic
def write(organisation: Organisation, account: Account, place: str, text: str, *, instead_of: str = "") -> None:
    """Keep a sentence of the office; ``instead_of`` names the one it takes the place of. Raises PhraseError."""
    text = " ".join(text.split())
    if place not in PLACES or not text:
        raise PhraseError("欄と文を入れてください。")
    there = [one for one in offered(organisation, place) if one.key != instead_of]
    if any(one.text == text and not one.is_out for one in there):
        raise PhraseError("同じ文が、もうあります。")
    if sum(one.is_own for one in there) >= MOST:
        raise PhraseError(f"一つの欄に{MOST}までです。使わないものを消してください。")
    if instead_of:
        leave_out(organisation, account, instead_of)
    Phrase.objects.create(organisation=organisation, place=place, text=text, written_by=account)


def leave_out(organisation: Organisation, account: Account, key: str) -> None:
    """Offer a sentence no longer: one of the office's own is gone, one of ours is left out. Safe to repeat."""
    rows = Phrase.objects.filter(organisation=organisation, gone_at=None)
    if key in BUILT_IN:
        if not rows.filter(built_in=key).exists():
            place, _ = BUILT_IN[key]
            Phrase.objects.create(organisation=organisation, place=place, built_in=key, written_by=account)
        return
    rows.filter(pk=_own_number(key), built_in="").update(gone_at=timezone.now(), gone_by=account)


def take_back_in(organisation: Organisation, account: Account, key: str) -> None:
    """Offer one of ours again."""
    rows = Phrase.objects.filter(organisation=organisation, gone_at=None, built_in=key).exclude(built_in="")
    rows.update(gone_at=timezone.now(), gone_by=account)


def _own_number(key: str) -> int:
    number = key.removeprefix("own-")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else 0
