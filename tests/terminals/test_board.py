"""端末: the administrator's page, the command, and the ledger's rules."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.serialization import pkcs12

from kiban.registry.models import Organisation
from kiban.terminals import services
from kiban.terminals.models import Certificate, Terminal
from kiban.terminals.services import State
from tests.cast import Cast, browser
from tests.pages import text
from tests.world import hours


def alone(town: Cast) -> None:
    """The office is the only one of its corporation."""
    town.world.run("UPDATE registry_organisation SET corporation_name = '' WHERE id = %s", town.office.id)


def test_the_board_shows_the_own_terminals_and_what_is_lacking(town: Cast):
    alone(town)
    shown = text(browser(town.administrator).get("/terminals/"))
    assert "失効した端末があります" in shown
    assert Terminal.objects.get(pk=town.manager.terminal_id).name in shown
    assert Terminal.objects.get(pk=town.elsewhere.terminal_id).name not in shown


def test_register_issue_fetch_once_revoke(town: Cast):
    client = browser(town.administrator)
    assert client.post("/terminals/add/", {"name": ""}).status_code == 422
    added = client.post("/terminals/add/", {"name": "相談室PC", "place": "相談室"})
    terminal = Terminal.objects.get(organisation_id=town.office.id, name="相談室PC")
    assert added.url == f"/terminals/{terminal.pk}/"
    assert client.post("/terminals/add/", {"name": "相談室PC"}).status_code == 422

    issued = text(client.post(f"/terminals/{terminal.pk}/issue/", follow=True))
    password = issued.split('<b class="kb-number">')[1].split("<")[0]
    fetched = client.post("/terminals/download/")
    assert "attachment" in fetched["Content-Disposition"]
    opened = pkcs12.load_pkcs12(fetched.content, password.encode())
    certificate = Certificate.objects.get(terminal=terminal)
    assert opened.cert is not None
    assert f"{opened.cert.certificate.serial_number:x}" == certificate.serial
    assert client.post("/terminals/download/").status_code == 302  # once only
    assert certificate.issued_by == town.administrator.name

    page = f"/terminals/certificates/{certificate.pk}/revoke/"
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "試験"}).status_code == 302
    certificate.refresh_from_db()
    assert services.state(certificate) is State.REVOKED
    assert client.get(page).status_code == 404  # nothing left to revoke


def test_a_page_shown_once_makes_nothing_twice(town: Cast):
    client = browser(town.administrator)
    client.post("/terminals/add/", {"name": "相談室PC"})
    terminal = Terminal.objects.get(organisation_id=town.office.id, name="相談室PC")
    issue, shown = f"/terminals/{terminal.pk}/issue/", "/terminals/issued/"
    assert client.post(issue)["Location"] == client.post(issue)["Location"] == shown  # pressed twice
    assert "パスワードを書き写します" in text(client.get(shown))
    for again in (shown, issue):  # F5, Back
        page = client.get(again, follow=True)
        assert "書き写します" not in text(page) and page.status_code == 200
    asked = client.post(issue)
    assert asked.status_code == 422 and "まだ使われていない証明書が1つあります" in text(asked)
    assert Certificate.objects.filter(terminal=terminal).count() == 1
    assert client.post(issue, {"instead": "yes"})["Location"] == shown
    states = [services.state(one) for one in Certificate.objects.filter(terminal=terminal).order_by("pk")]
    assert states == [State.REVOKED, State.OK]


def test_one_that_was_used_is_not_asked_about(town: Cast):
    browser(town.manager).get("/")
    assert browser(town.administrator).post(f"/terminals/{town.manager.terminal_id}/issue/").status_code == 302


def test_the_ledger_is_changed(town: Cast):
    client = browser(town.administrator)
    pk = town.manager.terminal_id
    other = Terminal.objects.get(pk=town.administrator.terminal_id).name
    Terminal.objects.filter(pk=pk).update(purpose="運営が書いた使いみち")
    page = f"/terminals/{pk}/change/"
    assert "運営が書いた使いみち" in text(client.get(page))
    entry = {"name": "相談室PC", "place": "相談室", "purpose": "運営が書いた使いみち"}
    entry |= {"custodian": town.manager.name}
    assert f">{town.manager.name}</option>" in text(client.get(page))
    assert client.post(page, {**entry, "custodian": "試験 よその人"}).status_code == 422
    assert client.post(page, {**entry, "name": other}).status_code == 422
    assert client.post(page, {**entry, "purpose": "別のもの"}).status_code == 422
    assert client.post(page, entry).url == f"/terminals/{pk}/"
    assert client.post(page, entry).status_code == 302  # its own name is no other terminal's
    changed = Terminal.objects.get(pk=pk)
    assert {name: getattr(changed, name) for name in entry} == entry


def test_the_file_is_not_kept_in_the_open(town: Cast):
    client = browser(town.administrator)
    client.post(f"/terminals/{town.manager.terminal_id}/issue/", {"instead": "yes"})
    client.get("/terminals/issued/")
    memory = "SELECT data FROM staff_sessionmemory JOIN staff_session ON session_key = session_id WHERE account_id = %s"
    kept = town.world.one(memory, town.administrator.account_id)
    assert base64.b64encode(b"BEGIN").decode() not in kept
    client.post("/terminals/download/")
    after = town.world.one(memory, town.administrator.account_id)
    assert len(after) < len(kept) / 4


def test_states_of_a_certificate(town: Cast):
    certificate = Certificate.objects.get(pk=town.manager.certificate_id)
    assert services.state(None) is State.UNKNOWN
    assert services.state(certificate) is State.OK
    assert services.state(certificate, hours(-5000)) is State.NOT_YET_VALID
    assert services.state(certificate, certificate.not_after) is State.EXPIRED
    certificate.revoked_at = hours(1)
    assert services.state(certificate) is State.OK
    assert services.state(certificate, hours(1.1)) is State.REVOKED


def test_ending_soon_leaves_out_what_was_renewed(town: Cast):
    import datetime as dt

    office = Organisation.objects.get(pk=town.office.id)
    soon = Certificate.objects.get(pk=town.manager.certificate_id)
    Certificate.objects.filter(pk=soon.pk).update(not_after=hours(24 * 20))
    assert soon in services.expiring(dt.timedelta(days=30), office)
    services.issue_certificate(soon.terminal, by="試験")
    assert soon not in services.expiring(dt.timedelta(days=30), office)


def test_an_office_without_a_terminal_to_take_along_is_told(town: Cast):
    lack = "訪問先での閲覧に使える端末がありません"
    client = browser(town.administrator)
    assert lack in text(client.get("/terminals/"))
    assert lack not in text(browser(town.officer).get("/terminals/"))  # a municipality does not visit
    assert client.post("/terminals/add/", {"name": "タブレット", "purpose": "遊び"}).status_code == 422
    client.post("/terminals/add/", {"name": "タブレット", "purpose": "訪問先での閲覧"})
    assert lack in text(client.get("/terminals/"))  # registered, but without a certificate it cannot be used
    terminal = Terminal.objects.get(organisation_id=town.office.id, name="タブレット")
    client.post(f"/terminals/{terminal.pk}/issue/")
    assert lack not in text(client.get("/terminals/"))


def test_an_older_terminal_gets_its_own_file_and_only_one_of_the_two_is_fetched(town: Cast):
    client = browser(town.administrator)
    client.post("/terminals/add/", {"name": "古いMac"})
    terminal = Terminal.objects.get(organisation_id=town.office.id, name="古いMac")
    issued = text(client.post(f"/terminals/{terminal.pk}/issue/", follow=True))
    password = issued.split('<b class="kb-number">')[1].split("<")[0]
    fetched = client.post("/terminals/download/", {"older": "1"})
    assert bytes.fromhex("2a864886f70d010c0103") in fetched.content  # 3DES
    assert pkcs12.load_pkcs12(fetched.content, password.encode()).cert is not None
    assert client.post("/terminals/download/").status_code == 302
