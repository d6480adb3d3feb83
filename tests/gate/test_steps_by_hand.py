"""The steps of the gate called by hand as the web role, in ways the product never calls them."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from typing import Any

import psycopg
import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.gate.events import Event
from kiban.log import acts as log_acts
from kiban.log.reading import FoldedLists
from kiban.ops import database
from kiban.ops.database import Role
from kiban.web.request import Caller
from tests.exchange.machine import machine_key
from tests.exchange.town import Town as ExchangeTown
from tests.gate.acts import PURPOSE, sees
from tests.world import Actor, Person, days

pytestmark = pytest.mark.database

LIST = {"search": "", "sort": "kana", "offset": 0, "limit": 50}
ASK_OPEN = "SELECT gate.ask_open(%s, %s, %s, ARRAY['insurance_card.card'], %s, NULL)::text"
DECIDE_OPEN = "SELECT gate.decide_open(%s::gate.ticket)::text"
Web = psycopg.Connection[Any]


def one(web: Web, statement: str, *given: Any) -> Any:
    row = web.execute(statement.encode(), given).fetchone()
    assert row is not None
    return row[0]


def ask(web: Web, who: Actor, event: str, key: int, given: Any, *, files: Any = "{}", attempt: Any = None) -> str:
    statement = "SELECT gate.ask(%s, %s, %s, %s, %s::bigint, %s::jsonb, %s::text::bytea[], %s)::text"
    text = json.dumps(given)
    return str(one(web, statement, who.session, who.fingerprint, PURPOSE, event, key, text, files, attempt))


def decide(web: Web, ticket: str, given: Any, files: Any = "{}") -> str:
    statement = "SELECT gate.decide(%s::gate.ticket, %s::jsonb, %s::text::bytea[])::text"
    return str(one(web, statement, ticket, json.dumps(given), files))


def ask_open(web: Web, who: Actor, person: Person) -> str:
    return str(one(web, ASK_OPEN, who.session, who.fingerprint, person.key, PURPOSE))


class TestWhereTheRowLies:
    """A row has to be found by who asks for the people it names."""

    def test_a_list_is_not_hidden_under_somebodys_number(self, web, world, manager, person):
        for key in (1, -1):
            question = ask(web, manager, Event.PEOPLE_LIST, key, LIST)
            with pytest.raises(psycopg.errors.InvalidParameterValue, match="not about one person"):
                decide(web, question, LIST)
        decide(web, ask(web, manager, Event.PEOPLE_LIST, 0, LIST), LIST)
        administrator = world.actor(manager.organisation, level="administrator")
        rows = log_acts.who_opened(administrator.caller, person.key, "inquiry").rows
        assert any(isinstance(row, FoldedLists) for row in rows)

    def test_an_event_has_one_name(self, web, manager, person):
        """Under another one the log would hold a word that no page knows."""
        for alias in ("other:consent_give", "other_consent_give:", "emergency:open\n"):
            with pytest.raises(psycopg.errors.InvalidParameterValue):
                ask(web, manager, alias, person.key, {})


class TestWaiting:
    """Who holds a lock does not carry a question beyond its two seconds."""

    @pytest.mark.parametrize("step", ["open", "list"])
    def test_a_question_that_had_to_wait_is_too_old(self, web, world, manager, person, step):
        attempt = uuid.uuid4()
        if step == "open":
            first = second = ask_open(web, manager, person)
        else:
            first, second = (ask(web, manager, Event.PEOPLE_LIST, 0, LIST, attempt=attempt) for _ in range(2))
        told: list[object] = []

        def wait() -> None:
            try:
                told.append(one(web, DECIDE_OPEN, second) if step == "open" else decide(web, second, LIST))
            except psycopg.Error as error:
                told.append(type(error))

        with database.connect(Role.WEB) as other:
            other.execute("BEGIN")
            one(other, DECIDE_OPEN, first) if step == "open" else decide(other, first, LIST)
            thread = threading.Thread(target=wait)
            thread.start()
            thread.join(2.2)
            other.execute("ROLLBACK")
            thread.join(20)
        assert told == [psycopg.errors.QueryCanceled]


def test_the_proof_of_a_card_nobody_has_read_is_none(web, world, manager, person):
    """Serials stand in proofs used before: with one of them the card's person would become anybody's."""
    office = manager.organisation.id
    world.insert("care.card", insured_key=person.key, issuer="試験", serial="77", organisation_id=office,
                 bound_by=manager.account_id)  # fmt: skip
    stranger = world.actor(world.organisation("43"))
    web.execute(
        "INSERT INTO assignment_cardproof (nonce, session, issuer, serial, revocation, made_at)"
        " SELECT 'made up', session_key, '試験', '77', 'yes', now() FROM staff_session WHERE account_id = %s",
        [stranger.account_id],
    )
    given = {"method": "card", "proof": "made up", "place": "office", "capacity": "plan", "viewing_from": str(days(0))}
    ticket = decide(web, ask(web, stranger, Event.ASSIGNMENT_REGISTER, 0, given), given)
    assert "assignment:no_proof" in one(web, "SELECT gate.answer(%s::gate.ticket)", ticket)


def test_files_are_bound_as_they_were_given(web, manager, person):
    """Also where they stand: a hole or another first number gives the deciding function another file."""
    given = {"subject": "consent", "number": 1, "media_type": "image/png"}
    for asked, other in (("{a,b}", "[0:1]={a,b}"), ("{a}", "{NULL,a}"), ("{a}", "{{a}}"), ("{}", "{NULL}")):
        question = ask(web, manager, Event.SCAN_ATTACH, person.key, given, files=asked)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not what was asked"):
            decide(web, question, given, other)


@pytest.mark.parametrize("day", ["-infinity", "infinity", "4713-01-01 BC", "today", "10000-01-01"])
def test_a_day_is_one_that_pages_can_read(web, world, manager, person, day):
    days_of = {
        Event.ASSIGNMENT_REGISTER: "viewing_from",
        Event.CONSENT_GIVE: "given_on",
        Event.CONSENT_REFUSE: "refused_on",
        Event.CONSENT_WITHDRAW: "withdrawn_on",
        Event.OTHER_CONSENT_GIVE: "given_on",
        Event.ASSIGNMENT_GRANT: "viewing_to",
        Event.ASSIGNMENT_LAPSING: "until",
        Event.HANDOVER_OFFER: "starts_on",
        Event.PLAN_AGREE: "on",
        Event.STANDARD_RECORD: "on",
        Event.STANDARD_LIST: "month",
    }
    for event, name in days_of.items():
        question = ask(web, manager, event, person.key, {name: day})
        with pytest.raises(psycopg.errors.InvalidParameterValue, match="not a day"):
            decide(web, question, {name: day})


def test_numbers_speak_of_nothing_that_can_be_taken_back(web, world, manager, person):
    """Told without a row of the log: nobody has something decided, counts, and takes it back."""
    who = [manager.session, manager.fingerprint, PURPOSE]
    told = {
        "own_assignment_due(%s, %s, %s)": [],
        "own_exchange_due(%s, %s, %s)": [],
        "own_exchange_unseen(%s, %s, %s)": [],
        "own_hidden_papers(%s, %s, %s)": [],
        "own_standard_due(%s, %s, %s, %s)": [False],
        "exchange_drafts(%s, %s, %s)": [],
        "exchange_month(%s, %s, %s, %s)": ["202610"],
        "exchange_box(%s, %s, %s, 'out', %s, 0, 9)": ["202610"],
        "exchange_unit(%s, %s, %s, %s)": [1],
    }
    granted = world.connection.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'gate'::regnamespace AND prokind = 'f'"
        " AND has_function_privilege('kiban_web', oid, 'EXECUTE') AND proargnames[1] = 'p_session'"
        " AND prorettype <> 'gate.ticket'::regtype"
    ).fetchall()
    assert {name for (name,) in granted} == {call.partition("(")[0] for call in told}
    for call, more in told.items():
        web.execute(f"SELECT gate.{call}", who + more)
        question = ask(web, manager, Event.ASSIGNMENT_END, person.key, {"reason": "ended"})
        with pytest.raises(psycopg.errors.InvalidTransactionState), web.transaction():
            decide(web, question, {"reason": "ended"})
            web.execute(f"SELECT gate.{call}", who + more)


class TestKeysOfTheExchange:
    """A machine's key is sealed as a session is."""

    ASK = "SELECT gate.exchange_question(%s, %s, 'service_provision', 'exchange:queries', 0, '{}', '{}', NULL)::text"

    def test_one_that_was_written_with_sql_is_none(self, web, world, manager):
        web.execute(
            "INSERT INTO exchange_synckey (organisation_id, terminal_id, employment_id, secret_hash, made_at, ends_on)"
            " VALUES (%s, %s, %s, %s, now(), %s)",
            [manager.organisation.id, manager.terminal_id, manager.employment_id,
             hashlib.sha256(b"sync-made-up").hexdigest(), days(9)],
        )  # fmt: skip
        one(web, self.ASK, "sync-made-up", manager.fingerprint)
        line = world.log(certificate=manager.fingerprint)[-1]
        assert (line["outcome"], line["standing"][0], line["account_id"]) == ("denied", "account:no_session", None)

    def test_nor_does_a_right_one_open_the_boxes_of_another_office(self, web, world):
        town = ExchangeTown(world)
        made, key = machine_key(made_at := town.actors["planner"])
        other = town.actors["provider"]
        machine = boxes.Participant(Caller(key, made_at.fingerprint), PURPOSE)
        assert boxes.box(machine, "in") is not None
        web.execute(
            "UPDATE exchange_synckey SET organisation_id = %s, terminal_id = %s, employment_id = %s WHERE id = %s",
            [other.organisation.id, other.terminal_id, other.employment_id, made.pk],
        )
        one(web, self.ASK, key, other.fingerprint)
        assert world.log(certificate=other.fingerprint)[-1]["standing"][0] == "account:no_session"


def test_many_at_once_are_not_too_fast_together(world, manager, person):
    """Questions that are not committed yet are counted too: one asks after the other."""
    sees(manager, person)  # so that no use of the session is written below
    world.run("UPDATE care.access_log SET at = at - interval '2 minutes' WHERE session IS NOT NULL")
    world.run("UPDATE gate.installation SET openings_per_minute = 5")
    try:
        with database.connect(Role.WEB) as one_, database.connect(Role.WEB, options="-c lock_timeout=200ms") as other:
            with one_.transaction():
                ask_open(one_, manager, person)
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    ask_open(other, manager, person)
            ask_open(other, manager, person)
    finally:
        world.run("UPDATE gate.installation SET openings_per_minute = NULL")


@pytest.mark.parametrize("name", ["postgres", "template1"])
def test_no_other_database_of_the_server_is_open(name):
    if not database.is_embedded():
        pytest.skip("whom the other databases of a server of one's own let in is not ours to say")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        database.connect(Role.WEB, name)
