"""Somebody at a terminal who types a plan into its form, as a browser would send it."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from kiban.terms import wareki
from kiban.web import opaque
from tests.cast import Cast, browser
from tests.world import Actor, days

INPUTS = ("era", "year", "month", "day")


class _Form(HTMLParser):
    """What a browser would send of a page's form: names and values as they stand there."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: list[tuple[str, str]] = []
        self._inert = 0
        self._area: str | None = None
        self._select: str | None = None
        self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "template":
            self._inert += 1
        if self._inert or ("name" not in given and tag != "option"):
            return
        if tag == "input" and given.get("type") in ("checkbox", "radio"):
            if "checked" in given:
                self.values.append((given["name"], given.get("value", "on")))
        elif tag == "input":
            self.values.append((given["name"], given.get("value", "")))
        elif tag == "textarea":
            self._area, self._text = given["name"], ""
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select and "selected" in given:
            self.values.append((self._select, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._inert -= 1
        elif tag == "textarea" and self._area:
            self.values.append((self._area, self._text.removeprefix("\n")))
            self._area = None
        elif tag == "select":
            self._select = None


class Hand:
    """Somebody at a terminal, with the plan form of a person before them."""

    def __init__(self, town: Cast, actor: Actor | None = None) -> None:
        self.town = town
        self.client: Client = browser(actor or town.manager)
        self.typed: dict[str, list[str]] = {}
        self.at = ""
        self.response: Any = None

    def address(self, rest: str) -> str:
        return f"/people/{opaque.encode(self.town.person.key)}/plan/{rest}"

    def open(self, rest: str) -> Hand:
        self.at = self.address(rest)
        self._see(self.client.get(self.at))
        return self

    def type(self, **values: Any) -> Hand:
        """Type into the form; ``__`` in a name is ``-``; a day fills its four inputs."""
        for given, value in values.items():
            name = given.replace("__", "-")
            if isinstance(value, dt.date):
                era = wareki.era_of(value)
                assert era is not None
                parts = (era.name, value.year - era.offset, value.month, value.day)
                for input_name, part in zip(INPUTS, parts, strict=True):
                    self.typed[f"{name}_{input_name}"] = [str(part)]
            else:
                self.typed[name] = value if isinstance(value, list) else [value]
        return self

    def press(self, name: str, value: str = "1") -> Hand:
        self._see(self.client.post(self.at, {**self.typed, name: [value]}))
        return self

    def _see(self, response: Any) -> None:
        self.response = response
        if response.status_code in (200, 409, 422) and "html" in response["Content-Type"]:
            self.typed = {}
            for name, value in _Form(self.page).values:
                if name not in ("csrfmiddlewaretoken", "next"):
                    self.typed.setdefault(name, []).append(value)

    @property
    def page(self) -> str:
        text: str = self.response.content.decode()
        return text

    @property
    def errors(self) -> str:
        return self.page.partition("kb-error-summary")[2].partition("</div>")[0]

    def versions(self) -> list[dict[str, Any]]:
        rows = self.town.world.connection.execute(
            """SELECT version, superseded_at IS NULL, reason, content FROM care.record
                WHERE insured_key = %s AND item = 'careplan.plan' ORDER BY entry, version""",
            [self.town.person.key],
        ).fetchall()
        return [dict(zip(("version", "in_force", "reason", "content"), row, strict=True)) for row in rows]

    @property
    def content(self) -> dict[str, Any]:
        (found,) = [one["content"] for one in self.versions() if one["in_force"]]
        return found


MADE = days(-2)


NUMBER = f"{MADE:%Y%m%d}"


def filled(hand: Hand, **more: Any) -> Hand:
    """A new plan typed in, not yet looked through."""
    return hand.open("new/").type(
        **{
            "made_on": MADE,
            "first_made_on": days(-400),
            "plan_kind": "21",
            "author": "試験 ケアマネ",
            "intention": "家で暮らしたい。",
            "policy": "転ばないように見守ります。",
            "services__0__need": "歩きたい",
            "services__0__content": "歩行の訓練",
            "services__0__insured": "Y",
            "services__0__service": "通所介護",
            "services__0__provider": "試験デイ",
            "services__0__provider_number": hand.town.counselor.organisation.number,
            "services__1__content": "送り迎え",
            "week__0__weekdays": ["1", "4"],
            "week__0__starts_at": "9:30",
            "week__0__ends_at": "１６３０",
            "week__0__content": "通所介護",
            "activities__0__starts_at": "700",
            "activities__0__activity": "起床",
            "other_services": "福祉用具貸与(手すり)",
            **more,
        }
    )


def stored(town: Cast, **more: Any) -> Hand:
    hand = filled(Hand(town), **more).press("confirm")
    assert "まだ登録していません" in hand.page, hand.errors
    return hand.press("store")
