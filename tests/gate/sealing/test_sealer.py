"""Sealing: every committed row comes in once, in an order that misses none; only one history is ever signed."""

from __future__ import annotations

import threading

import psycopg
import pytest

from kiban.gate.sealing import keys, proving, sealer, store
from kiban.ops import database
from kiban.ops.database import Role
from kiban.tlog import proofs, tree
from kiban.tlog.notes import Head
from tests.gate.sealing.book import RELEAF, write

pytestmark = pytest.mark.database


def entries(book):
    log = store.last_log(book.owner)
    head = store.last_head(book.owner, log.number)
    return store.split(store.entries(book.owner, log.number, 0, head.size))


def leaves(book):
    return [bytes(leaf) for (leaf,) in book.owner.execute("SELECT leaf FROM care.access_log ORDER BY xid, id")]


def test_rows_come_in_once_and_the_head_is_signed(book):
    first = book.sealed(3)
    assert book.sealer.seal() is None
    second = book.sealed(300)
    assert (first.size, second.size) == (3, 303)
    assert entries(book) == leaves(book)
    head = Head.read(second.note)
    assert head.note.is_signed_by(book.key)
    edge = tree.Frontier()
    edge.add(map(tree.leaf_hash, leaves(book)))
    assert head.root == edge.root() == second.root
    assert book.faults() == []


def test_a_row_that_commits_late_is_not_missed(book):
    """Its number is lower than that of rows sealed before it committed."""
    with database.connect(Role.OWNER) as late:
        late.autocommit = False
        number = write(late)
        assert book.write(2)[0] > number
        assert book.sealer.seal() is None, "nothing above a transaction that is still running"
        assert not book.sealer.is_behind(), "nothing was ever sealed"
        late.commit()
    assert book.seal().size == 3
    with database.connect(Role.OWNER) as late:
        late.autocommit = False
        write(late)
        book.write()
        assert book.sealer.seal() is None
        assert book.sealer.is_behind()
        late.rollback()
    assert book.seal().size == 4
    assert entries(book) == leaves(book)


def test_a_transaction_of_more_rows_than_a_batch_stays_whole(book, monkeypatch):
    monkeypatch.setattr(store.batch, "__defaults__", (10,))
    with book.owner.transaction():
        for _ in range(25):
            write(book.owner)
    book.write(12)
    assert book.seal().size == 37
    assert [head.size for head in store.heads(book.owner, 1)] == [25, 35, 37]
    assert entries(book) == leaves(book)
    assert book.faults() == []


def test_it_goes_on_after_a_restart_from_what_is_kept(book):
    book.sealed(700)
    book.sealer = book.another()
    assert book.sealed(1).size == 701
    assert book.faults() == []


def test_two_sealers_at_once_make_one_history(book):
    book.sealed(5)

    def seal() -> None:
        with database.connect(Role.SEALER) as connection:
            mine = sealer.Sealer(connection)
            for _ in range(10):
                mine.seal()

    threads = [threading.Thread(target=seal) for _ in range(3)]
    for thread in threads:
        thread.start()
    book.write(100)
    for thread in threads:
        thread.join()
    book.sealed(1)
    assert entries(book) == leaves(book)
    assert book.faults() == []


def test_a_database_that_went_back_is_not_signed_again(book):
    book.sealed(5)
    book.sealed(5)
    book.owner.execute("DELETE FROM gate.sealed_head WHERE size > 5")
    book.owner.execute("UPDATE gate.sealed_bundle SET entries = substr(entries, 1, 160)")
    book.owner.execute("DELETE FROM care.access_log WHERE id > (SELECT max(id) - 5 FROM care.access_log)")
    book.write(7)
    with pytest.raises(sealer.SealingError, match="前の状態に戻された"):
        book.another().seal()


def test_after_a_restore_another_tree_begins_where_the_one_before_ended(book):
    first = book.sealed(5)
    unsealed = book.write(2)
    book.owner.execute("UPDATE gate.sealed_log SET cluster = cluster + 1")
    with pytest.raises(sealer.SealingError, match="別のサーバ"):
        book.another().seal()
    log = sealer.begin(book.owner, "試験")
    assert log.origin == Head.read(first.note).origin[:-1] + "2"
    # Numbers of transactions begin anew: new rows have lower ones than rows that stand.
    newer = book.write(3)
    book.owner.execute("UPDATE care.access_log SET xid = '1'::xid8 WHERE id = ANY (%s)", [newer])
    book.owner.execute(
        RELEAF + " WHERE id = ANY (%s)",
        [newer],
    )
    book.sealer = book.another()
    assert book.seal().size == 1 + 2 + 3
    assert [(head.first, head.size) for head in store.heads(book.owner, 2)] == [(1, 3), (3, 6)]
    assert entries(book)[0] == sealer.bridge(first.note)
    assert book.faults() == []
    for number in [*unsealed, *newer]:
        proof = proofs.Proof.read(proving.proof(book.owner, number, shows_row=True))
        (leaf,) = book.owner.execute("SELECT leaf FROM care.access_log WHERE id = %s", [number]).fetchone()
        proof.check(bytes(leaf), [book.key])
        assert proof.head.origin == log.origin


def test_a_row_has_a_proof_that_stands_alone(book):
    numbers = book.write(600)
    book.seal()
    for number in (numbers[0], numbers[255], numbers[599]):
        proof = proofs.Proof.read(proving.proof(book.owner, number, shows_row=False))
        (leaf,) = book.owner.execute("SELECT leaf FROM care.access_log WHERE id = %s", [number]).fetchone()
        proof.check(bytes(leaf), [book.key])
        assert proof.extra == b""
    late = book.write()[0]
    with pytest.raises(proving.NotSealedError, match="まだ封印されていません"):
        proving.proof(book.owner, late, shows_row=True)
    with pytest.raises(proving.NotSealedError, match="ありません"):
        proving.proof(book.owner, 10**15, shows_row=True)


class TestKeys:
    def test_a_new_key_is_vouched_for_by_the_one_before(self, book):
        old = book.key
        book.sealed(3)
        keys.make()
        head = Head.read(book.sealed(1).note)
        assert head.note.is_signed_by(old)
        assert head.note.is_signed_by(book.key)
        assert not Head.read(book.sealed(1).note).note.is_signed_by(old)
        assert book.faults() == []

    def test_a_lost_key_stops_sealing_and_says_so(self, book):
        book.sealed(3)
        away = keys.put_away("password of the test")
        (keys.folder() / "0001.pem").unlink()
        book.write()
        book.settle()
        with pytest.raises(keys.KeyLostError, match="鍵がありません"):
            book.sealer.seal()
        with pytest.raises(ValueError, match=r"password|deserialize"):  # once in 256 it seems right, and makes no key
            keys.put_back(away, "another password")
        keys.put_back(away, "password of the test")
        assert book.seal().size == 4
        assert book.faults() == []

    def test_a_key_nobody_vouched_for_is_found(self, book):
        book.sealed(3)
        (keys.folder() / "0001.pem").unlink()
        keys.make()
        book.sealed(1)
        (fault,) = book.faults()
        assert "引き継いでいない鍵" in fault

    def test_a_second_machine_with_a_key_of_its_own_signs_nothing(self, book, monkeypatch, tmp_path):
        book.sealed(3)
        book.write()
        book.settle()
        monkeypatch.setattr(keys, "folder", lambda: tmp_path / "other")
        keys.make()
        with pytest.raises(sealer.SealingError, match="知らない鍵"):
            book.another().seal()

    def test_a_key_of_somebody_else_is_not_taken_back(self, book, monkeypatch, tmp_path):
        away = keys.put_away("password of the test")
        monkeypatch.setattr(keys, "folder", lambda: tmp_path / "other")
        keys.make()
        with pytest.raises(ValueError, match="not a key of this installation"):
            keys.put_back(away, "password of the test")


def test_the_sealer_reads_place_and_leaf_and_nothing_else(book):
    for query in (
        "SELECT insured_key FROM care.access_log",
        "SELECT at FROM care.access_log",
        "SELECT salt FROM care.access_log",
        "SELECT 1 FROM care.person",
        "SELECT 1 FROM public.staff_account",
        "SELECT 1 FROM gate.installation",
        "DELETE FROM gate.sealed_head",
        "UPDATE gate.sealed_head SET note = ''",
        "DELETE FROM gate.sealed_bundle",
        "UPDATE care.access_log SET leaf = ''",
        "INSERT INTO gate.sealed_log DEFAULT VALUES",
        "SELECT gate.write_log(NULL)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            book.connection.execute(query)


def test_pages_and_loads_know_nothing_of_the_seal(book):
    for role in (Role.WEB, Role.WORKER):
        with database.connect(role) as connection:
            for query in (
                "SELECT 1 FROM gate.sealed_head",
                "UPDATE gate.sealing SET good_until = NULL",
                "SELECT gate.cluster()",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(query)


def test_a_leaf_that_is_none_stops_sealing(book):
    """Whoever owns the database takes the check away and writes a row that would shift all entries."""
    book.sealed(2)
    number = book.write()[0]
    book.owner.execute("ALTER TABLE care.access_log DROP CONSTRAINT access_log_leaf")
    try:
        book.owner.execute("UPDATE care.access_log SET leaf = 'short' WHERE id = %s", [number])
        book.settle()
        with pytest.raises(sealer.SealingError, match="壊れています"):
            book.sealer.seal()
        assert len(entries(book)) == 2
    finally:
        book.owner.execute(
            "ALTER TABLE care.access_log ADD CONSTRAINT access_log_leaf CHECK (octet_length(leaf) = 32) NOT VALID"
        )
