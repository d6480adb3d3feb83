"""Drawn dialogs for the set-up of a terminal: what one sees and where to press, in our own plain lines.

Positions are in the units of the drawing (``templates/terminals/drawing.html``), ``WIDTH`` across; a line holds about
21 characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WIDTH = 360
TOP, ROW = 62, 28  # the first line, and from line to line


class Look(StrEnum):
    """Whose window it is: where its buttons to close are."""

    WINDOWS = "windows"
    MAC = "mac"
    PAGE = "page"  # a page inside the browser


class Kind(StrEnum):
    """What stands in a line."""

    WORDS = "words"
    CHOICE = "choice"  # one of several, not chosen
    CHOSEN = "chosen"
    BOX = "box"  # left empty
    TICKED = "ticked"
    SWITCH = "switch"  # switched on
    OFF = "off"  # switched off
    DOTS = "dots"  # a field with dots
    PRESS = "press"  # to be pressed
    PICKED = "picked"  # the entry of a list that is chosen
    TAB = "tab"


@dataclass(frozen=True)
class Line:
    """One line of a dialog."""

    kind: Kind
    words: str = ""


@dataclass(frozen=True)
class Drawing:
    """A dialog: its title, its lines, and the button to press."""

    title: str
    lines: tuple[Line, ...]
    button: str = ""
    look: Look = Look.WINDOWS

    @property
    def placed(self) -> list[tuple[Line, int]]:
        """Every line with the height its words stand on."""
        return [(line, TOP + ROW * number) for number, line in enumerate(self.lines)]

    @property
    def button_at(self) -> int:
        """The upper edge of the button."""
        return TOP + ROW * (len(self.lines) - 1) + 16

    @property
    def frame_height(self) -> int:
        """How high the window is."""
        return TOP + ROW * (len(self.lines) - 1) + (48 if self.button else 12)

    @property
    def height(self) -> int:
        """The whole drawing, with a little room around the window."""
        return self.frame_height + 16

    @property
    def in_words(self) -> str:
        """What it shows, for whoever does not see it."""
        spoken = "、".join(line.words for line in self.lines if line.words)
        return f"「{self.title}」の画面の図。{spoken}{f'。ボタン: {self.button}' if self.button else ''}"
