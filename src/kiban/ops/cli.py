"""The ``kiban`` command: Django's management commands, with the embedded database started when one needs it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType

from kiban.ops import console, database, embedded, environment, failures, reasons, secrets
from kiban.ops.backup import marker
from kiban.ops.paths import data_folder

# These say what is wrong, or look at code only; they must work when no database does.
WITHOUT_DATABASE = {"help", "doctor", "exchange", "makemigrations", "--help", "--version", "check", "restore", ""}
SETS_UP = {"setup", "demo"}
WHILE_RESTORING = {"restore", "doctor", "help", "--help", "-h", ""}
NEEDS_NOTHING = {"--help", "-h", "--make-key"}  # whatever the command
SERVES = {"serve", "demo"}


def main(argv: list[str] | None = None) -> None:
    """Run ``kiban COMMAND …``; ends the process with the command's exit code.

    An end by SIGTERM or Ctrl+C is an orderly one from the first moment on: whoever was the last to use the embedded
    database waits until it has ended.
    """
    console.make_usable()
    signal.signal(signal.SIGTERM, end_in_order)
    try:
        _run(list(sys.argv if argv is None else argv))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except Exception as error:
        if said := failures.words(error):
            sys.exit(said)
        raise


def _run(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kiban.ops.settings")
    command = arguments[1] if len(arguments) > 1 else ""
    if command in SERVES and (port := port_said(arguments)):
        os.environ["KIBAN_PORT"] = port  # letters, sheets and e-mails name the same address
    if said := environment.wrong():
        sys.exit(said)
    if marker.is_there(data_folder()) and not is_allowed_while_restoring(arguments):
        sys.exit(f"バックアップから戻している途中か、途中で止まっています。{marker.REMEDY}")
    if not NEEDS_NOTHING.intersection(arguments):
        try:
            _make_ready(command)
        except embedded.EmbeddedUnavailableError as error:
            sys.exit(str(error))
        except OSError as error:
            sys.exit(
                f"データの場所 {data_folder()} に書けません({reasons.of(error)})。"
                "KIBAN_DATA と、そのフォルダの持ち主を確かめてください。"
            )
    from kiban.ops import commands

    if said := commands.why_unknown(command):
        sys.exit(said)
    if arguments[1:] in ([], ["help"], ["--help"], ["-h"]):
        print(commands.listed())
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line([("kiban"), *arguments[1:]])


def is_allowed_while_restoring(arguments: list[str]) -> bool:
    """Whether a command may run while a restore is under way: itself, its own set-up, and what looks only."""
    command = arguments[1] if len(arguments) > 1 else ""
    return command in WHILE_RESTORING or arguments[1:] == ["setup", "--restored"]


def port_said(arguments: list[str]) -> str:
    """What stands behind ``--port``; nothing where nothing does."""
    for said, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, _, value = said.partition("=")
        if name == "--port":
            return value or following
    return ""


def end_in_order(number: int, _frame: FrameType | None) -> None:
    """A signal's handler: end as after the last line, with the exit code shells give for the signal."""
    sys.exit(128 + number)


def _make_ready(command: str) -> None:
    """What has to be there before Django reads its settings: the secrets and the socket of the embedded database.

    Raises:
        EmbeddedUnavailableError: the embedded database does not start; ``doctor`` goes on and says why.
        OSError: the data folder cannot be written.
    """
    if command in SETS_UP:
        secrets.ensure()
    if not database.is_embedded():
        return
    if command == "doctor":
        if embedded.exists():
            with contextlib.suppress(embedded.EmbeddedUnavailableError):
                embedded.start()
    elif command not in WITHOUT_DATABASE:
        embedded.start()


if __name__ == "__main__":
    main()
