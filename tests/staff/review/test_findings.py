"""確かめること: what was seen is shown with terminals and times, and cleared by name with a note."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiban.registry.models import Organisation
from kiban.staff.models import Employment, Suspicion
from kiban.staff.review import suspicions
from kiban.terms import wareki
from tests.staff.office import Browser, Office, hire
from tests.world import days


def sit(office: Office, employment: Employment) -> Browser:
    browser = office.browser()
    browser.sign_in(employment.account)
    return browser


def sign(office: Office, about: Employment, kind: str = "two_terminals") -> Suspicion:
    organisation = Organisation.objects.get(pk=office.id)
    for terminals in (["相談室PC", "訪問用タブレット"], ["相談室PC"], ["事務室PC"]):
        suspicions.record(Suspicion.Kind(kind), about.account, organisation, terminals)
    return Suspicion.objects.get(account=about.account)


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
    assert f"{wareki.to_wareki(days(0))}" in page
    assert "相談室PC、訪問用タブレット" in page
    assert page.index("事務室PC") < page.index("相談室PC、")
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
