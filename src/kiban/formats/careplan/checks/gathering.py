"""From paths to files: single files, folders with everything in them, zips."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO, BinaryIO, cast

from kiban.formats.careplan.checks import whole
from kiban.formats.careplan.checks.collecting import Collector
from kiban.formats.careplan.checks.whole import UnusableError
from kiban.formats.careplan.layouts.faults import Code, Finding, Problem, Severity, Who
from kiban.formats.careplan.layouts.names import kind_of
from kiban.formats.careplan.layouts.readings import Readings
from kiban.formats.careplan.layouts.sources import Source, base_name, of_path
from kiban.formats.leftovers import is_stray

LARGEST_MEMBER = 1 << 31  # bytes; an exchange of a whole city is far below
MOST_MEMBERS = 20_000
BROKEN = "zipがこわれています"


def gather(paths: Iterable[Path], readings: Readings) -> tuple[list[Source], list[Finding]]:
    """The files to check, each once, and findings for what is none."""
    sources: dict[str, Source] = {}
    findings: list[Finding] = []
    seen: set[str] = set()
    for path in paths:
        for file, name in _files(path, findings, readings):
            real = os.path.realpath(file)
            if real in seen:
                continue
            seen.add(real)
            try:
                inside = _zip(file, name) if zipfile.is_zipfile(file) else [of_path(file, name)]
            except OSError as error:
                findings += _finding(name, whole.not_readable(error), readings)
                continue
            if not inside:
                findings += _finding(name, whole.not_text(""), readings)
            for source in inside:
                sources[_free(source.name, sources)] = source
    named = [Source(name, source.open) for name, source in sources.items()]
    return named, findings


def _files(path: Path, findings: list[Finding], readings: Readings) -> Iterable[tuple[Path, str]]:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        findings += _finding(path.name or str(path), whole.not_readable(error), readings)
        return
    if stat.S_ISREG(mode):
        if not is_stray(path.name):
            yield path, path.name
        return
    if not stat.S_ISDIR(mode):
        findings += _finding(
            path.name, whole.not_readable(UnusableError("ファイルでもフォルダでもありません")), readings
        )
        return
    count = 0
    for folder, folders, files in os.walk(path, onerror=None):
        folders.sort()
        for file in sorted(files):
            found = Path(folder, file)
            name = found.relative_to(path).as_posix()
            if _belongs(name) and found.is_file():
                count += 1
                yield found, name
            elif not file.startswith(".") and not is_stray(name):
                findings += _finding(name, NOT_CHECKED, readings)
    if not count:
        problem = Problem(
            Code.EMPTY_FILE,
            "フォルダの中に、ケアプランデータ連携のファイルが1つもありません。",
            "介護ソフトがファイルを書き出したフォルダを選んでください。",
            who=Who.US,
        )
        findings += _finding(path.name or str(path), problem, readings)


def _belongs(name: str) -> bool:
    """Whether a file of a folder or zip (its way may stand before it) is looked at: other things lie there too."""
    if is_stray(name):
        return False
    name = base_name(name)
    return kind_of(name) is not None or name.lower().endswith((".csv", ".zip"))


def _zip(path: Path, name: str) -> list[Source]:
    """The files in a zip. Raises OSError."""
    try:
        with zipfile.ZipFile(path) as packed:
            everything = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UnusableError(BROKEN) from error
    members = [member for member in everything if not member.is_dir() and _belongs(member.filename)]
    if len(members) > MOST_MEMBERS or any(member.file_size > LARGEST_MEMBER for member in members):
        raise UnusableError("zipの中身が大きすぎます")
    return [Source(f"{name}/{member.filename}", _Member(path, member.filename)) for member in members]


class _Member:
    """Opens a file in a zip. A broken or locked zip is an OSError, as of a broken disk."""

    def __init__(self, path: Path, member: str) -> None:
        self._path, self._member = path, member

    def __call__(self) -> BinaryIO:
        try:
            with zipfile.ZipFile(self._path) as packed:  # the member keeps the file open for itself
                return cast(BinaryIO, _Guarded(packed.open(self._member)))
        except (RuntimeError, zipfile.BadZipFile, NotImplementedError, KeyError) as error:
            raise UnusableError("zipにパスワードが付いているか、こわれています") from error


class _Guarded:
    """A file in a zip whose contents turn out to be broken only while they are read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise UnusableError(BROKEN) from error

    def __enter__(self) -> _Guarded:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


NOT_CHECKED = Problem(
    Code.NOT_CHECKED,
    "ケアプランデータ連携のファイルの名前でないので、調べていません。",
    "調べたいファイルなら、ファイルそのものを選んでください。",
    Severity.INFO,
    Who.US,
)


def _finding(name: str, problem: Problem, readings: Readings) -> list[Finding]:
    into = Collector(name, readings)
    into.add(problem)
    return into.findings()


def _free(name: str, taken: Iterable[str]) -> str:
    """The name, made different when a file from another folder has the same."""
    names = set(taken)
    if name not in names:
        return name
    number = 2
    while f"{name} [{number}]" in names:
        number += 1
    return f"{name} [{number}]"
