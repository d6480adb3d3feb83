"""What a witness is asked and answers (C2SP tlog-witness, ``add-checkpoint``); what it saw lies elsewhere."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kiban.tlog import tree
from kiban.tlog.errors import ProofError
from kiban.tlog.notes import Head, Key, decoded
from kiban.tlog.signing import Signer

MOST_PROOF = 63  # lines


@dataclass(frozen=True)
class Seen:
    """The latest head of a log a witness has vouched for."""

    size: int = 0
    root: bytes = tree.EMPTY


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: status, body, and the head to remember before it is sent (or nothing)."""

    status: int
    body: str = ""
    remember: Seen | None = None

    @property
    def content_type(self) -> str:
        return "text/x.tlog.size" if self.status == 409 and self.body else "text/plain; charset=utf-8"


def request(old: int, proof: Sequence[bytes], checkpoint: str) -> str:
    """The body of ``add-checkpoint``: what the witness saw last, the proof from there, the new head."""
    return "\n".join([f"old {old}", *(base64.b64encode(one).decode() for one in proof), "", checkpoint])


def answer(
    body: str,
    logs: Mapping[str, Sequence[Key]],
    seen: Callable[[str], Seen],
    witness: Signer,
    seconds: int,
) -> Answer:
    """Judge a request, as the specification orders; ``seen`` and remembering have to be one step (a lock).

    Args:
        body: of the request.
        logs: the keys of each log this witness vouches for, by origin.
        seen: the latest head vouched for, of an origin.
        witness: who vouches.
        seconds: POSIX time.
    """
    try:
        old, proof, head, text = _read(body)
    except ProofError:
        return Answer(400)
    if head.origin not in logs:
        return Answer(404)
    try:
        if not head.note.signed_by(logs[head.origin]):
            return Answer(403)
    except ProofError:
        return Answer(403)
    if old > head.size:
        return Answer(400)
    latest = seen(head.origin)
    if old != latest.size:
        return Answer(409, f"{latest.size}\n")
    try:
        tree.check_consistency(old, head.size, latest.root, head.root, proof)
    except ProofError:
        return Answer(409 if old == head.size and not proof else 422)
    return Answer(200, witness.line(text, seconds), Seen(head.size, head.root))


def _read(body: str) -> tuple[int, list[bytes], Head, str]:
    above, blank, checkpoint = body.partition("\n\n")
    first, *lines = above.split("\n")
    old = re.fullmatch(r"old (0|[1-9][0-9]{0,18})", first)
    proof = [one for line in lines if (one := decoded(line)) is not None and len(one) == tree.LENGTH]
    if not old or not blank or len(proof) != len(lines) or len(lines) > MOST_PROOF:
        raise ProofError
    head = Head.read(checkpoint)
    return int(old[1]), proof, head, head.note.text
