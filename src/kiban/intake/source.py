"""A file before its first row is read: is it whole, is it text, which encoding, which layout's heading.

One pass over the bytes (digest, lines, longest line, last line) decides most refusals before anything is written.
Memory does not grow with the file.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from kiban.formats.kinds_of_file import AS_CSV, other_encoding, other_format
from kiban.formats.leftovers import without_blank_lines
from kiban.intake.refusals import FileRefusedError
from kiban.intake.rows import rows
from kiban.ops import reasons

CHUNK = 1 << 18
LONGEST_LINE = 1 << 20  # bytes
END = "#END"
HEADING_LINES = 30  # lines a heading may span: Excel puts line breaks into narrow columns
LONGEST_HEADING = 1 << 13  # bytes
KEPT = 1 << 12  # bytes of the end of a file
BLANK = b',;"\t \r\n\x1a'
BLANK_TEXT = BLANK.decode() + "\u3000"


@dataclass(frozen=True)
class Source:
    """A file that is text and whole.

    Attributes:
        digest: SHA-256 of its bytes, hexadecimal.
        lines: how many lines it has.
        encoding: ``utf-8-sig`` (with or without mark) or ``cp932``.
        heading: the cells of its first row with content, spaces taken out and widths made equal; empty cells at its end
            are no columns, others stand for columns without a heading.
        heading_width: how many cells the heading has in the file.
        heading_line: the last line of the heading, from 1. first_line: its first line as it stands there.
        declared: the number of rows its end record states; None when it has none.
        stamp: size and modification time, to see whether it changes while it is read.
    """

    path: Path
    digest: str
    lines: int
    encoding: str
    heading: tuple[str, ...]
    heading_width: int
    heading_line: int
    first_line: str
    declared: int | None
    stamp: tuple[int, int]

    @property
    def charset(self) -> str:
        """The character set as it is kept beside names."""
        return "cp932" if self.encoding == "cp932" else "utf-8"

    def open(self) -> TextIO:
        """The text, line ends untouched; bytes that are no text become lone surrogates."""
        return self.path.open(encoding=self.encoding, errors="surrogateescape", newline="")

    def changed(self) -> bool:
        """Whether the file is another one by now."""
        try:
            return _stamp(self.path.stat()) != self.stamp
        except OSError:
            return True


def examine(path: Path) -> Source:
    """Look at the whole file once.

    Raises:
        FileRefusedError: it cannot be read, is of another format, cut off, or empty.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise FileRefusedError("ファイルではありません。CSVのファイルを指定してください。")
        with path.open("rb") as file:
            head = file.read(CHUNK)
            _refuse_formats(head)
            file.seek(0)
            digest, lines, tail = _pass_over(file)
    except OSError as error:
        raise FileRefusedError(f"ファイルを開けません({reasons.of(error)})。場所と名前を確かめてください。") from None
    declared = _declared(tail)
    if declared is None and not tail.rstrip(b"\x1a").endswith((b"\n", b"\r")):
        raise FileRefusedError(
            "ファイルが途中で切れています(最後の行に改行がありません)。送り元から取り直してください。"
            f"全部そろっているなら、最後に「{END},件数」の行を加えてください。"
        )
    found = Source(path, digest, lines, *_heading(head), declared, _stamp(about))
    if declared is not None:
        _count(found, declared)
    return found


def normal(text: str) -> str:
    """A column heading for comparing: NFKC, no spaces, no byte-order mark."""
    return re.sub(r"[\s\ufeff]", "", unicodedata.normalize("NFKC", text))


def _stamp(about: os.stat_result) -> tuple[int, int]:
    return about.st_size, about.st_mtime_ns


def _refuse_formats(head: bytes) -> None:
    if not head.strip(b"\xef\xbb\xbf \t\r\n\x1a\0"):
        raise FileRefusedError("ファイルの中身がありません。送り元から取り直してください。")
    if other := other_format(head):
        raise FileRefusedError(other.sentence)


def _pass_over(file: io.BufferedReader) -> tuple[str, int, bytes]:
    """Digest, number of lines and the last bytes. Raises FileRefusedError at a line that is too long."""
    digest, lines, tail = hashlib.sha256(), 0, b""
    running = 0  # bytes since the last line end
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        ends = chunk.count(b"\n")
        if not ends:
            ends = chunk.count(b"\r")
            first, last = chunk.find(b"\r"), chunk.rfind(b"\r")
        else:
            first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
        lines += ends
        if running + (first if ends else len(chunk)) > LONGEST_LINE:
            raise FileRefusedError(
                "1行が長すぎます(1MBを超えています)。改行が失われているか、CSVではありません。送り元から取り直してください。"
            )
        running = len(chunk) - last - 1 if ends else running + len(chunk)
        tail = _end(tail, chunk)
    return digest.hexdigest(), lines + bool(running), tail


def _end(tail: bytes, chunk: bytes) -> bytes:
    """The last bytes of what was read, enough of them for the last row with content whatever empty rows follow it."""
    content = len(chunk.rstrip(BLANK))
    rest = chunk[content:]
    return (tail + chunk[:content])[-KEPT:] + (rest if len(rest) <= KEPT else rest[:KEPT] + b"\n")


def _heading(head: bytes) -> tuple[str, tuple[str, ...], int, int, str]:
    """Of the first row with content: encoding, normalised cells, their number, the line it ends on, its first line."""
    content = head.removeprefix(codecs.BOM_UTF8)
    for encoding in ("utf-8-sig", "cp932"):
        text = _decoded(content, encoding)
        if text is None:
            continue
        lines = io.StringIO(text, newline="").readlines()
        first = next((at for at, line in enumerate(lines) if line.strip(BLANK_TEXT)), 0)
        reader = csv.reader(lines[first:])
        try:
            cells = next(reader, [])
        except csv.Error:
            cells = []
        if reader.line_num > HEADING_LINES:  # a quotation mark that is never closed
            cells, taken = next(csv.reader([lines[first].replace('"', "")]), []), 1
        else:
            taken = reader.line_num
        heading = [normal(cell) for cell in cells]
        while heading and not heading[-1]:
            heading.pop()
        return encoding, tuple(heading), len(cells), first + taken, lines[first] if lines else ""
    if other := other_encoding(content[:LONGEST_HEADING].rsplit(b"\n", 1)[0]):
        raise FileRefusedError(other.sentence)
    raise FileRefusedError(f"文字コードがUTF-8でもShift_JIS(CP932)でもありません。{AS_CSV}")


def _decoded(content: bytes, encoding: str) -> str | None:
    """The first lines as text, as far as the first row with content; None when they are not of the encoding."""
    lines = content.splitlines(keepends=True)
    first = next((at for at, line in enumerate(lines) if line.strip(BLANK)), 0)
    try:
        b"".join(lines[: first + 1]).decode(encoding)
    except UnicodeDecodeError:
        return None
    return b"".join(lines[: first + 1 + HEADING_LINES]).decode(encoding, "replace")


def _declared(tail: bytes) -> int | None:
    """The number of rows the end record states, if the file has one."""
    last = re.split(rb"[\r\n]+", without_blank_lines(tail).rstrip(b"\r\n\x1a "))[-1]
    found = re.fullmatch(rb'"?#END"?,"?(\d{1,12})"?,*', last.strip())
    return int(found[1]) if found else None


def _count(source: Source, declared: int) -> None:
    """Raises FileRefusedError when there are more or fewer rows than the end record states."""
    with source.open() as file:
        seen = sum(1 for _ in rows(file, len(source.heading))) - 2  # heading and end record
    if seen != declared:
        raise FileRefusedError(
            f"件数が合いません(最後の行には{declared:,}件、実際は{seen:,}件)。"
            "途中で切れたか、書き換わっています。送り元から取り直してください。"
        )
