"""How the certificates are: the authority's keys, roots, the server's certificate, those of the terminals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cryptography import x509
from django.conf import settings

from kiban.ops.health import CAUTION_DAYS, expiry, secret_file
from kiban.ops.room import Finding, State
from kiban.terminals import authority, services

STEPS = (CAUTION_DAYS, 30, 7)  # days


def health() -> Iterator[Finding]:
    """The files first, then the ledger."""
    yield from files()
    yield terminals()
    yield revoked()


def files() -> Iterator[Finding]:
    """Keys and certificates in the data folder."""
    chain, key = authority.server_paths()
    needed = [authority.client_root_path(), authority.server_root_path()]
    if not settings.BEHIND_NGINX:
        needed.append(chain)
    missing = [path.name for path in needed if not path.exists()]
    if missing:
        yield Finding(
            f"証明書がありません({'、'.join(missing)})",
            State.BAD,
            "はじめてのときは kiban setup を実行してください。失ったときは、バックアップから戻してください"
            "(作り直すと、すべての端末に証明書を発行し直すことになります)。",
        )
        return
    yield secret_file("端末用の認証局の鍵", authority.client_root_key_path())
    yield secret_file("サーバ用の認証局の鍵", authority.server_root_key_path())
    renew = "認証局を作り直し、すべての端末に証明書を発行し直す必要があります(docs/operation.md)。"
    for words, path in (
        ("端末用の認証局", authority.client_root_path()),
        ("サーバ用の認証局", authority.server_root_path()),
    ):
        yield expiry(words, _ends(path.read_bytes()), renew)
    if settings.BEHIND_NGINX:
        return
    yield secret_file("サーバ証明書の鍵", key)
    setup = "kiban setup を実行すると新しくなります(サーバの再起動はいりません)。"
    if chain.exists():
        yield expiry("サーバ証明書", _ends(chain.read_bytes()), setup, caution_days=authority.SERVER_RENEW_DAYS)
        hosts = authority.names_of(settings.ALLOWED_HOSTS)
        if not authority.server_certificate_names() >= set(hosts):
            yield Finding("サーバ証明書に、KIBAN_HOSTS の名前が足りません", State.CAUTION, setup)


def terminals() -> Finding:
    """How many terminals will stand still soon, by the ledger."""
    counts = {days: services.expiring(dt.timedelta(days=days)).count() for days in STEPS}
    if not counts[CAUTION_DAYS]:
        return Finding(f"{CAUTION_DAYS}日以内に期限の切れる端末の証明書はありません")
    inner = "、".join(f"{days}日以内{counts[days]}枚" for days in STEPS[1:])
    return Finding(
        f"{CAUTION_DAYS}日以内に期限の切れる端末の証明書が{counts[CAUTION_DAYS]}枚あります(うち{inner})",
        State.CAUTION,
        "事業所の管理者が「端末」の画面で、または kiban terminal issue で、新しい証明書を発行してください。",
    )


def revoked() -> Finding:
    """The list for other software; whether a terminal is let in is asked of the ledger."""
    if services.crl_is_current():
        return Finding("失効した証明書の一覧は台帳のとおりです")
    return Finding(
        "失効した証明書の一覧が、台帳と違うか古くなっています(失効した端末は、それでも開けません)",
        State.CAUTION,
        "kiban setup を実行してください。",
    )


def _ends(pem: bytes) -> dt.datetime:
    return x509.load_pem_x509_certificate(pem).not_valid_after_utc
