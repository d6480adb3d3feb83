"""The handshake and the terminal's certificate, over real TLS with a real server."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kiban.ops import ports
from kiban.terminals import authority
from tests import requirements
from tests.serving import Card, Serving, real_certificate, serving, tls
from tests.terminals.making import expired, made_by
from tests.world import hours

pytestmark = pytest.mark.server

NOT_REGISTERED = "この端末は登録されていません"


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    with serving() as started:
        yield started


def connect(server: Serving, context: ssl.SSLContext) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection("localhost", server.port, context=context, timeout=20)


def get(connection: http.client.HTTPSConnection, path: str, **headers: str) -> tuple[int, str]:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read().decode()


def test_without_a_certificate_a_page_that_helps(server):
    connection = connect(server, tls(None))
    status, body = get(connection, "/")
    assert (status, NOT_REGISTERED in body) == (403, True)
    assert "端末の証明書が入っていないか" in body
    assert get(connection, "/sign-in/help/")[0] == 200


def test_the_check_tells_connection_and_certificate(server, town, tmp_path):
    card = real_certificate(town.world, town.manager, tmp_path)
    status, body = get(connect(server, tls(card)), "/check/", **{"X-Kiban-Tls-Version": "TLSv1.0"})
    assert (status, "TLS 1.3です" in body, "TLS 1.0" in body) == (200, True, False)
    assert "この結果を台帳に残す" in body


def test_a_known_certificate_leads_to_the_sign_in(server, town, tmp_path):
    card = real_certificate(town.world, town.manager, tmp_path)
    status, body = get(connect(server, tls(card)), "/sign-in/")
    assert (status, "職員ID" in body) == (200, True)


def test_the_connection_stays_open(server, town, tmp_path):
    connection = connect(server, tls(real_certificate(town.world, town.manager, tmp_path)))
    get(connection, "/sign-in/")
    same = connection.sock
    assert get(connection, "/sign-in/")[0] == 200
    assert connection.sock is same


def test_revocation_counts_on_the_next_request_of_the_same_connection(server, town, tmp_path):
    connection = connect(server, tls(real_certificate(town.world, town.manager, tmp_path)))
    assert get(connection, "/sign-in/")[0] == 200
    town.world.run("UPDATE terminals_certificate SET revoked_at = now() WHERE id = %s", town.manager.certificate_id)
    status, body = get(connection, "/sign-in/")
    assert (status, "失効しています" in body) == (403, True)


def test_a_certificate_nobody_entered_into_the_ledger(server, town, tmp_path):
    issued = authority.issue("0000000000", 0)
    card = Card(issued.pkcs12, issued.password, tmp_path)
    status, body = get(connect(server, tls(card)), "/sign-in/")
    assert (status, "台帳に登録されていません" in body) == (403, True)


def test_an_expired_certificate_meets_a_page_and_not_a_browser_error(server, town, tmp_path):
    status, body = get(connect(server, tls(expired(town.world, town.manager, tmp_path))), "/sign-in/")
    assert (status, "有効期限が切れています" in body) == (403, True)


def test_a_certificate_of_another_authority_is_refused_in_the_handshake(server, tmp_path):
    packed, _ = made_by(None, None, "foreign", ends=hours(24).replace(microsecond=0))
    with pytest.raises((ssl.SSLError, ConnectionError)):
        get(connect(server, tls(Card(packed, "x", tmp_path))), "/")


def test_tls_1_2_is_refused(server):
    context = tls(None)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        get(connect(server, context), "/")


def test_a_header_is_not_a_certificate(server, town, tmp_path):
    card = real_certificate(town.world, town.manager, tmp_path)
    forged = {
        "X-Kiban-Client-Cert": card.pem()[0].read_text().replace("\n", "%0A"),
        "X-Kiban-Client-Verify": "SUCCESS",
    }
    assert get(connect(server, tls(None)), "/sign-in/", **forged)[0] == 403


def test_a_resumed_session_still_carries_the_certificate(server, town, tmp_path):
    context = tls(real_certificate(town.world, town.manager, tmp_path))

    def once(session: ssl.SSLSession | None) -> tuple[bool, ssl.SSLSession | None, bytes]:
        with (
            socket.create_connection(("localhost", server.port), 20) as plain,
            context.wrap_socket(plain, server_hostname="localhost", session=session) as connection,
        ):
            connection.sendall(b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
            return connection.session_reused or False, connection.session, answer

    _, session, first = once(None)
    reused, _, second = once(session)
    assert reused
    assert first.startswith(b"HTTP/1.1 200")
    assert second.startswith(b"HTTP/1.1 200")


@pytest.mark.outside
def test_the_file_opens_with_openssl_too(town, tmp_path):
    authority.ensure(["localhost"])
    issued = authority.issue(town.office.number, 7)
    path = tmp_path / "terminal.p12"
    path.write_bytes(issued.pkcs12)
    opened = subprocess.run(
        [requirements.program("openssl"), "pkcs12", "-in", path, "-passin", "stdin", "-nodes", "-info"],
        input=issued.password.encode(),
        capture_output=True,
        check=True,
    )
    assert b"AES-256-CBC" in opened.stderr
    assert b"BEGIN CERTIFICATE" in opened.stdout


def test_a_taken_port_is_said_in_words():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            ports.PortTakenError, match=rf"ポート{port}は「.+」\(プロセス番号{os.getpid()}\)が使っています"
        ):
            ports.check("127.0.0.1", port)
        refused = subprocess.run(
            [sys.executable, "-m", "kiban.ops.cli", "serve", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert refused.returncode != 0
        assert f"ポート{port}は" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_keys_are_for_this_account_only_and_subjects_name_nobody(town):
    authority.ensure(["localhost"])
    for path in authority.folder().glob("*-key.pem"):
        assert path.stat().st_mode & 0o777 == 0o600
    issued = authority.issue(town.office.number, 7)
    assert issued.certificate.subject.rfc4514_string() == f"CN=terminal-7,O={town.office.number},C=JP"
    usage = issued.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [x509.ExtendedKeyUsageOID.CLIENT_AUTH]


def test_a_request_is_signed_for_its_own_key_only():
    authority.ensure(["localhost"])
    key = ec.generate_private_key(ec.SECP256R1())
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "whatever they write")]))
        .sign(key, hashes.SHA256())
    )
    signed = authority.sign_request(request.public_bytes(Encoding.PEM), "1379900001", 3)
    assert signed.public_key() == key.public_key()
    assert "whatever" not in signed.subject.rfc4514_string()
    with pytest.raises(ValueError, match=r".+"):
        authority.sign_request(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "1", 1)


def test_the_server_says_so_when_it_is_not_set_up():
    environment = {name: value for name, value in os.environ.items() if name not in ("KIBAN_DATABASE", "DATABASE_URL")}
    # Not tmp_path: a pytest that starts meanwhile closes its parent folder to the database's account.
    with tempfile.TemporaryDirectory(prefix="kiban-fresh-") as folder:
        refused = subprocess.run(
            [sys.executable, "-m", "kiban.ops.cli", "serve", "--unix-socket", f"{folder}/kiban.sock"],
            env={**environment, "KIBAN_DATA": f"{folder}/data"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert refused.returncode != 0
    assert "kiban setup を実行してください" in refused.stderr
    assert "Traceback" not in refused.stderr
