"""期限のお知らせ: numbers and a link, once a day, to those who want it; never anything about a person."""

from __future__ import annotations

import pytest

from kiban.home import digest, due
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


def test_the_numbers_are_those_of_the_office(town: Cast):
    counted = due.everywhere(days(0))
    own = due.own(town.manager.caller, "care_planning")
    assert counted[town.manager.organisation.id] == own
    assert own.consent == 1
    assert due.own(town.leaver.caller, "care_planning") == due.Due()
