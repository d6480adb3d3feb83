"""確かめること: what was seen is shown with terminals and times, and cleared by name with a note."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiban.staff.models import Employment, Suspicion
from tests.staff.conftest import Browser, Office, hire


def sit(office: Office, employment: Employment) -> Browser:
    browser = office.browser()
    browser.sign_in(employment.account)
    return browser


def sign(office: Office, about: Employment, kind: str = "two_terminals") -> Suspicion:
    return Suspicion.objects.create(
        organisation_id=office.id,
        account=about.account,
        kind=kind,
        times=3,
        detail={
            "seen": [{"terminal": "相談室PC", "at": "2026-11-20T01:02:00+00:00"}, {"terminal": "訪問用タブレット"}]
        },
    )


@pytest.mark.parametrize("kind", Suspicion.Kind.values)
def test_a_sign_is_shown_and_cleared_by_name_with_a_note(office: Office, kind: str) -> None:
    about, administrator = hire(office), hire(office, level="administrator")
    found = sign(office, about, kind)
    browser = sit(office, administrator)
    assert "確かめることがあります(1件)" in browser.get("/staff/").content.decode()
    page = browser.get("/staff/findings/").content.decode()
    assert about.account.login_id in page
    assert "3回" in page
    page = browser.get(f"/staff/findings/{found.pk}/").content.decode()
    assert "相談室PC 令和8年11月20日 10:02" in page
    assert "訪問用タブレット" in page
    assert "kb-error" in browser.post(f"/staff/findings/{found.pk}/", {"note": "  "}).content.decode()
    browser.post(f"/staff/findings/{found.pk}/", {"note": "本人に確認。席を移ったため"})
    found.refresh_from_db()
    assert found.cleared_at is not None
    assert (found.cleared_by, found.note) == (administrator.account, "本人に確認。席を移ったため")
    page = browser.get("/staff/findings/").content.decode()
    assert "確かめることはありません" in page
    assert "席を移ったため" in page
    assert browser.get(f"/staff/findings/{found.pk}/").status_code == 404, "cleared once"


def test_a_sign_about_the_own_id_is_for_somebody_else(office: Office) -> None:
    administrator = hire(office, level="administrator")
    found = sign(office, administrator)
    alone = sit(office, administrator)
    assert "<textarea" in alone.get(f"/staff/findings/{found.pk}/").content.decode(), "nobody else is there"
    hire(office, level="office")
    assert "ほかの管理者" in alone.post(f"/staff/findings/{found.pk}/", {"note": "自分です"}).content.decode()
    found.refresh_from_db()
    assert found.cleared_at is None


def test_another_offices_signs_do_not_exist(office: Office, make_office: Callable[[], Office]) -> None:
    other = make_office()
    found = sign(other, hire(other))
    browser = sit(office, hire(office, level="administrator"))
    assert browser.get(f"/staff/findings/{found.pk}/").status_code == 404
    assert found.account.login_id not in browser.get("/staff/findings/").content.decode()
