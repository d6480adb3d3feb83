"""The requests to the platform: over TLS with the terminal's certificate, with the key of the exchange."""

from __future__ import annotations

import http.client
import io
import json
import ssl
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

BASE = "/api/v1/exchange"
LARGEST = 64 * 1024 * 1024  # bytes the platform takes in one request
_ANSWER = LARGEST + (8 << 20)  # bytes: a parcel with its list of contents
SECONDS = 120
NOT_OURS = "サーバーの答えが読めません。--server のアドレスを確かめてください。"


class SettingsError(Exception):
    """Certificate, key or address cannot be used; the text is Japanese."""


class AwayError(Exception):
    """No answer, or one to be asked for again later; the text is Japanese."""


class RefusedError(Exception):
    """Certificate or key is not taken; the text is the platform's."""


class AnswerError(Exception):
    """The platform said no to this one thing. ``status``: of HTTP; the text is the platform's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Line:
    """A connection to the platform that is made anew when it was lost.

    Args:
        server: ``https://…``, nothing after the host and port.
        certificate: PEM with certificate and key.
        ca: PEM of the authority of the server's certificate, the only one believed then; ``None``: those in the file
            of the certificate (a terminal's .p12 holds it) and those the system knows, as a browser.

    Raises:
        SettingsError: the files or the address cannot be used.
    """

    def __init__(self, server: str, certificate: Path, ca: Path | None, key: str) -> None:
        parts = urlsplit(server)
        if parts.scheme != "https" or not parts.hostname or parts.path not in ("", "/") or parts.query:
            raise SettingsError(
                "--server は https://kaigo.example.jp のように、サイトのアドレスの先頭だけを書いてください。"
            )
        self._key = key
        self._connection = http.client.HTTPSConnection(
            parts.hostname, parts.port or 443, timeout=SECONDS, context=_context(certificate, ca)
        )

    def close(self) -> None:
        self._connection.close()

    def send(self, files: Mapping[str, bytes]) -> dict[str, Any]:
        """Send the files of one ファイル連番; the answer of ``POST units``. Raises AnswerError: too large, no zip."""
        return self._json(("units", "others"), "POST", "/units", pack(files), "application/zip")

    def box(self, which: str, after: int) -> dict[str, Any]:
        """``in`` or ``out``: units with numbers above ``after``, and what to give as ``after`` next time."""
        try:
            return self._json(("units", "next"), "GET", f"/{which}box?after={after}")
        except AnswerError as error:
            raise AwayError(str(error)) from None

    def fetch(self, unit: int) -> dict[str, bytes]:
        """The files of a unit by name. Raises AwayError: they did not come whole; AnswerError: not there any more."""
        return unpack(self._ask("GET", f"/units/{unit}/files"))

    def settle(self, unit: int, outcome: str, rows: list[str]) -> dict[str, Any]:
        """Tell the sender ``taken`` or ``error``. Raises AnswerError: withdrawn."""
        body = json.dumps({"outcome": outcome, "rows": rows}).encode()
        return self._json((), "POST", f"/units/{unit}/receipt", body, "application/json")

    def _json(
        self, names: tuple[str, ...], method: str, path: str, body: bytes | None = None, content_type: str = ""
    ) -> dict[str, Any]:
        try:
            answer = json.loads(self._ask(method, path, body, content_type))
        except ValueError:
            raise AwayError(NOT_OURS) from None
        if not isinstance(answer, dict) or not answer.keys() >= set(names):
            raise AwayError(NOT_OURS)
        return answer

    def _ask(self, method: str, path: str, body: bytes | None = None, content_type: str = "") -> bytes:
        """One request. Every one of them may be asked again: a connection that was lost is made anew once.

        Raises:
            AwayError, RefusedError, AnswerError.
        """
        headers = {"Authorization": f"Kiban-Sync {self._key}", "Accept": "application/json"}
        if content_type:
            headers["Content-Type"] = content_type
        for last in (False, True):
            try:
                self._connection.request(method, BASE + path, body, headers)
                answer = self._connection.getresponse()
                content = answer.read(_ANSWER + 1)
                whole = answer.length in (None, 0)
                break
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                if last or isinstance(error, ssl.SSLCertVerificationError):
                    raise AwayError(_why(error)) from None
        if len(content) > _ANSWER or not whole:
            self._connection.close()
            raise AwayError("サーバーの答えが大きすぎるか、途中で切れました。次の回にやり直します。")
        if answer.status in (401, 403):
            raise RefusedError(_message(content) or "証明書か鍵が受け付けられませんでした。")
        if answer.status >= 500 or answer.status == 429:
            raise AwayError(_message(content) or "サーバーが混み合っているか、止まっています。次の回にやり直します。")
        if answer.status == 413:  # nginx says so in a page of its own
            raise AnswerError(answer.status, _message(content) or "大きすぎて送れません。")
        if answer.status != 200 and not _message(content):
            raise AwayError(NOT_OURS)
        if answer.status != 200:
            raise AnswerError(answer.status, _message(content))
        return content


def _context(certificate: Path, ca: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(ca) if ca else None)
    except (OSError, ssl.SSLError):
        raise SettingsError("--ca のファイル(サーバーを確かめるための証明書、PEM)を読めません。") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_cert_chain(str(certificate), password=_no_password)
        if ca is None:
            context.load_verify_locations(str(certificate))
    except (OSError, ssl.SSLError, ValueError):
        raise SettingsError(
            "--certificate のファイルを読めません。証明書と鍵の入ったPEMで、鍵にパスワードのないものを指定してください"
            "(.p12 からの作り方は説明書にあります)。"
        ) from None
    return context


def _no_password() -> str:
    raise ValueError("the key has a password")


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "サーバーの証明書を確かめられません。--server と --ca を確かめてください。"
    if isinstance(error, ssl.SSLError):
        return "暗号の接続ができません。端末の証明書とパソコンの時計を確かめてください。"
    if isinstance(error, TimeoutError):
        return "サーバーの返事がありません。次の回にやり直します。"
    return "サーバーにつながりません。インターネットの接続を確かめてください。次の回にやり直します。"


def _message(content: bytes) -> str:
    try:
        message = json.loads(content)["message"]
    except (ValueError, KeyError, TypeError):
        return ""
    return message if isinstance(message, str) else ""


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip of files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in files.items():
            into.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The files of a zip. Raises AwayError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
            if sum(one.file_size for one in members) > LARGEST:
                raise AwayError("届いたファイルが大きすぎます。運営の窓口にご連絡ください。")
            return {one.filename: packed.read(one) for one in members}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise AwayError("届いたファイルがこわれています。次の回にやり直します。") from None
