"""Obviously fake persons for a real insurer, by its real distribution of age and care level.

The counts are those of the yearly report (年報) in the masters. Nobody here is real: every surname says that it is an
example (見本, 架空, 試験 …), every number begins with 9. The same seed and day give the same people.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kiban.terms.care_levels import LIMIT_UNITS

# Surnames nobody has, with signs that real names have and not every machine writes.
SURNAMES = (
    ("試験", "シケン"),
    ("見本", "ミホン"),
    ("架空川", "カクウガワ"),
    ("例山", "レイヤマ"),
    ("仮名沢", "カメイザワ"),
    ("模擬田", "モギタ"),
    ("作例寺", "サクレイジ"),
    ("雛形", "ヒナガタ"),
    ("髙試", "タカダメシ"),
    ("﨑例", "サキレイ"),
    ("𠮷見本", "ヨシミホン"),
)
GIVEN = (
    ("花子", "ハナコ", "2"), ("太郎", "タロウ", "1"), ("美代子", "ミヨコ", "2"), ("一郎", "イチロウ", "1"),
    ("ふみ", "フミ", "2"), ("正一", "ショウイチ", "1"), ("キヨ", "キヨ", "2"), ("茂", "シゲル", "1"),
    ("千代", "チヨ", "2"), ("三郎", "サブロウ", "1"), ("文子", "フミコ", "2"), ("勝", "マサル", "1"),
    ("ハル", "ハル", "2"), ("清", "キヨシ", "1"), ("節子", "セツコ", "2"), ("武", "タケシ", "1"),
    ("トミ子", "トミコ", "2"), ("実", "ミノル", "1"), ("和子", "カズコ", "2"), ("義雄", "ヨシオ", "1"),
    ("幸子", "サチコ", "2"), ("昭二", "ショウジ", "1"), ("スミ", "スミ", "2"), ("豊", "ユタカ", "1"),
    ("寿限無寿限無五劫の擦り切れ", "ジュゲムジュゲムゴコウノスリキレ", "1"),  # a name too long for its column
)  # fmt: skip
AGES = {"65_74": (65, 74), "75_84": (75, 84), "85plus": (85, 101)}
# How much likelier certification is in each age group; only the ratios matter, the insurer's own rate sets the level.
LIKELIHOOD = {"65_74": 1.0, "75_84": 4.5, "85plus": 14.0}
SUPPORT = ("12", "13")  # 要支援
MONTHS = (12, 24, 36, 48)  # of a certification


@dataclass(frozen=True)
class Fake:
    """A generated person. ``level`` is empty for somebody who is not certified."""

    insurer_no: str
    insured_no: str
    name: str
    kana: str
    birth: dt.date
    sex: str
    district: str
    level: str
    valid_from: dt.date
    valid_until: dt.date  # last day


def population(insurer_no: str, counts: dict[str, Any], size: int, today: dt.date, seed: int = 1) -> list[Fake]:
    """``size`` persons of an insurer.

    Args:
        counts: ``Insurer.counts``: numbers of insured by age group and of certified by care level.
    """
    chance = random.Random(f"{insurer_no}-{seed}")
    insured, certified = counts["ins1"], counts["certified"]
    groups = list(AGES)
    weights = [insured[group] for group in groups]
    levels = [code for code in LIMIT_UNITS if certified.get(code)]
    ages = chance.choices(groups, weights, k=size)
    share = certified["total"] / insured["total"]
    base = share * size / sum(LIKELIHOOD[group] for group in ages)
    return [
        _person(insurer_no, number, group, chance.random() < base * LIKELIHOOD[group], levels, certified, today, chance)
        for number, group in enumerate(ages, 1)
    ]


def _person(  # noqa: PLR0917 - one row of a table
    insurer_no: str,
    number: int,
    group: str,
    is_certified: bool,
    levels: Sequence[str],
    certified: dict[str, int],
    today: dt.date,
    chance: random.Random,
) -> Fake:
    surname, surname_kana = chance.choice(SURNAMES)
    given, kana, sex = chance.choices(GIVEN, [*[1.0] * (len(GIVEN) - 1), 0.1])[0]
    low, high = AGES[group]
    birth = today - dt.timedelta(days=chance.randint(low * 366, high * 365))
    # A certification is for whole months: from the first of one to the last day of another.
    after = first_of_month(today + dt.timedelta(days=_days_left(chance)), 1)
    # … and one that was given has begun: nobody is decided about ahead of the day.
    begun = [start for months in MONTHS if (start := first_of_month(after, -months)) <= today]
    return Fake(
        insurer_no=insurer_no,
        insured_no=f"9{number:09d}",
        name=f"{surname} {given}",
        kana=f"{surname_kana} {kana}",
        birth=birth,
        sex=sex,
        district=f"試験{chance.randint(1, 5)}丁目",
        level=chance.choices(levels, [certified[code] for code in levels])[0] if is_certified else "",
        valid_from=chance.choice(begun),
        valid_until=after - dt.timedelta(days=1),
    )


def first_of_month(day: dt.date, months: int) -> dt.date:
    """The first day of the month that lies so many months after (or before) the day's."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


def _days_left(chance: random.Random) -> int:
    """Mostly far ahead; some in this month and the next two, a few over: every state of the work list occurs."""
    draw = chance.random()
    if draw < 0.04:
        return -chance.randint(32, 45)
    if draw < 0.1:
        return 0
    return chance.randint(28, 58) if draw < 0.2 else chance.randint(61, 1200)
