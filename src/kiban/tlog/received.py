"""A head as people keep it: the file itself, saved with other line ends, or the e-mail it came in."""

from __future__ import annotations

import email
import email.policy
import re

from .errors import ProofError
from .notes import Head

LONGEST = 1_000_000  # characters
CHECKPOINT = re.compile(r"(?:\A|(?<=\n))[^\n]+\n[0-9]+\n[A-Za-z0-9+/]{43}=\n(?:[^\n]+\n)*\n(?:— [^\n]+\n)+")


def head(said: str) -> Head:
    """The head that stands in a text.

    Raises:
        ProofError: none does, or it cannot be read.
    """
    if len(said) > LONGEST:
        raise ProofError("署名された先頭(checkpoint)のファイルではありません(大きすぎます)")
    for text in (_plain(said), _plain(_body(said))):
        if found := CHECKPOINT.search(text):
            return Head.read(found[0])
    return Head.read(said)


def _plain(said: str) -> str:
    lines = said.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def _body(said: str) -> str:
    """What is written in an e-mail that was saved whole (.eml); nothing where it is none."""
    try:
        part = email.message_from_string(said, policy=email.policy.default).get_body(("plain",))
        return str(part.get_content()) if part is not None else ""
    except (LookupError, ValueError):
        return ""
