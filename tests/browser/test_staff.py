"""職員: the office's side of accounts in a real browser, at both widths and on paper."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections

from kiban.registry.models import Organisation
from kiban.staff.models import Account, Employment, Suspicion
from kiban.staff.people import delegations
from kiban.staff.review import rights_review, suspicions
from kiban.terms import wareki
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import PICTURES, looked_at
from tests.world import days, hours

pytestmark = pytest.mark.browser


def prepare(town):
    """Findings, a delegation, a review and a second office of the corporation."""
    # Playwright's loop runs in this thread, where Django would not speak to the database.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_prepare, town).result()
        thread.submit(connections.close_all).result()


def _prepare(town):
    organisation = Organisation.objects.get(pk=town.office.id)
    manager, administrator = (Account.objects.get(pk=one.account_id) for one in (town.manager, town.administrator))
    absent = Account.objects.get(pk=town.world.actor(town.office, name="試験 不在").account_id)
    suspicions.record(Suspicion.Kind.TWO_TERMINALS, manager, organisation, ["相談室PC", "訪問用タブレット"])
    delegations.delegate(
        manager,
        absent,
        organisation,
        permitted_by=administrator,
        reason="研修で不在のため",
        starts_at=hours(-1),
        ends_at=delegations.whole_days(days(0), days(3))[1],
        purposes=["care_planning", "inquiry"],
    )
    seen = rights_review.digest(rights_review.now(organisation))
    acting = Employment.objects.get(account=administrator)
    rights_review.sign_off(seen, by=acting, note="変わりありません", next_on=days(180))
    town.of_one_corporation()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_an_administrators_pages(town, at_terminal, size):
    prepare(town)
    page, width = at_terminal(town.administrator, size=size), size["width"]
    addresses = {
        "staff": "/staff/",
        "person": f"/staff/{town.manager.employment_id}/",
        "invite": "/staff/invitations/add/",
        "delegations": "/staff/delegations/",
        "delegate": "/staff/delegations/add/",
        "findings": "/staff/findings/",
        "lists": "/staff/lists/",
        "rights": "/staff/rights/",
        "changes": "/staff/changes/",
        "corporation": "/staff/corporation/",
        "take-over": f"/staff/corporation/{town.elsewhere.employment_id}/add/",
    }
    for name, address in addresses.items():
        page.goto(address)
        looked_at(page, f"staff-{name}-{width}")
    page.goto("/staff/findings/")
    page.get_by_role("link", name="確かめる").last.click()
    looked_at(page, f"staff-finding-{width}")
    page.goto("/staff/rights/")
    page.get_by_role("link", name=wareki.to_wareki(days(0))).last.click()
    page.get_by_role("heading", name="権限の見直し").wait_for()
    looked_at(page, f"staff-past-review-{width}")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_a_letter_is_made_and_taken_up(town, at_terminal, size):
    page, width = at_terminal(town.administrator, size=size), size["width"]
    page.goto("/staff/invitations/")
    page.get_by_role("link", name="職員を招待する").click()
    page.locator("main").get_by_label("氏名").fill("試験 招子")
    page.get_by_label("職種").select_option("看護師")
    page.get_by_role("button", name="招待の手紙を作る").click()
    page.get_by_role("heading", name="職員登録のご案内").wait_for()
    looked_at(page, f"letter-{width}")
    key = page.locator("b.kb-number").inner_text()
    page.emulate_media(media="print")
    looked_at(page, f"letter-print-{width}")
    assert not page.get_by_role("link", name="招待の一覧に戻る").is_visible()
    assert page.get_by_text(key).is_visible()
    if PICTURES:
        page.pdf(path=Path(PICTURES) / f"letter-{width}.pdf", format="A4")
    page.emulate_media(media="screen")
    page.goto("/staff/invitations/")
    looked_at(page, f"invitations-{width}")

    newcomer = at_terminal(town.manager, signed_in=False, size=size)
    newcomer.goto("/sign-in/")
    newcomer.get_by_role("link", name="招待の手紙を受け取った人").click()
    newcomer.get_by_label("招待の文字").fill("wxyz-wxyz-wxyz-wxyz")
    newcomer.get_by_role("button", name="次へ").click()
    newcomer.get_by_role("heading", name="招待を受け取れません").wait_for()
    looked_at(newcomer, f"invitation-refused-{width}")
    newcomer.get_by_role("link", name="入れ直す").click()
    looked_at(newcomer, f"invitation-key-{width}")
    newcomer.get_by_label("招待の文字").fill(key.upper())
    newcomer.keyboard.press("Enter")
    newcomer.get_by_role("heading", name="職員IDとパスワードを決めて").wait_for()
    looked_at(newcomer, f"invitation-accept-{width}")
    newcomer.get_by_label("職員ID", exact=False).fill(f"browser-{town.office.number}-{width}")
    newcomer.locator("#id_new").fill("asagao-no-hana-2")
    newcomer.locator("#id_again").fill("asagao-no-hana-2")
    newcomer.keyboard.press("Enter")
    newcomer.wait_for_url("**/sign-in/code/**")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_a_list_is_compared(town, at_terminal, size):
    page, width = at_terminal(town.administrator, size=size), size["width"]

    def choose(text):
        page.goto("/staff/lists/")
        page.get_by_label("職員の名簿").set_input_files(
            {"name": "meibo.csv", "mimeType": "text/csv", "buffer": text.encode("cp932")}
        )
        page.get_by_role("button", name="名簿と比べる").click()

    heading = "氏名,フリガナ,職種,採用日,退職日\n"
    choose(heading + "試験 一子,,魔法使い,2020-04-01,2019-04-01\n")
    page.get_by_role("heading", name="この名簿は使えません").wait_for()
    looked_at(page, f"list-faults-{width}")
    choose(heading + f"{town.administrator.name},,管理者,2020-04-01,\n試験 新子,シケン シンコ,看護師,2020-04-01,\n")
    page.get_by_role("heading", name="名簿との照合").wait_for()
    looked_at(page, f"list-{width}")
    page.get_by_role("button", name=f"{town.manager.name}: 今すぐ終える").click()
    page.get_by_text("所属を終えました").wait_for()
    page.get_by_role("link", name="招待する").click()
    assert page.locator("main").get_by_label("氏名").input_value() == "試験 新子"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_acting_for_somebody(town, at_terminal, size):
    prepare(town)
    page, width = at_terminal(town.manager, size=size), size["width"]
    page.goto("/acting/")
    looked_at(page, f"acting-{width}")
    page.get_by_role("button", name="代行を始める").click()
    page.get_by_text("代行中です。").first.wait_for()
    looked_at(page, f"acting-on-{width}")
    page.goto("/")
    looked_at(page, f"acting-today-{width}")
    page.locator(".kb-acting").get_by_role("button", name="代行を終える").click()
    page.get_by_text("代行を終えました").wait_for()


def test_the_sheets_on_paper(town, at_terminal):
    prepare(town)
    page = at_terminal(town.administrator)
    for name in ("rights", "delegations", "findings"):
        page.goto(f"/staff/{name}/")
        page.emulate_media(media="print")
        looked_at(page, f"staff-{name}-print")
        assert not page.is_visible(".kb-tabs")
        assert town.administrator.name in page.inner_text(".kb-footer")
        if PICTURES:
            page.pdf(path=Path(PICTURES) / f"staff-{name}.pdf", format="A4", prefer_css_page_size=True)
        page.emulate_media(media="screen")
