"""What an administrator does on the pages about people, as other tests need it done."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from kiban.staff.models import Employment, Invitation
from kiban.staff.people import invitations
from kiban.terms import wareki
from tests.staff.office import PASSWORD, Browser
from tests.world import days

NAME = "試験 招子"


def typed(name: str, day: date) -> dict[str, str]:
    """A date as it is typed in, by era."""
    era = wareki.era_of(day)
    assert era is not None
    return {
        f"{name}_era": era.name,
        f"{name}_year": str(day.year - era.offset),
        f"{name}_month": str(day.month),
        f"{name}_day": str(day.day),
    }


def invite(browser: Browser, name: str = NAME, **more: str) -> tuple[Invitation, str, str]:
    """The invitation, its key and the page with the letter."""
    given = {
        "name": name,
        "kana": "シケン ショウコ",
        "job_type": "nurse",
        "level": "general",
        **typed("starts_on", days(0)),
    }
    page = browser.post("/staff/invitations/add/", given | more, follow=True).content.decode()
    key = re.search(r'kb-number">([a-z0-9-]{19})<', page)
    assert key is not None, page
    return Invitation.objects.get(token_hash=invitations.hashed(key[1])), key[1], page


def chosen(login_id: str, **more: str) -> dict[str, str]:
    return {"login_id": login_id, "new": PASSWORD, "again": PASSWORD, **more}


def grant(browser: Browser, actor: Employment, absent: Employment, **more: Any) -> str:
    given = {
        "actor": actor.account_id,
        "absent": absent.account_id,
        "reason": "研修で不在",
        "purposes": ["care_planning"],
        **typed("first_day", days(0)),
        **typed("last_day", days(2)),
        **more,
    }
    return browser.post("/staff/delegations/add/", given, follow=True).content.decode()
