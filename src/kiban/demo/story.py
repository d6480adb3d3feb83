"""What happened to a made-up person, as records that fit together: a certification from application to notice, the form
of its time, a plan only for whom a care manager makes one, a ratio for each year from August.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kiban.demo.people import SUPPORT, Fake, first_of_month
from kiban.intake.examples import example
from kiban.records import kinds
from kiban.records.fields import Rows
from kiban.records.items import Item
from kiban.terms.care_levels import LIMIT_UNITS

RATIOS = (("1", 0.88), ("2", 0.07), ("3", 0.05))
HAS = "1"  # 有
NEW_OPINION = dt.date(2026, 4, 1)  # from this day on opinions are written on the form of 2026


@dataclass(frozen=True)
class Version:
    """One version of one item, ready to be written into a file."""

    item: Item
    person: Fake
    history_no: int
    content: dict[str, Any]
    reason: str = ""


def versions(person: Fake, office_no: str, office_name: str, today: dt.date, seed: int = 1) -> Iterator[Version]:
    """All records of one certified person, in the order in which they arose."""
    chance = random.Random(f"{person.insurer_no}-{person.insured_no}-{seed}")
    story = _Story(person, office_no, office_name, today, chance)
    for key, made in story.told():
        yield Version(kinds.item(key), person, made.history_no, made.content, made.reason)


@dataclass(frozen=True)
class _Made:
    history_no: int
    content: dict[str, Any]
    reason: str = ""


class _Story:
    """What happened to one person: an earlier certification, the present one, a purchase, a plan …"""

    def __init__(self, person: Fake, office_no: str, office_name: str, today: dt.date, chance: random.Random) -> None:
        self.person, self.office_no, self.office_name = person, office_no, office_name
        self.today, self.chance = today, chance
        self.before_from = first_of_month(person.valid_from, -12)
        self.before_level = str(max(int(person.level) - chance.choice((0, 1)), 12))
        if self.before_level not in LIMIT_UNITS:
            self.before_level = person.level
        self.decided = person.valid_from - dt.timedelta(days=12)
        self.applied = person.valid_from - dt.timedelta(days=45)

    def told(self) -> Iterator[tuple[str, _Made]]:
        person = self.person
        yield "insurance_card.card", _Made(1, self.card(self.before_level, self.before_from, person.valid_from))
        card = self.card(person.level, person.valid_from, person.valid_until + dt.timedelta(days=1))
        if self.chance.random() < 0.15:
            wrong = {**card, "limit_units": card["limit_units"] - 10}
            yield "insurance_card.card", _Made(2, wrong)
            yield "insurance_card.card", _Made(2, card, "支給限度基準額の入力誤り")
        else:
            yield "insurance_card.card", _Made(2, card)
        for number, ratio in enumerate(self.ratios(), 1):
            yield "insurance_card.burden_ratio", _Made(number, ratio)
        if self.chance.random() < 0.35:
            yield "insurance_card.burden_limit", _Made(1, self.limit())
        if self.chance.random() < 0.12:
            yield "insurance_card.reduction", _Made(1, self.reduction())
        yield "certification.result", _Made(1, self.result())
        visited = self.applied + dt.timedelta(days=9)
        yield "certification.survey", _Made(1, self.filled("certification.survey", surveyed_on=visited.isoformat()))
        yield "certification.progress", _Made(1, self.progress())
        yield "opinion.opinion", _Made(1, self.opinion())
        if self.chance.random() < 0.5:
            yield "housing.home_modification", _Made(1, self.modification())
        if self.chance.random() < 0.6:
            yield "housing.equipment", _Made(1, self.equipment())
        if person.level not in SUPPORT:  # theirs is another plan (介護予防サービス・支援計画書)
            yield "careplan.plan", _Made(1, self.plan())
        yield "life.feedback", _Made(1, self.feedback())

    def filled(self, key: str, **known: Any) -> dict[str, Any]:
        """A whole form: what is known, and something of the right kind in every other field that is a choice."""
        content: dict[str, Any] = {}
        for field in kinds.item(key).fields:
            if field.name in known:
                if known[field.name] is not None:
                    content[field.name] = known[field.name]
            elif type(field).__name__ in {"Code", "Choices", "Flag"} or field.required:
                content[field.name] = example(field, self.chance)
        return content

    def card(self, level: str, start: dt.date, end: dt.date) -> dict[str, Any]:
        last = (end - dt.timedelta(days=1)).isoformat()
        return {
            "care_level": level,
            "certified_on": (start - dt.timedelta(days=12)).isoformat(),
            "valid_from": start.isoformat(),
            "valid_until": last,
            "limit_units": LIMIT_UNITS[level],
            "limit_from": start.isoformat(),
            "limit_until": last,
            "board_opinion": self.chance.choice(("転倒に注意すること。", "栄養の改善に努めること。", "なし")),
            "planners": [
                {"number": self.office_no, "name": self.office_name, "notified_on": start.isoformat()},
            ],
            "card_kind": "1",
            "issued_on": (start - dt.timedelta(days=10)).isoformat(),
        }

    def ratios(self) -> Iterator[dict[str, Any]]:
        """From August to July, last year's and this year's."""
        codes, weights = [code for code, _ in RATIOS], [weight for _, weight in RATIOS]
        first = self.today.year - (1 if self.today.month < 8 else 0)
        for year in (first - 1, first):
            yield {
                "burden_ratio": self.chance.choices(codes, weights)[0],
                "applies_from": dt.date(year, 8, 1).isoformat(),
                "applies_until": dt.date(year + 1, 7, 31).isoformat(),
                "issued_on": dt.date(year, 7, 15).isoformat(),
            }

    def limit(self) -> dict[str, Any]:
        year = self.today.year - (1 if self.today.month < 8 else 0)
        return self.filled(
            "insurance_card.burden_limit",
            stage=self.chance.choice("1234"),
            applies_from=dt.date(year, 8, 1).isoformat(),
            applies_until=dt.date(year + 1, 7, 31).isoformat(),
            meal_facility=650,
            meal_short_stay=1000,
        )

    def reduction(self) -> dict[str, Any]:
        return {
            "reduction_kind": "2",
            "reduced_rate": 25,
            "services": "訪問介護、通所介護",
            "reduced_from": self.person.valid_from.isoformat(),
        }

    def result(self) -> dict[str, Any]:
        day = dt.timedelta(days=1)
        return self.filled(
            "certification.result",
            care_level=self.person.level,
            decided_on=self.decided.isoformat(),
            valid_from=self.person.valid_from.isoformat(),
            valid_until=self.person.valid_until.isoformat(),
            board_opinion="状態の変化に応じて、サービスを見直すこと。",
            previous_level=self.before_level,
            applied_on=self.applied.isoformat(),
            application_kind="2",
            state="2",
            survey_requested_on=(self.applied + day).isoformat(),
            survey_done_on=(self.applied + 9 * day).isoformat(),
            opinion_requested_on=(self.applied + day).isoformat(),
            opinion_received_on=(self.applied + 17 * day).isoformat(),
            first_judged_on=(self.applied + 20 * day).isoformat(),
            board_on=self.decided.isoformat(),
            notified_on=(self.decided + 2 * day).isoformat(),
        )

    def progress(self) -> dict[str, Any]:
        """Whose certification ends soon has applied again; otherwise the last course."""
        left = (self.person.valid_until - self.today).days
        day = dt.timedelta(days=1)
        if 0 <= left <= 40:
            applied = self.today - 10 * day
            return {
                "applied_on": applied.isoformat(),
                "application_kind": "2",
                "visited_on": (applied + 6 * day).isoformat(),
                "board_planned_on": (self.today + 14 * day).isoformat(),
            }
        return {
            "applied_on": self.applied.isoformat(),
            "application_kind": "2",
            "visited_on": (self.applied + 9 * day).isoformat(),
            "opinion_received_on": (self.applied + 17 * day).isoformat(),
            "first_judged_on": (self.applied + 20 * day).isoformat(),
            "second_judged_on": self.decided.isoformat(),
            "second_level": self.person.level,
        }

    def opinion(self) -> dict[str, Any]:
        written = self.applied + dt.timedelta(days=15)
        form = self.filled(
            "opinion.opinion",
            form="2026-04" if written >= NEW_OPINION else "2009-04",
            written_on=written.isoformat(),
            last_examined_on=(written - dt.timedelta(days=4)).isoformat(),
            doctor="見本 医師",
            institution="試験クリニック みほん",
            diagnosis_1=self.chance.choice(("脳梗塞後遺症", "変形性膝関節症", "アルツハイマー型認知症", "心不全")),
        )
        for asked, told in (("other_departments", "departments"), ("behavioural_symptoms", "symptoms")):
            if form.get(asked) != HAS:
                form.pop(told, None)
        return form

    def modification(self) -> dict[str, Any]:
        cost = self.chance.randrange(40, 200) * 1000
        started = self.before_from + dt.timedelta(days=60)
        return self.filled(
            "housing.home_modification",
            reference=f"H{self.chance.randint(1, 99999):05d}",
            started_on=started.isoformat(),
            finished_on=(started + dt.timedelta(days=3)).isoformat(),
            works=["1"],
            cost=cost,
            covered=cost,
            paid=cost * 9 // 10,
            limit=200_000,
            remaining=200_000 - cost,
        )

    def equipment(self) -> dict[str, Any]:
        cost = self.chance.randrange(8, 60) * 1000
        return self.filled(
            "housing.equipment",
            reference=f"F{self.chance.randint(1, 99999):05d}",
            bought_on=(self.today - dt.timedelta(days=self.chance.randint(20, 150))).isoformat(),
            cost=cost,
            covered=cost,
            paid=cost * 9 // 10,
            limit=100_000,
            remaining=100_000 - cost,
            goods=[{"kind": "入浴補助用具", "name": "試験用シャワーチェア", "price": cost}],
        )

    def plan(self) -> dict[str, Any]:
        made = max(self.person.valid_from, self.today - dt.timedelta(days=200))
        made = min(made, self.today)
        known: dict[str, Any] = {
            "made_on": made.isoformat(),
            "first_made_on": min(self.before_from, made).isoformat(),
            "author": "見本 ケア子",
            "office_number": self.office_no,
            "office_name": self.office_name,
            "application_state": "2",
            "certified_on": self.decided.isoformat(),
            "certified_from": self.person.valid_from.isoformat(),
            "certified_until": self.person.valid_until.isoformat(),
            "care_level": self.person.level,
            "intention": "自宅で、できることを続けながら暮らしたい。",
            "policy": "住み慣れた自宅での暮らしを続けられるよう、転倒を防ぎ、人と会う機会を増やします。",
            "agreed_on": made.isoformat(),
            "agreed_by": "self",
            "previous_care_level": None,
            "delivered_on": made.isoformat(),
        }
        rows = {
            "need": "転ばずに、家の中を歩きたい。",
            "long_goal": "一人でトイレまで歩ける。",
            "long_period": "6か月",
            "short_goal": "手すりを使って立ち上がれる。",
            "short_period": "3か月",
            "content": "歩行の訓練、見守り",
            "insured": "Y",
            "service": "通所介護",
            "provider": "試験デイサービス みほん",
            "frequency": "週2回",
            "period": "6か月",
        }
        for field in kinds.item("careplan.plan").fields:
            if isinstance(field, Rows) and {"need", "long_goal"} <= {one.name for one in field.fields}:
                known[field.name] = [rows]
        return self.filled("careplan.plan", **known)

    def feedback(self) -> dict[str, Any]:
        evaluated = self.today - dt.timedelta(days=self.chance.randint(10, 90))
        return self.filled(
            "life.feedback",
            care_facility_id=self.office_no,
            service_code="15",
            evaluate_date=evaluated.isoformat(),
            height=f"{self.chance.randint(140, 172)}.0",
            weight=f"{self.chance.randint(38, 68)}.{self.chance.randint(0, 9)}",
        )
