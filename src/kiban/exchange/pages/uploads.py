"""Files a page was given to look at: kept in memory for the answer, never written down."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from kiban.exchange.units import parcels
from kiban.formats.careplan.layouts import Document, NotExchangeFileError, Source, of_bytes, read
from kiban.formats.leftovers import is_stray
from kiban.web.file_size import in_words

MOST_FILES = 60  # Django itself gives up at 100
LARGEST = 5 * 1024 * 1024  # bytes, all together: what the server keeps in memory without writing it down
LARGEST_UNPACKED = 4 * LARGEST
MOST_ROWS = 100_000  # together: a small zip can hold millions of empty ones, and each is looked at
SHELL = "大きいファイルは、端末の命令「kiban exchange check ファイル」で点検できます。"

FIELD = {"largest": LARGEST, "largest_in_words": in_words(LARGEST)}  # for exchange/files_input.html


def uploaded_files(request: HttpRequest) -> tuple[list[Source], str]:
    """The files of the field ``files``, those of a zip singly, or none and the sentence why not."""
    files = [file for file in request.FILES.getlist("files") if not is_stray(_name(file))]
    if not files:
        return [], "ファイルを選んでから押してください。"
    if len(files) > MOST_FILES:
        return [], f"一度に見られるのは{MOST_FILES}個までです。分けて選んでください。"
    if sum(file.size or 0 for file in files) > LARGEST:
        return [], f"合わせて{in_words(LARGEST)}まで見られます。分けて選んでください。{SHELL}"
    sources: list[Source] = []
    left, rows = LARGEST_UNPACKED, 0
    for file in files:
        content = {_name(file): file.read()}
        if _name(file).lower().endswith(".zip"):
            try:
                content = parcels.unpack(content[_name(file)])
            except parcels.ParcelError as error:
                return [], f"{_name(file)}: {error}"
        left -= sum(map(len, content.values()))
        if left < 0:
            return [], f"zipの中身が大きすぎます。分けて選んでください。{SHELL}"
        rows += sum(map(parcels.rows_of, content.values()))
        if rows > MOST_ROWS:
            return [], f"合わせて10万行まで見られます。分けて選んでください。{SHELL}"
        sources += [of_bytes(name, data) for name, data in content.items()]
    return sources, ""


def read_all(sources: Sequence[Source]) -> tuple[list[Document], list[str]]:
    """The files as documents, and the names of those that cannot be read as such."""
    documents, unread = [], []
    for source in sources:
        try:
            documents.append(read(source))
        except NotExchangeFileError:
            unread.append(source.name)
    return documents, unread


def _name(file: UploadedFile) -> str:
    return file.name or "名前のないファイル"
