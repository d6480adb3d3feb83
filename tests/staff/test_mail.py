"""E-mail: into a folder, to a server, and what happens when there is none."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kiban.ops.room import State
from kiban.staff import mail
from tests.serving import free_port

ADDRESS = "shiken@example.jp"


class PostOffice(socketserver.StreamRequestHandler):
    """As much of SMTP as takes one mail in; whoever is called "full" gets none."""

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "RCPT" and "full@" in line:
                self.say("552 mailbox full")
            elif word == "DATA":
                self.say("354 go on")
                while (part := self.rfile.readline()) != b".\r\n":
                    self.server.taken.append(part)  # type: ignore[attr-defined]
                self.say("250 taken")
            else:
                self.say("221 bye" if word == "QUIT" else "250 ok")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def post_office(settings: Any) -> Iterator[list[bytes]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), PostOffice) as server:
        server.daemon_threads = True
        server.taken = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.SMTP = f"smtp://127.0.0.1:{server.server_address[1]}"
        yield server.taken  # type: ignore[attr-defined]
        server.shutdown()


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SMTP = f"file:{tmp_path / 'mailbox'}"
    return tmp_path / "mailbox"


def test_a_mail_into_the_folder_can_be_read_by_its_owner_only(folder: Path) -> None:
    mail.send(ADDRESS, "確認コード", "123456 です。")
    mail.send(ADDRESS, "お知らせ", "二通目")
    newest, first = mail.letters()
    assert (newest.subject, newest.text.strip()) == ("お知らせ", "二通目")
    assert (first.address, first.subject, first.text.strip()) == (ADDRESS, "確認コード", "123456 です。")
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert mail.health().state is State.OK


def test_the_command_shows_them(folder: Path) -> None:
    out = StringIO()
    call_command("mailbox", stdout=out)
    assert "まだ1通もありません" in out.getvalue()
    mail.send(ADDRESS, "確認コード", "123456 です。")
    call_command("mailbox", stdout=(listed := StringIO()))
    assert f"\t{ADDRESS}\t確認コード" in listed.getvalue()
    call_command("mailbox", "--latest", stdout=(shown := StringIO()))
    assert "123456 です。" in shown.getvalue()


def test_without_a_folder_the_command_says_so(settings: Any) -> None:
    settings.SMTP = "smtp://mail.example.jp"
    with pytest.raises(CommandError, match="メールサーバー"):
        call_command("mailbox")


def test_a_server_takes_it(post_office: list[bytes]) -> None:
    mail.send(ADDRESS, "確認コード", "123456 です。")
    taken = b"".join(post_office)
    assert b"To: shiken@example.jp" in taken
    assert mail.health().state is State.OK


def test_a_mail_the_server_refuses_is_told(post_office: list[bytes]) -> None:
    with pytest.raises(mail.NotSentError, match="送れませんでした"):
        mail.send("full@example.jp", "確認コード", "123456 です。")
    assert not post_office


@pytest.mark.parametrize("where", ["smtp://127.0.0.1:{port}", "smtps://127.0.0.1:{port}", "ftp://host", "smtp://"])
def test_a_server_that_is_not_there_is_told_and_found(settings: Any, where: str) -> None:
    settings.SMTP = where.format(port=free_port())
    with pytest.raises(mail.NotSentError, match="送れませんでした"):
        mail.send(ADDRESS, "確認コード", "123456 です。")
    found = mail.health()
    assert found.state is State.BAD
    assert "KIBAN_SMTP" in found.remedy


def test_nothing_set_up(settings: Any, tmp_path: Path) -> None:
    settings.SMTP, settings.DATA_FOLDER = "", tmp_path
    with pytest.raises(mail.NotSentError, match="設定がありません"):
        mail.send(ADDRESS, "確認コード", "123456 です。")
    assert "使っていません" in mail.health().what
    (tmp_path / "demo.json").touch()
    mail.send(ADDRESS, "確認コード", "123456 です。")
    assert [letter.subject for letter in mail.letters()] == ["確認コード"]


def test_a_line_break_in_an_address_sends_nothing(folder: Path) -> None:
    with pytest.raises(mail.NotSentError):
        mail.send("a@example.jp\nBcc: b@example.jp", "確認コード", "123456 です。")
    assert not list(mail.letters())
