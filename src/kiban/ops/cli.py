"""The ``kiban`` command: Django's management commands, with the embedded database started when one needs it."""

from __future__ import annotations

import os
import sys

from kiban.ops import database, embedded

# These say what is wrong, or look at code only; they must work when no database does.
WITHOUT_DATABASE = {"help", "doctor", "makemigrations", "lintmigrations", "--help", "--version", "check", ""}


def main(argv: list[str] | None = None) -> None:
    """Run ``kiban COMMAND …``; ends the process with the command's exit code."""
    arguments = list(sys.argv if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kiban.ops.settings")
    command = arguments[1] if len(arguments) > 1 else ""
    if database.is_embedded() and command not in WITHOUT_DATABASE and "--help" not in arguments:
        try:
            embedded.start()
        except embedded.EmbeddedUnavailableError as error:
            sys.exit(str(error))
    from django.core.management import execute_from_command_line

    execute_from_command_line([("kiban"), *arguments[1:]])


if __name__ == "__main__":
    main()
