"""What every page is held to in a real browser: it fits the window, no words stand in a column, axe finds nothing."""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PICTURES = os.environ.get("KIBAN_PICTURES")  # a folder: keep what was seen, to look at
A4 = (210, 297)  # millimetres

# Elements whose own words are squeezed into a column of a letter or two: four letters and more, as many lines.
COLUMNS_OF_LETTERS = """() => [...document.querySelectorAll("main *, header *")].filter((element) => {
  const words = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
  const box = element.getBoundingClientRect();
  const letter = parseFloat(getComputedStyle(element).fontSize);
  const length = words.map((node) => node.textContent.trim()).join("").length;
  return length >= 4 && box.width > 1 && box.width < 2.2 * letter && box.height > 4 * letter;
}).map((element) => element.textContent.trim())"""


def looked_at(page: Page, name: str) -> None:
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{name} is {overflow}px too wide"
    assert page.evaluate(COLUMNS_OF_LETTERS) == [], f"{name}: words stand in a column"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
