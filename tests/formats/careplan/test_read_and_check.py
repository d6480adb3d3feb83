"""Files that are read and checked in one go: the same documents and the same findings as one after the other."""

from __future__ import annotations

from collections import Counter

import pytest

from kiban.formats.careplan.checks import check_sources, read_and_check
from kiban.formats.careplan.checks import file as file_check
from kiban.formats.careplan.layouts import (
    Document,
    Kind,
    NotExchangeFileError,
    Readings,
    Strictness,
    layout,
    of_bytes,
    read,
    reading,
    samples,
)
from tests.formats.careplan.making import content, name_of

ACTUAL = content(Kind.ACTUAL)
HEADING = ",".join(layout(Kind.ACTUAL).names).encode("cp932") + b"\r\n"
CHANGED = {
    "as it is": ACTUAL,
    "UTF-8": ACTUAL.decode("cp932").encode(),
    "UTF-8 with a mark": ACTUAL.decode("cp932").encode("utf-8-sig"),
    "line feeds": ACTUAL.replace(b"\r\n", b"\n"),
    "a heading": HEADING + ACTUAL,
    "a heading only": HEADING,
    "half": ACTUAL[: len(ACTUAL) // 2],
    "a quotation mark that does not close": ACTUAL.replace(b'"', b"", 1),
    "a row too short": ACTUAL.replace(b",", b"", 1) + ACTUAL,
    "the columns of another kind": content(Kind.PLAN1),
    "an image": b"\xff\xd8\xff\xe0" + b"x" * 100,
    "a line without end": b"x" * (1 << 21),
    "another table": b"name,age\r\nHanako,84\r\n",
    "nothing": b"",
}


def read_alone(name: str, data: bytes) -> Document | None:
    try:
        return read(of_bytes(name, data))
    except NotExchangeFileError:
        return None


@pytest.mark.parametrize("name", [name_of(Kind.ACTUAL), "リスト.csv"])
@pytest.mark.parametrize("data", CHANGED.values(), ids=CHANGED.keys())
@pytest.mark.parametrize("readings", [Readings(), Readings(bare_text=Strictness.WARNING)], ids=["plain", "bare text"])
def test_the_document_and_the_findings_are_those_of_reading_and_of_checking(name, data, readings):
    sources = [of_bytes(name, data)]
    report = read_and_check(sources, readings)
    assert report.documents.get(name) == read_alone(name, data)
    assert report.findings == check_sources(sources, readings).findings


@pytest.mark.parametrize("unit", samples.UNITS)
def test_every_kind_of_file_becomes_the_document_it_is(unit):
    files = samples.unit(unit)
    report = read_and_check([of_bytes(name, data) for name, data in files.items()])
    expected = {name: document for name, data in files.items() if (document := read_alone(name, data))}
    assert report.documents == expected
    assert report.rows == sum(len(document.rows) for document in expected.values())


def test_a_check_alone_keeps_no_rows():
    assert check_sources([of_bytes(name_of(Kind.ACTUAL), ACTUAL)]).documents == {}


def test_each_file_is_gone_through_once(monkeypatch):
    gone_through: Counter[str] = Counter()
    for module in (file_check, reading):
        plain = module.blocks

        def counted(*arguments, plain=plain, module=module, **more):
            gone_through[module.__name__.rsplit(".", 1)[-1]] += 1
            return plain(*arguments, **more)

        monkeypatch.setattr(module, "blocks", counted)
    files = samples.unit("schedule")
    read_and_check([of_bytes(name, data) for name, data in files.items()])
    assert gone_through == {"file": len(files)}
