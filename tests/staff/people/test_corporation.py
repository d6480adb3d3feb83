"""法人の職員: one page over the offices of the corporation, and moving between them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiban.staff.models import Employment, Session
from tests.staff.office import Browser, Office, hire
from tests.staff.people.acts import typed
from tests.world import World, days


@pytest.fixture
def corporation(world: World, make_office: Callable[[], Office]) -> tuple[Office, Office]:
    """Two offices of a corporation of their own."""
    offices = make_office(), make_office()
    for one in offices:
        world.run(
            "UPDATE registry_organisation SET corporation_name = %s WHERE id = %s",
            f"試験法人{offices[0].number}",
            one.id,
        )
    return offices


def sit(office: Office, employment: Employment) -> Browser:
    browser = office.browser()
    browser.sign_in(employment.account)
    return browser


def test_the_page_shows_the_corporation_and_nobody_else(
    corporation: tuple[Office, Office], make_office: Callable[[], Office]
) -> None:
    here, there = corporation
    administrator = hire(here, level="administrator")
    nurse, stranger = hire(there, "nurse"), hire(make_office())
    page = sit(here, administrator).get("/staff/corporation/").content.decode()
    assert "2事業所、2名" in page
    assert nurse.account.name in page
    assert there.name in page
    assert stranger.account.name not in page


def test_somebody_of_another_office_is_taken_over_with_the_same_account(corporation: tuple[Office, Office]) -> None:
    here, there = corporation
    nurse = hire(there, "nurse")
    browser = sit(here, hire(here, level="administrator"))
    address = f"/staff/corporation/{nurse.pk}/add/"
    assert 'name="moves"' not in browser.get(address).content.decode(), "ending it there is theirs"
    given = {"job_type": "nurse", "level": "general", "moves": "on", **typed("starts_on", days(0))}
    browser.post(address, given)
    assert nurse.account.employments.filter(organisation=here.id, starts_on=days(0)).exists()
    nurse.refresh_from_db()
    assert nurse.ends_on is None
    assert here.browser().sign_in(nurse.account)["Location"] == "/"


def test_moving_ends_the_old_office_the_same_day(corporation: tuple[Office, Office]) -> None:
    here, there = corporation
    nurse = hire(there, "nurse")
    administrator = hire(here, level="administrator")
    hire(there, level="administrator", account=administrator.account)
    open_there = sit(there, nurse)
    browser = sit(here, administrator)
    given = {"job_type": "clerk", "level": "general", "moves": "on", **typed("starts_on", days(0))}
    assert browser.post(f"/staff/corporation/{nurse.pk}/add/", given).status_code == 302
    nurse.refresh_from_db()
    assert (nurse.ends_on, nurse.ended_by) == (days(0), administrator.account)
    assert not Session.objects.filter(account=nurse.account).exists()
    assert open_there.get("/password/")["Location"].startswith("/sign-in/")


def test_levels_hold_and_nobody_takes_themselves_over(corporation: tuple[Office, Office]) -> None:
    here, there = corporation
    nurse = hire(there, "nurse")
    administrator = hire(here, level="administrator")
    own = hire(there, account=administrator.account)
    browser = sit(here, administrator)
    given = {"job_type": "nurse", "level": "administrator", **typed("starts_on", days(0))}
    assert "kb-error" in browser.post(f"/staff/corporation/{nurse.pk}/add/", given).content.decode()
    page = browser.post(f"/staff/corporation/{own.pk}/add/", given | {"level": "general"}).content.decode()
    assert "自分を自分で" in page
    assert administrator.account.employments.count() == 2
    assert nurse.account.employments.count() == 1


def test_nobody_of_another_corporation_is_taken_over(
    corporation: tuple[Office, Office], make_office: Callable[[], Office]
) -> None:
    here, _ = corporation
    stranger = hire(make_office())
    browser = sit(here, hire(here, level="administrator"))
    assert browser.get(f"/staff/corporation/{stranger.pk}/add/").status_code == 404
