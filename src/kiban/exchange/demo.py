"""The demo's ケアプランデータ連携: last month is nearly settled, this month's 利用票 has just arrived.

Sent by the terminals' own keys, as ``kiban-exchange`` would: through the gate, with its log.
"""

from __future__ import annotations

import datetime as dt

from kiban.exchange.boxes import acts as boxes
from kiban.exchange.machine import keys as sync_keys
from kiban.exchange.participant import Participant
from kiban.exchange.units.sending import put_together
from kiban.formats.careplan.layouts import of_bytes, sample_month
from kiban.formats.careplan.layouts.sample_month import Office, User
from kiban.ops.room import DemoPerson, DemoTown
from kiban.registry.models import Organisation
from kiban.staff.models import ADMINISTERING, Employment
from kiban.terminals.models import Certificate
from kiban.web.request import Caller

USERS = 6


def fill(town: DemoTown) -> int:
    """Send a plan, two months of 利用票 and last month's 実績 between two offices; returns how many units."""
    today, planner, provider = town.today, town.organisations["office"], town.organisations["day"]
    this, last = _month(today), _month(today.replace(day=1) - dt.timedelta(days=1))
    care, day = (
        _office(planner, "43", today - dt.timedelta(days=9)),
        _office(provider, "15", today - dt.timedelta(days=4)),
    )
    users = [_user(person, number, care, day) for number, person in enumerate(town.people[:USERS])]
    manager, counselor = _participant(planner), _participant(provider)
    made_on = today.replace(day=1) - dt.timedelta(days=12)
    sent = [
        (manager, sample_month.plan(care, day, users[:2], care.sequence(), f"{made_on:%Y%m%d}")),
        (manager, sample_month.schedule(care, day, users, care.sequence(), last)),
        (manager, sample_month.schedule(care, day, users, care.sequence(), this)),
        (counselor, sample_month.actual(day, care, users, day.sequence(), last)),
    ]
    for participant, files in sent:
        (unit,), _ = put_together([of_bytes(name, content) for name, content in files.items()])
        result, number = boxes.stage(participant, unit)
        if result == "ok" and number is not None:
            result = boxes.send(participant, number, unit)
        if result != "ok":
            raise RuntimeError(f"連携のファイルを送れない: {result}")
    return len(sent)


def _office(organisation: Organisation, service: str, since: dt.date) -> Office:
    return Office(organisation.number, service, dt.datetime.combine(since, dt.time(9)), organisation.name)


def _month(day: dt.date) -> str:
    return f"{day:%Y%m}"


def _user(person: DemoPerson, number: int, planner: Office, provider: Office) -> User:
    """Two visits a week; one user came once too few, another on another day."""
    days = range(2 + number % 5, 29, 7)
    code = sample_month.code(provider)
    planned = [(provider.number, code, day) for day in days]
    done = {1: planned[:-1], 3: [*planned[:-1], (provider.number, code, 1)]}.get(number, planned)
    return User(
        person.insured_no,
        planner,
        [provider],
        planned,
        list(done),
        insurer=person.insurer_no,
        name=person.name.replace("𠮷", "吉"),  # MS932, in which the files are written, has only this form
        kana=person.kana,
        sex=person.sex,
        birth=f"{person.birth:%Y%m%d}",
    )


def _participant(organisation: Organisation) -> Participant:
    certificate = Certificate.objects.filter(terminal__organisation=organisation).order_by("pk")[0]
    administering = Employment.objects.filter(organisation=organisation, level__in=ADMINISTERING)
    employment = administering.order_by("pk")[0]
    _, key = sync_keys.issue(employment, certificate.terminal)
    return Participant.of(Caller(key, certificate.fingerprint), organisation)
