"""The whole way of a sending in a real browser: dropped, confirmed, sent; read, downloaded, an error told, and seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connections

from kiban.exchange.participant import Participant
from kiban.formats.careplan.layouts import samples
from kiban.formats.careplan.layouts.samples import Scene
from kiban.gate.events import Purpose
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import PICTURES, looked_at
from tests.exchange.town import Town, sequence, unit_of
from tests.world import today

pytestmark = pytest.mark.browser


def last_month() -> str:
    return (today().replace(day=1) - dt.timedelta(days=1)).strftime("%Y%m")


def aside(function: Callable[[], object]) -> None:
    """Run in a thread of its own: the browser's keeps Django from its database."""

    def run() -> None:
        try:
            function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        threads.submit(run).result()


def pressed(page, role: str, name: str) -> None:
    """Something that leads to another page, and that page has come."""
    with page.expect_navigation():
        page.get_by_role(role, name=name, exact=True).first.press("Enter")


def chosen(page, folder, *contents: dict[str, bytes]) -> None:
    """Files are chosen in the form, as from the folder the care software writes to."""
    paths = []
    for files in contents:
        for name, content in files.items():
            (folder / name).write_bytes(content)
            paths.append(str(folder / name))
    page.set_input_files("#id_files", paths)


def drop_and_send(here, width: int, folder, provider: str, *contents: dict[str, bytes]) -> None:
    """Three units dropped: one is faulty, one is of somebody unknown, one is sent."""
    here.goto("/exchange/in/")
    looked_at(here, f"inbox-empty-{width}")
    pressed(here, "link", "ファイルを送る")
    looked_at(here, f"send-{width}")
    chosen(here, folder, *contents)
    pressed(here, "button", "送る前の確認へ進む")
    here.get_by_text("置きませんでした").wait_for()
    looked_at(here, f"send-faulty-{width}")
    pressed(here, "link", "送る前の確認へ(2件)")
    assert here.get_by_role("heading", name=provider).is_visible()
    assert here.get_by_text("確かめられない方がいます").is_visible()
    looked_at(here, f"drafts-{width}")
    here.get_by_role("checkbox").press("Space")
    pressed(here, "button", "選んだものを送る")
    here.get_by_text("送ったもの 1件").wait_for()
    looked_at(here, f"sent-{width}")


def fetch_and_tell(there, width: int, schedule: dict[str, bytes]) -> None:
    """The other office reads the unit, fetches its files as they were sent, and tells of an error."""
    there.goto("/")
    pressed(there, "link", "開く")
    looked_at(there, f"inbox-{width}")
    pressed(there, "link", "利用票(第6・7表)")
    looked_at(there, f"unit-{width}")
    if PICTURES:
        there.emulate_media(media="print")
        there.pdf(path=f"{PICTURES}/unit-{width}.pdf", format="A4")
        there.emulate_media(media="screen")
    for place, name in enumerate(sorted(schedule)):
        with there.expect_download() as download:
            there.locator("a[download]").nth(place).click()
        assert download.value.suggested_filename == name
        assert download.value.path().read_bytes() == schedule[name]
    pressed(there, "link", "取り込めませんでした")
    there.get_by_label("取り込めなかったところ").fill("3行目 試験の方のサービスコードが、登録にありません。")
    looked_at(there, f"error-{width}")
    pressed(there, "button", "送った側に知らせる")
    there.get_by_text("伝えました").wait_for()
    looked_at(there, f"unit-error-{width}")


def see_and_withdraw(here, there, width: int) -> None:
    """Who sent it sees the error and takes the unit back; the other office sees that."""
    here.goto("/")
    pressed(here, "link", "見る")
    looked_at(here, f"outbox-{width}")
    pressed(here, "link", "利用票(第6・7表)")
    assert here.get_by_text("サービスコードが、登録にありません").is_visible()
    looked_at(here, f"unit-told-{width}")
    pressed(here, "link", "送ったものを取り消す")
    looked_at(here, f"withdraw-{width}")
    pressed(here, "button", "取り消す")
    here.get_by_text("取り消しました").wait_for()
    there.reload()
    there.get_by_text("取り消されました").wait_for()
    looked_at(there, f"unit-withdrawn-{width}")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_from_one_office_to_the_other_and_back(town, at_terminal, size, tmp_path):
    width, world = size["width"], town.world
    provider = world.organisation("11")
    helper = world.actor(provider, "care_worker", name="試験 訪問子", level="administrator")
    scene = Scene(
        plan_office=town.office.number,
        service_office=provider.number,
        sequence=sequence(),
        month=last_month(),
        first_user=700 + width,
    )
    here, there = at_terminal(town.administrator, size=size), at_terminal(helper, size=size)
    schedule = samples.unit("schedule", scene)
    stranger = unit_of(
        "plan",
        replace(scene, sequence=sequence(), first_user=900 + width, users=2),
        change={"UP2KYO": lambda row: [*row[:16], "", *row[17:]]},
    ).files
    broken = samples.unit("actual", replace(scene, sequence=sequence(), service_office=town.office.number))
    drop_and_send(here, width, tmp_path, provider.name, schedule, stranger, broken)
    fetch_and_tell(there, width, schedule)
    see_and_withdraw(here, there, width)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_the_month_and_the_keys(town, at_terminal, size):
    width, world = size["width"], town.world
    offices = Town(world)
    administrator = world.actor(offices.planning, "manager", name="試験 管理子", level="administrator")
    scene = replace(offices.scene(), month=last_month())
    settled = world.organisation("15")
    theirs = Participant(world.actor(settled, "care_worker").caller, Purpose.SERVICE_PROVISION)

    def exchanged() -> None:
        offices.send(offices.planner, unit_of("schedule", scene))
        offices.send(offices.provider, unit_of("actual", replace(scene, users=2)))
        offices.send(theirs, unit_of("actual", replace(scene, service_office=settled.number, service="15")))

    aside(exchanged)
    page = at_terminal(administrator, size=size)
    page.goto(f"/exchange/months/{scene.month}/")
    assert page.get_by_text("相手の実績を待つ 1名").is_visible()
    looked_at(page, f"month-{width}")
    if PICTURES:
        page.emulate_media(media="print")
        page.pdf(path=f"{PICTURES}/month-{width}.pdf", format="A4")
        page.emulate_media(media="screen")
    page.goto("/exchange/keys/")
    looked_at(page, f"keys-empty-{width}")
    page.get_by_label("自動で送り受けする端末").select_option(index=1)
    pressed(page, "button", "鍵を作る")
    page.get_by_text("いま一度だけ出ます").wait_for()
    looked_at(page, f"keys-{width}")
