"""The demo's emergencies (the insurer of the demo's city allows them, the others have not decided), and whose persons
those of the office are: two thirds one care manager's, the rest nobody's.
"""

from __future__ import annotations

import datetime as dt

from kiban.assignment import acts, emergencies
from kiban.assignment.models import EmergencyRule
from kiban.gate import door
from kiban.gate.opened import PeopleList
from kiban.ops.room import DemoTown
from kiban.registry.models import Insurer, Organisation
from kiban.staff.models import Employment
from kiban.staff.sign_in import sessions
from kiban.terminals.models import Certificate
from kiban.terms.purposes import Purpose
from kiban.web.request import Caller


def fill(town: DemoTown) -> Insurer:
    """Record the decision; returns whose it is."""
    insurer = Insurer.objects.get(number=town.organisations["city"].number)
    emergencies.decide(
        EmergencyRule(
            insurer=insurer,
            hours=4,
            review_days=7,
            document_name=f"{insurer.name}緊急時閲覧要領(デモ用の架空の文書)",
            document_number="試第2号",
            decided_on=town.today - dt.timedelta(days=30),
            starts_on=town.today - dt.timedelta(days=20),
            recorded_by="デモ",
        )
    )
    return insurer


def entrust(town: DemoTown) -> int:
    """Give two of three persons of the demo's office to its care manager; returns how many are hers now.

    Raises:
        RuntimeError: the gate did not let her.
    """
    office = town.organisations["office"]
    employed = Employment.objects.in_force(town.today).filter(organisation=office, job_type="care_manager")
    employment = employed.order_by("pk")[0]
    session, caller = signed_in(employment, office)
    try:
        people = PeopleList.parse(door.list_people(caller, Purpose.CARE_PLANNING, limit=200))
        hers = [person.key for number, person in enumerate(people.people) if number % 3]
        said = acts.entrust(caller, Purpose.CARE_PLANNING, hers, employment.pk)
    finally:
        session.delete()
    if said != "ok":
        raise RuntimeError(said)
    return len(hers)


def signed_in(employment: Employment, office: Organisation) -> tuple[sessions.SessionStore, Caller]:
    """The care manager at a terminal of the office, as the gate asks for it."""
    certificate = Certificate.objects.filter(terminal__organisation=office).order_by("pk")[0]
    session = sessions.SessionStore()
    session.update(sessions.signed_in(employment.account, employment, certificate.fingerprint))
    session.create()
    return session, Caller(session.session_key or "", certificate.fingerprint)
