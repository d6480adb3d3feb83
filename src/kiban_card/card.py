"""What is done with the card, in a process of its own: ``python -m kiban_card.card``, one job on stdin, one answer out.

A driver that hangs or crashes when a card is pulled takes only this process with it, and the PIN is gone from memory
with the process. Only the authentication key, its PIN and its certificate are used.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, TokenFlag

from kiban_card.locked import pin_is_locked
from kiban_card.problems import Code, ProblemError, answer

TOKEN = "JPKI (User Authentication PIN)"  # noqa: S105 - a label
AUTH_ID = b"\x01"
TRIES = 3  # the card's own number for this PIN
KEY_TYPES = {KeyType.RSA: Mechanism.SHA256_RSA_PKCS}
GONE = (pkcs11.TokenNotPresent, pkcs11.DeviceRemoved, pkcs11.SessionHandleInvalid, pkcs11.SessionClosed)


@dataclass(frozen=True)
class Found:
    """A My Number card in a reader."""

    slot: pkcs11.Slot
    token: pkcs11.Token

    @property
    def tries_left(self) -> int:
        """Read from the flags, which say all there is to say of three tries. A locked PIN has none."""
        flags = self.slot.get_token().flags
        if TokenFlag.USER_PIN_LOCKED in flags:
            return 0
        if TokenFlag.USER_PIN_FINAL_TRY in flags:
            return 1
        return 2 if TokenFlag.USER_PIN_COUNT_LOW in flags else TRIES


def readers(module: str) -> list[pkcs11.Slot]:
    """The slots of all readers. Raises ProblemError(NO_READER) when there is none (or PC/SC does not run)."""
    try:
        slots = list(pkcs11.lib(module).get_slots())
    except pkcs11.PKCS11Error as error:
        raise ProblemError(Code.NO_READER) from error
    if not slots:
        raise ProblemError(Code.NO_READER)
    return slots


def find(slots: list[pkcs11.Slot]) -> Found:
    """The first My Number card. Raises ProblemError NO_CARD, OTHER_CARD, or PIN_LOCKED (see ``locked``)."""
    problem = Code.NO_CARD
    for slot in slots:
        try:
            token = slot.get_token()
        except pkcs11.TokenNotPresent:
            continue
        except pkcs11.PKCS11Error:
            problem = Code.OTHER_CARD
            continue
        if token.label.strip() == TOKEN:
            return Found(slot, token)
        problem = Code.OTHER_CARD
    if problem is Code.OTHER_CARD and pin_is_locked():
        raise ProblemError(Code.PIN_LOCKED, tries_left=0)
    raise ProblemError(problem)


def state(module: str) -> dict[str, Any]:
    """How reader and card are: code, reader, card (none, other, my_number), tries_left, key_type."""
    try:
        slots = readers(module)
    except ProblemError as problem:
        return problem.answer()
    name = slots[0].slot_description.strip()
    try:
        card = find(slots)
        name = card.slot.slot_description.strip()
        tries, key_type = card.tries_left, _key_type(card)
    except ProblemError as problem:
        found = {Code.OTHER_CARD: "other", Code.PIN_LOCKED: "my_number"}.get(problem.code, "none")
        return {**problem.answer(), "reader": name, "card": found}
    except GONE:
        return answer(Code.NO_CARD, reader=name, card="none")
    except pkcs11.PKCS11Error:
        return answer(Code.CARD_ERROR, reader=name)
    code = {0: Code.PIN_LOCKED, 1: Code.LAST_TRY}.get(tries, Code.READY)
    return answer(code, reader=name, card="my_number", tries_left=tries, key_type=key_type)


def sign(module: str, text: bytes, pin: str, *, confirm_last_try: bool) -> dict[str, Any]:
    """Sign the text with the authentication key: signature and certificate in base64. Raises ProblemError."""
    slots = readers(module)
    card = find(slots)
    with _gone_means_removed():
        tries = card.tries_left
        if tries == 0:
            raise ProblemError(Code.PIN_LOCKED, tries_left=0)
        if tries == 1 and not confirm_last_try:
            raise ProblemError(Code.LAST_TRY, tries_left=1)
        with _login(card, pin) as session:
            certificate = next(
                iter(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.ID: AUTH_ID}))
            )[Attribute.VALUE]
            key: Any = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=AUTH_ID)
            if key.key_type not in KEY_TYPES:
                raise ProblemError(Code.KEY_TYPE_UNSUPPORTED)
            signature = key.sign(text, mechanism=KEY_TYPES[key.key_type])
    return answer(
        Code.SIGNED,
        signature=base64.b64encode(signature).decode("ascii"),
        certificate=base64.b64encode(certificate).decode("ascii"),
    )


@contextmanager
def _login(card: Found, pin: str) -> Iterator[pkcs11.Session]:
    """A session with the PIN accepted. Every way a card or OpenSC says "locked" is told alike."""
    try:
        session = card.token.open(user_pin=pin)
    except (pkcs11.PinIncorrect, pkcs11.PinLocked, pkcs11.GeneralError) as error:
        # OpenSC makes a general error of status word 6984, so the counter decides and not the kind of error.
        left = card.tries_left
        if left == 0 or isinstance(error, pkcs11.PinLocked):
            raise ProblemError(Code.PIN_LOCKED, tries_left=0) from error
        if isinstance(error, pkcs11.PinIncorrect):
            raise ProblemError(Code.WRONG_PIN, tries_left=left) from error
        raise
    with session:
        yield session


@contextmanager
def _gone_means_removed() -> Iterator[None]:
    try:
        yield
    except GONE as error:
        raise ProblemError(Code.CARD_REMOVED) from error
    except pkcs11.PKCS11Error as error:
        raise ProblemError(Code.CARD_ERROR) from error


def _key_type(card: Found) -> str:
    with card.token.open() as session:
        key = session.get_key(object_class=ObjectClass.PUBLIC_KEY, id=AUTH_ID)
        return f"{key.key_type.name}-{key.key_length}"


def main() -> None:
    """Do the job that stands on stdin: ``{"job": "state"|"sign", "module": …, …}``."""
    job = json.load(sys.stdin)
    try:
        if job["job"] == "state":
            result = state(job["module"])
        else:
            result = sign(
                job["module"], job["text"].encode("ascii"), job["pin"], confirm_last_try=job["confirm_last_try"]
            )
    except ProblemError as problem:
        result = problem.answer()
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
