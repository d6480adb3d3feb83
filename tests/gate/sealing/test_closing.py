"""Sealing that stands still is told; where the operator wants it, nothing is opened meanwhile."""

from __future__ import annotations

import datetime as dt

import pytest

from kiban.gate.sealing import keys, sealer, sealing_health, store
from kiban.ops.room import State
from tests.gate.acts import give, sees
from tests.world import days

pytestmark = pytest.mark.database


def says(book):
    (finding,) = sealing_health.health()
    return finding.state, finding.what


class TestDoctor:
    def test_all_is_well(self, book):
        assert says(book) == (State.OK, "閲覧記録は封印されています(0行)")
        book.sealed(3)
        assert says(book) == (State.OK, "閲覧記録は封印されています(3行)")

    def test_rows_that_wait(self, book):
        book.sealed(1)
        book.write(2)
        assert says(book)[0] is State.OK
        book.owner.execute("UPDATE care.access_log SET at = at - interval '1 hour'")
        state, what = says(book)
        assert (state, what) == (State.CAUTION, "閲覧記録2件が、60分前から封印を待っています")

    def test_a_key_that_is_lost_and_a_database_that_went_back(self, book):
        book.sealed(1)
        head = book.sealed(1)
        book.owner.execute("DELETE FROM gate.sealed_head WHERE size = %s", [head.size])
        assert says(book)[0] is State.BAD
        (keys.folder() / "0001.pem").unlink()
        assert says(book) == (State.BAD, "閲覧記録の封印の鍵がありません")

    def test_another_server(self, book):
        book.owner.execute("UPDATE gate.sealed_log SET cluster = 1")
        assert says(book)[0] is State.BAD


class TestBeat:
    def test_without_a_wish_it_never_closes(self, book):
        sealer.beat(book.connection, None)
        assert book.owner.execute("SELECT good_until FROM gate.sealing").fetchone() == (None,)

    def test_with_one_it_says_until_when(self, book):
        sealer.beat(book.connection, dt.timedelta(minutes=10))
        ((minutes,),) = book.owner.execute("SELECT extract(epoch FROM good_until - looked_at) / 60 FROM gate.sealing")
        assert minutes == 10

    def test_set_up_takes_the_wish_back(self, book, settings):
        sealer.beat(book.connection, dt.timedelta(minutes=10))
        settings.SEAL_CLOSES_AFTER = None
        sealer.ensure_log()
        assert book.owner.execute("SELECT good_until FROM gate.sealing").fetchone() == (None,)

    def test_it_stays_and_tells_once_why_it_cannot(self, book, monkeypatch):
        told, turns = [], iter([False, False, True])
        book.sealed(1)
        (keys.folder() / "0001.pem").unlink()
        book.write()
        book.settle()
        sealer.stay(lambda _seconds: next(turns), 0.0, told.append)
        assert len(told) == 1 and "鍵がありません" in told[0]
        assert store.last_head(book.owner, 1).size == 1


def test_while_the_log_is_not_sealed_nothing_is_opened(world):
    office = world.organisation("43")
    person = world.person(world.insurer(started_on=days(-10)))
    world.in_charge(person, office)
    world.consent(person)
    manager = world.actor(office)
    assert sees(manager, person, "insurance_card.card") == "allowed"
    world.connection.execute("UPDATE gate.sealing SET good_until = now() - interval '1 second'")
    try:
        assert sees(manager, person, "insurance_card.card") == "account:unsealed"
        assert give(manager, person) == "account:unsealed"
    finally:
        world.connection.execute("UPDATE gate.sealing SET good_until = NULL")
    assert world.log(account_id=manager.account_id)[-1]["standing"] == ["account:unsealed"]
    assert sees(manager, person, "insurance_card.card") == "allowed"
