"""What was answered against what is there: nothing lost, nothing twice, nothing answered without a row."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from kiban.gate import accesslog
from kiban.web import opaque
from tests.intake.conftest import Desk
from tests.killing import files
from tests.killing.clients import Journal, Told
from tests.killing.place import Place
from tests.world import World

VERSIONS = """
SELECT count(*) FROM (
    SELECT count(*) AS many, max(version) AS last, count(*) FILTER (WHERE superseded_at IS NULL) AS in_force
      FROM care.record WHERE insured_key BETWEEN %s AND %s GROUP BY insured_key, item, entry, history_no
) AS r WHERE many <> last OR in_force <> 1
"""
SAME_AGAIN = """
SELECT count(*) FROM (
    SELECT digest = lag(digest) OVER (PARTITION BY insured_key, item, entry, history_no ORDER BY version) AS same
      FROM care.record WHERE insured_key BETWEEN %s AND %s
) AS r WHERE same
"""
UNITS = """
SELECT u.id, u.sequence, u.sent_at IS NOT NULL, u.opened_at IS NOT NULL,
       (SELECT count(*) FROM care.exchange_receipt AS r WHERE r.unit_id = u.id)
  FROM care.exchange_unit AS u WHERE u.sender_id = %s
"""
UNDER_WAY = 1000  # numbers of rows that may be written after a row with a higher number


class Judge:
    """Knows every row it has seen: none may be gone later."""

    def __init__(self, place: Place, journal: Journal) -> None:
        self.place, self.journal = place, journal
        self.questions: dict[int, dict[str, Any]] = {}
        self.decisions: dict[int, dict[str, Any]] = {}  # by the question each cites
        self.pages: dict[tuple[int, int], int] = defaultdict(int)
        self.consented: set[int] = set()
        self.loaded: dict[int, str] = {}  # files whose load ended well: number → SHA-256
        self.judged = 0

    def look(self, world: World) -> None:
        """Hold everything that was answered up to now against the database. Raises AssertionError."""
        answers, sent, received = self.journal.take(), self._sent(), self._received()
        assert not self.journal.strange, f"answers no power cut explains: {self.journal.strange[:5]}"
        # The offices go on sending meanwhile: each of these was read before what must hold it.
        units = world.connection.execute(UNITS, [self.place.exchange.planning.id]).fetchall()
        self.read_log(world)
        for told in answers:
            getattr(self, f"{told.what}_is_there")(told)
        self.judged += len(answers)
        self.pages_are_there()
        self.consents_are_there(world)
        self.units_are_there(units, sent, received)
        self.loads_are_right(world)

    def read_log(self, world: World) -> None:
        """The rows that came since; every leaf is what anybody can recompute, no question is decided twice."""
        known = {*self.questions, *(row["id"] for row in self.decisions.values())}
        since = max(known, default=0) - UNDER_WAY
        rows = world._dictionaries("SELECT * FROM care.access_log WHERE id > %s ORDER BY id", [since])
        for row in rows:
            if row["id"] in known:
                continue
            assert accesslog.leaf_hash(row) == bytes(row["leaf"]), f"row {row['id']} does not verify"
            kept = {name: row[name] for name in ("id", "insured_key", "action", "account_id", "outcome", "at")}
            kept |= {name: row[name] for name in ("persons", "numbers", "decisions") if row[name]}
            if row["step"] == "question":
                self.questions[row["id"]] = kept
                continue
            question = self.questions.get(row["question_id"])
            assert question is not None, f"decision {row['id']} cites a question that is not there"
            assert question["at"] == row["question_at"], f"decision {row['id']} cites another moment"
            assert question["action"] == row["action"], f"decision {row['id']} is about something else"
            assert question["outcome"] == "asked", f"question {question['id']} was refused, and decided"
            assert row["question_id"] not in self.decisions, f"question {row['question_id']} is decided twice"
            self.decisions[row["question_id"]] = kept

    def nothing_is_gone(self, world: World) -> None:
        """Every row that was ever seen is there still."""
        there = {number for (number,) in world.connection.execute("SELECT id FROM care.access_log")}
        seen = {*self.questions, *(row["id"] for row in self.decisions.values())}
        assert seen <= there, f"{len(seen - there)} rows of the log are gone"

    def _cited(self, told: Told) -> dict[str, Any]:
        question = self.questions.get(told.answer["log"])
        assert question is not None, f"answered without a question: {told.answer['log']}"
        assert question["account_id"] == told.account
        assert question["insured_key"] == told.key
        decision = self.decisions.get(question["id"])
        assert decision is not None, f"answered without a decision: {question['id']}"
        assert decision["outcome"] == told.answer["outcome"]
        return decision

    def open_is_there(self, told: Told) -> None:
        decision = self._cited(told)
        shown = {f"+{item['item']}" for item in told.answer["items"] if item["allowed"]}
        assert shown == {word.split("|")[0] for word in decision["decisions"] if word.startswith("+")}
        assert all(item["allowed"] or not item["records"] for item in told.answer["items"])

    def list_is_there(self, told: Told) -> None:
        decision = self._cited(told)
        assert [one["id"] for one in told.answer["people"]] == opaque.encode_all(decision.get("persons", []))

    def page_is_there(self, told: Told) -> None:
        self.pages[told.account, told.key] += 1

    def consent_is_there(self, told: Told) -> None:
        self.consented.add(told.key)

    def pages_are_there(self) -> None:
        """As many pages as somebody saw of a person, so many openings are decided, at least."""
        decided: dict[tuple[int, int], int] = defaultdict(int)
        for number, decision in self.decisions.items():
            question = self.questions[number]
            if question["action"] == "record:open" and decision["outcome"] != "denied":
                decided[question["account_id"], question["insured_key"]] += 1
        for who, many in self.pages.items():
            assert many <= decided[who], "a page was shown without a row"

    def consents_are_there(self, world: World) -> None:
        """Each that was answered is there once; and none is there whose decision is not, or the other way about."""
        account = self.place.actors["acting"].account_id
        found = world.connection.execute(
            "SELECT insured_key FROM care.consent WHERE recorded_by = %s", [account]
        ).fetchall()
        consents = [key for (key,) in found]
        assert len(consents) == len(set(consents)), "a consent was recorded twice"
        decided = {
            self.questions[number]["insured_key"]
            for number, decision in self.decisions.items()
            if decision["action"] == "consent:give" and decision["outcome"] == "allowed"
        }
        assert self.consented <= set(consents), "a consent that was answered is not there"
        assert set(consents) == decided, "consents and their rows differ"

    def _sent(self) -> set[str]:
        """Sendings that the sender's PC takes for sent, by their sequence."""
        return {name.split("/")[0] for name in self.place.offices["sender"].files("送信済")}

    def _received(self) -> dict[int, bool]:
        """Units that lie on the receiver's PC; whether it has told that they were taken in."""
        office = self.place.offices["receiver"]
        if not (office.folder / "状態.json").exists():
            return {}
        return {int(number): bool(one["receipt"]) for number, one in office.state["received"].items()}

    def units_are_there(self, found: list[Any], sent: set[str], received: dict[int, bool]) -> None:
        """What is sent here is sent there, once; what lies there was fetched, with a row; each receipt counts once."""
        sequences = [sequence for _, sequence, _, _, _ in found]
        assert len(sequences) == len(set(sequences)), "a unit is there twice"
        assert sent <= {sequence for _, sequence, is_sent, _, _ in found if is_sent}, "a unit that was sent is lost"
        opened = {number for number, _, _, is_opened, _ in found if is_opened}
        logged = {
            number
            for decision in self.decisions.values()
            if decision["action"] == "exchange:open" and decision["outcome"] == "allowed"
            for number in decision.get("numbers", [])
        }
        assert set(received) <= opened, "a unit was fetched and is not marked so"
        assert opened <= logged, "a unit was fetched without a row"
        receipts = {number: many for number, _, _, _, many in found}
        assert all(many <= 1 for many in receipts.values()), "a receipt counts twice"
        assert all(receipts[number] for number, has_told in received.items() if has_told), "a receipt is lost"

    def loads_are_right(self, world: World) -> None:
        """Versions without gap and repetition; every finished load is done and counts each row once."""
        between = _range(self.place.desk)
        assert world.one(VERSIONS, *between) == 0, "versions of a record have a gap, or two are in force"
        assert world.one(SAME_AGAIN, *between) == 0, "the same version was kept twice"
        for number, digest in list(self.loaded.items()):  # a load may end just now
            load, state, turn, rows = world.one(
                "SELECT id, state, turn, rows FROM intake_load WHERE file_digest = %s AND layout = %s",
                digest,
                files.LAYOUT,
            )
            faulty = world.one("SELECT count(DISTINCT line) FROM intake_error WHERE load_id = %s", load)
            assert state == "done", f"the load of file {number} was finished and is not"
            # Once done, it was begun again where nobody had been told so: then the faulty rows are tried once more.
            assert rows == files.ROWS + (turn - 1) * faulty, f"the load of file {number} counts {rows} rows"


def _range(desk: Desk) -> tuple[int, int]:
    return int(f"{desk.insurer}{0:010}"), int(f"{desk.insurer}{9999999999}")
