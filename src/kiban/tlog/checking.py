"""Whether an export of a sealed log holds: every signature, every hash, every row that is shown.

An export is a folder or a zip: for each tree a folder with its number, laid out as tlog-tiles orders, ``heads/`` with
earlier heads; ``rows/`` with what is shown of rows; ``keys``. A tree begins with the last head of the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from . import places, received, shown, tiles, tree
from .errors import ProofError
from .notes import LOG, Head, Key
from .places import Place
from .trust import Trust

FOLDER = re.compile(r"[1-9][0-9]{0,5}")  # a tree's


@dataclass
class Report:
    """What was looked at, and what does not hold (sentences that say where)."""

    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    entries: int = 0
    heads: int = 0
    rows: int = 0


@dataclass
class Tree:
    """One tree of an export: its number, its folder, its latest head, its roots at the sizes somebody signed."""

    number: int
    place: Place
    head: Head
    heads: list[Head] = field(default_factory=list)  # the latest last
    roots: dict[int, bytes] = field(default_factory=dict)
    shown: bytearray = field(default_factory=bytearray)  # 1 for each entry whose row is shown
    held: tuple[int, list[bytes]] = (-1, [])

    def entry(self, index: int) -> bytes:
        """One entry (32 bytes); whoever goes through them in order reads each bundle once."""
        number = index // tiles.WIDTH
        if self.held[0] != number:
            self.held = number, _bundle(self.place, number, min(tiles.WIDTH, self.head.size - number * tiles.WIDTH))
        return self.held[1][index % tiles.WIDTH]


def check(export: Path, keys: Sequence[Key], others: Sequence[str] = (), witnesses: Sequence[Key] = ()) -> Report:
    """Check an export with nothing but public keys got elsewhere.

    Args:
        export: a folder or a zip.
        keys: of the log (the newest is enough); with none, those in the export are taken (then only its inner order is
            checked).
        others: heads that came another way (e-mail, a stick, another copy): each must lie in the export's tree.
        witnesses: who must have vouched for the latest head.

    Raises:
        ProofError: it is no export.
    """
    place = places.opened(export, FOLDER)
    numbers = sorted(int(one.name) for one in place.iterdir() if FOLDER.fullmatch(one.name))
    report = Report()
    listed = [Key.read(line) for line in places.text(place / "keys").splitlines() if line]
    if not keys:
        keys = listed
        report.said.append(
            "公開鍵が渡されていないので、書き出しの中の鍵で確かめました。別の道で受け取った鍵で確かめてください。"
        )
    heads = _received(others, [*keys, *listed], report)
    trust = Trust(key.public for key in keys if key.kind == LOG)
    course = _Course([*keys, *listed], heads, trust, report)
    checked: dict[int, Tree] = {}
    for number in numbers:
        one = _check_tree(place / str(number), number, course)
        course.before = place / str(number) / "checkpoint"
        if one is not None:
            checked[number] = one
    report.faults += course.waiting
    for one_received in heads:
        _check_received(one_received, checked, report)
    for witness in witnesses:
        _check_witness(witness, checked, report)
    shown.check(place, checked, report)
    return report


def _received(others: Sequence[str], keys: Sequence[Key], report: Report) -> list[Head]:
    found = []
    for said in others:
        try:
            head = received.head(said)
            if not head.note.signed_by(Key(head.origin, LOG, key.public) for key in keys):
                raise ProofError("渡された公開鍵の署名ではありません")
            found.append(head)
        except ProofError as error:
            report.faults.append(f"別に受け取った先頭: {error}")
    return found


@dataclass
class _Course:
    """What is carried from tree to tree: whose turn it is to sign, and the head the next tree goes on from.

    What was signed before the first trusted signature is vouched for by that one, which covers all of it: whoever holds
    only the newest key checks the whole.
    """

    known: Sequence[Key]
    received: Sequence[Head]  # that came another way
    trust: Trust
    report: Report
    before: Place | None = None  # the head of the tree before
    waiting: list[str] = field(default_factory=list)  # faults, unless a trusted signature follows

    def check_signatures(self, name: str, heads: Sequence[Head]) -> None:
        for head in heads:
            try:
                keys = head.note.signed_by(Key(head.origin, LOG, one) for one in {key.public for key in self.known})
            except ProofError as error:
                self.report.faults.append(f"{name}: 大きさ{head.size}の先頭: {error}")
                continue
            if self.trust.follows(key.public for key in keys):
                self.waiting.clear()
                continue
            fault = f"{name}: 大きさ{head.size}の先頭は、渡された公開鍵(とその後を継いだ鍵)の署名ではありません"
            (self.report.faults if self.trust.has_begun else self.waiting).append(fault)


def _check_tree(place: Place, number: int, course: _Course) -> Tree | None:
    name, report = f"封印{number}", course.report
    try:
        heads = [Head.read(places.text(one)) for one in places.files(place / "heads")]
        one = Tree(number, place, Head.read(places.text(place / "checkpoint")))
        one.heads = heads = [*sorted(heads, key=lambda head: head.size), one.head]
        sizes = {head.size for head in [*heads, *course.received] if head.origin == one.head.origin}
        one.roots, faults = _through(place, one.head.size, sizes)
        before = places.content(course.before) if course.before is not None else b""
        if number > 1 and one.entry(0) != sha256(before).digest():
            faults.append("前の封印の最後の先頭につながっていません")
        if one.head.origin.rpartition("/")[2] != str(number):
            faults.append(f"先頭は別の封印({one.head.origin})のものです")
    except (ProofError, UnicodeDecodeError) as error:
        report.faults.append(f"{name}: 読めません({error if isinstance(error, ProofError) else '文字が壊れています'})")
        return None
    report.faults += [f"{name}: {fault}" for fault in faults]
    course.check_signatures(name, heads)
    for head in heads:
        if head.origin != one.head.origin:
            report.faults.append(f"{name}: 大きさ{head.size}の先頭は、別の記録({head.origin})のものです")
        elif one.roots.get(head.size) != head.root:
            report.faults.append(f"{name}: 先頭から{head.size}行目までの記録が、署名されたものと違います")
    report.entries += one.head.size
    report.heads += len(heads)
    one.shown = bytearray(one.head.size)
    return one


def _through(place: Place, size: int, sizes: set[int]) -> tuple[dict[int, bytes], list[str]]:
    """Go through the entries once: the roots at these sizes, and the tiles that do not fit the entries."""
    edge, roots, faults = tree.Frontier(), {}, []
    level: list[bytes] = []  # roots of full bundles
    waiting = sorted(one for one in sizes if one <= size)
    for number, width in tiles.widths(0, size):
        hashes = [sha256(b"\x00" + entry).digest() for entry in _bundle(place, number, width)]
        if places.content(place / tiles.name(0, number, width)) != b"".join(hashes):
            faults.append(f"タイル {tiles.name(0, number, width)} が記録と合いません")
        while waiting and waiting[0] < edge.size + width:
            partial = tree.Frontier(edge.size, list(edge.roots))
            partial.add(hashes[: waiting[0] - edge.size])
            roots[waiting.pop(0)] = partial.root()
        if width == tiles.WIDTH:
            level.append(tree.full_root(hashes))
            edge.add(level[-1:], 8)
        else:
            edge.add(hashes)
    roots |= dict.fromkeys(waiting, edge.root())
    return roots, faults + _check_tiles(place, level)


def _check_tiles(place: Place, hashes: list[bytes]) -> list[str]:
    """The tiles above the lowest level."""
    faults, level = [], 1
    while hashes:
        for number, width in tiles.widths(0, len(hashes)):
            name = tiles.name(level, number, width)
            if places.content(place / name) != b"".join(hashes[number * tiles.WIDTH :][:width]):
                faults.append(f"タイル {name} が記録と合いません")
        hashes = tiles.above(hashes)
        level += 1
    return faults


def _check_received(head: Head, checked: dict[int, Tree], report: Report) -> None:
    one = next((one for one in checked.values() if one.head.origin == head.origin), None)
    if one is None:
        report.faults.append(f"別に受け取った先頭({head.origin})の記録が、書き出しの中にありません")
    elif head.size > one.head.size:
        report.faults.append(
            f"封印{one.number}: 別に受け取った先頭は{head.size}行ですが、書き出しには{one.head.size}行しかありません"
            f"({one.head.size + 1}行目からあとが消されたか、前の状態に戻されています)"
        )
    elif one.roots[head.size] != head.root:
        report.faults.append(
            f"封印{one.number}: 別に受け取った先頭と、{head.size}行目までのどこかが違います"
            "(同じ鍵で、違う記録が2つ作られています)"
        )
    else:
        report.heads += 1


def _check_witness(witness: Key, checked: dict[int, Tree], report: Report) -> None:
    """How far a witness has vouched for the latest tree."""
    latest = max(checked.values(), key=lambda one: one.number, default=None)
    try:
        sizes = [head.size for head in latest.heads if head.note.is_signed_by(witness)] if latest else []
    except ProofError as error:
        report.faults.append(f"立会人: {error}")
        return
    if sizes:
        report.said.append(f"立会人 {witness.name} は、{max(sizes)}行目までを見届けています。")
    else:
        report.faults.append(f"立会人 {witness.name} の署名がありません")


def _bundle(place: Place, number: int, width: int) -> list[bytes]:
    name = tiles.name("entries", number, width)
    found = tiles.entries(places.content(place / name))
    if len(found) != width:
        raise ProofError(f"{name} の行数が違います")
    return found
