"""The locked screen in a real browser: nobody touches it, it locks, in every window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import make_password

from tests.serving import Serving, serving

pytestmark = pytest.mark.browser

PASSWORD = "asagao-no-hana-2"


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIBAN_IDLE_MINUTES", "0.08")  # some five seconds
        with serving() as started:
            yield started


@pytest.fixture
def actor(town):
    return town.world.actor(
        town.office, name="試験 ロック", password=make_password(PASSWORD), session={"seen_at": None}
    )


def test_left_alone_it_locks_in_every_window_and_opens_where_one_was(actor, town, at_terminal):
    town.world.run(
        "UPDATE staff_session SET second_factor_at = now(), seen_at = now() WHERE account_id = %s", actor.account_id
    )
    town.world.seal("account_id = %s", actor.account_id)
    page = at_terminal(actor)
    page.goto("/own/")
    other = page.context.new_page()
    other.goto("/")
    for window in (page, other):
        window.wait_for_url("**/locked/**", timeout=15_000)
    assert actor.name in page.inner_text("main")
    page.fill("#id_password", PASSWORD)
    page.click("button:has-text('ロックを解く')")
    page.wait_for_url("**/own/")


def test_somebody_typing_is_not_locked_out(actor, town, at_terminal):
    town.world.run(
        "UPDATE staff_session SET second_factor_at = now(), seen_at = now() WHERE account_id = %s", actor.account_id
    )
    town.world.seal("account_id = %s", actor.account_id)
    page = at_terminal(actor)
    page.goto("/own/confirm/")
    for _ in range(16):
        page.press("#id_password", "a")
        page.wait_for_timeout(500)
    assert page.url.endswith("/own/confirm/")
    assert page.input_value("#id_password") == "a" * 16


def unlock(page):
    page.fill("#id_password", PASSWORD)
    page.click("button:has-text('ロックを解く')")


def test_it_warns_before_and_what_was_typed_is_there_again(town, at_terminal):
    actor = town.world.actor(
        town.office, "manager", level="administrator", password=make_password(PASSWORD), session={"seen_at": None}
    )
    town.world.run(
        "UPDATE staff_session SET second_factor_at = now(), seen_at = now() WHERE account_id = %s", actor.account_id
    )
    town.world.seal("account_id = %s", actor.account_id)
    page = at_terminal(actor)
    page.goto("/staff/invitations/add/")
    if "/locked/" in page.url:  # a slow machine: the five seconds were over before the page was there
        unlock(page)
    page.fill("#id_name", "試験 打ちかけ")
    page.wait_for_selector(".kb-lock-warning:not([hidden])", timeout=15_000)
    assert "でロックします" in page.inner_text(".kb-lock-warning")
    page.wait_for_url("**/locked/**", timeout=15_000)
    unlock(page)
    page.wait_for_url("**/staff/invitations/add/")
    assert page.input_value("#id_name") == "試験 打ちかけ"


def test_what_was_typed_in_the_window_that_did_not_lock_is_there_again(town, at_terminal):
    actor = town.world.actor(
        town.office, "manager", level="administrator", password=make_password(PASSWORD), session={"seen_at": None}
    )
    town.world.run(
        "UPDATE staff_session SET second_factor_at = now(), seen_at = now() WHERE account_id = %s", actor.account_id
    )
    town.world.seal("account_id = %s", actor.account_id)
    page = at_terminal(actor)
    page.goto("/staff/invitations/add/")
    if "/locked/" in page.url:
        unlock(page)
    other = page.context.new_page()
    other.goto("/people/register/")
    page.fill("#id_name", "試験 こちら")
    other.fill("#id_insured_no", "0000000099")
    page.click("form[data-kb-lock] button")
    for window in (page, other):
        window.wait_for_url("**/locked/**", timeout=15_000)
    unlock(page)
    page.wait_for_url("**/staff/invitations/add/")
    other.wait_for_url("**/people/register/")  # without the password a second time
    assert page.input_value("#id_name") == "試験 こちら"
    assert other.input_value("#id_insured_no") == "0000000099"
