"""The words of a question about a user's month: what differs, as the calendar says it."""

from __future__ import annotations

from kiban.exchange.month import sheet
from kiban.formats.careplan.matching import Matched, Month

GREETING = "お世話になっております。次のところが予定と実績で違っています。確かめて、お返事をお願いします。"


def concerning(month: Month, office: str) -> bool:
    """Whether one of the differences is this office's (事業所番号)."""
    return any(office in {side[0] for side in (one.planned, one.done) if side} for one in month.differences)


def drafted(month: Month, matched: Matched, office: str) -> str:
    """A question to the office about its differences; the user's own care manager when it is not named in them."""
    sentences = sheet.sentences(month, matched, office if concerning(month, office) else None)
    name = matched.names.get(month.user, "")
    who = f"{name}さん(被保険者番号の下4けた {month.user[1][-4:]})" if name else ""
    lines = [f"・{one.days} {one.what}: {one.words}" for one in sentences]
    return "\n".join(filter(None, [GREETING, who, *lines]))
