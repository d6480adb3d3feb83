"""Small files as scanners and cameras make them, and such as try to look like one."""

from __future__ import annotations

import struct
import zlib


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 8, height: int = 8, more: bytes = b"") -> bytes:
    """A white picture; ``more`` stands between header and picture."""
    rows = b"".join(b"\0" + b"\xff" * width for _ in range(min(height, 64)))
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + more
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def heavy_png(size: int) -> bytes:
    """A picture of exactly so many bytes."""
    return png(more=_chunk(b"teXt", bytes(size - len(png()) - 12)))


def jpeg(width: int = 8, height: int = 8) -> bytes:
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    scan = struct.pack(">HB", 8, 1) + b"\x01\x00\x00\x3f\x00"
    return (
        b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0\1\1\0\0\1\0\1\0\0"
        b"\xff\xc0" + frame + b"\xff\xda" + scan + b"\x7f\xff\x00\x11\xff\xd9"
    )


def pdf(*objects: bytes) -> bytes:
    body = (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n" + b"\n".join(objects)
    )
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 4 >>\nstartxref\n"
    return body + b"\n" + table + str(len(body) + 1).encode() + b"\n%%EOF\n"


def stream(dictionary: bytes, content: bytes) -> bytes:
    return b"9 0 obj\n<< " + dictionary + b" >>\nstream\n" + content + b"\nendstream\nendobj"


def packed(content: bytes) -> bytes:
    """Objects packed into a stream, as newer programs write them."""
    return stream(b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", zlib.compress(content))
