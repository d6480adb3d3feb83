"""Those at terminals: what they ask over TLS with their certificate, and every answer they received, written down."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import ssl
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.conf import settings

from kiban.web import opaque
from tests.consent.typed import consent_page, said
from tests.killing.place import Place, connect
from tests.pages import page
from tests.serving import tls
from tests.world import Person

ITEMS = ("insurance_card.card", "insurance_card.burden_ratio", "certification.result", "life.feedback")
PURPOSE = "care_planning"
AWAY = (OSError, http.client.HTTPException)
PAUSE = 0.05  # seconds before somebody who got no answer asks again
EXPECTED = {200, 302, 403, 404, 502, 503}


@dataclass
class Told:
    """An answer that somebody received whole. ``answer``: of the gate; empty for a page."""

    what: str  # open, list, page, consent
    account: int
    key: int
    answer: dict[str, Any]


class Journal:
    """All answers, on the disk before anybody asks again."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("a", encoding="utf-8")
        self.lock = threading.Lock()
        self.new: list[Told] = []
        self.statuses: Counter[int] = Counter()
        self.strange: list[str] = []

    def write(self, told: Told) -> None:
        with self.lock:
            self.file.write(json.dumps(asdict(told), ensure_ascii=False) + "\n")
            self.file.flush()
            os.fsync(self.file.fileno())
            self.new.append(told)

    def note(self, status: int, what: str) -> None:
        """A status; those that no power cut explains are held against the server."""
        with self.lock:
            self.statuses[status] += 1
            if status not in EXPECTED:
                self.strange.append(f"{what}: {status}")

    def take(self) -> list[Told]:
        """What came since it was asked last."""
        with self.lock:
            found, self.new = self.new, []
        return found


class Client(threading.Thread):
    """Somebody who asks again and again until the round is over."""

    def __init__(self, place: Place, journal: Journal, over: threading.Event, who: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.place, self.journal, self.over = place, journal, over
        self.actor, self.chance = place.actors[who], random.Random(seed)
        self.context = tls(place.cards[who])
        self.cookies = {settings.SESSION_COOKIE_NAME: self.actor.session}
        self.line: http.client.HTTPSConnection | None = None
        self.was_answered = threading.Event()

    def run(self) -> None:
        while not self.over.is_set():
            try:
                self.step()
            except AWAY:
                if self.line is not None:
                    self.line.close()
                self.line = None
                self.over.wait(PAUSE)

    def step(self) -> None:
        raise NotImplementedError

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None) -> tuple[int, str, str]:
        """Status, whole text, and where it sends one. Raises one of ``AWAY`` when the answer did not come whole."""
        if self.line is None:
            port = self.place.address.port
            self.line = http.client.HTTPSConnection("localhost", port, context=self.context, timeout=20)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": self.place.address.origin + path,
            }
        self.line.request(method, path, urlencode(fields) if fields is not None else None, headers)
        response = self.line.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.journal.note(response.status, f"{type(self).__name__} {method} {path}")
        return response.status, text, response.headers.get("Location") or ""

    def tell(self, what: str, key: int, answer: dict[str, Any]) -> None:
        self.journal.write(Told(what, self.actor.account_id, key, answer))
        self.was_answered.set()


class Opener(Client):
    """Opens records, as JSON and as a page."""

    def step(self) -> None:
        person = self.chance.choice(self.place.people)
        if self.chance.random() < 0.2:
            status, _, _ = self.ask("GET", page(person))
            if status == 200:
                self.tell("page", person.key, {})
            return
        items = self.chance.sample(ITEMS, self.chance.randint(1, len(ITEMS)))
        asked = urlencode([("purpose", PURPOSE), *(("item", item) for item in items)])
        status, text, _ = self.ask("GET", f"/api/v1/people/{opaque.encode(person.key)}/records?{asked}")
        if status in (200, 403):
            self.tell("open", person.key, json.loads(text))


class Lister(Client):
    """Asks whom one may see."""

    def step(self) -> None:
        status, text, _ = self.ask(
            "GET", f"/api/v1/people?purpose=service_provision&limit={self.chance.randint(1, 50)}"
        )
        if status == 200:
            self.tell("list", 0, json.loads(text))


class Acting(Client):
    """Records the consent of one person after the other; whether it was recorded when no answer came, is asked anew."""

    def step(self) -> None:
        if not self.place.to_consent:
            self.over.wait(PAUSE)
            return
        person = self.place.to_consent[-1]
        _, text, location = self.ask("GET", consent_page(person, "give/"))
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        if token is not None:
            fields = {"csrfmiddlewaretoken": token[1], **said()}
            _, _, location = self.ask("POST", consent_page(person, "give/"), fields)
        # Where it was recorded and no answer came, the form sends one to the same place.
        if location == consent_page(person):
            self.place.to_consent.pop()
            self.tell("consent", person.key, {})


class Bare(Client):
    """An attacker with SQL as the web role, whose commits need not reach the disk."""

    def step(self) -> None:
        try:
            with connect(self.place.made, "kiban_web", options="-c synchronous_commit=off") as web:
                self._read(web)
        except (psycopg.Error, AssertionError):
            self.over.wait(PAUSE)

    def _read(self, web: psycopg.Connection[Any]) -> None:
        while not self.over.is_set():
            person: Person = self.chance.choice(self.place.people)
            found = web.execute(
                "CALL gate.open_records(%s, %s, %s, %s, %s, NULL)",
                [self.actor.session, self.actor.fingerprint, person.key, list(ITEMS), PURPOSE],
            ).fetchone()
            assert found is not None
            self.tell("open", person.key, json.loads(found[0]))


def health(port: int, context: ssl.SSLContext) -> int:
    """The status of ``/health/``; 0 when there is no answer."""
    line = http.client.HTTPSConnection("localhost", port, context=context, timeout=20)
    try:
        line.request("GET", "/health/")
        return line.getresponse().status
    except AWAY:
        return 0
    finally:
        line.close()
