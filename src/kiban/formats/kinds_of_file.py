"""What a file is when it is no CSV in UTF-8 or Shift_JIS: named by what it is, with how to save it again.

Encodings, separators and formats have their names here once; every reader says them in its own sentence.
"""

from __future__ import annotations

import codecs
from collections import Counter
from typing import NamedTuple

AS_CSV = "Excelで開き「CSV UTF-8(コンマ区切り)」で保存し直してください。"
CHOOSE_CSV = "CSVのファイルを選んでください。"
UNPACK = "展開してから取り込んでください。"
LOOKED_AT = 1 << 12  # bytes enough to see that they are UTF-16
_ISO_2022_JP = (b"\x1b$B", b"\x1b$@", b"\x1b(J")


class Other(NamedTuple):
    """What a file is. ``what``: a Japanese noun; ``remedy``: a sentence for somebody who has to bring a CSV."""

    what: str
    remedy: str

    @property
    def sentence(self) -> str:
        """All of it, for a refusal."""
        return f"{self.what}です。{self.remedy}"


UTF16 = Other("文字コードがUTF-16のファイル(Excelの「Unicodeテキスト」など)", AS_CSV)
_UTF32 = Other("文字コードがUTF-32のファイル", AS_CSV)
_JIS = Other("文字コードがJIS(ISO-2022-JP)のファイル", "UTF-8かShift_JISで保存し直してください。")
_EUC = Other("文字コードがEUC-JPのファイル", "UTF-8かShift_JISで保存し直してください。")
NO_TEXT = Other("文字でない内容のファイル", f"CSVではありません。{CHOOSE_CSV}")
XLSX = Other("Excelのファイル(.xlsx)", AS_CSV)
_MAGIC = (
    (b"\xd0\xcf\x11\xe0", Other("Excelのファイル(.xls)", AS_CSV)),
    (b"%PDF", Other("PDFのファイル", CHOOSE_CSV)),
    (b"\x1f\x8b", Other("圧縮されたファイル(gz)", UNPACK)),
    (b"7z\xbc\xaf", Other("圧縮されたファイル(7z)", UNPACK)),
    (b"\xfd7zXZ", Other("圧縮されたファイル(xz)", UNPACK)),
    (b"\xff\xd8\xff", Other("写真や画像(JPEG)", CHOOSE_CSV)),
    (b"\x89PNG", Other("画像(PNG)", CHOOSE_CSV)),
    (b"SQLite format", Other("データベースのファイル", CHOOSE_CSV)),
    (
        b"\x00\x05\x16\x07",
        Other("Macが自分のために作る補助のファイル(名前が「._」で始まる)", "「._」の付かない方を選んでください。"),
    ),
    (codecs.BOM_UTF32_LE, _UTF32),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, _UTF32),
    (codecs.BOM_UTF16_LE, UTF16),
    (codecs.BOM_UTF16_BE, UTF16),
)
_SEPARATORS = {"\t": "タブ", ";": "セミコロン(;)", "|": "縦棒(|)", "\uff0c": "全角のコンマ(\uff0c)", "、": "読点(、)"}


def other_format(head: bytes) -> Other | None:
    """What the file is by its first bytes; None when it may be text."""
    for magic, other in _MAGIC:
        if head.startswith(magic):
            return other
    if head.startswith(b"PK\x03\x04"):
        if b"[Content_Types]" in head or b"xl/" in head:
            return XLSX
        return Other("圧縮されたファイル(zip)", "展開してから、中のCSVを取り込んでください。")
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if start == b"<":
        return Other("WebページかXMLのファイル", CHOOSE_CSV)
    if start in (b"{", b"["):
        return Other("JSONのファイル", CHOOSE_CSV)
    if b"\0" in head:
        return UTF16 if _is_utf16(head[:LOOKED_AT]) else NO_TEXT
    return _JIS if any(mark in head for mark in _ISO_2022_JP) else None


def other_encoding(content: bytes) -> Other | None:
    """The encoding of text that is neither UTF-8 nor Shift_JIS, where it is a known one."""
    if content.isascii():
        return None
    try:
        content.decode("euc_jp")
    except UnicodeDecodeError:
        return None
    return _EUC


def separator(line: str) -> str:
    """The Japanese name of what separates the cells of a line; empty where it is the comma, or nothing does.

    Ask only where the line read with commas makes no sense: a text may hold any of these.
    """
    counts: Counter[str] = Counter()
    inside = False
    for character in line:
        if character == '"':
            inside = not inside
        elif not inside:
            counts[character] += 1
    most = max(_SEPARATORS, key=lambda mark: counts[mark])
    return _SEPARATORS[most] if counts[most] > counts[","] else ""


def separated_otherwise(line: str) -> str:
    """The sentence that a line is separated by something other than commas, or nothing; asked as ``separator`` is."""
    name = separator(line)
    return f"コンマではなく{name}で区切られています。" if name else ""


def _is_utf16(head: bytes) -> bool:
    """UTF-16 without its mark: read so, the beginning is plain text with an end of line."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(encoding, "replace")
        if ("\n" in text or "\r" in text) and all(one.isprintable() or one in "\t\r\n" for one in text[:-1]):
            return True
    return False
