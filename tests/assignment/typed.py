"""What is typed into the pages of 担当."""

from __future__ import annotations

from typing import Any

from tests.pages import wareki
from tests.world import Person, days


def registration(person: Person, **changes: Any) -> dict[str, Any]:
    """Somebody registered by four items, for making the plan, from today."""
    return {
        "insurer_no": person.insurer_no,
        "insured_no": person.insured_no,
        **wareki("birth", person.birth),
        "sex": person.sex,
        "method": "four_items",
        "place": "office",
        "capacity": "plan",
        **wareki("viewing_from", days(0)),
        **changes,
    }
