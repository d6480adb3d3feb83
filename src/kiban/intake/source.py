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

from kiban.intake.refusals import FileRefusedError
from kiban.intake.rows import rows

CHUNK = 1 << 18
LONGEST_LINE = 1 << 20  # bytes
END = "#END"

_MAGIC = (
    (b"\xd0\xcf\x11\xe0", "Excelのファイル(.xls)です。Excelで開き「CSV UTF-8(コンマ区切り)」で保存し直してください。"),
    (b"%PDF", "PDFのファイルです。CSVのファイルを選んでください。"),
    (b"\x1f\x8b", "圧縮されたファイル(gz)です。展開してから取り込んでください。"),
    (b"\xfd7zXZ", "圧縮されたファイル(xz)です。展開してから取り込んでください。"),
    (b"7z\xbc\xaf", "圧縮されたファイル(7z)です。展開してから取り込んでください。"),
    (b"SQLite format", "データベースのファイルです。CSVのファイルを選んでください。"),
    (codecs.BOM_UTF16_LE, "文字コードがUTF-16です。UTF-8で保存し直してください。"),
    (codecs.BOM_UTF16_BE, "文字コードがUTF-16です。UTF-8で保存し直してください。"),
)
_EXCEL = "Excelのファイル(.xlsx)です。Excelで開き「CSV UTF-8(コンマ区切り)」で保存し直してください。"
_ZIP = "圧縮されたファイル(zip)です。展開してから、中のCSVを取り込んでください。"


@dataclass(frozen=True)
class Source:
    """A file that is text and whole.

    Attributes:
        digest: SHA-256 of its bytes, hexadecimal.
        lines: how many lines it has.
        encoding: ``utf-8-sig`` (with or without mark) or ``cp932``.
        heading: the cells of its first line, spaces taken out and widths made equal.
        declared: the number of rows its end record states; None when it has none.
        stamp: size and modification time, to see whether it changes while it is read.
    """

    path: Path
    digest: str
    lines: int
    encoding: str
    heading: tuple[str, ...]
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
        raise FileRefusedError(
            f"ファイルを開けません({os.strerror(error.errno or 0)})。場所と名前を確かめてください。"
        ) from None
    encoding, heading = _heading(head)
    declared = _declared(tail)
    if declared is None and not tail.rstrip(b"\x1a").endswith((b"\n", b"\r")):
        raise FileRefusedError(
            "ファイルが途中で切れています(最後の行に改行がありません)。送り元から取り直してください。"
            f"全部そろっているなら、最後に「{END},件数」の行を加えてください。"
        )
    found = Source(path, digest, lines, encoding, heading, declared, _stamp(about))
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
    for magic, sentence in _MAGIC:
        if head.startswith(magic):
            raise FileRefusedError(sentence)
    if head.startswith(b"PK\x03\x04"):
        raise FileRefusedError(_EXCEL if b"[Content_Types].xml" in head or b"xl/" in head else _ZIP)
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if start == b"<":
        raise FileRefusedError("WebページかXMLのファイルです。CSVのファイルを選んでください。")
    if start in (b"{", b"["):
        raise FileRefusedError("JSONのファイルです。CSVのファイルを選んでください。")
    if b"\0" in head:
        raise FileRefusedError("CSVではありません(文字でない内容があります)。CSVのファイルを選んでください。")


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
        tail = (tail + chunk)[-4096:]
    return digest.hexdigest(), lines + bool(running), tail


def _heading(head: bytes) -> tuple[str, tuple[str, ...]]:
    """Encoding and normalised cells of the first line."""
    content = head.removeprefix(codecs.BOM_UTF8)
    first = re.split(rb"\r\n|\n|\r", content, maxsplit=1)[0]
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = first.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            cells = next(csv.reader([text]), [])
        except csv.Error:
            cells = []
        return encoding, tuple(normal(cell) for cell in cells)
    raise FileRefusedError("文字コードがUTF-8でもShift_JIS(CP932)でもありません。「CSV UTF-8」で保存し直してください。")


def _declared(tail: bytes) -> int | None:
    """The number of rows the end record states, if the file has one."""
    last = re.split(rb"[\r\n]+", tail.rstrip(b"\r\n\x1a "))[-1]
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
