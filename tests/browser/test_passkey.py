"""A passkey in a real browser: made at the first sign-in, shown at the next, unlocking the screen."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import make_password

from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import looked_at

pytestmark = pytest.mark.browser

PASSWORD = "asagao-no-hana-2"


@pytest.fixture
def actor(town):
    return town.world.actor(town.office, name="試験 パスキー", password=make_password(PASSWORD))


def authenticator(page):
    """A fingerprint reader that always recognises its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )

    def recognises(yes):
        session.send("WebAuthn.setUserVerified", {"authenticatorId": made["authenticatorId"], "isUserVerified": yes})

    return recognises


def show_password(page, actor):
    page.goto("/sign-in/")
    page.fill("#id_login_id", actor.login_id)
    page.fill("#id_password", PASSWORD)
    page.click("button:has-text('次へ')")


def see(page, heading, name, size):
    """Wait for the page of that heading, and look at it."""
    page.wait_for_selector(f"h1:has-text('{heading}')")
    page.wait_for_load_state()
    looked_at(page, f"{name}-{size['width']}")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_made_shown_unlocking_and_a_second_one_refused(actor, at_terminal, size):
    page = at_terminal(actor, signed_in=False, size=size)
    recognises = authenticator(page)
    show_password(page, actor)
    see(page, "認証アプリを登録する", "enrol-app", size)
    page.click("text=パスキーを登録する")
    see(page, "パスキーを登録する", "enrol-passkey", size)
    page.click("button:has-text('パスキーを登録してサインインする')")
    page.wait_for_url("**/")
    assert actor.name in page.inner_text(".kb-header")

    page.click("form[data-kb-lock] button")
    page.wait_for_url("**/locked/**")
    see(page, "画面をロックしています", "locked", size)
    recognises(False)
    page.click("button:has-text('パスキーで解く')")
    page.wait_for_selector("[data-kb-passkey-problem]:visible")
    recognises(True)
    page.click("button:has-text('パスキーで解く')")
    page.wait_for_selector(".kb-header__office")
    assert "/locked/" not in page.url

    page.click(f"text={actor.name}")
    page.wait_for_url("**/own/")
    see(page, "自分の設定", "own", size)
    page.click("a:has-text('パスキーを登録する')")
    see(page, "パスキーを登録する", "own-passkey", size)
    page.click("button:has-text('パスキーを登録する')")
    page.wait_for_selector("[data-kb-passkey-problem]:visible")
    assert "すでに登録されています" in page.inner_text("[data-kb-passkey-problem]")

    page.click("button:has-text('終了')")
    show_password(page, actor)
    page.wait_for_url("**/sign-in/passkey/")
    see(page, "パスキーを使う", "passkey", size)
    page.click("button:has-text('パスキーで確かめる')")
    page.wait_for_url("**/")
    assert actor.name in page.inner_text(".kb-header")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_the_other_pages_of_signing_in(actor, town, at_terminal, size):
    town.world.insert(
        "otp_totp_totpdevice",
        user_id=actor.account_id,
        name="アプリ",
        confirmed=True,
        key="ab" * 20,
        step=30,
        t0=0,
        digits=6,
        tolerance=1,
        drift=0,
        last_t=-1,
        throttling_failure_count=0,
    )
    town.world.run(
        "UPDATE staff_account SET email = 'shiken@example.jp', mail_code_since = now() WHERE id = %s", actor.account_id
    )
    page = at_terminal(actor, size=size)
    page.goto("/own/mail/")
    page.fill("#id_password", PASSWORD)
    page.click("button:has-text('次へ')")
    page.wait_for_selector("h1:has-text('電子メールのアドレスを登録する')")
    for name in ("own", "own/mail", "own/app", "own/confirm", "password"):
        page.goto(f"/{name}/")
        looked_at(page, f"{name.replace('/', '-')}-{size['width']}")
    page.goto("/own/")
    page.click("button:has-text('復旧コードを作る')")
    page.wait_for_selector(".kb-codes")
    codes = page.locator(".kb-codes code").all_inner_texts()
    assert len(codes) == 10
    see(page, "復旧コード", "recovery-codes", size)

    page.click("button:has-text('終了')")
    show_password(page, actor)
    see(page, "確認コードを入れる", "code", size)
    page.click("text=電子メールで数字を受け取る")
    see(page, "電子メールで確認コードを受け取る", "mail-code", size)
    page.click("text=紙に控えた復旧コードを使う")
    page.fill("#id_code", "aaaa-aaaa-aaaa")
    page.click("button:has-text('サインインする')")
    page.wait_for_selector(".kb-error-summary")
    see(page, "復旧コードを使う", "recovery", size)
    page.fill("#id_code", codes[0].upper())
    page.click("button:has-text('サインインする')")
    page.wait_for_url("**/")
    assert "残りは9個" in page.inner_text("main")
