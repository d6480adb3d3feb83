"""What offices do through the gate, in one line each: for tests that are about the answers, not about the call."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable
from typing import Any

from kiban.assignment import acts as assignment_acts
from kiban.assignment import emergencies, policy
from kiban.assignment.acts import FourItems
from kiban.consent import acts as consent_acts
from kiban.consent.acts import Signing
from kiban.evidence.operating_standard import acts as standard_acts
from kiban.evidence.operating_standard.vocabulary import Kind, Tick, Way
from kiban.gate import door
from kiban.gate.events import Event
from kiban.ops import database
from kiban.ops.database import Role
from kiban.plans import acts as plan_acts
from kiban.registry.models import Insurer
from tests.world import Actor, Person, World, days

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
PURPOSE = "care_planning"


def signing(**more: Any) -> Signing:
    return Signing(**{"on": days(0), "signer": "self", **more})


def give(actor: Actor, person: Person, **more: Any) -> str:
    return consent_acts.give(actor.caller, person.key, PURPOSE, signing(**more), text_version="2026-10")


def refuse(actor: Actor, person: Person, **more: Any) -> str:
    return consent_acts.refuse(actor.caller, person.key, PURPOSE, signing(**more), text_version="2026-10")


def withdraw(actor: Actor, person: Person, **more: Any) -> str:
    return consent_acts.withdraw(actor.caller, person.key, PURPOSE, signing(**more))


def end(actor: Actor, person: Person, reason: str = "ended") -> str:
    return assignment_acts.end(actor.caller, person.key, PURPOSE, reason=reason)


def four(person: Person, **change: Any) -> FourItems:
    """The person's identifying items, one of them changed if wanted."""
    right = {
        "insurer_no": person.insurer_no,
        "insured_no": person.insured_no,
        "birth": person.birth,
        "sex": person.sex,
    }
    return FourItems(**{key: change.get(key, value) for key, value in right.items()})


def register(actor: Actor, person: Person, **more: Any) -> tuple[str, int | None]:
    values = {
        "method": "four_items",
        "capacity": "plan",
        "viewing_from": days(0),
        "viewing_to": days(60),
        **{key: value for key, value in more.items() if key not in FourItems.__annotations__},
    }
    return assignment_acts.register(actor.caller, PURPOSE, four(person, **more), **values)


def offer(actor: Actor, person: Person, to: str, starts_on: dt.date | None = None, note: str = "") -> str:
    return assignment_acts.offer(
        actor.caller, person.key, PURPOSE, to_number=to, starts_on=starts_on or days(0), note=note
    )


def grant(actor: Actor, person: Person, to: str, **more: Any) -> str:
    values = {"capacity": "plan", "viewing_from": days(0), "viewing_to": days(30), **more}
    return assignment_acts.grant(actor.caller, person.key, "insurer_duty", organisation_number=to, **values)


def plan(actor: Actor, made_on: dt.date | None = None, **more: Any) -> dict[str, Any]:
    """The content of a plan of the actor's office."""
    return {
        "made_on": (made_on or days(-3)).isoformat(),
        "author": "試験 計画",
        # Who is no office has no such number, and tries with one all the same.
        "office_number": actor.organisation.number if len(actor.organisation.number) == 10 else "1370000010",
        "office_name": actor.organisation.name,
        "services": [{"need": "転ばずに歩きたい"}],
        **more,
    }


def put_plan(actor: Actor, person: Person, base: str = "", reason: str = "", **more: Any) -> str:
    return plan_acts.put(actor.caller, person.key, PURPOSE, plan(actor, **more), base=base, reason=reason)


def agree(actor: Actor, person: Person, base: str = "1.1", **more: Any) -> str:
    values = {"on": days(0), "who": "self", "made_on": days(-3), **more}
    return plan_acts.mark(actor.caller, person.key, PURPOSE, plan_acts.Act.AGREE, base=base, **values)


def deliver(actor: Actor, person: Person, base: str = "1.2", **more: Any) -> str:
    values = {"on": days(0), "who": "試験デイサービス", "made_on": days(-3), **more}
    return plan_acts.mark(actor.caller, person.key, PURPOSE, plan_acts.Act.DELIVER, base=base, **values)


def withdraw_plan(actor: Actor, person: Person, reason: str = "作り直すため", **more: Any) -> str:
    return plan_acts.withdraw(actor.caller, person.key, PURPOSE, more.get("made_on", days(-3)), reason=reason)


def record_monitoring(actor: Actor, person: Person, on: dt.date | None = None, **more: Any) -> str:
    """A monitoring by a visit, met and written down the same day."""
    day = on or days(0)
    values = {"way": Way.VISIT, "ticks": [Tick.USER_MET], "written_on": day, **more}
    return standard_acts.record(actor.caller, person.key, PURPOSE, Kind.MONITORING, on=day, **values)


def emergency(actor: Actor, person: Person, reason: str = "倒れているところを見つけたため", **more: Any) -> str:
    result, key = emergencies.open_person(actor.caller, PURPOSE, four(person, **more), reason=reason)
    assert key == (person.key if result == "ok" else None)
    return result


def sees(actor: Actor, person: Person, item: str = "insurance_card.card", purpose: str = PURPOSE) -> str:
    """``allowed``, or everything that stands in the way."""
    opening = door.open_person(actor.caller, person.key, [item], purpose)
    (found,) = opening.items
    answers = opening.standing or found.answers
    return "allowed" if found.allowed else ",".join(f"{name}:{word}" for name, word in answers.items() if word != "ok")


def choose_policy(insurer_no: str, **more: Any) -> None:
    """The insurer's own rule for 担当."""
    values = {"months": 3, "exclusivity": "groups", "source": "試験要領", "starts_on": days(-1), **more}
    policy.choose(Insurer.objects.get(number=insurer_no), recorded_by="試験", **values)


def allow_emergency(world: World, insurer_no: str, hours: int = 2, review_days: int = 3, **more: Any) -> None:
    """The insurer's decision that its insured may be looked up in an emergency."""
    world.insert(
        "assignment_emergencyrule",
        **{
            "insurer_id": world.insurer_id(insurer_no),
            "hours": hours,
            "review_days": review_days,
            "document_name": "試験要領",
            "document_number": "1",
            "decided_on": days(-20),
            "starts_on": days(-10),
            "ends_on": None,
            "recorded_at": dt.datetime.now(dt.UTC),
            "recorded_by": "試験",
            **more,
        },
    )


def month_start(ahead: int = 0) -> dt.date:
    """The first day of the month ``ahead`` months from this one, in Japan."""
    day = days(0)
    number = day.year * 12 + day.month - 1 + ahead
    return dt.date(number // 12, number % 12 + 1, 1)


def at_once(
    world: World, actor: Actor, event: Event, person: Person | None, act: Callable[[], Any], **parameters: Any
) -> tuple[Any, Any]:
    """Ask for something, decide it, and before that is committed ``act`` beside it.

    ``act`` is let go on only when it waits for the first one (or is done). Returns what the two answered: of the first
    its word and, of a registration, the person.
    """
    answers: list[Any] = []
    given = json.dumps(parameters, default=str)
    with database.connect(Role.WEB) as first:
        ticket = first.execute(
            "SELECT gate.ask(%s, %s, %s, %s, %s::bigint, %s::jsonb, '{}', NULL)::text",
            [actor.session, actor.fingerprint, PURPOSE, event.value, person.key if person else 0, given],
        ).fetchone()
        with first.transaction():
            ticket = first.execute("SELECT gate.decide(%s::gate.ticket, %s, '{}')::text", [*ticket, given]).fetchone()
            beside = threading.Thread(target=lambda: answers.append(_in_own_connection(act)))
            beside.start()
            while beside.is_alive() and not is_waited_for(world, first.info.backend_pid):
                beside.join(0.001)
        one = json.loads(first.execute("SELECT gate.answer(%s::gate.ticket)", ticket).fetchone()[0])
        beside.join()
    if event is Event.ASSIGNMENT_REGISTER:
        return (one["result"], one["answer"] and one["answer"]["insured_key"]), answers[0]
    return one["result"], answers[0]


def _in_own_connection(act: Callable[[], Any]) -> Any:
    from django.db import connection

    try:
        return act()
    finally:
        connection.close()


def is_waited_for(world: World, for_whom: int) -> bool:
    """Whether somebody waits for what the database connection of that process holds."""
    found = world.one("SELECT count(*) FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))", for_whom)
    return bool(found)
