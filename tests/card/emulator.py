"""A My Number card in software: what OpenSC asks of the card's 公的個人認証 application, and nothing that is secret.

The other applications of a real card (個人番号, name and address, visual data) can be selected too, so that a test can
show that nobody does: everything selected and read is written down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.card.authorities import Authority, auth_authority, der, rsa_key, signature_authority

ATR = bytes.fromhex("3BE000FF8131FE4514")
JPKI = "D392F000260100000001"
TEXT = "D3921000310001010408"  # 券面事項入力補助: 個人番号, name, address, birth, sex
VISUAL = "D3921000310001010402"  # 券面事項確認: the same as pictures
RESIDENT = "D3921000310001010401"  # 住基
COMMON = "D3921000310001010100"
PERSONAL_APPLICATIONS = (TEXT, VISUAL, RESIDENT)

OK, NOT_FOUND, PIN_NEEDED, NO_FILE, WRONG_P1P2, UNKNOWN = (
    bytes.fromhex(sw) for sw in ("9000", "6A82", "6982", "6986", "6A86", "6D00")
)
SIGNATURE_CERTIFICATE, SIGNATURE_CA, TOKEN_NAME, AUTH_CERTIFICATE, AUTH_CA = "0001", "0002", "0006", "000A", "000B"
AUTH_KEY, AUTH_PIN, SIGNATURE_KEY, SIGNATURE_PIN = "0017", "0018", "001A", "001B"
# Before the 32-byte hash in what is signed (SHA-256).
DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420")


class PulledError(Exception):
    """The card has left the reader."""


@dataclass
class Pin:
    """A PIN with its counter; ``locked_answer`` is what a locked one answers to a try."""

    value: bytes
    tries: int
    allowed: int
    locked_answer: bytes
    verified: bool = False

    def left(self) -> bytes:
        return bytes((0x63, 0xC0 | self.tries))

    def check(self, given: bytes) -> bytes:
        self.verified = False
        if self.tries == 0:
            return self.locked_answer
        if given == self.value:
            self.tries, self.verified = self.allowed, True
            return OK
        self.tries -= 1
        return self.left() if self.tries else self.locked_answer


@dataclass
class EmulatedCard:
    """One card. ``commands`` counts APDUs; ``selected`` and ``read`` tell what was asked for and what was given."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    files: dict[str, bytes]
    pins: dict[str, Pin]
    applications: tuple[str, ...]
    locked_query: bytes | None = None
    pull_when: Callable[[EmulatedCard, bytes], bool] = lambda _card, _command: False
    commands: int = 0
    selected: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    signatures: int = 0
    pin_tries_seen: int = 0
    _application: str | None = None
    _file: str | None = None

    @classmethod
    def make(
        cls,
        authority: Authority | None = None,
        *,
        pin: str = "1234",
        tries: int = 3,
        locked_answer: str = "6983",
        locked_query: str | None = None,
        certificate: x509.Certificate | None = None,
        my_number_card: bool = True,
        pull_after: int | None = None,
        pull_when: Callable[[EmulatedCard, bytes], bool] | None = None,
    ) -> EmulatedCard:
        """A card of ``authority`` (the tests' own if none), with ``tries`` left of three.

        ``locked_answer`` is the status word of a locked PIN to a try and to the wrong one that locks it,
        ``locked_query`` to the question how many are left (a counter of zero unless told otherwise). ``pull_after``
        takes the card out after so many commands, ``pull_when`` at the command it says yes to (before it is answered).
        """
        authority, signing = authority or auth_authority(), signature_authority()
        key, signature_key = rsa_key("card"), rsa_key("card signature")
        certificate = certificate or authority.issue(key.public_key())
        signature_certificate = signing.issue(signature_key.public_key(), for_signatures=True)
        if pull_after is not None:
            pull_when = lambda card, _: card.commands > pull_after  # noqa: E731
        return cls(
            certificate=certificate,
            key=key,
            files={
                SIGNATURE_CERTIFICATE: der(signature_certificate),
                SIGNATURE_CA: der(signing.certificate),
                TOKEN_NAME: b"JPKIAPICCTOKEN".ljust(32),
                AUTH_CERTIFICATE: der(certificate),
                AUTH_CA: der(authority.certificate),
            },
            pins={
                AUTH_PIN: Pin(pin.encode(), tries, 3, bytes.fromhex(locked_answer)),
                SIGNATURE_PIN: Pin(b"ABC123", 5, 5, bytes.fromhex(locked_answer)),
            },
            applications=(JPKI, TEXT, VISUAL, RESIDENT, COMMON) if my_number_card else ("A0000000031010",),
            locked_query=bytes.fromhex(locked_query) if locked_query else None,
            pull_when=pull_when or (lambda _card, _command: False),
        )

    @property
    def tries_left(self) -> int:
        return self.pins[AUTH_PIN].tries

    def reset(self) -> None:
        """Power off, on or reset: nothing is selected, nobody is logged in."""
        self._application = self._file = None
        for pin in self.pins.values():
            pin.verified = False

    def apdu(self, command: bytes) -> bytes:
        """Answer one command; raises PulledError when it is time to be taken out."""
        self.commands += 1
        if self.pull_when(self, command):
            raise PulledError
        match command[:4].hex().upper():
            case "00A4040C":
                return self._select_application(command[5 : 5 + command[4]].hex().upper())
            case "00A4020C":
                return self._select_file(command[5 : 5 + command[4]].hex().upper())
            case "00200080":
                return self._verify(command[5 : 5 + command[4]] if len(command) > 5 else b"")
            case "802A0080":
                return self._sign(command[5 : 5 + command[4]])
        if command[:2] == b"\x00\xb0":
            return self._read(int.from_bytes(command[2:4], "big"), command[4] or 256)
        return UNKNOWN

    def _select_application(self, name: str) -> bytes:
        self.selected.append(f"application {name}")
        if name not in self.applications:
            return NOT_FOUND
        self.reset()
        self._application = name
        return OK

    def _select_file(self, name: str) -> bytes:
        self.selected.append(f"{self._application} {name}")
        if self._application != JPKI:
            return OK if self._application in PERSONAL_APPLICATIONS else NOT_FOUND
        if name not in (*self.files, *self.pins, AUTH_KEY, SIGNATURE_KEY):
            return NOT_FOUND
        self._file = name
        return OK

    def _verify(self, given: bytes) -> bytes:
        pin = self.pins.get(self._file or "")
        if pin is None:
            return NO_FILE
        if given:
            self.pin_tries_seen += 1
            return pin.check(given)
        return self.locked_query if pin.tries == 0 and self.locked_query else pin.left()

    def _read(self, offset: int, length: int) -> bytes:
        if self._file not in self.files:
            return NO_FILE
        if self._file == SIGNATURE_CERTIFICATE and not self.pins[SIGNATURE_PIN].verified:
            return PIN_NEEDED
        self.read.append(f"{self._application} {self._file}")
        return self.files[self._file][offset : offset + length] + OK

    def _sign(self, digest_info: bytes) -> bytes:
        if self._file != AUTH_KEY or not self.pins[AUTH_PIN].verified:
            return PIN_NEEDED
        if not digest_info.startswith(DIGEST_INFO) or len(digest_info) != 51:
            return WRONG_P1P2
        self.signatures += 1
        return _pkcs1(self.key, digest_info) + OK


def _pkcs1(key: rsa.RSAPrivateKey, digest_info: bytes) -> bytes:
    """The bare RSA operation of the card: padding of PKCS#1 v1.5 around what it was given."""
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    length = (modulus.bit_length() + 7) // 8
    padded = b"\x00\x01" + b"\xff" * (length - 3 - len(digest_info)) + b"\x00" + digest_info
    return pow(int.from_bytes(padded, "big"), numbers.d, modulus).to_bytes(length, "big")
