"""招待: from the letter to the first sign-in; what does not fit is refused in clear words and tells nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from kiban.staff.models import Account, Employment, Invitation
from kiban.staff.people import invitations
from tests.staff.office import PASSWORD, Browser, Office, code_of, hire
from tests.staff.people.acts import NAME, chosen, invite, typed
from tests.world import World, days, hours


def test_from_the_letter_to_the_first_sign_in(office: Office, administrator: Employment, browser: Browser) -> None:
    invitation, key, letter = invite(browser)
    assert NAME in letter
    assert f"{settings.PUBLIC_URL}invitation/" in letter, "the one address people reach, as on every other sheet"
    assert f"/invitation/{key}/" not in letter.split("<svg")[0], "the whole address is in the square pattern only"
    assert key not in invitation.token_hash
    newcomer = office.browser()
    typed_in = newcomer.post("/invitation/", {"key": key.upper().replace("-", " ")})
    assert typed_in["Location"] == f"/invitation/{key}/"
    page = newcomer.get(typed_in["Location"]).content.decode()
    assert NAME in page
    assert "看護師" in page
    answer = newcomer.post(typed_in["Location"], chosen(f"letter-{office.number}"))
    assert answer["Location"] == "/sign-in/code/"
    account = Account.objects.get(login_id=f"letter-{office.number}")
    assert "<svg" in newcomer.get("/sign-in/code/").content.decode()
    arrived = newcomer.post("/sign-in/code/", {"code": code_of(account)}, follow=True)
    assert arrived.redirect_chain[-1][0] == "/"
    assert f"ようこそ、{NAME}さん" in arrived.content.decode()
    assert 'href="/own/#recovery">復旧コード</a>' in arrived.content.decode()
    assert newcomer.get("/password/").status_code == 200, "nothing is left to change"
    employment = account.employments.get()
    assert (employment.job_type_id, employment.level, employment.starts_on) == ("nurse", "general", days(0))
    assert (account.created_by, employment.recorded_by) == (administrator.account, administrator.account)
    invitation.refresh_from_db()
    assert invitation.employment == employment
    assert "受け取り" in browser.get("/staff/invitations/").content.decode()


def test_a_letter_is_good_once(office: Office, browser: Browser) -> None:
    _, key, _ = invite(browser)
    office.browser().post(f"/invitation/{key}/", chosen(f"once-{office.number}"))
    for answer in (
        office.browser().get(f"/invitation/{key}/"),
        office.browser().post(f"/invitation/{key}/", chosen(f"twice-{office.number}")),
    ):
        page = answer.content.decode()
        assert answer.status_code == 410
        assert "もう使われています" in page
        assert NAME not in page
    assert not Account.objects.filter(login_id=f"twice-{office.number}").exists()


def test_two_at_once_with_one_letter_make_one_account(office: Office, browser: Browser) -> None:
    invitation, _, _ = invite(browser)
    ready = Barrier(2)

    def take_up(login_id: str) -> str:
        try:
            ready.wait(10)
            invitations.accept_as_new(invitation, login_id, PASSWORD)
        except invitations.InvitationError as error:
            return str(error)
        finally:
            connections.close_all()
        return ""

    names = [f"one-{office.number}", f"other-{office.number}"]
    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(take_up, names))
    assert answers == ["", invitations.USED]
    assert Account.objects.filter(login_id__in=names).count() == 1
    assert Employment.objects.filter(organisation=office.id, job_type="nurse").count() == 1


def expire(invitation: Invitation, browser: Browser) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())


def withdraw(invitation: Invitation, browser: Browser) -> None:
    browser.post(f"/staff/invitations/{invitation.pk}/withdraw/")


def be_over(invitation: Invitation, browser: Browser) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(starts_on=days(-9), ends_on=days(0))


@pytest.mark.parametrize(("spoil", "words"), [(expire, "期限"), (withdraw, "取り消され"), (be_over, "期限")])
def test_what_is_over_says_so_and_no_more(
    office: Office, browser: Browser, spoil: Callable[[Invitation, Browser], None], words: str
) -> None:
    invitation, key, _ = invite(browser)
    spoil(invitation, browser)
    answer = office.browser().post(f"/invitation/{key}/", chosen(f"late-{office.number}"))
    page = answer.content.decode()
    assert answer.status_code == 410
    assert words in page
    assert NAME not in page
    assert not Account.objects.filter(login_id=f"late-{office.number}").exists()


def test_another_offices_terminal_learns_nothing(make_office: Callable[[], Office], browser: Browser) -> None:
    invitation, key, _ = invite(browser)
    page = make_office().browser().get(f"/invitation/{key}/")
    assert page.status_code == 403
    text = page.content.decode()
    assert "この端末では受け取れません" in text
    assert NAME not in text
    assert invitation.organisation.name not in text


def test_a_wrong_key_is_not_found(office: Office) -> None:
    answer = office.browser().get("/invitation/abcd-efgh-jkmn-pqrs/")
    assert answer.status_code == 404
    assert "文字をもう一度" in answer.content.decode()


def test_a_taken_id_and_weak_passwords_are_told_and_the_letter_stays_good(
    office: Office, administrator: Employment, browser: Browser
) -> None:
    _, key, _ = invite(browser)
    newcomer = office.browser()

    def post(**given: str) -> str:
        return newcomer.post(f"/invitation/{key}/", given).content.decode()

    taken = administrator.account.login_id.upper()
    assert "すでに使われています" in post(**chosen(taken))
    assert "kb-error" in post(**chosen(f"weak-{office.number}", new="kaigo", again="kaigo"))
    assert "1回目と違います" in post(**chosen(f"weak-{office.number}", again="another-one-22"))
    answer = newcomer.post(f"/invitation/{key}/", chosen(f"weak-{office.number}"))
    assert answer["Location"] == "/sign-in/code/"


def test_before_the_first_day_the_id_is_made_and_waits(office: Office, browser: Browser) -> None:
    _, key, _ = invite(browser, **typed("starts_on", days(3)))
    newcomer = office.browser()
    page = newcomer.post(f"/invitation/{key}/", chosen(f"early-{office.number}")).content.decode()
    assert "サインインできるのは、最初の日" in page
    account = Account.objects.get(login_id=f"early-{office.number}")
    assert newcomer.show_password(account).status_code == 422, "not before the first day"


def test_a_new_letter_makes_the_old_one_void(office: Office, browser: Browser) -> None:
    invitation, old, _ = invite(browser)
    expire(invitation, browser)
    page = browser.post(f"/staff/invitations/{invitation.pk}/again/", follow=True).content.decode()
    new = re.search(r'kb-number">([a-z0-9-]{19})<', page)
    assert new is not None
    assert office.browser().get(f"/invitation/{old}/").status_code == 404
    assert office.browser().get(f"/invitation/{new[1]}/").status_code == 200


def test_whoever_has_an_account_keeps_it(
    office: Office, make_office: Callable[[], Office], browser: Browser, administrator: Employment
) -> None:
    elsewhere = make_office()  # of the same 法人
    known = hire(elsewhere)
    invitation, key, letter = invite(browser, known.account.name)
    assert known.account.login_id in letter, "the administrator is told that somebody bears the name"
    theirs = elsewhere.browser()
    assert theirs.get(f"/invitation/{key}/").status_code == 403, "not signed in"
    theirs.sign_in(known.account)
    assert known.account.login_id in theirs.get(f"/invitation/{key}/").content.decode()
    theirs.post(f"/invitation/{key}/")
    assert set(known.account.employments.values_list("organisation", flat=True)) == {office.id, elsewhere.id}
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None


def test_another_corporations_terminal_is_no_place_to_accept(
    world: World, make_office: Callable[[], Office], browser: Browser
) -> None:
    foreign = make_office()
    world.run("UPDATE registry_organisation SET corporation_name = '試験法人 よそ' WHERE id = %s", foreign.id)
    known = hire(foreign)
    _, key, _ = invite(browser, known.account.name)
    theirs = foreign.browser()
    theirs.sign_in(known.account)
    assert theirs.post(f"/invitation/{key}/").status_code == 403
    assert known.account.employments.count() == 1


def test_two_corporations_of_one_name_are_told_apart_by_their_number(
    world: World, office: Office, make_office: Callable[[], Office]
) -> None:
    from kiban.registry.corporations import is_of_the_corporation
    from kiban.registry.models import Organisation

    other, same = make_office(), make_office()
    for place, number in ((office, "1010001000001"), (other, "2010001000002"), (same, "1010001000001")):
        publish(world, place, number)
    mine, theirs, ours = (Organisation.objects.get(pk=place.id) for place in (office, other, same))
    assert not is_of_the_corporation(mine, theirs)
    assert is_of_the_corporation(mine, ours)
    assert is_of_the_corporation(mine, mine)


def publish(world: World, place: Office, corporation_number: str) -> None:
    empty: dict[str, Any] = dict.fromkeys(
        ("kana", "municipality_code", "place", "address", "building", "telephone", "fax", "edition", "search_key"), ""
    )
    world.insert(
        "registry_office",
        number=place.number,
        name=place.name,
        prefecture_id="13",
        corporation_number=corporation_number,
        corporation_name="試験法人",
        number_check="ok",
        search_grams=[],
        **empty,
    )


def test_somebody_elses_letter_is_not_taken_up(office: Office, browser: Browser, administrator: Employment) -> None:
    _, key, _ = invite(browser)
    assert browser.post(f"/invitation/{key}/").status_code == 403, "the administrator who invited"
    colleague = office.browser()
    somebody = hire(office)
    colleague.sign_in(somebody.account)
    answer = colleague.post(f"/invitation/{key}/")
    assert answer.status_code == 403
    assert "氏名が違います" in answer.content.decode()
    assert administrator.account.employments.count() == somebody.account.employments.count() == 1


def test_an_administrator_invites_no_administrator(browser: Browser) -> None:
    given = {"name": NAME, "job_type": "nurse", "level": "administrator", **typed("starts_on", days(0))}
    before = Invitation.objects.count()
    assert "kb-error" in browser.post("/staff/invitations/add/", given).content.decode()
    assert Invitation.objects.count() == before


def test_the_letter_goes_by_mail_too(browser: Browser, settings: Any, tmp_path: Path) -> None:
    settings.SMTP = f"file:{tmp_path}"
    _, key, page = invite(browser, email="hanako@example.jp")
    assert "メールでも送りました" in page
    mail = next(tmp_path.glob("*.eml")).read_bytes()
    from kiban.staff.mail import letters

    letter = next(letters())
    assert letter.address == "hanako@example.jp"
    assert f"/invitation/{key}/" in letter.text
    assert NAME not in letter.text
    assert mail


def test_without_a_mail_server_the_letter_is_printed(browser: Browser, settings: Any) -> None:
    settings.SMTP = "smtp://127.0.0.1:9"
    _, key, page = invite(browser, email="hanako@example.jp")
    assert "印刷した手紙を渡してください" in page
    assert key in page


def test_another_offices_invitations_do_not_exist(make_office: Callable[[], Office], browser: Browser) -> None:
    other = make_office()
    theirs = other.browser()
    theirs.sign_in(hire(other, level="administrator").account)
    invitation, _, _ = invite(browser)
    for action in ("again", "withdraw"):
        assert theirs.post(f"/staff/invitations/{invitation.pk}/{action}/").status_code == 404
    assert NAME not in theirs.get("/staff/invitations/").content.decode()


def test_withdrawing_twice_says_so(browser: Browser) -> None:
    invitation, _, _ = invite(browser)
    assert (
        "取り消しました" in browser.post(f"/staff/invitations/{invitation.pk}/withdraw/", follow=True).content.decode()
    )
    for action in ("again", "withdraw"):
        page = browser.post(f"/staff/invitations/{invitation.pk}/{action}/", follow=True).content.decode()
        assert "もう受け取られたか、取り消されています" in page


def test_the_time_an_invitation_lasts(browser: Browser) -> None:
    invitation, _, _ = invite(browser)
    assert hours(24 * 7 - 1) < invitation.expires_at < hours(24 * 7 + 1)


def test_a_second_letter_to_the_same_name_and_job_is_asked_about(office: Office, browser: Browser) -> None:
    given = {"name": NAME, "job_type": "nurse", "level": "general", **typed("starts_on", days(0))}
    add, letter = "/staff/invitations/add/", "/staff/invitations/letter/"
    assert browser.post(add, given)["Location"] == browser.post(add, given)["Location"] == letter  # pressed twice
    assert 'kb-number">' in browser.get(letter).content.decode()
    assert "一度だけ表示します" in browser.get(letter, follow=True).content.decode()  # F5
    asked = browser.post(add, given | {"name": NAME.replace(" ", "")})
    assert asked.status_code == 422 and "まだ受け取られていません" in asked.content.decode()
    assert Invitation.objects.filter(name=NAME, organisation=office.id).count() == 1
    assert browser.post(add, given | {"job_type": "clerk"})["Location"] == letter  # as something else
    assert browser.post(add, given | {"another": "on"})["Location"] == letter
    assert Invitation.objects.filter(name=NAME, organisation=office.id).count() == 3
