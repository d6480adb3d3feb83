"""Files a page was given to look at: kept in memory for the answer, never written down."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from kiban.exchange.layouts import Source, of_bytes

MOST_FILES = 60  # Django itself gives up at 100
LARGEST = 5 * 1024 * 1024  # bytes, all together: what the server keeps in memory without writing it down
SHELL = "大きいファイルは、端末の命令「kiban exchange check ファイル」で点検できます。"


def taken(request: HttpRequest) -> tuple[list[Source], str]:
    """The files of the field ``files``, or none and the sentence why not."""
    files = request.FILES.getlist("files")
    if not files:
        return [], "ファイルを選んでから押してください。"
    if len(files) > MOST_FILES:
        return [], f"一度に見られるのは{MOST_FILES}個までです。分けて選んでください。"
    if sum(file.size or 0 for file in files) > LARGEST:
        return [], f"合わせて5MBまで見られます。分けて選んでください。{SHELL}"
    return [of_bytes(_name(file), file.read()) for file in files], ""


def _name(file: UploadedFile) -> str:
    return file.name or "名前のないファイル"
