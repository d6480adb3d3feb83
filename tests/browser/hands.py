"""A person at a browser, counted: every click, key and page, and how long it would take somebody who is not quick.

The seconds follow the keystroke-level model (Card, Moran and Newell, 1980: pointing 1.1 s, a click 0.2 s, homing to the
keyboard 0.4 s, thinking 1.35 s before each act) with the figures of a slow typist (0.75 s a key) and, on top, the
reading of each new page at 300 Japanese characters a minute, which is slow. They are an estimate to compare
versions of the pages by; only a trial with people tells what people need.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

POINT, CLICK, HOME, THINK, KEY = 1.1, 0.2, 0.4, 1.35, 0.75  # seconds
READ = 60 / 300  # seconds a character
TYPED = "input:not([type=radio]):not([type=checkbox]):not([type=hidden]), textarea"
READ_AT_MOST = 40.0  # of a page one does not read everything


@dataclass
class Hands:
    """Acts on a page as a person would, by what is written on it."""

    page: Page
    clicks: int = 0
    keys: int = 0
    pages: int = 0
    seconds: float = 0.0
    steps: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Type an address (a bookmark later); its reading counts."""
        self.page.goto(address)
        self._read()

    def click(self, name: str, *, role: str = "button", within: str = "main", nth: int = 0) -> None:
        """Press a button or follow a link by its words."""
        self._press(self.page.locator(within).get_by_role(role, name=name).nth(nth))  # type: ignore[arg-type]
        self.steps.append(name)

    def follow(self, name: str, *, within: str = "main", nth: int = 0) -> None:
        """Follow a link by its words."""
        self.click(name, role="link", within=within, nth=nth)

    def unfold(self, summary: str) -> None:
        """Open a folded part of the page."""
        self._press(self.page.locator("main summary", has_text=summary).first)

    def fill(self, label: str, text: str) -> None:
        """Type into the field of that label."""
        self.page.locator("main").get_by_label(label).and_(self.page.locator(TYPED)).first.fill(text)
        self.keys += len(text)
        self.seconds += THINK + POINT + CLICK + HOME + KEY * len(text)
        self.clicks += 1

    def choose(self, label: str, *, nth: int = 0) -> None:
        """Tick a box or choose one of several by its words."""
        main = self.page.locator("main")
        radio = main.get_by_role("radio", name=label)
        (radio if radio.count() else main.get_by_role("checkbox", name=label)).nth(nth).check()
        self._act()

    def select(self, label: str, choice: str) -> None:
        """Choose from a list."""
        box = self.page.locator("main").get_by_label(label).first
        box.select_option(box.locator("option", has_text=choice).first.get_attribute("value"))
        self._act()
        self._act()

    def day(self, legend: str, era: str, year: int, month: int, day: int) -> None:
        """A date in the fields of the Japanese calendar."""
        group = self.page.get_by_role("group", name=legend)
        group.locator("select").first.select_option(era)
        self._act()
        for box, number in zip(group.locator("input").all(), (year, month, day), strict=False):
            box.fill(str(number))
            self.keys += len(str(number))
            self.seconds += KEY * (len(str(number)) + 1)

    def read_code(self) -> None:
        """Look at the telephone for the six digits."""
        self.seconds += 15.0

    @property
    def minutes(self) -> float:
        return round(self.seconds / 60, 1)

    def _press(self, what: Locator) -> None:
        before = self.page.url
        what.click()
        self.page.wait_for_load_state()
        self._act()
        if self.page.url != before:
            self._read()

    def _act(self) -> None:
        self.clicks += 1
        self.seconds += THINK + POINT + CLICK

    def _read(self) -> None:
        self.pages += 1
        text = re.sub(r"\s+", "", self.page.locator("main").inner_text())
        self.seconds += min(len(text) * READ, READ_AT_MOST)
