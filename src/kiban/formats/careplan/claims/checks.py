"""One small function for each code. None pronounces a verdict: each says what would likely come back, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from kiban.formats.careplan.claims.codes import ClaimCode
from kiban.formats.careplan.claims.facts import UserMonth, whole
from kiban.formats.careplan.claims.ledgers import Creation, Ledgers, Recipient, User
from kiban.formats.careplan.layouts import codes as tables
from kiban.formats.careplan.layouts.forms import day_of
from kiban.formats.careplan.matching import Outcome
from kiban.terms.care_levels import LIMIT_UNITS

APPLYING = "1"  # 認定状況区分 申請中
CARE_LEVELS, SUPPORT_LEVELS = frozenset({"21", "22", "23", "24", "25"}), frozenset({"12", "13"})
# 総合事業 (A1 to A8) is not judged: who may go on using it with a care level is the municipality's to say.
_GIVEN = {kind: name for kind, name in tables.IN_SCOPE.items() if not kind.startswith("A")}
PREVENTION = frozenset(kind for kind, name in _GIVEN.items() if name.startswith("介護予防"))
CARE = frozenset(_GIVEN) - PREVENTION


class Turn(StrEnum):
    """Whose turn it is."""

    PLANNER = "居宅介護支援事業所"
    PROVIDER = "サービス事業所"
    INSURER = "保険者"


@dataclass(frozen=True)
class Likely:
    """A code that would likely come back.

    Attributes:
        words: what differs. remedy: what to do. turn: whose turn it is.
        rests_on: the facts compared, in words; without a person's name or number.
    """

    code: ClaimCode
    user: User
    month: str
    words: str
    remedy: str
    turn: Turn
    rests_on: str


Found = Iterator[tuple[str, str, Turn, str]]  # words, remedy, turn, rests on


def _not_registered(month: UserMonth, ledgers: Ledgers) -> Found:
    if month.about.get("認定状況区分") == APPLYING and not month.about.get("認定日"):
        yield (
            "認定の結果がまだ出ていません(申請中)。",
            "結果が出てから請求します。結果が月をまたいだときは、翌月に請求します。",
            Turn.PLANNER,
            "利用者補足情報の認定状況区分",
        )
    elif month.user not in ledgers.recipients and month.user[0] in ledgers.complete:
        yield (
            "この被保険者番号は、保険者の認定の情報にありません。",
            "保険者番号と被保険者番号を、被保険者証で確かめます。",
            Turn.PLANNER,
            "受給者台帳",
        )


def _changing(month: UserMonth, ledgers: Ledgers) -> Found:
    by_file = month.about.get("認定状況区分") == APPLYING and month.about.get("認定日")
    if by_file or _recipient(month, ledgers).is_changing:
        yield (
            "区分変更の申請中です。前の月の末までに結果が出ないと、請求できません。"
            if not by_file
            else "区分変更か更新の申請中です。結果が出るまで、請求できないことがあります。",
            "結果が出てから請求します。保険者に見込みを確かめます。",
            Turn.PLANNER,
            "利用者補足情報の認定状況区分" if by_file else "受給者台帳",
        )


def _other_planner(month: UserMonth, ledgers: Ledgers) -> Found:
    registered = _recipient(month, ledgers).planner
    if registered and month.planner and registered != month.planner:
        yield (
            "計画を作る事業所が、届け出られている事業所と違います。",
            "居宅サービス計画作成依頼届の事業所と届出日を、保険者に確かめます。",
            Turn.PLANNER,
            "第6表のプラン担当業者コードと受給者台帳",
        )


def _other_level(month: UserMonth, ledgers: Ledgers) -> Found:
    known = _recipient(month, ledgers)
    if month.changes_within:
        return  # the level changed in this month: both are right, each on its days
    differing = [
        name
        for name, here, there in (
            ("要介護状態区分", month.about.get("要介護状態区分"), known.level),
            ("生年月日", month.about.get("利用者生年月日"), known.birth),
            ("性別", month.about.get("利用者性別"), known.sex),
        )
        if here and there and here != there
    ]
    if differing:
        yield (
            f"{'・'.join(differing)}が、保険者の情報と違います。",
            "被保険者証で確かめ、違う側を直します。",
            Turn.PLANNER,
            "利用者補足情報と受給者台帳",
        )
    level = known.level or month.about.get("要介護状態区分")
    kinds = sorted({code[:2] for _, code, _ in month.services if level and not _fits(code[:2], level)})
    if kinds:
        yield (
            f"この要介護度では使えない種類のサービスがあります({'、'.join(map(tables.service_name, kinds))})。",
            "要介護度とサービスの種類を見比べ、違う側を直します。",
            Turn.PLANNER,
            "第6表のサービスコードと要介護状態区分",
        )


def _fits(kind: str, level: str) -> bool:
    """Whether a kind of service is one for the level; a kind that is not judged fits."""
    if kind in CARE:
        return level in CARE_LEVELS
    return level in SUPPORT_LEVELS if kind in PREVENTION else True


def _outside_validity(month: UserMonth, ledgers: Ledgers) -> Found:
    known = _recipient(month, ledgers)
    by_ledger = known.valid_from is not None or known.valid_to is not None
    first, last = known.valid_from, known.valid_to - dt.timedelta(days=1) if known.valid_to else None
    if not by_ledger:
        first = day_of(month.about.get("限度額適用開始年月日", ""))
        last = day_of(month.about.get("限度額適用終了年月日", ""))
    days = sorted(
        day
        for day in {day_of(text) for _, _, text in month.services}
        if day and ((first and day < first) or (last and day > last))
    )
    if days:
        yield (
            f"{_days(days)}は、認定の有効期間の外です。",
            "更新の認定の結果を待つか、利用日を確かめます。",
            Turn.PLANNER,
            "受給者台帳の認定有効期間" if by_ledger else "利用者補足情報の限度額適用期間",
        )


def _over_limit(month: UserMonth, _ledgers: Ledgers) -> Found:
    limit = whole(month.about.get("区分支給限度基準額"))
    if not limit or month.within is None or month.within <= limit:
        return
    units, rests_on = f"区分支給限度基準内の単位数({month.within:,})", "第7表の単位数と利用者補足情報の限度額"
    if not month.changes_within:
        yield (
            f"{units}が、限度額({limit:,})を超えています。",
            "超える分を区分支給限度基準超単位数(自己負担)に移します。",
            Turn.PLANNER,
            rests_on,
        )
        return
    higher = _higher_limit(month)
    if higher is not None and month.within > max(limit, higher):
        yield (
            f"{units}が、要介護度の変わった月の限度額({max(limit, higher):,}。高い方の限度額です)を超えています。",
            "それを超える分を区分支給限度基準超単位数(自己負担)に移します。",
            Turn.PLANNER,
            f"{rests_on}、要介護状態変更日",
        )
        return
    yield (
        f"{units}が、書かれた限度額({limit:,})を超えています。月の途中で変わった月は、高い方の限度額です。",
        f"限度額を高い方({higher:,})に直します。自己負担に移すものはありません。"
        if higher
        else "書かれている限度額が高い方か、被保険者証で確かめます。高い方を超える分だけを、自己負担に移します。",
        Turn.PLANNER,
        f"{rests_on}、要介護状態変更日",
    )


def _higher_limit(month: UserMonth) -> int | None:
    """The limit of the higher one of the two levels of the month; ``None`` when the level before is not written."""
    levels = (month.about.get("要介護状態区分", ""), month.about.get("前回要介護状態区分", ""))
    return max(LIMIT_UNITS[level] for level in levels) if all(level in LIMIT_UNITS for level in levels) else None


def _other_rate(month: UserMonth, ledgers: Ledgers) -> Found:
    burden = _recipient(month, ledgers).burden
    rates = {rate for text in month.rates if (rate := whole(text)) is not None}
    if burden is not None and rates and rates != {100 - 10 * burden}:
        yield (
            f"給付率({'・'.join(str(rate) for rate in sorted(rates))}%)が、負担割合({burden}割)と合いません。",
            "その月の負担割合証で確かめます。減額や公費がある方は、そのままで正しいことがあります。",
            Turn.PLANNER,
            "第7表の給付率と受給者台帳の負担割合",
        )


def _wrong_creation(month: UserMonth, ledgers: Ledgers) -> Found:
    slip = ledgers.slips.get((month.user, month.month))
    if slip is not None and slip.was_accepted == (slip.creation is Creation.NEW):
        yield (
            "前に受け付けられた給付管理票があるのに「新規」です。"
            if slip.was_accepted
            else "前に受け付けられた給付管理票がないのに「修正」です。",
            "作成区分を直します。",
            Turn.PLANNER,
            "給付管理票の作成区分",
        )


def _slip_to_correct(month: UserMonth, _ledgers: Ledgers) -> Found:
    outcomes = {difference.outcome for difference in month.compared.differences} if month.compared else set()
    if outcomes & {Outcome.MORE, Outcome.OTHER_OFFICE, Outcome.OTHER_CODE}:
        yield (
            "予定にない実績があります。このまま給付管理票を出すと、サービス事業所の請求が修正を待って止まります。",
            "給付管理票を出す前に、予定を実績に合わせるか、実績を確かめます。",
            Turn.PLANNER,
            "第6表の予定と実績",
        )


def _no_office(month: UserMonth, ledgers: Ledgers) -> Found:
    missing = sorted({office for office, _, _ in month.services if office not in ledgers.offices})
    if ledgers.all_offices and missing:
        yield (
            f"{'、'.join(_office(office, ledgers) for office in missing)}は、事業所の台帳にありません。",
            "事業所番号を確かめます。新しい事業所なら、指定を受けた都道府県・市町村に確かめます。",
            Turn.PROVIDER,
            "事業所台帳",
        )


def _not_designated(month: UserMonth, ledgers: Ledgers) -> Found:
    wrong = sorted(
        {
            f"{_office(office, ledgers)}の{tables.service_name(code[:2])}"
            for office, code, text in month.services
            if (services := ledgers.offices.get(office)) is not None
            and (day := day_of(text)) is not None
            and not any(designation.holds(day) for designation in services.get(code[:2], ()))
        }
    )
    if wrong:
        yield (
            f"公表されている一覧では、サービスの日に指定が見当たらない種類があります({'、'.join(wrong)})。",
            "サービスコードと、指定の期間(更新・廃止・休止)を確かめます。",
            Turn.PROVIDER,
            "事業所台帳",
        )


def _no_insurer(month: UserMonth, ledgers: Ledgers) -> Found:
    if ledgers.insurers is not None and month.user[0] not in ledgers.insurers:
        yield (
            f"保険者番号 {month.user[0]} の保険者がありません。",
            "被保険者証の保険者番号を確かめます。",
            Turn.PLANNER,
            "保険者の一覧",
        )


Check = Callable[[UserMonth, Ledgers], Found]
CHECKS: dict[ClaimCode, Check] = {
    ClaimCode.P0: _not_registered,
    ClaimCode.PA: _changing,
    ClaimCode.P4: _other_planner,
    ClaimCode.QJ: _other_level,
    ClaimCode.PD: _outside_validity,
    ClaimCode.P6: _over_limit,
    ClaimCode.ASSA: _other_rate,
    ClaimCode.ANN: _wrong_creation,
    ClaimCode.ANNM: _slip_to_correct,
    ClaimCode.ADD0: _no_office,
    ClaimCode.ADD1: _not_designated,
    ClaimCode.ADD2: _no_insurer,
}


def _recipient(month: UserMonth, ledgers: Ledgers) -> Recipient:
    return ledgers.recipients.get(month.user, Recipient())


def _office(number: str, ledgers: Ledgers) -> str:
    """The office by its name, with the number people look it up by."""
    name = ledgers.names.get(number)
    return f"{name}({number})" if name else f"事業所番号{number}"


def _days(days: list[dt.date]) -> str:
    return "、".join(f"{day.month}月{day.day}日" for day in days)
