"""The server's settings, its TLS context and its log, without starting it; sockets and ports."""

from __future__ import annotations

import io
import logging
import socket
import ssl
from pathlib import Path

import pytest
from gunicorn.config import Config

from kiban.ops import ports, server
from kiban.terminals import authority


@pytest.fixture
def own_authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An authority of the test's own, so that renewing its certificates concerns nobody else."""
    monkeypatch.setenv("KIBAN_DATA", str(tmp_path))
    authority.ensure(["localhost"])
    return authority.folder()


def handshake() -> server.Handshake:
    chain, key = authority.server_paths()
    return server.Handshake(chain, key, authority.client_root_path())


def test_the_context_is_made_once(own_authority):
    asked = handshake()
    assert asked() is asked()
    assert asked().minimum_version is ssl.TLSVersion.TLSv1_3
    assert asked().verify_mode is ssl.CERT_OPTIONAL


def test_a_renewed_certificate_is_used_without_a_restart(own_authority):
    asked = handshake()
    before = asked()
    assert authority.ensure(["localhost", "kiban.example.jp"]) == ["サーバ証明書"]
    assert asked() is not before
    assert asked() is asked()


def test_half_written_files_leave_the_old_certificate_in_use(own_authority):
    asked = handshake()
    before = asked()
    _, key = authority.server_paths()
    key.write_bytes(b"half of a key")
    assert asked() is before
    key.unlink()
    assert asked() is before
    authority.ensure(["localhost", "kiban.example.jp"])  # the new pair is complete
    assert asked() is not before


def test_nothing_a_client_sent_is_in_the_log():
    configuration = Config()
    for name, value in server.options(bind="127.0.0.1:0", workers=1, threads=1, tls=None).items():
        configuration.set(name, value)
    log = configuration.logger_class(configuration)
    assert isinstance(log, server.Log)
    written = io.StringIO()
    log.error_log.handlers = [logging.StreamHandler(written)]
    log.error("Error handling request %s", "/people/?q=試験花子")
    log.warning("Invalid request from ip=127.0.0.1: Invalid HTTP Header: 'Cookie: __Host-kiban=value'")
    log.warning("worker %s timed out", 7)
    assert written.getvalue().splitlines() == [
        "Error handling request /people/?…",
        "Invalid request from ip=127.0.0.1: malformed",
        "worker 7 timed out",
    ]
    assert configuration.accesslog is None


def test_nobody_but_nginx_may_say_how_a_request_came_in():
    configuration = Config()
    for name, value in server.options(bind="127.0.0.1:0", workers=1, threads=1, tls=None).items():
        configuration.set(name, value)
    assert configuration.forwarded_allow_ips == []
    assert configuration.control_socket_disable


def test_a_socket_in_use_is_not_taken_away(tmp_path):
    path = tmp_path / "kiban.sock"
    ports.check_socket(path)
    with socket.socket(socket.AF_UNIX) as used:
        used.bind(str(path))
        used.listen()
        with pytest.raises(ports.PortTakenError, match="すでにサーバが動いています"):
            ports.check_socket(path)
    ports.check_socket(path)  # left behind by a server that was killed
    with pytest.raises(ports.PortTakenError, match=r"フォルダ .+ がありません"):
        ports.check_socket(tmp_path / "none" / "kiban.sock")


def test_an_address_of_another_machine_is_said_in_words():
    with pytest.raises(ports.PortTakenError, match="このアドレスはこの機械のものではありません"):
        ports.check("192.0.2.1", 8443)


def test_a_free_port_has_no_holder():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # not listening
        assert ports.holder(reserved.getsockname()[1]) == ""
