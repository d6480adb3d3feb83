"""The names the server goes by: what set-up and doctor say of them."""

from __future__ import annotations

from typing import Any

import pytest

from kiban.ops import cli, machine, names
from kiban.ops.health import State
from tests.ops.command import kiban


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.1.20", "::1", "[::1]", "[fe80::1]"])
def test_an_address_is_no_name(host: str):
    assert names.no_address(host) == ""


@pytest.mark.parametrize("host", ["localhost", "kiban.example.jp", "server1", "1.example.jp"])
def test_a_name_is_one(host: str):
    assert names.no_address(host) == host


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "kiban.localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]"]
)
def test_a_name_only_this_machine_knows(host: str):
    assert names.is_of_this_machine(host)


@pytest.mark.parametrize("host", ["kiban.example.jp", "10.0.0.1", "localhost.example.jp", "0.0.0.0", ""])  # noqa: S104
def test_a_name_others_can_use(host: str):
    assert not names.is_of_this_machine(host)


def test_an_address_only_this_machine_opens_is_said_to_be_one(settings: Any):
    settings.PUBLIC_URL = "https://localhost:8443/"
    found = machine.addresses()
    assert found.state is State.CAUTION
    assert "export KIBAN_HOSTS=" in found.remedy
    settings.PUBLIC_URL = "https://kiban.example.jp:8443/"
    assert machine.addresses().state is State.OK


def test_the_port_served_is_the_port_of_letters():
    """Letters, sheets and e-mails name no other address than the one that answers."""
    assert cli.port_said(["kiban", "serve", "--port", "9001"]) == "9001"
    assert cli.port_said(["kiban", "demo", "--host", "0.0.0.0", "--port=9002"]) == "9002"  # noqa: S104
    assert cli.port_said(["kiban", "serve", "--port"]) == ""


def test_doctor_says_under_which_names_it_opens_and_whose_passkeys_are(settings: Any):
    settings.ALLOWED_HOSTS = ["kiban.example.jp", "10.0.0.1"]
    assert "KIBAN_HOSTS: kiban.example.jp、10.0.0.1" in machine.addresses().what
    settings.PASSKEY_HOST = "kiban.example.jp"
    assert machine.passkeys().state is State.OK
    for none in ("", "other.example.jp"):  # under the second nobody opens the server: they would never be offered
        settings.PASSKEY_HOST = none
        assert machine.passkeys().state is State.CAUTION
        assert "KIBAN_PASSKEY_HOST" in machine.passkeys().remedy
    settings.ALLOWED_HOSTS = [".example.jp"]
    assert machine.passkeys().state is State.OK


def test_where_there_is_no_name_set_up_and_doctor_say_it(tmp_path):
    where = {"KIBAN_DATA": str(tmp_path / "data"), "KIBAN_HOSTS": "127.0.0.1,localhost"}
    made = kiban("setup", **where)
    assert (made.returncode, "KIBAN_PASSKEY_HOST" in made.stdout) == (0, True)
    looked = kiban("doctor", **where)
    assert (looked.returncode, "KIBAN_PASSKEY_HOST" in looked.stdout) == (0, True)
    named = kiban("doctor", **where, KIBAN_PASSKEY_HOST="localhost")
    assert "パスキーの名前: localhost" in named.stdout
