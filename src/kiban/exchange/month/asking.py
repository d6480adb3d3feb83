"""Whom a question about a user's month can go to, and what it says: what differs, as the calendar says it."""

from __future__ import annotations

from kiban.exchange.month import sheet
from kiban.formats.careplan.matching import Matched, Month
from kiban.registry.models import Organisation

GREETING = "お世話になっております。次のところが予定と実績で違っています。確かめて、お返事をお願いします。"


def offices_to_ask(month: Month, matched: Matched, asking: str) -> list[tuple[str, str]]:
    """Number and name of the offices that the asking office (事業所番号) can put a question to about a user's month.

    A care manager asks the offices whose services differ. A service office asks the care manager, who asks the others.
    """
    planner = matched.planners.get(month.user, "")
    differing = {office for difference in month.differences for office in difference.offices}
    numbers = differing if asking == planner else {planner}
    return [(number, matched.offices.get(number) or name_of(number)) for number in sorted(numbers - {asking, ""})]


def concerns(month: Month, office: str) -> bool:
    """Whether one of the differences is this office's (事業所番号)."""
    return any(office in difference.offices for difference in month.differences)


def drafted(month: Month, matched: Matched, office: str) -> str:
    """The words of a question about an office's differences; about all of them where none is its own."""
    sentences = sheet.sentences(month, matched, office if concerns(month, office) else None)
    name = matched.names.get(month.user, "")
    who = f"{name}さん(被保険者番号の下4けた {month.user[1][-4:]})" if name else ""
    lines = [f"・{sentence.days} {sentence.what}: {sentence.words}" for sentence in sentences]
    return "\n".join(filter(None, [GREETING, who, *lines]))


def name_of(number: str) -> str:
    """The name of an office of this installation; its number when there is none."""
    office = Organisation.objects.filter(kind=Organisation.Kind.OFFICE, number=number).first()
    return office.name if office else number
