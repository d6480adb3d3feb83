"""The one way an e-mail leaves the platform: through the operator's mail server, or into a local folder.

``KIBAN_SMTP`` says where to: ``smtp://user:password@host:587`` (STARTTLS; plain only on this machine),
``smtps://user:password@host:465``, or ``file:/folder``. In the demo it is a folder in the data folder
(``kiban mailbox`` shows it). A mail holds nothing personal but the address it goes to.
"""

from __future__ import annotations

import os
import secrets
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMail
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from kiban.ops import names
from kiban.ops.room import Finding, State

PATIENCE = 10  # seconds a page waits for the mail server
NOT_SET_UP = "電子メールを送るための設定がありません。"
NOT_SENT = "電子メールを送れませんでした。少し待ってもう一度試すか、運営者に伝えてください。"


class NotSentError(Exception):
    """The mail did not leave; the text says so in the reader's words."""


@dataclass(frozen=True)
class Letter:
    """A mail in the local folder."""

    name: str  # of its file
    address: str
    subject: str
    text: str


def is_set_up() -> bool:
    """Whether mails can be sent at all."""
    return bool(_where())


def send(address: str, subject: str, text: str) -> None:
    """Send one mail in plain text.

    Raises:
        NotSentError: nothing is set up, or the server did not take it.
    """
    if not is_set_up():
        raise NotSentError(NOT_SET_UP)
    mail = EmailMessage(subject, text, settings.MAIL_FROM, [address])
    try:
        if folder := mailbox():
            _put(folder, mail)
        else:
            server = _server()
            server.send_messages([mail])
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NotSentError(NOT_SENT) from error


def mailbox() -> Path | None:
    """The local folder mails go to, if they do."""
    where = _where()
    return Path(where.removeprefix("file:")) if where.startswith("file:") else None


def letters() -> Iterator[Letter]:
    """What lies in the local folder, newest first; nothing when mails go to a server."""
    folder = mailbox()
    for path in sorted(folder.glob("*.eml"), reverse=True) if folder else ():
        parsed = message_from_bytes(path.read_bytes(), _class=ParsedMail, policy=policy.default)
        yield Letter(path.name, str(parsed["To"]), str(parsed["Subject"]), str(parsed.get_content()))


def health() -> Finding:
    """Whether mails would leave now; asks the server without sending."""
    if not is_set_up():
        return Finding("電子メール: 使っていません(KIBAN_SMTP がないため、確認コードと期限のお知らせを送りません)")
    if folder := mailbox():
        return Finding(f"電子メール: 送らずに {folder} に置きます")
    try:
        server = _server()
        server.open()
        server.close()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Finding(
            f"電子メール: メールサーバーにつながりません({type(error).__name__})",
            State.BAD,
            "KIBAN_SMTP の名前・ポート・利用者名・パスワードと、メールサーバーが動いていることを確かめてください。",
        )
    return Finding("電子メール: メールサーバーにつながります")


def _where() -> str:
    if settings.SMTP:
        return str(settings.SMTP)
    return f"file:{settings.DATA_FOLDER / 'mailbox'}" if (settings.DATA_FOLDER / "demo.json").exists() else ""


def _server() -> EmailBackend:
    """Raises ``ValueError`` when the address of the server cannot be read."""
    where: SplitResult = urlsplit(_where())
    if where.scheme not in {"smtp", "smtps"} or not where.hostname:
        raise ValueError("KIBAN_SMTP")
    is_here = names.is_of_this_machine(where.hostname or "")
    ports = {"smtps": 465, "smtp": 25 if is_here else 587}
    return EmailBackend(
        host=where.hostname,
        port=where.port or ports[where.scheme],
        username=unquote(where.username or ""),
        password=unquote(where.password or ""),
        use_tls=where.scheme == "smtp" and not is_here,
        use_ssl=where.scheme == "smtps",
        timeout=PATIENCE,
    )


def _put(folder: Path, mail: EmailMessage) -> None:
    written = mail.message().as_bytes()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{timezone.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}.eml"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(written)
