"""What an installation that is upgraded has in its tables: one small office's life, made through the gate.

Every table about persons, staff, terminals and the exchange gets rows here, all of them of nobody. What an upgrade
has to bring over is what stands in them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from psycopg.types.json import Jsonb

from kiban.assignment import acts as assignment_acts
from kiban.assignment import emergencies
from kiban.consent import acts as consent_acts
from kiban.exchange.boxes import acts as boxes
from kiban.exchange.month import queries
from kiban.gate import door
from kiban.gate.sealing import keys, sealer
from kiban.log import acts as log_acts
from kiban.ops import database
from kiban.ops.database import Role
from kiban.plans import acts as plan_acts
from tests import cast
from tests.cast import Cast
from tests.exchange.town import Town, unit_of
from tests.gate import acts
from tests.world import Actor, World, days, hours

FAR = dt.datetime(2099, 12, 31, tzinfo=dt.UTC)  # certificates of the story never run out
NOW = dt.datetime.now(dt.UTC)


def tell(world: World) -> Cast:
    """Fill the tables; returns who appears in it."""
    town = cast.build(world)
    consent_and_assignment(world, town)
    plan(town)
    opened(world, town)
    exchange(world)
    loaded(world, town)
    staff(world, town)
    terminals(world, town)
    sealed()
    world.run("UPDATE terminals_certificate SET not_after = %s", FAR)
    return town


def sealed() -> None:
    """The log so far, under the installation's own key."""
    keys.ensure()
    with database.connect(Role.SEALER) as connection:
        head = sealer.Sealer(connection).seal()
        assert head is not None
        connection.execute(
            "INSERT INTO gate.sealed_cosignature (log, size, witness, line) VALUES (%s, %s, 'other.example', '')",
            [head.log, head.size],
        )
    with database.connect(Role.WEB) as connection:
        connection.execute("SELECT gate.witness('other.example/access-log/1', 0, 5, sha256('x'))")


def ok(result: Any) -> None:
    assert result == "ok", result


def consent_and_assignment(world: World, town: Cast) -> None:
    """同意, 不同意, 撤回, 書面, 担当, 引き継ぎ, 継続, 緊急."""
    office, manager = town.office, town.manager
    ok(acts.give(manager, town.without_consent, signer="family", signer_name="試験 家族", note="電話で確かめた"))
    number = world.one("SELECT max(id) FROM care.consent WHERE insured_key = %s", town.without_consent.key)
    ok(
        consent_acts.attach_scan(
            manager.caller,
            town.without_consent.key,
            acts.PURPOSE,
            subject="consent",
            number=number,
            media_type="image/png",
            content=acts.PNG,
        )
    )
    ok(acts.withdraw(manager, town.without_consent))
    ok(acts.refuse(manager, town.without_consent, note="いまは見せたくない"))
    ok(
        consent_acts.record_other(
            manager.caller, town.person.key, acts.PURPOSE, acts.signing(), kind="article33", covers_family=True
        )
    )
    other = world.one("SELECT max(id) FROM care.other_consent WHERE insured_key = %s", town.person.key)
    mistake = {"subject": "other", "number": other, "reason": "別の方の書面"}
    ok(consent_acts.correct(manager.caller, town.person.key, acts.PURPOSE, **mistake))
    result, _ = acts.register(manager, town.stranger, place="visit", document="介護保険証")
    ok(result)
    world.insert("care.card", insured_key=town.person.key, issuer="試験認証局", serial="5e71a1",
                 organisation_id=office.id, bound_by=manager.account_id)  # fmt: skip
    assignment = world.one(
        "SELECT id FROM care.assignment WHERE insured_key = %s AND organisation_id = %s", town.person.key, office.id
    )
    world.insert("care.continuation", insured_key=town.person.key, assignment_id=assignment, organisation_id=office.id,
                 month=acts.month_start(-1), source="confirmed", viewing_before=None, viewing_to=days(90),
                 recorded_by=town.administrator.account_id)  # fmt: skip
    ok(acts.offer(manager, town.person, town.other_office.number, note="転居のため"))
    acts.choose_policy(world.insurer(started_on=days(-5)))
    acts.allow_emergency(world, town.insurer)
    ok(emergencies.switch(town.administrator.caller, acts.PURPOSE, on=True))
    ok(acts.emergency(manager, town.stranger))


def plan(town: Cast) -> None:
    """A plan agreed and delivered, and one half typed."""
    ok(acts.put_plan(town.manager, town.person))
    ok(acts.agree(town.manager, town.person))
    ok(acts.deliver(town.manager, town.person))
    ok(acts.record_monitoring(town.manager, town.person))
    typed = {"author": ["試験 途中まで"]}
    ok(plan_acts.keep(town.manager.caller, town.person.key, acts.PURPOSE, None, typed))


def opened(world: World, town: Cast) -> None:
    """The access log: allowed, denied, a list, reading the log."""
    assert acts.sees(town.manager, town.person) == "allowed"
    for actor in (town.elsewhere, town.revoked, town.leaver):
        assert acts.sees(actor, town.person) != "allowed"
    door.list_people(town.manager.caller, acts.PURPOSE)
    log_acts.who_opened(town.administrator.caller, town.person.key, "inquiry")
    assert assignment_acts.state(town.manager.caller, town.person.key, acts.PURPOSE) is not None
    assignment_acts.keep_proof(
        town.manager.caller, "n" * 32, issuer="試験認証局", serial="5e71a1", revocation_checked=True
    )
    assert world.one("SELECT count(*) FROM care.access_log") > 10


def exchange(world: World) -> None:
    """A plan and a month sent, taken, asked about; a person vouched for; a key."""
    town = Town(world)
    scene = town.scene()
    sent = town.send(town.planner, unit_of("plan", scene))
    assert boxes.open_units(town.provider, [sent]) is not None
    ok(boxes.settle(town.provider, sent, "taken", []))
    later = town.later(scene)
    schedule = unit_of("schedule", later)
    town.send(town.planner, schedule)
    key = world.one("SELECT max(insured_key) FROM care.exchange_entry")
    month = world.one("SELECT max(month) FROM care.exchange_unit")
    ok(queries.ask(town.planner, key, town.providing.number, month, "4日の訪問は実績にありますか"))
    world.insert("care.exchange_vouch", insured_key=key, sender_id=town.planning.id, receiver_id=town.providing.id,
                 account_id=town.actors["planner"].account_id)  # fmt: skip
    planner = town.actors["planner"]
    world.insert("exchange_synckey", organisation_id=town.planning.id, terminal_id=planner.terminal_id,
                 employment_id=planner.employment_id, secret_hash="ab" * 32, made_at=NOW,
                 ends_on=days(300))  # fmt: skip


def loaded(world: World, town: Cast) -> None:
    """A file that was read, its fault, and a person who moved."""
    load = world.insert("intake_load", file_digest="cd" * 32, layout="persons", insurer_no=town.insurer,
                        file_name="試験.csv", charset="cp932", state="done", turn=1, line_done=2, rows=2, added=1,
                        changed=0, unchanged=0, started_at=NOW, finished_at=NOW)  # fmt: skip
    world.insert("care.consent_word", insured_key=town.person.key, act="give", day=days(-50), text_version="test",
                 signer="self", organisation_id=0, load_id=load, line=2)  # fmt: skip
    world.insert("intake_error", load_id=load, line=2, heading="生年月日", value_class="date",
                 reason="日付ではありません", remedy="西暦で書いてください", settled_at=None,
                 **{'"column"': 3})  # fmt: skip
    world.insert("care.person_before", insured_key=town.person.key, load_id=load,
                 row_before=Jsonb({"address": "試験市旧町1-1"}))  # fmt: skip


def staff(world: World, town: Cast) -> None:
    """What the pages of staff write."""
    world.insert("home_stepsetaside", organisation_id=town.office.id, name="staff-invite", set_aside_at=NOW,
                 set_aside_by_id=town.administrator.account_id)  # fmt: skip
    office, boss, manager = town.office.id, town.administrator, town.manager
    delegation = world.insert(
        "staff_delegation", actor_id=manager.account_id, absent_id=boss.account_id, organisation_id=office,
        permitted_by_id=boss.account_id, reason="試験のための休み", permitted_at=NOW, starts_at=NOW,
        ends_at=FAR)  # fmt: skip
    world.session("session-of-somebody-for-another", account_id=manager.account_id, delegation_id=delegation,
                  employment_id=manager.employment_id, certificate_fingerprint=manager.fingerprint)  # fmt: skip
    of_account: dict[str, dict[str, Any]] = {
        "staff_passwordbefore": {"password": "argon2$of-nobody", "replaced_at": NOW},
        "staff_passkey": {"name": "試験の鍵", "credential_id": b"\x01of-nobody", "public_key": b"\x02of-nobody",
                          "sign_count": 3, "transports": ["usb"], "created_at": NOW},
        "staff_recoverycode": {"code_hash": "ef" * 32, "created_at": NOW},
        "staff_mailcode": {"code_hash": "01" * 32, "sent_at": NOW, "expires_at": NOW, "tries": 1},
        "staff_suspicion": {"organisation_id": office, "kind": "two_terminals", "seen_at": NOW, "last_at": NOW,
                            "times": 2, "detail": Jsonb({"terminals": ["試験端末A", "試験端末B"]}), "note": ""},
        "staff_terminaluse": {"terminal_id": manager.terminal_id, "first_at": NOW, "last_at": NOW},
        "staff_staffchange": {"organisation_id": office, "at": NOW, "by_id": boss.account_id, "kind": "employed",
                              "detail": "試験の採用"},
    }  # fmt: skip
    for table, values in of_account.items():
        world.insert(table, account_id=manager.account_id, **values)
    world.insert("staff_invitation", organisation_id=office, name="試験 招待", kana="シケン ショウタイ", email="",
                 job_type_id="nurse", level="general", starts_on=days(0), token_hash="23" * 32,
                 invited_by_id=boss.account_id, invited_at=NOW, expires_at=FAR)  # fmt: skip
    world.insert("staff_stafflistcheck", organisation_id=office, checked_at=NOW, checked_by_id=boss.account_id,
                 as_of=days(0), rows=7, findings=Jsonb([{"kind": "試験の食い違い"}]))  # fmt: skip
    world.insert("staff_rightsreview", organisation_id=office, reviewed_at=NOW, reviewed_by_id=boss.account_id,
                 note="試験の見直し", content=Jsonb({"people": []}), next_on=days(180))  # fmt: skip
    world.insert("plans_phrase", organisation_id=office, place="policy", text="試験の文例", built_in="", written_at=NOW,
                 written_by_id=boss.account_id)  # fmt: skip
    world.insert("evidence_viewingrules", organisation_id=office, version=1, made_at=NOW, made_by_id=boss.account_id,
                 content=Jsonb({"purpose": "試験の閲覧規程"}))  # fmt: skip


def terminals(world: World, town: Cast) -> None:
    """What the ledger of terminals has beside terminals and certificates."""
    at: Actor = town.manager
    world.insert("terminals_setupstep", terminal_id=at.terminal_id, step="reader", done_at=NOW,
                 done_by="試験 管理者", note="差し込んで確かめた")  # fmt: skip
    world.insert("terminals_check", terminal_id=at.terminal_id, checked_at=NOW, checked_by="試験 管理者",
                 results=Jsonb({"clock": "ok"}), is_good=True)  # fmt: skip
    world.insert("terminals_scene", organisation_id=town.office.id, name="朝の申し送り", place="試験の詰所",
                 job_types=["care_manager"], terminal_id=at.terminal_id, position=1)  # fmt: skip
    world.session("session-long-over", account_id=at.account_id, employment_id=at.employment_id,
                  certificate_fingerprint=at.fingerprint, expire_date=hours(-20))  # fmt: skip
