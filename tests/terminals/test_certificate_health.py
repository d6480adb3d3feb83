"""What ``kiban doctor`` says of the certificates."""

from __future__ import annotations

import pytest

from kiban.ops.room import State
from kiban.terminals import authority, certificate_health
from kiban.terminals.models import Certificate
from tests.cast import Cast
from tests.world import hours

HOSTS = ["localhost", "127.0.0.1", "::1"]


@pytest.fixture
def own_folder(monkeypatch, settings, tmp_path):
    settings.ALLOWED_HOSTS = HOSTS
    monkeypatch.setenv("KIBAN_DATA", str(tmp_path))
    return tmp_path


def states() -> dict[str, State]:
    return {finding.what: finding.state for finding in certificate_health.files()}


def bad_or_caution() -> list[tuple[str, State]]:
    return [(what.split(":")[0], state) for what, state in states().items() if state is not State.OK]


def test_a_fresh_authority_is_well(own_folder):
    authority.ensure(HOSTS)
    assert len(states()) == 6
    assert bad_or_caution() == []


def test_no_authority(own_folder):
    assert [state for _, state in bad_or_caution()] == [State.BAD]


def test_a_key_others_can_read(own_folder):
    authority.ensure(HOSTS)
    authority.server_root_key_path().chmod(0o604)
    assert bad_or_caution() == [("サーバ用の認証局の鍵", State.BAD)]


def test_a_root_about_to_end(own_folder, monkeypatch):
    monkeypatch.setattr(authority, "ROOT_YEARS", 60 / 365)
    authority.ensure(HOSTS)
    assert bad_or_caution() == [("端末用の認証局", State.CAUTION), ("サーバ用の認証局", State.CAUTION)]


def test_a_server_certificate_about_to_end(own_folder, monkeypatch):
    monkeypatch.setattr(authority, "SERVER_DAYS", 5)
    authority.ensure(HOSTS)
    assert bad_or_caution() == [("サーバ証明書", State.BAD)]


def test_a_server_certificate_for_other_names(own_folder, settings):
    authority.ensure(HOSTS)
    settings.ALLOWED_HOSTS = ["kiban.example.jp"]
    assert bad_or_caution() == [("サーバ証明書に、KIBAN_HOSTS の名前が足りません", State.CAUTION)]


def test_behind_nginx_the_server_certificate_may_be_another(own_folder, settings):
    authority.ensure(HOSTS)
    settings.BEHIND_NGINX = True
    authority.server_paths()[0].unlink()
    assert bad_or_caution() == []


def test_terminals_about_to_stand_still(town: Cast):
    before = certificate_health.terminals()
    Certificate.objects.filter(pk=town.manager.certificate_id).update(not_after=hours(24 * 5))
    after = certificate_health.terminals()
    assert after.state is State.CAUTION
    assert after != before
    assert "7日以内" in after.what
