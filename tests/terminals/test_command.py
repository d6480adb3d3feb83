"""``kiban terminal issue|revoke|list``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from django.core.management import CommandError, call_command

from kiban.terminals import authority, services
from kiban.terminals.models import Certificate, Terminal
from tests.cast import Cast
from tests.world import World


def request_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, path: Path) -> Path:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "front desk")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    path.write_bytes(request.public_bytes(serialization.Encoding.PEM))
    return path


def ledger(town: Cast, name: str) -> Certificate:
    return Certificate.objects.get(terminal__name=name, organisation_id=town.office.id)


def test_issue_writes_a_file_for_this_account_and_says_the_password_once(town, tmp_path, capsys):
    out = tmp_path / "terminal.p12"
    call_command("terminal", "issue", town.office.number, "受付PC", "--out", str(out))
    assert out.stat().st_mode & 0o777 == 0o600
    password = capsys.readouterr().out.rsplit(": ", 1)[1].strip()
    opened = pkcs12.load_pkcs12(out.read_bytes(), password.encode())
    assert opened.cert is not None
    assert authority.fingerprint(opened.cert.certificate) == ledger(town, "受付PC").fingerprint
    assert ledger(town, "受付PC").issued_by == "運営"


def test_a_second_certificate_goes_to_the_same_terminal_and_into_a_file_of_its_own(town, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    call_command("terminal", "issue", town.office.number, "受付PC")
    call_command("terminal", "issue", town.office.number, " 受付PC ", "--out", "second.p12")
    assert Terminal.objects.filter(organisation_id=town.office.id, name="受付PC").count() == 1
    assert Certificate.objects.filter(terminal__name="受付PC", organisation_id=town.office.id).count() == 2
    (first,) = tmp_path.glob(f"terminal-{town.office.number}-*.p12")
    assert str(first.name) in capsys.readouterr().out


def test_what_cannot_be_written_issues_nothing(town, tmp_path):
    there = tmp_path / "there.p12"
    there.write_text("keep me")
    with pytest.raises(CommandError, match="すでにあります"):
        call_command("terminal", "issue", town.office.number, "受付PC", "--out", str(there))
    assert there.read_text() == "keep me"
    with pytest.raises(CommandError, match="書けません"):
        call_command("terminal", "issue", town.office.number, "受付PC", "--out", str(tmp_path / "no" / "x.p12"))
    assert not Terminal.objects.filter(organisation_id=town.office.id, name="受付PC").exists()


@pytest.mark.parametrize(("name", "message"), [("", "名前を入れて"), ("あ" * 61, "60文字まで")])
def test_names_that_do_not_do(town, tmp_path, name, message):
    out = tmp_path / "x.p12"
    with pytest.raises(CommandError, match=message):
        call_command("terminal", "issue", town.office.number, name, "--out", str(out))
    assert not out.exists()


def test_a_number_nobody_has_and_one_two_have(town, tmp_path):
    out = str(tmp_path / "x.p12")
    with pytest.raises(CommandError, match="利用登録されていません"):
        call_command("terminal", "issue", "9999999999", "PC", "--out", out)
    town.world.run(
        "INSERT INTO registry_organisation (kind, number, name, corporation_name, telephone, enrolled_on)"
        " VALUES ('medical', %s, '試験医院', '', '', '2026-04-01')",
        town.office.number,
    )
    with pytest.raises(CommandError, match="--kind"):
        call_command("terminal", "issue", town.office.number, "PC", "--out", out)
    call_command("terminal", "issue", town.office.number, "PC", "--out", out, "--kind", "office")
    assert ledger(town, "PC")


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)], ids=["EC", "RSA"]
)
def test_a_request_is_signed_without_a_key_travelling(town, tmp_path, capsys, key):
    out = tmp_path / "terminal.pem"
    csr = request_of(key, tmp_path / "request.pem")
    call_command("terminal", "issue", town.office.number, "受付PC", "--csr", str(csr), "--out", str(out))
    assert "パスワード" not in capsys.readouterr().out
    certificate, root = x509.load_pem_x509_certificates(out.read_bytes())
    certificate.verify_directly_issued_by(root)
    assert certificate.public_key() == key.public_key()
    assert authority.fingerprint(certificate) == ledger(town, "受付PC").fingerprint
    assert b"PRIVATE" not in out.read_bytes()


def test_requests_that_do_not_do(town, tmp_path):
    out, request = tmp_path / "x.pem", tmp_path / "request.pem"

    def issue() -> None:
        call_command("terminal", "issue", town.office.number, "受付PC", "--csr", str(request), "--out", str(out))

    with pytest.raises(CommandError, match="読めません"):
        issue()
    request.write_bytes(os.urandom(200))
    with pytest.raises(CommandError, match="CSR"):
        issue()
    request_of(rsa.generate_private_key(65537, 1024), request)  # noqa: S505 - weak on purpose
    with pytest.raises(CommandError, match="RSA 2048"):
        issue()
    assert not out.exists()
    assert not Terminal.objects.filter(organisation_id=town.office.id, name="受付PC").exists()


def test_list_and_revoke(town, tmp_path, capsys):
    call_command("terminal", "issue", town.office.number, "受付PC", "--out", str(tmp_path / "x.p12"))
    serial = ledger(town, "受付PC").serial
    call_command("terminal", "list", town.office.number)
    shown = capsys.readouterr().out
    assert next(line for line in shown.splitlines() if serial in line).strip().startswith("有効")
    call_command("terminal", "revoke", serial[-8:].upper(), "--reason", "紛失")
    assert (ledger(town, "受付PC").revocation_reason, ledger(town, "受付PC").revoked_by) == ("紛失", "運営")
    call_command("terminal", "list", town.office.number)
    shown = capsys.readouterr().out
    assert next(line for line in shown.splitlines() if serial in line).strip().startswith("失効")
    with pytest.raises(CommandError, match="すでに失効"):
        call_command("terminal", "revoke", serial, "--reason", "紛失")


@pytest.mark.parametrize(
    ("serial", "reason", "message"),
    [("", "紛失", "8桁以上"), ("abc", "紛失", "8桁以上"), ("0" * 40, "紛失", "ありません")],
)
def test_serials_that_do_not_do(serial, reason, message):
    with pytest.raises(CommandError, match=message):
        call_command("terminal", "revoke", serial, "--reason", reason)


@pytest.mark.parametrize(("reason", "message"), [(" ", "理由を入れて"), ("あ" * 101, "100文字まで")])
def test_reasons_that_do_not_do(town, reason, message):
    made = services.issue_certificate(Terminal.objects.get(pk=town.manager.terminal_id), by="試験")
    with pytest.raises(CommandError, match=message):
        call_command("terminal", "revoke", made.certificate.serial, "--reason", reason)
    made.certificate.refresh_from_db()
    assert made.certificate.revoked_at is None


def test_an_office_without_terminals(capsys):
    world = World()
    try:
        call_command("terminal", "list", world.organisation().number)
    finally:
        world.connection.close()
    assert "まだ登録されていません" in capsys.readouterr().out


def test_a_terminal_no_longer_used_gets_no_certificate(town, tmp_path):
    out = tmp_path / "x.p12"
    call_command("terminal", "issue", town.office.number, "古いPC", "--out", str(tmp_path / "first.p12"))
    services.retire(Terminal.objects.get(organisation_id=town.office.id, name="古いPC"), by="試験")
    with pytest.raises(CommandError, match="使わないことになっています"):
        call_command("terminal", "issue", town.office.number, "古いPC", "--out", str(out))
    assert not out.exists()
