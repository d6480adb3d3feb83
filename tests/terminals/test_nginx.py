"""deploy/nginx.conf as it stands, run by a real nginx in front of the real server over a Unix socket."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509

from kiban.exchange.units import parcels
from kiban.formats.careplan.layouts import samples
from kiban.formats.careplan.layouts.samples import Scene
from kiban.ops import connections, dependent
from kiban.ops.paths import data_folder
from kiban.terminals import authority
from kiban.web import opaque
from tests import orphans, requirements
from tests.cast import Cast
from tests.cluster import until
from tests.database import ROOT
from tests.exchange.machine import machine_key
from tests.serving import free_port, real_certificate, tls
from tests.terminals.making import expired
from tests.world import Actor

pytestmark = [pytest.mark.server, pytest.mark.outside]

TEMPLATE = ROOT / "deploy" / "nginx.conf"
MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/start.log;
{user}
worker_processes 1;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/kiban.conf;
}}
"""


@dataclass
class Front:
    """nginx, and the application's socket behind it."""

    port: int
    folder: Path

    @property
    def socket(self) -> Path:
        return self.folder / "kiban.sock"

    def connect(self, context: ssl.SSLContext) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("localhost", self.port, context=context, timeout=20)

    def logs(self) -> str:
        return "".join(path.read_text() for path in self.folder.glob("*.log"))


def configure(folder: Path, port: int) -> Path:
    """The file of deploy/ with its four things changed, and the frame a distribution's nginx.conf gives it."""
    text = TEMPLATE.read_text()
    for placeholder, ours in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "kiban.example.jp": "localhost",
        "/srv/kiban": str(data_folder()),
        "/run/kiban/kiban.sock": str(folder / "kiban.sock"),
        "/var/log/nginx/kiban": str(folder / "kiban"),
    }.items():
        assert placeholder in text
        text = text.replace(placeholder, ours)
    (folder / "kiban.conf").write_text(text)
    # nginx's workers of root's nginx would be "nobody", which the socket (0660) keeps out.
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    return folder / "nginx.conf"


@contextmanager
def nginx_in(folder: Path) -> Iterator[Front]:
    program = requirements.program("nginx")
    port = free_port()
    configuration = configure(folder, port)
    checked = subprocess.run([program, "-t", "-q", "-c", configuration, "-p", folder], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr.decode()
    command = [program, "-c", str(configuration), "-p", str(folder)]
    process = orphans.begin(command, stderr=subprocess.DEVNULL)
    try:

        def listens() -> bool:
            assert process.poll() is None, "nginx ended by itself"
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        until(listens)
        yield Front(port, folder)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    with tempfile.TemporaryDirectory(prefix="kiban-nginx-") as name, nginx_in(Path(name)) as running:
        environment = {**os.environ, "KIBAN_BEHIND_NGINX": "1", "PYTHONWARNINGS": "ignore"}
        command = ["serve", "--workers", "1", "--unix-socket", str(running.socket)]
        process = dependent.begin(command, env=environment, stdout=subprocess.DEVNULL)
        try:

            def answers() -> bool:
                assert process.poll() is None, "the server ended by itself"
                with socket.socket(socket.AF_UNIX) as probe:
                    return probe.connect_ex(str(running.socket)) == 0

            until(answers, 30)
            yield running
        finally:
            dependent.end(process, 60)


@pytest.fixture
def connection(front: Front, town: Cast, tmp_path: Path) -> http.client.HTTPConnection:
    """To nginx, at the manager's terminal."""
    return front.connect(tls(real_certificate(town.world, town.manager, tmp_path)))


def get(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[int, str]:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read().decode()


def forged(certificate: str) -> dict[str, str]:
    return {"X-Kiban-Client-Cert": quote(certificate), "X-Kiban-Client-Verify": "SUCCESS"}


def test_without_a_certificate_the_page_that_helps(front):
    status, body = get(front.connect(tls(None)), "/")
    assert (status, "端末の証明書が入っていないか" in body) == (403, True)
    assert get(front.connect(tls(None)), "/sign-in/help/")[0] == 200
    assert get(front.connect(tls(None)), "/static/kiban/kiban.css")[0] == 200


def test_a_terminal_is_recognised_and_a_session_opened_there_counts(front, town, tmp_path):
    connection = front.connect(tls(real_certificate(town.world, town.manager, tmp_path)))
    assert get(connection, "/sign-in/")[0] == 200
    same = connection.sock
    status, body = get(connection, "/people/", Cookie=f"__Host-kiban={town.manager.session}")
    assert (status, town.manager.name in body.replace("\u00a0", " ")) == (200, True)
    assert connection.sock is same


def test_a_sign_in_that_fails_is_answered_as_without_nginx(front, town, tmp_path):
    """Behind a Unix socket there is no caller's address; nothing may depend on it."""
    connection = front.connect(tls(real_certificate(town.world, town.manager, tmp_path)))
    connection.request("GET", "/sign-in/")
    page = connection.getresponse()
    token = page.read().decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    cookie = str(page.headers["Set-Cookie"]).split(";", 1)[0]
    body = f"csrfmiddlewaretoken={token}&login_id=nobody&password=wrong"
    connection.request(
        "POST",
        "/sign-in/",
        body,
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookie,
            "Origin": f"https://localhost:{front.port}",
        },
    )
    answer = connection.getresponse()
    assert answer.status == 422
    assert "職員ID" in answer.read().decode()


def test_a_resumed_session_is_recognised(front, town, tmp_path):
    context = tls(real_certificate(town.world, town.manager, tmp_path))
    session = None
    reused = []
    for _ in range(2):
        with (
            socket.create_connection(("localhost", front.port), 20) as plain,
            context.wrap_socket(plain, server_hostname="localhost", session=session) as connection,
        ):
            connection.sendall(
                f"GET /sign-in/ HTTP/1.1\r\nHost: localhost:{front.port}\r\nConnection: close\r\n\r\n".encode()
            )
            answer = b"".join(iter(lambda connection=connection: connection.recv(65536), b""))
            assert answer.startswith(b"HTTP/1.1 200")
            session, _ = connection.session, reused.append(connection.session_reused)
    assert reused == [False, True]


def test_a_forged_header_is_overwritten(front, town, tmp_path):
    certificate = real_certificate(town.world, town.manager, tmp_path).pem()[0].read_text()
    assert get(front.connect(tls(None)), "/sign-in/", **forged(certificate))[0] == 403
    underscores = {name.replace("-", "_"): value for name, value in forged(certificate).items()}
    assert get(front.connect(tls(None)), "/sign-in/", **underscores)[0] == 403
    # Also from a terminal that has a certificate of its own: it stays the one it is.
    other = real_certificate(town.world, town.revoked, tmp_path / "other")
    status, body = get(front.connect(tls(other)), "/sign-in/", **forged(certificate))
    assert (status, "失効しています" in body) == (403, True)


def test_the_check_says_how_the_browser_speaks_to_nginx(front):
    lie = {"X-Kiban-Tls-Version": "TLSv1.0"}
    status, body = get(front.connect(tls(None)), "/check/", **lie)
    assert (status, "TLS 1.3です" in body, "TLS 1.0" in body) == (200, True, False)


def test_the_list_of_revoked_certificates_is_for_everybody(front):
    connection = front.connect(tls(None))
    connection.request("GET", "/crl/terminals.crl")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pkix-crl")
    read = x509.load_der_x509_crl(answer.read())
    root = x509.load_pem_x509_certificate(authority.client_root_path().read_bytes())
    assert read.is_signature_valid(root.public_key())


def test_the_socket_itself_is_for_its_account_and_group(front):
    assert front.socket.stat().st_mode & 0o777 == 0o660


def test_an_expired_certificate_meets_the_page_that_says_so(front, town, tmp_path):
    card = expired(town.world, town.manager, tmp_path)
    status, body = get(front.connect(tls(card)), "/sign-in/")
    assert (status, "有効期限が切れています" in body) == (403, True)


def test_tls_1_2_is_refused(front):
    context = tls(None)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        get(front.connect(context), "/")


def test_plain_http_is_sent_to_https(front):
    connection = http.client.HTTPConnection("localhost", front.port, timeout=20)
    connection.request("GET", "/sign-in/")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://localhost:{front.port}/sign-in/")


@pytest.mark.parametrize("limit", ["client_header_timeout", "client_body_timeout"])
def test_it_waits_no_longer_than_the_server_itself(limit):
    (seconds,) = re.findall(rf"^ *{limit} ([0-9]+)s;$", TEMPLATE.read_text(), re.MULTILINE)
    assert int(seconds) == connections.SECONDS


def test_what_was_searched_for_is_in_no_log(front, tmp_path):
    get(front.connect(tls(None)), "/sign-in/?" + quote("試験 花子"))
    get(front.connect(tls(None)), "/sign-in/?next=secret-word")
    until(lambda: '"/sign-in/" 403' in front.logs())
    assert "secret-word" not in front.logs()
    assert "%E8%A9%A6" not in front.logs()


def test_while_the_application_is_away_a_page_says_so_and_no_log_holds_the_query(tmp_path):
    with tempfile.TemporaryDirectory(prefix="kiban-nginx-") as name, nginx_in(Path(name)) as alone:
        status, body = get(alone.connect(tls(None)), "/people/?q=secret-word")
        assert (status, "ただいま使えません" in body) == (503, True)
        until(lambda: '"/people/"' in alone.logs())
        assert "secret-word" not in alone.logs()


def test_files_of_the_exchange_come_through_and_no_others_so_large(front, connection, town):
    scene = Scene(town.office.number, "1379999999", "20261101090000", first_user=1)
    key = key_of(town.manager)
    large = {**samples.unit("schedule", scene), "UPKIHON_IMAGE_x.jpg": os.urandom(10 << 20)}
    status, body = post(connection, "/api/v1/exchange/units", parcels.pack(large), Authorization=f"Kiban-Sync {key}")
    assert (status, [one["state"] for one in json.loads(body)["units"]]) == (200, ["held"])
    assert post(connection, "/api/v1/exchange/units", bytes(64 * 1024**2 + 1))[0] == 413


def key_of(actor: Actor) -> str:
    """A key of the exchange for the actor's terminal."""
    return machine_key(actor)[1]


def post(connection: http.client.HTTPConnection, path: str, body: bytes, **headers: str) -> tuple[int, str]:
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    return response.status, response.read().decode()


@pytest.mark.parametrize(
    ("size", "rest", "answer"),
    [
        # the application's own answer: the whole body came through
        (5 * 1024 * 1024 + 1000, "consent/consent/1/paper/", (403, "この画面は古くなっています")),
        (7 * 1024 * 1024, "consent/consent/1/paper/", (413, "付けられる書面と、点検するファイルは5MBまでです")),
        (2 * 1024 * 1024, "consent/give/", (413, "ファイルが大きすぎます")),
    ],
)
def test_only_a_signed_paper_may_be_large(connection, town, size, rest, answer):
    headers = {"Cookie": f"__Host-kiban={town.manager.session}", "Content-Type": "multipart/form-data; boundary=x"}
    connection.request("POST", f"/people/{opaque.encode(town.person.key)}/{rest}", bytes(size), headers)
    response = connection.getresponse()
    status, words = answer
    assert (response.status, words in response.read().decode()) == (status, True)
