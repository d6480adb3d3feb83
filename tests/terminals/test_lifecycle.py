"""A terminal's certificates from request to loss: through the pages, and what the list of revoked ones then says."""

from __future__ import annotations

import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kiban.terminals import renewal, services
from kiban.terminals.models import Certificate, Scene, SetUpStep, Terminal
from kiban.terminals.services import State
from tests.cast import Cast, browser
from tests.pages import text
from tests.world import hours

DAY = 24


def request_of(key: ec.EllipticCurvePrivateKey, encoding: Encoding) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(encoding)


def file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("terminal.csr", content)


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_request_comes_back_signed(town: Cast, encoding):
    key = ec.generate_private_key(ec.SECP256R1())
    page = f"/terminals/{town.manager.terminal_id}/request/"
    signed = browser(town.administrator).post(page, {"request": file(request_of(key, encoding))})
    assert signed.status_code == 200
    certificate = x509.load_pem_x509_certificates(signed.content)[0]
    assert certificate.public_key() == key.public_key()
    kept = Certificate.objects.get(serial=f"{certificate.serial_number:x}")
    assert (kept.terminal_id, kept.issued_by) == (town.manager.terminal_id, town.administrator.name)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90\x00", "として読めません"),
        (request_of(ec.generate_private_key(ec.SECP224R1()), Encoding.PEM), "短すぎます"),
        (b"-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----", "秘密鍵は端末の外に出さない"),
        (b"x" * 65_537, "大きすぎます"),
    ],
    ids=["program", "weak", "key", "large"],
)
def test_what_is_wrong_with_a_request_is_said(town: Cast, content, words):
    before = Certificate.objects.filter(terminal_id=town.manager.terminal_id).count()
    page = f"/terminals/{town.manager.terminal_id}/request/"
    refused = browser(town.administrator).post(page, {"request": file(content)})
    assert refused.status_code == 422
    assert words in text(refused)
    assert Certificate.objects.filter(terminal_id=town.manager.terminal_id).count() == before


def end_in(actor, days: float) -> None:
    Certificate.objects.filter(pk=actor.certificate_id).update(not_after=hours(days * DAY))


def test_the_custodian_renews_at_the_terminal(town: Cast):
    end_in(town.manager, 60)
    Terminal.objects.filter(pk=town.manager.terminal_id).update(custodian=" 試験ケアマネ")  # spaces do not matter
    client = browser(town.manager)
    assert "新しい証明書を発行する" in text(client.get("/terminals/renew/"))
    shown = text(client.post("/terminals/renew/", follow=True))
    password = re.search(r'<b class="kb-number">([^<]+)<', shown)[1]
    packed = pkcs12.load_pkcs12(client.post("/terminals/download/").content, password.encode())
    new = Certificate.objects.get(serial=f"{packed.cert.certificate.serial_number:x}")
    old = Certificate.objects.get(pk=town.manager.certificate_id)
    assert new.terminal_id == town.manager.terminal_id
    assert (services.state(new), services.state(old)) == (State.OK, State.OK)
    assert services.state(old, timezone.now() + renewal.OVERLAP) is State.REVOKED
    assert client.get("/people/").status_code == 200  # the old one, in its overlap
    assert client.post("/terminals/renew/").status_code == 422  # once
    assert Certificate.objects.filter(terminal_id=town.manager.terminal_id).count() == 2


def test_an_overlap_never_lengthens_a_certificate(town: Cast):
    end_in(town.administrator, 3)
    browser(town.administrator).post("/terminals/renew/")
    old = Certificate.objects.get(pk=town.administrator.certificate_id)
    assert old.revoked_at is None
    assert services.state(old, hours(3.1 * DAY)) is State.EXPIRED


def test_nobody_else_renews(town: Cast):
    end_in(town.manager, 60)
    assert browser(town.manager).post("/terminals/renew/").status_code == 403  # no custodian is entered
    Terminal.objects.filter(pk=town.manager.terminal_id).update(custodian="別の人")
    assert browser(town.manager).post("/terminals/renew/").status_code == 403
    assert Certificate.objects.filter(terminal_id=town.manager.terminal_id).count() == 1


def test_a_certificate_good_for_long_is_not_renewed(town: Cast):
    end_in(town.administrator, 120)
    refused = browser(town.administrator).post("/terminals/renew/")
    assert refused.status_code == 422
    assert "まだ新しくする時期ではありません" in text(refused)


def crl() -> x509.CertificateRevocationList:
    answer = browser(None).get("/crl/terminals.crl")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pkix-crl")
    return x509.load_der_x509_crl(answer.content)


def test_a_lost_terminal_is_out_at_once_and_replaced_on_one_page(town: Cast):
    terminal = Terminal.objects.get(pk=town.manager.terminal_id)
    serial = int(Certificate.objects.get(pk=town.manager.certificate_id).serial, 16)
    assert browser(town.manager).get("/people/").status_code == 200
    assert crl().get_revoked_certificate_by_serial_number(serial) is None
    client, page = browser(town.administrator), f"/terminals/{terminal.pk}/lost/"
    client.post(f"/terminals/{terminal.pk}/set-up/settings/")
    assert client.post(page, {"reason": " "}).status_code == 422
    shown = client.post(page, {"reason": "訪問の帰りに紛失", "replace": "on"}, follow=True)
    assert "ファイルを受け取る" in text(shown)
    assert browser(town.manager).get("/people/").status_code == 403
    assert crl().get_revoked_certificate_by_serial_number(serial) is not None
    assert not SetUpStep.objects.filter(terminal=terminal).exists()  # another machine begins anew
    states = [services.state(one) for one in Certificate.objects.filter(terminal=terminal).order_by("pk")]
    assert states == [State.REVOKED, State.OK]


def test_a_renewed_certificate_can_still_be_revoked_at_once(town: Cast):
    end_in(town.administrator, 60)
    client = browser(town.administrator)
    client.post("/terminals/renew/")
    page = f"/terminals/certificates/{town.administrator.certificate_id}/revoke/"
    assert client.get(page).status_code == 200
    client.post(page, {"reason": "試験"})
    assert browser(town.administrator).get("/people/").status_code == 403


def test_the_published_list_follows_the_ledger_and_holds_a_while(town: Cast):
    serial = Certificate.objects.get(pk=town.manager.certificate_id).serial
    Certificate.objects.filter(pk=town.manager.certificate_id).update(revoked_at=hours(1))  # a renewal's overlap
    assert crl().get_revoked_certificate_by_serial_number(int(serial, 16)) is None
    Certificate.objects.filter(pk=town.manager.certificate_id).update(revoked_at=hours(-1))
    shown = crl()
    assert shown.get_revoked_certificate_by_serial_number(int(serial, 16)) is not None
    assert shown.next_update_utc > hours(7 * DAY)


def test_a_retired_terminal_leaves_its_scenes(town: Cast):
    scene = Scene.objects.create(
        organisation_id=town.office.id, name="訪問", terminal_id=town.manager.terminal_id, job_types=["care_manager"]
    )
    own = f"/terminals/{town.administrator.terminal_id}/retire/"
    browser(town.administrator).post(own)
    assert Terminal.objects.get(pk=town.administrator.terminal_id).retired_on is None  # not the one in use
    browser(town.administrator).post(f"/terminals/{town.manager.terminal_id}/retire/")
    scene.refresh_from_db()
    assert scene.terminal_id is None
    assert browser(town.manager).get("/people/").status_code == 403


def test_the_report_of_a_loss_says_what_the_ledger_knows(town: Cast):
    client = browser(town.administrator)
    added = client.post("/terminals/add/", {"name": "訪問タブレット", "place": "車", "custodian": town.manager.name})
    client.post(f"{added.url}issue/")
    assert f"{added.url}lost/report/" in text(client.get(f"{added.url}lost/"))
    client.post(f"{added.url}lost/", {"reason": "置き忘れた"})
    shown = text(client.get(f"{added.url}lost/report/"))
    for words in ("訪問タブレット", f"車・{town.manager.name}", "に失効(", "警察に届けた", "個人情報保護委員会"):
        assert words in shown
