"""Sheets printed and read back."""

from __future__ import annotations

import datetime as dt
import io

from pypdf import PdfReader

from kiban.paper.printing import Foot, Sheet, pdf

FOOT = Foot.now("試験居宅介護支援事業所 みほん", "試験 出力者", dt.datetime(2026, 11, 23, 13, 5))  # noqa: DTZ001


def pages(sheets: list[Sheet]) -> list[str]:
    """The text of each page, without the spaces a reader puts between letters."""
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf(sheets, FOOT))).pages]
