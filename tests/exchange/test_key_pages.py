"""設定(鍵): issued once, used by its terminal only, revoked at once; administrators of the office only."""

from __future__ import annotations

import re

import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.exchange.machine import keys
from kiban.exchange.models import SyncKey
from kiban.exchange.participant import Participant
from kiban.gate.events import Purpose
from kiban.web.request import Caller
from tests.cast import browser
from tests.exchange.desks import text
from tests.exchange.town import unit_of

pytestmark = pytest.mark.database
PAGE = "/exchange/keys/"


@pytest.fixture
def administrator(town, world):
    return world.actor(town.planning, "manager", name="試験 管理子", level="administrator")


def issued(administrator) -> str:
    shown = text(browser(administrator).post(PAGE, {"terminal": administrator.terminal_id}, follow=True))
    return re.search(r"sync-[\w-]{40,}", shown)[0]


def test_a_key_is_shown_once_with_the_line_to_type_and_works(town, administrator):
    client = browser(administrator)
    shown = text(client.post(PAGE, {"terminal": administrator.terminal_id}, follow=True))
    key = re.search(r"sync-[\w-]{40,}", shown)[0]
    assert "kiban-exchange sync" in shown and "--key-file" in shown
    again = text(client.get(PAGE))
    assert key not in again
    assert "まだ使っていません" in again and "試験 管理子" in again
    machine = Participant(Caller(key, administrator.fingerprint), Purpose.CARE_PLANNING)
    town.send(machine, unit_of("schedule", town.scene()))
    assert "まだ使っていません" not in text(client.get(PAGE))


def test_a_key_is_revoked(town, administrator):
    key = issued(administrator)
    (made,) = SyncKey.objects.filter(organisation_id=town.planning.id)
    client = browser(administrator)
    assert "使えなくしました" in text(client.post(f"{PAGE}{made.pk}/revoke/", follow=True))
    machine = Participant(Caller(key, administrator.fingerprint), Purpose.CARE_PLANNING)
    assert boxes.box(machine, "in")[2] == "account:no_session"
    assert "使えなくする" not in re.sub(r"(?s)<details.*?</details>", "", text(client.get(PAGE)))


def test_only_for_a_terminal_of_the_office(town, administrator, world):
    other = world.actor(town.providing)
    answer = browser(administrator).post(PAGE, {"terminal": other.terminal_id})
    assert answer.status_code == 422
    world.run("UPDATE terminals_terminal SET retired_on = now() WHERE id = %s", administrator.terminal_id)
    assert browser(administrator).post(PAGE, {"terminal": administrator.terminal_id}).status_code == 422
    assert not SyncKey.objects.filter(organisation_id=town.planning.id).exists()


def test_administrators_of_the_office_only(town, administrator, world):
    issued(administrator)
    (made,) = SyncKey.objects.filter(organisation_id=town.planning.id)
    assert browser(world.actor(town.planning)).get(PAGE).status_code == 403
    foreign = browser(world.actor(town.providing, "manager", level="administrator"))
    assert "試験 管理子" not in text(foreign.get(PAGE))
    assert foreign.post(f"{PAGE}{made.pk}/revoke/").status_code == 404
    strict = browser(administrator, enforce_csrf_checks=True)
    assert strict.post(f"{PAGE}{made.pk}/revoke/").status_code == 403
    made.refresh_from_db()
    assert made.revoked_at is None


def test_the_key_is_stored_only_as_its_hash(town, administrator):
    key = issued(administrator)
    (made,) = SyncKey.objects.filter(organisation_id=town.planning.id)
    assert made.secret_hash == keys.hashed(key) != key
