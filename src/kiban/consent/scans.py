"""The signed paper as a file: what it is, told by its content, and why it is not taken.

A name and a declared type are only what somebody says of a file. The gate checks beginning and length once more.
"""

from __future__ import annotations

import contextlib
import re
import struct
import zlib
from collections.abc import Iterator

LARGEST = 5 * 1024 * 1024  # bytes
SMALLER = "読み取りの細かさを下げる(白黒・200dpi くらい)と小さくなります。"
SIDE = 30_000  # pixels: no scanner makes more

ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}

_PNG = b"\x89PNG\r\n\x1a\n"
_EXECUTABLES = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!",
)
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|svg|\?xml)", re.IGNORECASE)
# What makes a PDF do something by itself, or hides what it holds. Names may be written with #xx.
_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)\b")
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_STREAM = re.compile(rb"\bstream\r?\n(.*?)endstream", re.DOTALL)
_PDF_LOCKED = re.compile(rb"/Encrypt\b")
_TAKEN = "PDF・PNG・JPEG のどれかを選んでください。"


class ScanError(Exception):
    """Why a file is not taken, in the words of the person who chose it."""


def media_type(content: bytes) -> str:
    """``application/pdf``, ``image/png`` or ``image/jpeg``: what the content is.

    Raises:
        ScanError: empty, above ``LARGEST``, of another kind, broken, or a PDF that acts or is locked.
    """
    if not content:
        raise ScanError("ファイルが空です。もう一度読み取ってください。")
    if len(content) > LARGEST:
        raise ScanError(too_large(len(content)))
    if content.startswith(b"%PDF-"):
        _check_pdf(content)
        return "application/pdf"
    if content.startswith(_PNG):
        _check_png(content)
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        _check_jpeg(content)
        return "image/jpeg"
    raise ScanError(_what_else(content))


def too_large(size: int) -> str:
    """What to do about a file of so many bytes."""
    return f"ファイルが大きすぎます({size / 1024 / 1024:.1f}MB)。5MBまでです。{SMALLER}"


def _what_else(content: bytes) -> str:
    if content.startswith(_EXECUTABLES):
        return f"これはプログラムです。書面ではないので付けられません。{_TAKEN}"
    if _MARKUP.search(content[:4096]):
        return f"ウェブページやSVGの図は、中にプログラムを含められるので付けられません。{_TAKEN}"
    if content.startswith(b"PK\x03\x04"):
        return f"ワードやエクセルの文書、ZIPは付けられません。PDFにしてから付けてください。{_TAKEN}"
    if content[4:8] == b"ftyp":
        return (
            "iPhoneなどの写真の形式(HEIC)か、動画です。"
            f"カメラの設定の「フォーマット」を「互換性優先」にして撮り直してください。{_TAKEN}"
        )
    return f"この形式のファイルは付けられません。{_TAKEN}"


def _check_pdf(content: bytes) -> None:
    if b"startxref" not in content[-4096:] or b"%%EOF" not in content[-2048:]:
        raise ScanError("PDFが途中で切れています。もう一度読み取ってください。")
    if b"/Page" not in content and b"/ObjStm" not in content:
        raise ScanError("PDFに、ページが見あたりません。もう一度読み取ってください。")
    names = _PDF_ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), b" ".join(_pdf_objects(content)))
    if _PDF_LOCKED.search(names):
        raise ScanError("PDFにパスワードがかかっています。かけずに読み取り直してください。")
    if _PDF_ACTIVE.search(names):
        raise ScanError("プログラムや別のファイルを含むPDFは付けられません。紙を読み取り直してください。")


def _pdf_objects(content: bytes) -> Iterator[bytes]:
    """What stands outside of streams (the bytes of a picture may spell anything), and the packed objects."""
    at = 0
    for stream in _PDF_STREAM.finditer(content):
        head = content[at : stream.start()]
        yield head
        if b"/ObjStm" in head[-1000:]:
            with contextlib.suppress(zlib.error):  # not packed in this way: nothing a reader of PDFs would find either
                yield zlib.decompressobj().decompress(stream[1], LARGEST)
        at = stream.end()
    yield content[at:]


def _check_png(content: bytes) -> None:
    broken = ScanError("PNGの画像が壊れているか、途中で切れています。もう一度読み取ってください。")
    at, first = len(_PNG), True
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
            raise broken
        if first:
            if kind != b"IHDR" or length != 13:
                raise broken
            _check_sides(*struct.unpack_from(">II", content, at + 8))
        if kind == b"IEND":
            if end != len(content):
                raise ScanError("画像の後ろに別のデータが付いています。もう一度読み取ってください。")
            return
        at, first = end, False
    raise broken


def _check_jpeg(content: bytes) -> None:
    broken = ScanError("JPEGの画像が壊れているか、途中で切れています。もう一度読み取ってください。")
    at, has_frame = 2, False
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        length = struct.unpack_from(">H", content, at + 2)[0]
        if length < 2:
            raise broken
        if marker in (0xC0, 0xC1, 0xC2, 0xC3) and at + 9 <= len(content):
            height, width = struct.unpack_from(">HH", content, at + 5)
            _check_sides(width, height)
            has_frame = True
        at += 2 + length
        if marker == 0xDA:  # the picture itself; cameras may append their own data behind its end
            if not has_frame or content.find(b"\xff\xd9", at) < 0:
                raise broken
            return
    raise broken


def _check_sides(width: int, height: int) -> None:
    if not (0 < width <= SIDE and 0 < height <= SIDE):
        raise ScanError("画像の大きさを読み取れません。もう一度読み取ってください。")
