"""Take the pictures of the user guide from a running demo, as a user would meet the pages.

    make demo                                   # in one terminal
    KIBAN_DATA=var/demo .venv/bin/python tools/guide_pictures.py --port 8443

The pictures of the first day (road-*.png) come from the test of the whole road:

    KIBAN_PICTURES=docs/guide/pictures .venv/bin/python -m pytest tests/browser/test_whole_road.py

Needs Chromium (/usr/bin/chromium) and a Japanese font. Overwrites docs/guide/pictures/; tests/test_guide.py
fails for a picture that no chapter shows (the road has more of them than the guide).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).parent.parent / "docs" / "guide" / "pictures"
SIZE = {"width": 1280, "height": 900}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8443)
    origin = f"https://localhost:{parser.parse_args().port}"
    town = json.loads((Path(os.environ["KIBAN_DATA"]) / "demo.json").read_text(encoding="utf-8"))
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        outside = page_of(browser, origin, None)
        outside.goto("/")
        keep(outside, "not-registered", whole=True)
        care = page_of(browser, origin, town["accounts"]["caremane"])
        care.goto("/")
        keep(care, "sign-in", height=520)
        sign_in(care, "caremane", town["password"])
        keep(care, "today")
        care.goto("/people/")
        care.locator("main tbody th").get_by_role("link").nth(5).click()
        keep(care, "person")
        care.goto("/people/")
        keep(care, "people")
        care.goto("/people/register/")
        keep(care, "register")
        care.goto("/")
        care.locator("section", has_text="同意待ち").get_by_role("link").first.click()
        keep(care, "consent")
        care.get_by_role("link", name="利用者に戻る").click()
        keep(care, "why-not")
        care.locator("main").get_by_role("link", name="担当", exact=True).click()
        keep(care, "assignment")
        administration(page_of(browser, origin, town["accounts"]["kanri"]), town["password"])
        browser.close()


def administration(administrator: Page, password: str) -> None:
    """What the administrator of the office sees."""
    administrator.goto("/")
    sign_in(administrator, "kanri", password)
    administrator.goto("/terminals/")
    keep(administrator, "terminals")
    administrator.locator("tbody").get_by_role("link").first.click()
    administrator.get_by_role("link", name="手順を見る").first.click()
    keep(administrator, "set-up")
    administrator.goto("/terminals/scenes/")
    keep(administrator, "scenes", height=620)
    administrator.goto("/check/")
    administrator.locator("[data-kb-clock] .kb-status--good").wait_for()
    keep(administrator, "check", height=760)
    administrator.goto("/rules/")
    keep(administrator, "rules", whole=True)
    administrator.goto("/staff/")
    keep(administrator, "staff", height=620)
    administrator.goto("/staff/rights/")
    keep(administrator, "rights-review")
    administrator.goto("/people/lapsing/")
    administrator.get_by_role("link", name="来月で切れる担当も見る").click()
    keep(administrator, "lapsing", height=620)
    administrator.goto("/")
    administrator.locator("table").get_by_role("link").first.click()
    administrator.get_by_role("link", name="見た記録").click()
    keep(administrator, "log", height=620)


def page_of(browser: Browser, origin: str, account: dict[str, Any] | None) -> Page:
    """A page at a terminal of the demo, or at a PC without a certificate."""
    options: dict[str, Any] = {}
    if account is not None:
        options["client_certificates"] = [
            {
                "origin": origin,
                "pfx": Path(account["certificate"]).read_bytes(),
                "passphrase": account["certificate_password"],
            }
        ]
    context = browser.new_context(base_url=origin, ignore_https_errors=True, viewport=SIZE, locale="ja-JP", **options)
    return context.new_page()


def sign_in(page: Page, login_id: str, password: str) -> None:
    """The way a user goes: ID and password, then the six digits."""
    page.get_by_label("職員ID").fill(login_id)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="次へ").click()
    shown = subprocess.run(
        [sys.executable, "-m", "kiban.ops.cli", "demo", "--code", login_id], capture_output=True, text=True, check=True
    )
    page.get_by_label("確認コード").fill(shown.stdout.strip())
    page.get_by_role("button").last.click()
    page.get_by_role("heading", level=1, name="今日").wait_for()


def keep(page: Page, name: str, *, whole: bool = False, height: int = SIZE["height"]) -> None:
    """Keep what stands on the screen."""
    path = PICTURES / f"{name}.png"
    if whole:
        page.screenshot(path=path, full_page=True)
    else:
        page.screenshot(path=path, clip={"x": 0, "y": 0, "width": SIZE["width"], "height": height})


if __name__ == "__main__":
    main()
