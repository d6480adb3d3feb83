"""What who owns the database does so that the comparison itself looks past it: found, too."""

from __future__ import annotations

import pytest

from kiban.gate.sealing import audit, keys, sealer, store
from kiban.ops import database
from kiban.ops.database import Role
from kiban.tlog.notes import Head
from tests.gate.sealing.book import RELEAF, write

pytestmark = pytest.mark.database

MORE = "UPDATE gate.sealed_head SET "


def found(book, words: str) -> None:
    faults = book.faults()
    assert any(words in fault for fault in faults), faults


def test_a_row_whose_text_cannot_be_made(book):
    """No salt, no hash: neither right nor wrong to the database."""
    number = book.write(3)[1]
    book.seal()
    book.owner.execute("ALTER TABLE care.access_log ALTER salt DROP NOT NULL")
    try:
        book.owner.execute("UPDATE care.access_log SET salt = NULL, account_id = 2 WHERE id = %s", [number])
        found(book, f"番号 {number}")
    finally:
        book.owner.execute("TRUNCATE care.access_log")
        book.owner.execute("ALTER TABLE care.access_log ALTER salt SET NOT NULL")


@pytest.mark.parametrize("field", ["persons = '{7}'", "detail = 'x'", "consent_id = 7", "day = '2026-11-30'"])
def test_something_put_into_a_field_the_text_of_the_row_does_not_tell(book, field):
    number = book.write(3)[1]
    book.seal()
    book.owner.execute(f"UPDATE care.access_log SET {field} WHERE id = %s", [number])
    found(book, f"番号 {number}")


def test_rows_taken_away_with_a_head_that_no_longer_says_it_took_them(book):
    book.sealed(4)
    gone = book.write(3)
    book.seal()
    book.sealed(2)
    book.owner.execute("DELETE FROM care.access_log WHERE id = ANY (%s)", [gone])
    book.owner.execute(MORE + "first = 7, from_xid = below_xid WHERE size = 7")
    found(book, "その前の封印の続きになっていません")


def test_a_row_put_into_a_gap_between_two_heads(book):
    numbers = book.write(4)
    book.seal()
    book.owner.execute("DELETE FROM care.access_log WHERE id = %s", book.write())  # a number of its own, unused
    book.sealed(2)
    inside = book.write()[0]
    query = "SELECT xid::text::bigint FROM care.access_log WHERE id = %s"
    (xid,) = book.owner.execute(query, [numbers[-1]]).fetchone()
    book.owner.execute("UPDATE care.access_log SET xid = %s::text::xid8 WHERE id = %s", [str(xid + 1), inside])
    book.owner.execute(RELEAF + " WHERE id = %s", [inside])
    book.owner.execute(MORE + "below_xid = %s::text::xid8 WHERE size = 4", [str(xid + 1)])
    book.owner.execute(MORE + "from_xid = %s::text::xid8 WHERE size = 6", [str(xid + 2)])
    found(book, "その前の封印の続きになっていません")


@pytest.mark.parametrize("place", ["id = -5", "xid = '9000000000000000000'::xid8"])
def test_a_row_where_nobody_seals(book, place):
    book.sealed(4)
    number = book.write()[0]
    book.owner.execute(f"UPDATE care.access_log SET {place} WHERE id = %s", [number])
    book.owner.execute(RELEAF)
    found(book, "どの封印にも入っておらず")


def test_rows_that_wait_are_no_fault(book):
    book.sealed(4)
    with database.connect(Role.OWNER) as late:
        late.autocommit = False
        write(late)
        book.write(2)
        assert book.faults() == []
        late.commit()
    assert book.faults() == []


def test_the_first_tree_taken_away_with_its_rows(book):
    book.sealed(4)
    sealer.begin(book.owner, "試験")
    book.sealed(3)
    assert book.faults() == []
    book.owner.execute("DELETE FROM care.access_log WHERE id <= 4")
    for table, column in (("sealed_head", "log"), ("sealed_bundle", "log"), ("sealed_log", "number")):
        book.owner.execute(f"DELETE FROM gate.{table} WHERE {column} = 1")
    found(book, "前の封印の最後につながっていません")


def test_a_function_that_tells_the_old_text_of_a_changed_row(book):
    book.sealed(4)
    with book.owner.transaction(force_rollback=True):
        book.owner.execute("ALTER FUNCTION gate.canonical(care.access_log) COST 99")
        faults = audit.looked_at(book.owner, ()).faults
    assert any("関数が、この版と違います" in fault for fault in faults)


def test_a_head_of_no_entries(book):
    book.sealed(4)
    sealer.begin(book.owner, "試験")
    book.owner.execute(
        "INSERT INTO gate.sealed_head SELECT 2, 0, 0, from_xid, below_xid, after_id, until_id, root, note"
        " FROM gate.sealed_head"
    )
    found(book, "中身がありません")


def test_a_value_kept_for_proofs_that_was_changed(book):
    book.sealed(300)
    book.owner.execute("UPDATE gate.sealed_bundle SET root = sha256('x') WHERE number = 0")
    found(book, "束のハッシュ")


class TestKeys:
    def test_a_stolen_old_key_does_not_come_back(self, book):
        book.sealed(2)
        keys.make()
        book.sealed(2)
        newest = (keys.folder() / "0002.pub").rename(keys.folder() / "away.pub")
        book.sealed(1)
        newest.rename(keys.folder() / "0002.pub")
        found(book, "引き継いでいない鍵")

    def test_two_new_keys_between_two_heads(self, book):
        first = book.key
        book.sealed(2)
        keys.make()
        keys.make()
        assert Head.read(book.sealed(1).note).note.is_signed_by(first)
        assert book.faults() == []

    def test_a_lost_key_is_not_forgotten_with_another_tree(self, book):
        book.sealed(2)
        (keys.folder() / "0001.pem").unlink()
        keys.make()
        sealer.begin(book.owner, "鍵をなくした")
        book.sealed(2)
        found(book, "引き継いでいない鍵")


class TestTrees:
    def test_one_that_sealed_nothing_loses_nothing(self, book):
        """Two restores, one behind the other; rows between them."""
        book.sealed(4)
        book.write(2)
        sealer.begin(book.owner, "1")
        book.write(3)
        sealer.begin(book.owner, "2")
        book.write(1)
        assert book.seal().size == 1 + 2 + 3 + 1
        assert book.faults() == []

    def test_one_that_sealed_only_what_was_left_over(self, book):
        book.sealed(4)
        book.write(2)
        sealer.begin(book.owner, "1")
        book.settle()
        assert book.another()._batch()[0].size == 3
        book.write(3)
        sealer.begin(book.owner, "2")
        assert book.seal().size == 1 + 3
        assert book.faults() == []
        (count,) = book.owner.execute("SELECT count(*) FROM care.access_log").fetchone()
        assert count == sum(head.size - head.first for log in (1, 2, 3) for head in store.heads(book.owner, log))

    def test_begun_while_somebody_writes(self, book):
        """It waits for who drew a number and has not written yet."""
        book.sealed(4)
        with database.connect(Role.OWNER) as late, database.connect(Role.OWNER) as other:
            late.autocommit = False
            late.execute("SELECT nextval('care.access_log_id')")
            other.execute("SET lock_timeout = '100ms'")
            with pytest.raises(Exception, match="lock timeout"):
                sealer.begin(other, "試験")
            write(late)
            late.commit()
            sealer.begin(other, "試験")
        book.sealed(1)
        assert book.faults() == []
