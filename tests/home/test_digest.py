"""期限のお知らせ: numbers and a link, once a day, to those who want it; never anything about a person."""

from __future__ import annotations

import pytest
from django.apps import apps

from kiban.home import digest, lines
from kiban.ops.room import Notice, Room
from kiban.staff import mail
from kiban.staff.models import Account
from tests.cast import Cast
from tests.world import days

pytestmark = pytest.mark.database


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.SMTP = f"file:{tmp_path}"
    return tmp_path


def wants(actor, **fields):
    address = f"{actor.login_id}@example.jp"
    Account.objects.filter(pk=actor.account_id).update(email=address, **fields)
    return address


def received(address):
    return [letter for letter in mail.letters() if letter.address == address]


def test_what_waits_in_numbers_and_no_name(town: Cast, mailbox):
    address = wants(town.manager)
    digest.send_all()
    (letter,) = received(address)
    assert town.manager.organisation.name in letter.text
    assert "同意待ちの方 1名" in letter.text
    for person in (town.person, town.without_consent):
        for told in (person.name, person.insured_no, person.name.split()[-1]):
            assert told not in letter.text


def test_once_a_day(town: Cast, mailbox):
    address = wants(town.manager)
    digest.send_all()
    digest.send_all()
    assert len(received(address)) == 1
    Account.objects.filter(pk=town.manager.account_id).update(digest_on=days(-1))
    digest.send_all()
    assert len(received(address)) == 2


@pytest.mark.parametrize("fields", [{"wants_digest": False}, {"is_active": False}])
def test_not_to_who_does_not_want_it_or_is_gone(town: Cast, mailbox, fields):
    address = wants(town.manager, **fields)
    digest.send_all()
    assert received(address) == []


def test_a_leaver_gets_none(town: Cast, mailbox):
    address = wants(town.leaver)
    digest.send_all()
    assert received(address) == []


def test_what_could_not_be_sent_is_tried_again(town: Cast, settings, tmp_path, monkeypatch):
    settings.SMTP = f"file:{tmp_path}"
    address = wants(town.manager)
    good = mail.send

    def refuses(to, subject, text):
        if to == address:
            raise mail.NotSentError(mail.NOT_SENT)
        good(to, subject, text)

    monkeypatch.setattr(mail, "send", refuses)
    other = wants(town.administrator)
    with pytest.raises(mail.NotSentError):
        digest.send_all()
    assert len(received(other)) == 1
    monkeypatch.setattr(mail, "send", good)
    digest.send_all()
    assert len(received(address)) == 1
    assert len(received(other)) == 1


def test_without_a_mail_server_nothing_is_tried(town: Cast, settings):
    settings.SMTP = ""
    assert "送りません" in digest.send_all()


def test_any_room_may_speak_and_counts_once_for_all(town: Cast, mailbox, monkeypatch):
    counted = []

    class Stub(Room):
        name = "kiban.web"

        def digest(self, today):
            counted.append(today)
            return lambda workplace: iter([Notice(f"{workplace.organisation.number}の知らせ", "/", "", 3)])

    monkeypatch.setattr(lines, "rooms", lambda: [Stub("kiban.web", apps.get_app_config("web").module)])
    addresses = [wants(actor) for actor in (town.manager, town.elsewhere)]
    digest.send_all()
    assert counted == [days(0)]
    for address, actor in zip(addresses, (town.manager, town.elsewhere), strict=True):
        (letter,) = received(address)
        assert f"・あと3日 {actor.organisation.number}の知らせ" in letter.text


def test_what_administrators_see_to_is_told_to_them_only(town: Cast, mailbox):
    words = "職員の権限の見直しの時期です"
    town.world.run("UPDATE staff_employment SET starts_on = %s WHERE organisation_id = %s", days(-400), town.office.id)
    addresses = [wants(actor) for actor in (town.administrator, town.manager)]
    digest.send_all()
    assert [words in letter.text for address in addresses for letter in received(address)] == [True, False]
