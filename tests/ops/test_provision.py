"""``kiban setup`` on a PostgreSQL server of one's own, as the accounts such a server has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ops.own_server import BOTH, OwnServer, own_server


@pytest.fixture(params=BOTH)
def server(request) -> Iterator[OwnServer]:
    with own_server(request.param) as made:
        yield made


def test_set_up_by_an_account_that_may_make_roles_and_databases(server):
    server.admin("CREATE ROLE limited LOGIN CREATEROLE CREATEDB PASSWORD 'pw-limited'")
    url = server.url("limited", "kaigo")
    for _ in range(2):
        made = server.kiban(url, "setup")
        assert (made.returncode, made.stderr) == (0, "")
    looked = server.kiban(url, "doctor")
    assert (looked.returncode, looked.stderr) == (0, "")
    assert "grants.sql のとおりです" in looked.stdout


def test_set_up_by_a_superuser(server):
    url = server.url("admin", "kaigo")
    made = server.kiban(url, "setup")
    assert (made.returncode, made.stderr) == (0, "")
    assert server.kiban(url, "doctor").returncode == 0


def test_what_an_account_may_not_do_is_said_in_words(server):
    server.admin("CREATE ROLE visitor LOGIN PASSWORD 'pw-visitor'")
    refused = server.kiban(server.url("visitor", "kaigo"), "setup")
    assert refused.returncode == 1
    assert "権限が足りません" in refused.stderr
    assert "Traceback" not in refused.stderr
    wrong = server.kiban(server.url("admin", "kaigo").replace("pw-admin", "other"), "setup")
    assert wrong.returncode == 1
    assert "接続できません" in wrong.stderr
    assert "other" not in wrong.stderr
