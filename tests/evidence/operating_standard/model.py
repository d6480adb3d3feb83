"""The rules once more, written from the reference and not from the code: plain loops over days, by words.

A person's history is a list of tuples ``(kind, day, way, ticks, written)`` and a list of plans
``(day, first, agreed, delivered)``; the answer is one word for each requirement.
"""

from __future__ import annotations

import datetime as dt

DAY = dt.timedelta(days=1)
RANK = ["missing", "unknown", "proved"]
Entry = tuple[str, dt.date, str, frozenset[str], dt.date | None]
Plan = tuple[dt.date, bool, dt.date | None, dt.date | None]


def months_last_day(month: dt.date) -> dt.date:
    day = month
    while (day + DAY).month == month.month:
        day += DAY
    return day


def good(kind: str, way: str, ticks: frozenset[str]) -> str:
    """How far one step goes by itself."""
    if kind == "assessment":
        if way != "visit":
            return "missing"
        return "proved" if "user_met" in ticks and ("family_met" in ticks or "no_family" in ticks) else "unknown"
    if kind == "meeting":
        if way == "letter":
            return "proved" if "letter_reason" in ticks else "unknown"
        if way == "video" and "user_attends" in ticks:
            return "proved" if "video_agreed" in ticks else "unknown"
        return "proved"
    if kind == "agreement":
        if way != "writing":
            return "missing"
        return "proved" if "explained" in ticks else "unknown"
    return "proved" if "to_user" in ticks and "to_providers" in ticks else "unknown"


def worst(*words: str) -> str:
    return min(words, key=RANK.index)


def video(entries: list[Entry], day: dt.date) -> bool:
    """Whether a video call on that day stands: a visit the month before, consent in writing, a meeting's agreement."""
    last_of_before = day.replace(day=1) - DAY
    visited = any(
        kind == "monitoring" and way == "visit" and "user_met" in ticks
        and (on.year, on.month) == (last_of_before.year, last_of_before.month)
        for kind, on, way, ticks, _ in entries
    )  # fmt: skip
    holds, on_day = False, dt.date.min
    for kind, on, way, _, _ in sorted(entries, key=lambda entry: entry[1]):
        if on > day:
            break
        if kind == "video_consent" and way == "writing" and not (on == on_day and not holds):
            holds, on_day = True, on
        elif kind == "video_end":
            holds, on_day = False, on
    agreed = any(
        kind == "meeting" and on <= day and {"stable", "able", "supplied", "doctor"} <= ticks
        and good("meeting", way, ticks) == "proved"
        for kind, on, way, ticks, _ in entries
    )  # fmt: skip
    return visited and holds and agreed


def monitoring(entries: list[Entry], month: dt.date, first: dt.date | None) -> str:
    last = months_last_day(month)
    answers = []
    for kind, on, way, ticks, written in entries:
        if kind != "monitoring" or not month <= on <= last:
            continue
        if way == "visit":
            answer = "proved"
        elif way == "video":
            answer = "proved" if video(entries, on) else "missing"
        else:
            answer = "unknown" if "special" in ticks else "missing"
        if "user_met" not in ticks:
            answer = worst(answer, "unknown")
        if written is None:
            answer = "missing"
        elif written > last:
            answer = worst(answer, "unknown")
        answers.append(answer)
    if answers:
        return max(answers, key=RANK.index)
    return "unknown" if first is not None and month <= first <= last else "missing"


def of_occasion(
    requirement: str, entries: list[Entry], plans: list[Plan], days: tuple[dt.date, dt.date], last: dt.date
) -> str:
    after, occasion = days
    answers = ["missing"]
    for made, _, agreed, delivered in plans:
        for name, day in (("agreement", agreed), ("delivery", delivered)):
            if made == occasion and requirement == name and day is not None and day <= last:
                answers.append("proved")
    for kind, on, way, ticks, _ in entries:
        if kind == requirement and after < on <= last:
            answers.append(good(kind, way, ticks))
    return max(answers, key=RANK.index)


def judge(month: dt.date, today: dt.date, plans: list[Plan], entries: list[Entry]) -> dict[str, str]:
    last = months_last_day(month)
    of_plans = {made for made, *_ in plans} | {
        on for kind, on, way, *_ in entries if kind == "occasion" and way in ("new_plan", "changed_plan")
    }
    of_cards = {on for kind, on, way, *_ in entries if kind == "occasion" and way in ("renewal", "level_change")}
    begins = {made for made, first, *_ in plans if first}
    begins |= {on for kind, on, way, *_ in entries if kind == "occasion" and way == "new_plan"}
    first = min(of_plans, default=None)
    first = first if first in begins else None
    names = ["assessment", "meeting", "agreement", "delivery"]
    if first is not None and first > last:
        return dict.fromkeys([*names, "monitoring"], "not_yet")
    found = {"monitoring": monitoring(entries, month, first)}
    for name in names:
        answers = []
        now = [day for day in of_plans if day <= last]
        if now:
            earlier = [day for day in of_plans if day < max(now)]
            answers.append(of_occasion(name, entries, plans, (max(earlier, default=dt.date.min), max(now)), last))
        cards = [day for day in of_cards if day <= last]
        if name == "meeting" and cards:
            earlier = [day for day in of_plans | of_cards if day < max(cards)]
            answers.append(of_occasion(name, entries, plans, (max(earlier, default=dt.date.min), max(cards)), last))
        found[name] = worst(*answers) if answers else "unknown"
    is_early = month > today or ((today.year, today.month) == (month.year, month.month) and today.day < 20)
    return {name: "coming" if word == "missing" and is_early else word for name, word in found.items()}
