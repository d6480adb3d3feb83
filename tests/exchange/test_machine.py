"""The machine interface of the exchange: certificate and key, what goes and what is held, receipts."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from kiban.exchange.boxes import acts as boxes
from kiban.exchange.units import parcels
from kiban.formats.careplan.layouts import samples
from tests import cast
from tests.exchange.machine import machine_key, seal_anew
from tests.exchange.town import Town, unit_of
from tests.world import Actor, World, days, hours

UNITS, INBOX, OUTBOX = "/api/v1/exchange/units", "/api/v1/exchange/inbox", "/api/v1/exchange/outbox"


class Machine:
    """A terminal of an office with a key."""

    def __init__(self, world: World, actor: Actor) -> None:
        self.world, self.actor = world, actor
        self.key, self.secret = machine_key(actor)
        self.client = cast.browser(None, certificate=actor.der)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Kiban-Sync {self.secret}"}

    def post(self, path: str, content: bytes, **more: Any) -> Any:
        return self.client.post(path, content, content_type="application/octet-stream", headers=self.headers, **more)

    def get(self, path: str) -> Any:
        return self.client.get(path, headers=self.headers)

    def send(self, *units: dict[str, bytes]) -> list[dict[str, Any]]:
        answer = self.post(UNITS, parcels.pack({name: content for unit in units for name, content in unit.items()}))
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()["units"]

    def settle(self, number: int, outcome: Any, rows: Any = ()) -> Any:
        content = json.dumps({"outcome": outcome, "rows": list(rows)}).encode()
        return self.post(f"{UNITS}/{number}/receipt", content)

    def fetch(self, number: int) -> dict[str, bytes]:
        answer = self.get(f"{UNITS}/{number}/files")
        assert answer.status_code == 200, answer.content.decode()
        return parcels.unpack(answer.content)


@pytest.fixture
def sender(town: Town) -> Machine:
    return Machine(town.world, town.actors["planner"])


@pytest.fixture
def receiver(town: Town) -> Machine:
    return Machine(town.world, town.actors["provider"])


def status_and_code(answer: Any) -> tuple[int, str]:
    """Status and code; the message is there and Japanese."""
    body = answer.json()
    assert body["message"] and not body["message"].isascii()
    return answer.status_code, body["code"]


def test_a_unit_goes_arrives_and_is_settled(town, sender, receiver):
    unit = unit_of("schedule", town.scene())
    (answer,) = sender.send(unit.files)
    assert (answer["state"], answer["digest"], answer["files"]) == ("sent", unit.digest, sorted(unit.files))
    (shown,) = receiver.get(INBOX).json()["units"]
    assert (shown["id"], shown["state"], shown["by_machine"]) == (answer["id"], "unread", True)
    assert receiver.fetch(answer["id"]) == unit.files  # byte for byte
    assert receiver.settle(answer["id"], "error", ["3行目を取り込めません"]).json()["state"] == "error"
    assert receiver.settle(answer["id"], "error", ["3行目を取り込めません"]).json()["state"] == "already"
    assert receiver.settle(answer["id"], "taken").json()["state"] == "taken"
    (sent,) = sender.get(OUTBOX).json()["units"]
    assert sent["state"] == "taken"
    receipts = boxes.open_units(town.planner, [answer["id"]]).receipts[answer["id"]]
    assert [(receipt.outcome, receipt.rows) for receipt in receipts] == [
        ("error", ["3行目を取り込めません"]),
        ("taken", []),
    ]


def test_the_same_unit_again_is_already_there(town, sender, receiver):
    unit = unit_of("schedule", town.scene())
    (first,), (again,) = sender.send(unit.files), sender.send(unit.files)
    assert (again["state"], again["id"]) == ("already", first["id"])
    assert len(receiver.get(INBOX).json()["units"]) == 1


def test_two_units_in_one_parcel_each_have_their_answer(town, sender):
    scene = town.scene()
    good, bad = samples.unit("schedule", scene), samples.unit("schedule_delete", town.later(scene, first_user=9000))
    answers = {tuple(document["files"]): document["state"] for document in sender.send(good, bad)}
    assert answers == {tuple(sorted(good)): "sent", tuple(sorted(bad)): "held"}


def test_a_unit_with_an_error_is_held_and_nothing_of_it_is_kept(town, sender, receiver):
    files = dict(samples.unit("schedule", town.scene()))
    (plan,) = (name for name in files if name.startswith("UPPLAN"))
    files[plan] = files[plan].replace(b"202407", b"209999", 1)
    (answer,) = sender.send(files)
    assert (answer["state"], answer["id"], answer["code"]) == ("held", None, "exchange:faulty")
    error = next(finding for finding in answer["findings"] if finding["severity"] == "error")
    assert (error["file"], error["line"], error["column"]) == (plan, 1, 1)
    assert receiver.get(INBOX).json()["units"] == [] and boxes.drafts(town.planner) == []


def test_a_stranger_keeps_a_unit_back_and_no_name_is_told(town, sender, receiver):
    unit = unit_of("plan", town.scene(), change={"UP2KYO": lambda row: [*row[:16], "", *row[17:]]})
    (answer,) = sender.send(unit.files)
    assert (answer["state"], answer["code"]) == ("held", "exchange:stranger")
    assert {objection["code"] for objection in answer["objections"]} == {"stranger"}
    (plan,) = (name for name in unit.files if name.startswith("UP1KYO"))
    assert [(objection["file"], objection["line"]) for objection in answer["objections"]] == [
        (plan, 1),
        (plan, 2),
        (plan, 3),
    ]
    whole = json.dumps(answer, ensure_ascii=False)
    assert not [name for name in unit.people.values() if name and name in whole]
    assert receiver.get(INBOX).json()["units"] == []


def test_what_only_the_platform_knows_is_said_per_unit(town, sender, receiver):
    (deletion,) = sender.send(samples.unit("schedule_delete", town.scene()))
    assert (deletion["state"], deletion["code"]) == ("held", "exchange:nothing_to_delete")
    (foreign,) = receiver.send(samples.unit("schedule", town.scene()))
    assert (foreign["state"], foreign["code"]) == ("held", "exchange:not_own")
    scene = town.scene()
    sender.send(samples.unit("schedule", scene))
    (used,) = sender.send(samples.unit("schedule", replace(scene, seed=3)))
    assert (used["state"], used["code"]) == ("held", "exchange:sequence_used")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("revoked_key", (401, "account:no_session")),
        ("key_too_old", (401, "account:session_expired")),
        ("unknown_key", (401, "account:no_session")),
        ("person_left", (403, "account:left")),
        ("account_stopped", (403, "account:inactive")),
        ("revoked_certificate", (403, "terminal_revoked")),
        ("no_certificate", (403, "terminal_none")),
        ("other_terminal", (403, "terminal:other_terminal")),
        ("other_office", (403, "terminal:other_organisation")),
        ("session_as_key", (401, "key_missing")),
        ("session_cookie", (401, "key_missing")),
        ("other_scheme", (401, "key_missing")),
    ],
)
def test_certificate_and_key_must_hold(town, world, sender, change, expected):
    actor, client, headers = sender.actor, sender.client, sender.headers
    if change == "revoked_key":
        world.run("UPDATE exchange_synckey SET revoked_at = now() WHERE id = %s", sender.key.pk)
    elif change == "key_too_old":
        world.run("UPDATE exchange_synckey SET ends_on = %s WHERE id = %s", days(0), sender.key.pk)
        seal_anew(world)
    elif change == "unknown_key":
        headers = {"Authorization": "Kiban-Sync sync-of-nobody"}
    elif change == "person_left":
        world.run("UPDATE staff_employment SET ends_on = %s WHERE id = %s", days(0), actor.employment_id)
    elif change == "account_stopped":
        world.run("UPDATE staff_account SET is_active = false WHERE id = %s", actor.account_id)
    elif change == "revoked_certificate":
        world.run(
            "UPDATE terminals_certificate SET revoked_at = now(), revocation_reason = '紛失' WHERE id = %s",
            actor.certificate_id,
        )
    elif change == "no_certificate":
        client = cast.browser(None)
    elif change == "other_terminal":
        client = cast.browser(None, certificate=world.actor(town.planning).der)
    elif change == "other_office":
        client = cast.browser(None, certificate=town.actors["provider"].der)
    elif change == "session_as_key":
        headers = {"Authorization": f"Kiban-Sync {actor.session}"}
    elif change == "session_cookie":
        client, headers = cast.browser(actor), {}
    else:
        headers = {"Authorization": f"Bearer {sender.secret}"}
    unit = samples.unit("schedule", town.scene())
    answers = [
        client.post(UNITS, parcels.pack(unit), content_type="application/zip", headers=headers),
        client.get(INBOX, headers=headers),
        client.get(OUTBOX, headers=headers),
        client.get(f"{UNITS}/1/files", headers=headers),
        client.post(f"{UNITS}/1/receipt", b"{}", content_type="application/json", headers=headers),
    ]
    assert {status_and_code(answer) for answer in answers} == {expected}
    assert boxes.box(town.provider, "in")[0] == []


def test_a_municipality_takes_no_part(town, world):
    city = world.actor(world.organisation(kind="municipality"), "municipal_officer")
    assert status_and_code(Machine(world, city).get(INBOX)) == (403, "exchange:no_office")


def test_asking_what_is_new_shows_that_the_machine_lives(world, sender):
    last = "SELECT last_used_at FROM exchange_synckey WHERE id = %s"
    assert world.one(last, sender.key.pk) is None
    sender.get(INBOX)
    first = world.one(last, sender.key.pk)
    sender.get(INBOX)
    assert first is not None and world.one(last, sender.key.pk) == first
    world.run("UPDATE exchange_synckey SET last_used_at = %s WHERE id = %s", hours(-1), sender.key.pk)
    sender.get(INBOX)
    assert world.one(last, sender.key.pk) > first
    world.run("UPDATE exchange_synckey SET revoked_at = now(), last_used_at = NULL WHERE id = %s", sender.key.pk)
    sender.get(INBOX)
    assert world.one(last, sender.key.pk) is None


def test_a_key_opens_nothing_else(town, sender):
    for path in ("/api/v1/people?purpose=care_planning", "/people/"):
        answer = sender.client.get(path, headers=sender.headers)
        assert answer.status_code in (302, 401)
        cookie = sender.client.get(path, headers={"Cookie": f"__Host-kiban={sender.secret}"})
        assert cookie.status_code in (302, 401)


def test_what_is_others_is_not_found(town, world, sender, receiver):
    (sent,) = sender.send(samples.unit("schedule", town.scene()))
    stranger = Machine(world, town.actors["outsider"])
    assert status_and_code(stranger.get(f"{UNITS}/{sent['id']}/files")) == (404, "not_found")
    assert status_and_code(stranger.settle(sent["id"], "taken")) == (404, "exchange:no_unit")
    assert status_and_code(receiver.settle(sent["id"], "taken")) == (409, "exchange:not_opened")
    assert status_and_code(receiver.settle(sent["id"], "error", ["1行目"])) == (409, "exchange:not_opened")
    boxes.withdraw(town.planner, sent["id"])
    assert status_and_code(receiver.get(f"{UNITS}/{sent['id']}/files")) == (404, "not_found")
    assert status_and_code(receiver.settle(sent["id"], "taken")) == (409, "exchange:withdrawn")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"outcome": "perhaps"}',
        b'{"outcome": {}}',
        b'{"outcome": "error", "rows": "one"}',
        b'{"outcome": "error", "rows": [1]}',
        b"[" * 100_000,
        json.dumps({"outcome": "error", "rows": ["x" * 1001]}).encode(),
        json.dumps({"outcome": "error", "rows": ["x"] * 501}).encode(),
    ],
)
def test_a_receipt_of_another_form_is_refused(receiver, content):
    assert status_and_code(receiver.post(f"{UNITS}/1/receipt", content)) == (422, "bad_receipt")


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into, into.open("UPPLAN_bomb.CSV", "w") as member:
        for _ in range(parcels.LARGEST // 2**20 + 1):
            member.write(bytes(2**20))
    return packed.getvalue()


def two_of_one_name() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        into.writestr("a/x.CSV", b"1")
        into.writestr("b/x.CSV", b"2")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", (422, "not_a_zip")),
        (b"no zip at all", (422, "not_a_zip")),
        (parcels.pack({}), (422, "not_a_zip")),
        (parcels.pack({"x.CSV": b"content"})[:40], (422, "not_a_zip")),
        (two_of_one_name(), (422, "not_a_zip")),
        (bomb(), (413, "too_large")),
        (parcels.pack({f"{number}.CSV": b"" for number in range(501)}), (413, "too_large")),
    ],
    ids=["empty", "not a zip", "no files", "cut", "two of one name", "bomb", "many"],
)
def test_a_parcel_that_cannot_be_read(sender, content, expected):
    assert status_and_code(sender.post(UNITS, content)) == expected


def test_a_parcel_that_lies_about_its_size_is_broken(sender):
    whole = bytearray(bomb())
    directory = whole.rindex(b"PK\x01\x02")
    whole[directory + 24 : directory + 28] = (10).to_bytes(4, "little")  # "ten bytes when unpacked"
    assert status_and_code(sender.post(UNITS, bytes(whole)))[0] in (413, 422)


def test_a_body_that_is_too_large_is_not_read(sender):
    answer = sender.post(UNITS, b"x", CONTENT_LENGTH=str(parcels.LARGEST + 1))
    assert status_and_code(answer) == (413, "too_large")


def test_files_of_no_unit_are_named_and_not_sent(sender):
    answer = sender.post(UNITS, parcels.pack({"memo.txt": b"hello"})).json()
    assert answer["units"] == []
    assert [finding["code"] for finding in answer["others"]] == ["not_exchange_file"]


def test_next_stays_behind_what_may_still_be_sent(town, world, sender, receiver):
    scene = town.scene()
    (old,) = sender.send(samples.unit("schedule", scene))
    (new,) = sender.send(samples.unit("schedule", town.later(scene)))
    assert receiver.get(INBOX).json()["next"] == 0
    world.run("UPDATE care.exchange_unit SET sent_at = %s WHERE id = %s", hours(-24 * 31), old["id"])
    first = receiver.get(INBOX).json()
    assert first["next"] == old["id"]
    then = receiver.get(f"{INBOX}?after={first['next']}").json()
    assert ([unit["id"] for unit in then["units"]], then["next"]) == ([new["id"]], old["id"])
    assert status_and_code(receiver.get(f"{INBOX}?after=x")) == (422, "bad_after")
    assert status_and_code(receiver.get(f"{INBOX}?after={'9' * 30}")) == (422, "bad_after")


def test_no_token_is_asked_for_but_only_of_machines(sender):
    strict = Client(enforce_csrf_checks=True, **sender.client.defaults)
    answer = strict.post(UNITS, b"x", content_type="application/zip", headers=sender.headers)
    assert answer.status_code == 422
