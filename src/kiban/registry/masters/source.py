"""Published files as text: any name, with or without byte-order mark, UTF-8 or CP932, alone or in a zip or xz."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import lzma
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kiban.formats.kinds_of_file import NO_TEXT, XLSX, other_encoding, other_format
from kiban.formats.leftovers import is_blank, is_stray
from kiban.ops import reasons

LOOKED_AT = 1 << 18  # bytes
LARGEST = 200 * 1024 * 1024  # bytes; the largest published file has 16 MB
LONGEST_FIELD = 10_000  # characters; published fields have at most 411


class UnusableFileError(Exception):
    """The file as a whole cannot be read. The message says, in Japanese, why and what to do."""


@dataclass(frozen=True)
class Source:
    """One published file."""

    name: str
    sha256: str
    text: str
    label: str


def open_sources(path: Path, label: str = "") -> Iterator[Source]:
    """The published files in ``path``: itself, or those inside when it is a zip.

    Raises:
        UnusableFileError: missing, empty, too large, or of a format that is not text.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UnusableFileError("大きすぎます(200MBまで)。公表されている台帳のファイルか確かめてください。")
        content = path.read_bytes()
    except OSError as error:
        raise UnusableFileError(f"開けません({reasons.of(error)})。ファイルの場所と名前を確かめてください。") from None
    edition = label or _label_in(path.name)
    if content.startswith(b"PK\x03\x04"):
        yield from _unzipped(path.name, content, edition)
    else:
        yield source(path.name, content, edition)


def source(name: str, content: bytes, label: str) -> Source:
    """A file from its bytes.

    Raises:
        UnusableFileError: see ``open_sources``.
    """
    return Source(name, hashlib.sha256(content).hexdigest(), _decode(_plain(content)), label)


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of CSV text with the number of the line each begins on; empty lines are passed over.

    Raises:
        UnusableFileError: a field is far longer than any published one (a quotation mark that is never closed).
    """
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""))
    begins = 1
    try:
        for row in reader:
            if not is_blank(row):
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error:
        raise UnusableFileError(
            f"{begins}行目から先を区切れません(閉じていない引用符か、改行のない長い行)。配布元から取り直してください。"
        ) from None


def _unzipped(name: str, content: bytes, label: str) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir() and not is_stray(member.filename)]
            if any(member.filename == "[Content_Types].xml" for member in members):
                raise UnusableFileError(XLSX.sentence)
            members = [member for member in members if member.filename.lower().endswith((".csv", ".txt"))]
            if not members:
                raise UnusableFileError("zipの中にCSVのファイルがありません。")
            if sum(member.file_size for member in members) > LARGEST:
                raise UnusableFileError("zipの中身が大きすぎます(200MBまで)。")
            for member in members:
                yield source(f"{name}/{member.filename}", archive.read(member), label)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError):
        raise UnusableFileError(
            "zipを開けません(壊れているか、パスワード付きです)。配布元から取り直してください。"
        ) from None


def _plain(content: bytes) -> bytes:
    if content.startswith(b"\xfd7zXZ\x00"):
        try:
            return lzma.LZMADecompressor(memlimit=LARGEST).decompress(content, LARGEST)
        except lzma.LZMAError:
            raise UnusableFileError("xzを開けません(壊れています)。配布元から取り直してください。") from None
    if content.lstrip()[:1] == b"<":
        raise UnusableFileError("Webページが保存されています。リンク先のCSVファイルそのものを保存してください。")
    if not content.strip():
        raise UnusableFileError("中身がありません。")
    if other := other_format(content[:LOOKED_AT]):
        raise UnusableFileError(other.sentence)
    return content


def _decode(content: bytes) -> str:
    if content.startswith(codecs.BOM_UTF8):
        content = content[len(codecs.BOM_UTF8) :]
    for encoding in ("utf-8", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            continue
        if "\0" in text:
            raise UnusableFileError(NO_TEXT.sentence)
        return text
    if other := other_encoding(content):
        raise UnusableFileError(other.sentence)
    raise UnusableFileError(
        f"文字コードがUTF-8でもShift_JIS(CP932)でもありません({line}行目)。UTF-8で保存し直してください。"
    )


def _label_in(name: str) -> str:
    """The day in names such as ``jigyosho_110_all_20260709180319.csv``; empty when there is none."""
    day = re.search(r"(20\d{2})(\d{2})(\d{2})\d{0,6}(?!\d)", name)
    try:
        return date(*map(int, day.groups())).isoformat() if day else ""
    except ValueError:
        return ""
