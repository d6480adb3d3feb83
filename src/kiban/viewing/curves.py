"""Curves of a person's records over the years: 要介護度, Barthel Index in all, weight. Drawn here, with a table beside.

A value is that of the newest version of its entry and history number: a correction replaces, a new certification adds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiban.gate.opened import Record
from kiban.records import life
from kiban.terms.care_levels import CARE_LEVELS
from kiban.terms.wareki import to_wareki

WIDTH, HEIGHT = 560, 200  # of the drawing, in its own units
LEFT, RIGHT, TOP, BOTTOM = 72, 20, 24, 28
LEVELS = list(CARE_LEVELS)  # from the lightest to the heaviest


@dataclass(frozen=True)
class Point:
    """One value: its day, what it is in words, and where it stands in the drawing."""

    day: dt.date
    words: str
    x: float
    y: float

    @property
    def day_in_words(self) -> str:
        """令和8年4月1日."""
        return to_wareki(self.day)


@dataclass(frozen=True)
class Curve:
    """A curve as the page draws it.

    Attributes:
        path: of the line. ticks: height and words of the marks at the left.
    """

    title: str
    points: list[Point]
    path: str
    ticks: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    foot: int = HEIGHT - 8

    @property
    def is_drawn(self) -> bool:
        """One value is a number and no curve."""
        return len(self.points) > 1

    @property
    def summary(self) -> str:
        """The curve in a sentence, for those who do not see it."""
        first, last = self.points[0], self.points[-1]
        return f"{self.title}: {first.day_in_words}の{first.words}から、{last.day_in_words}の{last.words}まで"


@dataclass(frozen=True)
class Measure:
    """What of an item makes a curve.

    Attributes:
        value: of a content, or ``None``. words: of a value. bounds: least and most of the scale, of all values.
        marks: values that are named at the left; empty: least and most. in_steps: it holds until the next value.
    """

    title: str
    value: Callable[[Mapping[str, Any]], float | None]
    words: Callable[[float], str]
    bounds: Callable[[Sequence[float]], tuple[float, float]]
    marks: Sequence[float] = field(default=())
    in_steps: bool = False


def _level(content: Mapping[str, Any]) -> float | None:
    code = content.get("care_level")
    return float(LEVELS.index(code)) if code in LEVELS else None


def _weight(content: Mapping[str, Any]) -> float | None:
    try:
        return float(content["weight"])
    except (KeyError, TypeError, ValueError):
        return None


def _barthel(content: Mapping[str, Any]) -> float | None:
    total = life.barthel_total(dict(content))
    return None if total is None else float(total)


_OF_LEVEL = Measure(
    "要介護度の移り変わり",
    _level,
    lambda value: CARE_LEVELS[LEVELS[int(value)]],
    lambda _: (0.0, float(len(LEVELS) - 1)),
    marks=[float(LEVELS.index(code)) for code in ("12", "21", "23", "25")],
    in_steps=True,
)
MEASURES = {
    "insurance_card.card": (_OF_LEVEL,),
    "certification.result": (_OF_LEVEL,),
    "life.feedback": (
        Measure("Barthel Index の合計", _barthel, lambda value: f"{value:.0f}点", lambda _: (0.0, 100.0)),
        Measure(
            "体重",
            _weight,
            lambda value: f"{value:g}kg",
            lambda values: (min(values) // 5 * 5, max(values) // 5 * 5 + 5),
        ),
    ),
}  # fmt: skip


def of_item(key: str, records: Sequence[Record]) -> list[Curve]:
    """The curves of an item's records, as far as there are values with a day."""
    newest: dict[tuple[str, int], Record] = {}
    for record in records:
        at = record.entry, record.history_no
        if at not in newest or record.version > newest[at].version:
            newest[at] = record
    curves = (_curve(measure, list(newest.values())) for measure in MEASURES.get(key, ()))
    return [curve for curve in curves if curve.points]


def _curve(measure: Measure, records: Sequence[Record]) -> Curve:
    values: dict[dt.date, float] = {}
    for record in sorted(records, key=lambda record: record.registered_at):
        value = measure.value(record.content)
        if record.valid_from is not None and value is not None:
            values[record.valid_from] = value
    if not values:
        return Curve(measure.title, [], "", [])
    least, most = measure.bounds(list(values.values()))
    days = sorted(values)
    length = max((days[-1] - days[0]).days, 1)

    def height(value: float) -> float:
        return round(HEIGHT - BOTTOM - (value - least) / (most - least) * (HEIGHT - TOP - BOTTOM), 1)

    points = [
        Point(
            day,
            measure.words(values[day]),
            round(LEFT + 12 + (day - days[0]).days / length * (WIDTH - LEFT - RIGHT - 44), 1),
            height(values[day]),
        )
        for day in days
    ]
    ticks = [(height(value), measure.words(value)) for value in (*measure.marks,) or (least, most)]
    return Curve(measure.title, points, _path(points, in_steps=measure.in_steps), ticks)


def _path(points: Sequence[Point], *, in_steps: bool) -> str:
    parts = [f"M{points[0].x} {points[0].y}"]
    for point in points[1:]:
        parts.append(f"H{point.x}V{point.y}" if in_steps else f"L{point.x} {point.y}")
    return "".join(parts)
