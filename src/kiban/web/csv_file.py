"""A table as a CSV file a spreadsheet opens: UTF-8 with its mark, and no cell that is taken for a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

FORMULA = frozenset("=+-@\t\r\n")  # with what a spreadsheet lets a formula begin, also in full width


def plain(cell: object) -> str:
    """A cell as text; one that a spreadsheet would calculate gets an apostrophe before it."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if unicodedata.normalize("NFKC", text[:1]) in FORMULA or text[:1] in FORMULA else text


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The answer with the file.

    Args:
        name: of the file in words, without the day and the ending.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(plain, head))
    writer.writerows(map(plain, row) for row in rows)
    answer = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    file_name = f"{name}_{timezone.localdate():%Y%m%d}.csv"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file_name) or "attachment"
    return answer
