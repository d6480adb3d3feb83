"""端末の準備: the three steps one after the other, going on where one stopped, and the board that shows them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from kiban.terminals.models import Certificate, SetUpStep, Terminal
from kiban.terms import wareki
from tests import cast
from tests.cast import Cast, browser
from tests.pages import text
from tests.world import Organisation, World, hours


@pytest.fixture
def town() -> Iterator[Cast]:
    world = World()
    made = cast.build(world)
    corporation(made, made.office)
    yield made
    world.connection.close()


@pytest.fixture
def client(town: Cast) -> Client:
    return browser(town.administrator)


@pytest.fixture
def terminal(town: Cast, client: Client) -> Terminal:
    """One just registered, with nothing done."""
    client.post("/terminals/add/", {"name": "相談室PC", "os": "Windows 11", "browser": "Microsoft Edge"})
    return Terminal.objects.get(organisation_id=town.office.id, name="相談室PC")


def row_of(name: str, page: str) -> str:
    """The words of a terminal's row on the board."""
    rows = [re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<tr>.*?</tr>", page, re.S)]
    return next(row for row in rows if name in row)


def corporation(town: Cast, *offices: Organisation) -> None:
    """These offices, and no other of the tests, belong together."""
    for office in offices:
        town.world.run(
            "UPDATE registry_organisation SET corporation_name = %s WHERE id = %s",
            f"試験法人{town.office.number}",
            office.id,
        )


def test_it_goes_on_where_one_stopped(town: Cast, client: Client, terminal: Terminal):
    here = f"/terminals/{terminal.pk}/set-up/"
    assert client.get(here).url == f"{here}certificate/"
    client.post(f"/terminals/{terminal.pk}/issue/")
    assert client.get(here).url == f"{here}certificate/"  # issued, but nobody has made sure it is in
    assert client.post(f"{here}certificate/").url == here
    assert client.get(here).url == f"{here}settings/"
    assert browser(town.administrator).get(here).url == f"{here}settings/"  # another day
    client.post(f"{here}settings/")
    assert client.get(here).url == f"{here}reader/"
    client.post(f"{here}reader/")
    assert client.get(here).url == f"/terminals/{terminal.pk}/"
    done = SetUpStep.objects.filter(terminal=terminal)
    assert {one.step: one.done_by for one in done} == dict.fromkeys(SetUpStep.Step, town.administrator.name)


def test_a_certificate_that_is_not_there_cannot_be_done(client: Client, terminal: Terminal):
    here = f"/terminals/{terminal.pk}/set-up/"
    refused = client.post(f"{here}certificate/")
    assert refused.status_code == 422
    assert "先に発行して" in text(refused)
    assert client.get(here).url == f"{here}certificate/"
    assert row_of(terminal.name, text(client.get("/terminals/"))).count("未") == 3


def test_a_terminal_without_cards_is_ready_too(client: Client, terminal: Terminal):
    here = f"/terminals/{terminal.pk}/set-up/"
    client.post(f"/terminals/{terminal.pk}/issue/")
    for step, more in (("certificate", {}), ("settings", {}), ("reader", {"without-card": "1"})):
        client.post(f"{here}{step}/", more)
    row = row_of(terminal.name, text(client.get("/terminals/")))
    assert "使わない" in row
    assert "未" not in row
    assert terminal.name not in text(client.get("/terminals/?show=open")).partition("<table")[2]


@pytest.mark.parametrize(
    ("ledger", "asked", "words"),
    [
        (("Windows 11", "Microsoft Edge"), "", "証明書のインポート ウィザード"),
        (("Windows 11", "Firefox"), "", "証明書を表示"),
        (("macOS", "Google Chrome"), "", "キーチェーンアクセス"),
        (("macOS", "Firefox"), "", "証明書を表示"),
        (("", ""), "", "証明書のインポート ウィザード"),
        (("Windows 11", "Microsoft Edge"), "?system=mac&browser=chrome", "キーチェーンアクセス"),
        (("Windows 11", "Microsoft Edge"), "?system=solaris&browser=lynx", "証明書のインポート ウィザード"),
    ],
)
def test_what_to_do_is_written_for_the_terminal(client: Client, terminal: Terminal, ledger, asked, words):
    Terminal.objects.filter(pk=terminal.pk).update(os=ledger[0], browser=ledger[1])
    page = text(client.get(f"/terminals/{terminal.pk}/set-up/certificate/{asked}"))
    assert words in page
    steps = page.split('<ol class="kb-steps">')[1].split("</ol>")[0]
    assert steps.count("<svg") == steps.count("<li>") >= 5
    assert words in text(client.get(f"/terminals/{terminal.pk}/sheet/{asked}"))


def test_of_another_office_there_is_nothing(town: Cast, client: Client, terminal: Terminal):
    corporation(town, town.office, town.other_office)
    foreign = town.elsewhere.terminal_id
    for rest in ("", "change/", "set-up/", "set-up/settings/", "sheet/", "lost/"):
        assert client.get(f"/terminals/{foreign}/{rest}").status_code == 404
    assert client.post(f"/terminals/{foreign}/retire/").status_code == 404
    assert client.get(f"/terminals/{terminal.pk}/set-up/coffee/").status_code == 404


def test_the_board_covers_the_offices_of_the_corporation(town: Cast, client: Client, terminal: Terminal):
    other = Terminal.objects.select_related("organisation").get(pk=town.elsewhere.terminal_id)
    assert other.name not in text(client.get("/terminals/"))
    corporation(town, town.office, town.other_office)
    page = text(client.get("/terminals/"))
    # Under the name of its office, which comes after the own one.
    own, office = (page.index(f'colspan="7">{one.organisation.name}<') for one in (terminal, other))
    assert own < office < page.index(other.name, office)
    assert f'href="/terminals/{other.pk}/"' not in page  # to look at, not to change
    assert f'href="/terminals/{terminal.pk}/"' in page
    assert other.name not in text(client.get("/terminals/?show=own"))


def test_what_is_missing_comes_first(town: Cast, client: Client, terminal: Terminal):
    ready = Terminal.objects.get(pk=town.administrator.terminal_id)
    for step in SetUpStep.Step:
        client.post(f"/terminals/{ready.pk}/set-up/{step}/")
    page = text(client.get("/terminals/")).partition("<table")[2]
    assert page.index(terminal.name) < page.index(f'href="/terminals/{ready.pk}/"')


def test_a_new_office_is_led_to_a_terminal_that_is_ready(town: Cast):
    office = town.world.organisation("43")
    new = town.world.actor(office, "manager", level="administrator")
    client, here = browser(new), f"/terminals/{new.terminal_id}/set-up/"

    def is_done() -> bool:
        page = text(client.get("/"))
        return "kb-status--good" in page.split("端末を準備する")[0].rpartition("<li")[2]

    assert not is_done()
    client.post(f"{here}settings/")
    assert not is_done()
    client.post(f"{here}reader/", {"without-card": "1"})
    assert is_done()


def test_the_last_use_is_kept_once_an_hour(town: Cast):
    terminals = Terminal.objects.filter(pk=town.manager.terminal_id)
    assert terminals.get().seen_at is None
    browser(town.manager).get("/people/register/")
    first = terminals.get().seen_at
    assert first is not None
    browser(town.manager).get("/people/register/")
    assert terminals.get().seen_at == first
    terminals.update(seen_at=hours(-1.1))
    browser(town.manager).get("/people/register/")
    assert timezone.now() - terminals.get().seen_at < dt.timedelta(minutes=5)
    shown = row_of(terminals.get().name, text(browser(town.administrator).get("/terminals/")))
    assert wareki.to_wareki(timezone.localdate()) in shown


def test_a_certificate_that_was_used_needs_no_word_of_anybody(town: Cast):
    browser(town.manager).get("/people/register/")
    assert "発行済・未確認" not in row_of(
        Terminal.objects.get(pk=town.manager.terminal_id).name, text(browser(town.administrator).get("/terminals/"))
    )


def test_not_used_any_more(town: Cast, client: Client, terminal: Terminal):
    client.post(f"/terminals/{terminal.pk}/issue/")
    assert client.post(f"/terminals/{terminal.pk}/retire/").status_code == 302
    terminal.refresh_from_db()
    assert (terminal.retired_on, terminal.retired_by) == (timezone.localdate(), town.administrator.name)
    assert not Certificate.objects.filter(terminal=terminal, revoked_at=None).exists()
    board = text(client.get("/terminals/")).partition("</h1>")[2]
    assert terminal.name not in board.partition("使わなくなった端末")[0]
    assert terminal.name in board.partition("使わなくなった端末")[2]
    page = f"/terminals/{terminal.pk}/"
    assert "使っていません" in text(client.get(page))
    assert client.get(f"{page}set-up/").status_code == 404
    assert client.post(f"{page}issue/").status_code == 404
