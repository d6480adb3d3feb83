"""Which files of a folder are one sending, and whether all of it is there. What is in them, the platform checks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

# Kinds that only travel together (V4.1, body 2.4): the kind → what must be there with it.
PLAN = frozenset({"UP1KYO", "UP2KYO", "UP3KYO", "UPHOSOKU"})
SCHEDULE = frozenset({"UPPLAN", "UPSIKYU", "UPHOSOKU"})
BASIC = frozenset({"UPKIHON"})
TOGETHER: dict[str, tuple[frozenset[str], ...]] = {
    **dict.fromkeys(("UP1KYO", "UP2KYO", "UP3KYO"), (PLAN,)),
    **dict.fromkeys(("UPPLAN", "UPSIKYU"), (SCHEDULE,)),
    "UPHOSOKU": (PLAN, SCHEDULE),
    **dict.fromkeys(("UPKIHON_IMAGE", "UPKIHON_SUB1", "UPKIHON_SUB2"), (BASIC, frozenset({"UPYOBO"}))),
    "UPYOBO_SUB": (frozenset({"UPYOBO"}),),
    **dict.fromkeys(
        ("UPJSK", "UPKIHON", "UPYOBO", "DLT1KYO", "DLTPLAN", "DLTJSK", "DLTKIHON", "DLTYOBO"), (frozenset(),)
    ),
}
_KINDS = "|".join(sorted(TOGETHER, key=len, reverse=True))
_SEPARATOR = "[_\u0332\uff3f\u2017]"  # as the platform reads them
_KIND = re.compile(rf"({_KINDS})(?![0-9A-Z])", re.IGNORECASE)
_PARTS = re.compile(
    rf"{_SEPARATOR}(?P<sender>[0-9A-Z]{{10}})(?:{_SEPARATOR}[0-9A-Z]{{2,3}})?"
    rf"{_SEPARATOR}(?P<receiver>[0-9A-Z]{{10}})(?:{_SEPARATOR}[0-9A-Z]{{2,3}})?"
    rf"{_SEPARATOR}(?P<sequence>[0-9]{{14}})(?![0-9])"
)

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\..*)?", re.IGNORECASE)
_LONGEST = 150  # characters: with the folders before it a Windows path stays below 260


@dataclass
class Group:
    """Files of one sender, receiver and ファイル連番; ``sequence`` empty: one file whose name says no such thing."""

    receiver: str
    sequence: str
    names: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """Kinds that still have to come before it can go."""
        if not self.sequence:
            return []
        kinds = Counter(kind for name in self.names if (kind := kind_of(name)))
        missing: set[str] = set()
        for kind in kinds:
            missing |= min((one - kinds.keys() for one in TOGETHER[kind]), key=len)
        # A plan and a 利用票 of the same second have one 利用者補足情報 each.
        if kinds["UPHOSOKU"] < ("UP1KYO" in kinds) + ("UPPLAN" in kinds):
            missing.add("UPHOSOKU")
        return sorted(missing)


def kind_of(name: str) -> str | None:
    """The kind a file's name begins with; None: it is no file of the exchange."""
    found = _KIND.match(re.sub(_SEPARATOR, "_", name))
    return found[1].upper() if found else None


def group(names: Iterable[str]) -> list[Group]:
    """The sendings of a folder, oldest ファイル連番 first. Names of other files are left out."""
    groups: dict[tuple[str, ...], Group] = {}
    for name in sorted(names):
        if kind_of(name) is None:
            continue
        parts = _PARTS.search(name.upper())
        key = (parts["sequence"], parts["sender"], parts["receiver"]) if parts else ("", name)
        made = Group(parts["receiver"], parts["sequence"]) if parts else Group("", "")
        groups.setdefault(key, made).names.append(name)
    return [groups[key] for key in sorted(groups)]


def safe(name: str) -> str:
    """A name every file system takes, Windows' above all; most names stay as they are."""
    plain = _UNSAFE.sub("_", name).rstrip(" .")
    if not plain or plain.startswith("~") or _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    stem, dot, end = plain.rpartition(".")
    return plain if len(plain) <= _LONGEST else f"{stem[: _LONGEST - len(end) - 1]}{dot}{end}"


def safe_all(names: Iterable[str]) -> dict[str, str]:
    """Each name → a safe one, different from the others also where capitals do not count."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names):
        plain, number = safe(name), 2
        stem, dot, end = plain.rpartition(".")
        while plain.casefold() in taken:
            plain = f"{stem or end}_{number}{dot if stem else ''}{end if stem else ''}"
            number += 1
        taken.add(plain.casefold())
        found[name] = plain
    return found
