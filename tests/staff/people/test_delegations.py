"""代行: who may permit what, the banner while it is used, and that it ends by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.staff.errors import StaffError
from kiban.staff.models import Account, Delegation, Employment, Session
from kiban.staff.people import delegations, employments
from kiban.terms import wareki
from kiban.web import opaque
from tests import cast
from tests.staff.office import Browser, Office, hire
from tests.staff.people.acts import grant, typed
from tests.world import World, days, hours


@pytest.fixture
def delegation(office: Office) -> dict[str, Any]:
    """What a good delegation is made of."""
    return {
        "actor": hire(office).account,
        "absent": hire(office).account,
        "organisation": Organisation.objects.get(pk=office.id),
        "permitted_by": hire(office, level="administrator").account,
        "reason": "研修で不在",
        "starts_at": hours(-1),
        "ends_at": hours(8),
    }


def sit(office: Office, employment: Employment) -> Browser:
    browser = office.browser()
    browser.sign_in(employment.account)
    return browser


def test_a_delegation_names_who_permitted_and_who_revoked_it(delegation: dict[str, Any]) -> None:
    made = delegations.delegate(**delegation)
    assert made.permitted_by == delegation["permitted_by"]
    administrator = Employment.objects.get(account=delegation["permitted_by"])
    delegations.revoke(made, by=administrator)
    made.refresh_from_db()
    assert made.revoked_at is not None
    assert made.revoked_by == administrator.account
    with pytest.raises(StaffError, match="もう終わって"):
        delegations.revoke(made, by=administrator)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda d, outsider: d | {"absent": d["actor"]}, "本人"),
        (lambda d, outsider: d | {"reason": " "}, "理由"),
        (lambda d, outsider: d | {"purposes": ["curiosity"]}, "利用目的"),
        (lambda d, outsider: d | {"ends_at": d["starts_at"]}, "終わり"),
        (lambda d, outsider: d | {"starts_at": hours(-5), "ends_at": hours(-1)}, "もう過ぎて"),
        (lambda d, outsider: d | {"ends_at": hours(24 * 95)}, "3か月"),
        (lambda d, outsider: d | {"actor": outsider}, "この事業所の職員"),
        (lambda d, outsider: d | {"absent": outsider}, "この事業所の職員"),
        (lambda d, outsider: d | {"permitted_by": d["actor"]}, "管理者"),
        (lambda d, outsider: d | {"permitted_by": outsider}, "管理者"),
        (lambda d, outsider: d | {"actor": d["permitted_by"]}, "自分の代行"),
    ],
)
def test_a_delegation_that_would_not_hold_is_refused(
    office: Office,
    delegation: dict[str, Any],
    make_office: Callable[[], Office],
    change: Callable[..., dict[str, Any]],
    why: str,
) -> None:
    hire(office, level="office")  # somebody else who could permit it
    outsider = hire(make_office(), level="administrator").account
    with pytest.raises(StaffError, match=why):
        delegations.delegate(**change(delegation, outsider))


def test_alone_in_the_office_one_permits_oneself_and_the_list_says_so(
    office: Office, delegation: dict[str, Any]
) -> None:
    alone = Employment.objects.get(account=delegation["permitted_by"])
    made = delegations.delegate(**delegation | {"actor": alone.account})
    assert made.is_self_permitted
    page = sit(office, alone).get("/staff/delegations/").content.decode()
    assert "自分で許可" in page
    assert "ほかに管理者がいないため" in page


def test_somebody_who_comes_later_may_be_planned_for(office: Office, delegation: dict[str, Any]) -> None:
    coming = hire(office, starts_on=days(10)).account
    planned = {"actor": coming, "starts_at": hours(24 * 12), "ends_at": hours(24 * 14)}
    assert delegations.delegate(**delegation | planned).pk
    with pytest.raises(StaffError, match="この事業所の職員"):
        delegations.delegate(**delegation | planned | {"starts_at": hours(24 * 2)})


def test_permitted_used_seen_on_every_page_and_revoked(office: Office) -> None:
    actor, absent = hire(office), hire(office)
    administrator = sit(office, hire(office, level="administrator"))
    page = grant(administrator, actor, absent)
    made = Delegation.objects.get(actor=actor.account)
    assert "許可しました" in page
    assert "居宅サービス計画の作成・見直し" in page
    assert made.ends_at == timezone.localtime(made.ends_at).replace(hour=0, minute=0, second=0, microsecond=0)
    assert timezone.localdate(made.ends_at) == days(3)

    browser = sit(office, actor)
    assert "代行中" not in browser.get("/acting/").content.decode()
    page = browser.post(f"/acting/{made.pk}/begin/", follow=True).content.decode()
    assert f"{absent.account.name}さんの代行中です" in page
    assert Session.objects.get(account=actor.account).delegation == made
    assert f"{absent.account.name}さんの代行中です" in browser.get("/registry/offices/").content.decode()
    administrator.post(f"/staff/delegations/{made.pk}/revoke/")
    page = browser.get("/registry/offices/").content.decode()
    assert "代行中" not in page
    assert "許可が取り消されました" in page
    assert Session.objects.get(account=actor.account).delegation is None
    assert browser.post(f"/acting/{made.pk}/begin/").status_code == 404
    assert "取り消し" in administrator.get("/staff/delegations/").content.decode()


def end(made: Delegation, absent: Employment) -> None:
    Delegation.objects.filter(pk=made.pk).update(ends_at=timezone.now() - timedelta(seconds=1))


def leave(made: Delegation, absent: Employment) -> None:
    employments.end_now(absent, by=None)


@pytest.mark.parametrize("happens", [end, leave])
def test_it_ends_by_itself(office: Office, happens: Callable[[Delegation, Employment], None]) -> None:
    actor, absent = hire(office), hire(office)
    grant(sit(office, hire(office, level="administrator")), actor, absent)
    made = Delegation.objects.get(actor=actor.account)
    browser = sit(office, actor)
    browser.post(f"/acting/{made.pk}/begin/")
    happens(made, absent)
    assert "いまからは、自分として見ます" in browser.get("/acting/").content.decode()
    assert Session.objects.get(account=actor.account).delegation is None


def test_the_list_says_when_one_of_the_two_has_left(office: Office, delegation: dict[str, Any]) -> None:
    made = delegations.delegate(**delegation)
    browser = sit(office, Employment.objects.get(account=made.permitted_by))
    assert "職員でなくなったため" not in browser.get("/staff/delegations/").content.decode()
    employments.end_now(Employment.objects.get(account=made.absent), by=None)
    assert "職員でなくなったため" in browser.get("/staff/delegations/").content.decode()


def test_a_permission_is_one_sheet_to_sign(office: Office, delegation: dict[str, Any]) -> None:
    made = delegations.delegate(**delegation)
    browser = sit(office, Employment.objects.get(account=made.permitted_by))
    address = f"/staff/delegations/{made.pk}/sheet/"
    assert address in browser.get("/staff/delegations/").content.decode()
    shown = browser.get(address).content.decode().replace("\u00a0", " ")
    for words in (made.actor.name, made.absent.name, "研修で不在", "すべての目的", "代行する人の署名", "管理者の署名"):
        assert words in shown, words
    assert "取り消されました" not in shown
    delegations.revoke(made, by=Employment.objects.get(account=made.permitted_by))
    assert "取り消されました" in browser.get(address).content.decode()


def test_one_stops_when_one_wants(office: Office) -> None:
    actor, absent = hire(office), hire(office)
    grant(sit(office, hire(office, level="administrator")), actor, absent)
    browser = sit(office, actor)
    browser.post(f"/acting/{Delegation.objects.get(actor=actor.account).pk}/begin/")
    assert "代行を終えました" in browser.post("/acting/stop/", follow=True).content.decode()
    assert Session.objects.get(account=actor.account).delegation is None


def test_nobody_acts_on_somebody_elses_permission_or_before_its_time(
    office: Office, make_office: Callable[[], Office], delegation: dict[str, Any]
) -> None:
    made = delegations.delegate(**delegation)
    later = delegations.delegate(**delegation | {"starts_at": hours(5)})
    other = sit(office, hire(office))
    assert other.post(f"/acting/{made.pk}/begin/").status_code == 404
    actor = sit(office, Employment.objects.get(account=delegation["actor"]))
    assert actor.post(f"/acting/{later.pk}/begin/").status_code == 404
    assert "これからの代行" in actor.get("/acting/").content.decode()
    elsewhere = make_office()
    administrator = sit(elsewhere, hire(elsewhere, level="administrator"))
    assert administrator.post(f"/staff/delegations/{made.pk}/revoke/").status_code == 404


def test_the_form_offers_the_own_people_and_refuses_past_days(
    office: Office, make_office: Callable[[], Office]
) -> None:
    actor, absent, stranger = hire(office), hire(office), hire(make_office())
    browser = sit(office, hire(office, level="administrator"))
    assert stranger.account.login_id not in browser.get("/staff/delegations/add/").content.decode()
    assert "kb-error" in grant(browser, stranger, absent)
    assert "過ぎた日" in grant(browser, actor, absent, **typed("first_day", days(-1)))
    assert not Delegation.objects.filter(organisation=office.id).exists()


def test_the_banner_stands_on_a_persons_page_and_both_names_in_the_log(world: World) -> None:
    town = cast.build(world)
    absent = world.actor(town.office, name="試験 不在")
    made = delegations.delegate(
        Account.objects.get(pk=town.manager.account_id),
        Account.objects.get(pk=absent.account_id),
        Organisation.objects.get(pk=town.office.id),
        permitted_by=Account.objects.get(pk=town.administrator.account_id),
        reason="研修で不在",
        starts_at=hours(-1),
        ends_at=delegations.whole_days(days(0), days(1))[1],
        purposes=["inquiry", "care_planning"],
    )
    browser, address = cast.browser(town.manager), f"/people/{opaque.encode(town.person.key)}/"
    browser.post("/people/purpose/", {"purpose": "certification_support"})
    browser.post(f"/acting/{made.pk}/begin/")
    page = browser.get(address).content.decode()
    assert "試験 不在さんの代行中です" in page
    assert f"{wareki.to_wareki(days(1))}の終わりまで" in page
    entries = world.log(insured_key=town.person.key, account_id=town.manager.account_id)
    assert {entry["delegation_id"] for entry in entries} == {made.pk}
    assert {entry["purpose"] for entry in entries} == {"inquiry"}

    browser.post("/people/purpose/", {"purpose": "certification_support"})
    page = browser.get(address, follow=True).content.decode()
    assert "許可された代行の範囲に入っていません" in page
    assert browser.get(address).status_code == 200, "the page of 代行 went back to a purpose it is given for"
    Delegation.objects.filter(pk=made.pk).update(ends_at=hours(-0.1))
    page = browser.get(address, follow=True).content.decode()
    assert "代行の期間が終わっています" in page
    assert "代行中" not in page
    assert browser.get(address).status_code == 200, "as oneself again"
