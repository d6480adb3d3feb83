"""The named cast: a small town of its own for every test, and a browser for each of its actors.

Built in a few milliseconds from ``tests/world.py``; tests of all rooms use the same people.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client

from tests.world import Actor, Organisation, Person, World, days, hours

CARD = {
    "care_level": "23",
    "certified_on": "2026-04-01",
    "valid_from": "2026-04-01",
    "valid_until": "2027-03-31",
    "limit_units": 27048,
}


class TlsSocket:
    """What gunicorn hands over: a socket whose peer proved a certificate."""

    family = socket.AF_INET

    def __init__(self, der: bytes | None) -> None:
        self.der = der

    def getpeercert(self, binary_form: bool = False) -> bytes | None:
        assert binary_form
        return self.der


@dataclass
class Cast:
    """ケアマネ, 管理者, 別事業所の職員, 市町村職員, 主治医, 失効端末, 退職者, 代行者 — and 本人."""

    world: World
    insurer: str
    person: Person  # 本人: in charge, consent given, municipality live
    without_consent: Person
    not_started: Person
    stranger: Person  # of the same insurer, but nobody here is in charge
    office: Organisation
    other_office: Organisation
    manager: Actor  # ケアマネ
    administrator: Actor  # 管理者 of the same office
    elsewhere: Actor  # 別事業所の職員
    counselor: Actor  # 生活相談員 of a service office in charge of the person
    officer: Actor  # 市町村職員
    physician: Actor  # 主治医, asked for the opinion
    revoked: Actor  # ケアマネ at 失効端末
    leaver: Actor  # 退職者

    def of_one_corporation(self) -> None:
        """Both care-management offices belong to one 法人."""
        self.world.run(
            "UPDATE registry_organisation SET corporation_name = %s WHERE id IN (%s, %s)",
            f"試験法人{self.office.number}",
            self.office.id,
            self.other_office.id,
        )

    def actors(self) -> dict[str, Actor]:
        return {name: value for name, value in vars(self).items() if isinstance(value, Actor)}


def build(world: World) -> Cast:
    insurer = world.insurer(started_on=days(-30))
    office, other_office = world.organisation("43"), world.organisation("43")
    service, clinic = world.organisation("15"), world.organisation(kind="medical")
    city = world.organisation(kind="municipality", number=insurer)
    person = world.person(insurer, "試験 花子０１", kana="シケン ハナコ", kana_key="シケンハナコ")
    without_consent = world.person(insurer, "試験 次郎０２")
    not_started = world.person(world.insurer(), "試験 三郎０３")
    stranger = world.person(insurer, "試験 四郎０４")
    for insured in (person, without_consent, not_started):
        world.in_charge(insured, office)
    for insured in (person, not_started, stranger):
        world.consent(insured)
    world.in_charge(person, service, "service")
    world.assignment(person, clinic, "opinion")
    for insured in (person, without_consent, not_started, stranger):
        world.record(insured, "insurance_card.card", CARD, valid_from=days(-200), valid_to=days(100))
    return Cast(
        world=world,
        insurer=insurer,
        person=person,
        without_consent=without_consent,
        not_started=not_started,
        stranger=stranger,
        office=office,
        other_office=other_office,
        manager=world.actor(office, name="試験 ケアマネ"),
        administrator=world.actor(office, "manager", name="試験 管理者", level="administrator"),
        elsewhere=world.actor(other_office, name="別事業所 職員"),
        counselor=world.actor(service, "life_counselor", name="試験 相談員"),
        officer=world.actor(city, "municipal_officer", name="試験 市職員", level="administrator"),
        physician=world.actor(clinic, "physician", name="試験 主治医"),
        revoked=world.actor(office, certificate={"revoked_at": hours(-1), "revocation_reason": "紛失"}),
        leaver=world.actor(office, employed=(days(-100), days(0))),
    )


def browser(actor: Actor | None, *, certificate: bytes | None = None, **options: Any) -> Client:
    """A browser at the actor's terminal, signed in; without an actor: no certificate unless one is given."""
    der = certificate if actor is None else actor.der
    client = Client(
        HTTP_HOST="localhost",
        **{"gunicorn.socket": TlsSocket(der), "wsgi.url_scheme": "https", "SERVER_PORT": "443"},  # type: ignore[arg-type]
        **options,
    )
    if actor is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = actor.session
    return client
