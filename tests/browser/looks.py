"""What every page is held to in a real browser: it fits the window, and axe finds nothing."""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PICTURES = os.environ.get("KIBAN_PICTURES")  # a folder: keep what was seen, to look at
A4 = (210, 297)  # millimetres


def looked_at(page: Page, name: str) -> None:
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{name} is {overflow}px too wide"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
