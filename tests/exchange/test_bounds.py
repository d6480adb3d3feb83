"""What a page or a machine is given is bounded before it is checked: bytes, rows, and questions to the database."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kiban.exchange.pages import check, uploads
from kiban.exchange.units import parcels
from kiban.formats.careplan.layouts import samples
from tests import cast
from tests.cast import browser
from tests.world import World

NAME = "UPPLAN_202610_1370000010_43_1370000028_11_20260925090000.CSV"
PAGES = ("/exchange/", "/exchange/match/", "/exchange/print/", "/exchange/send/")


@pytest.fixture
def client():
    world = World()
    yield browser(cast.build(world).manager)
    world.connection.close()


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr(NAME, content)
    return packed.getvalue()


@pytest.mark.parametrize("row", [b",\r\n", b"\n", b"\r", b"x\r\n"], ids=["comma", "line feeds", "returns", "letters"])
@pytest.mark.parametrize("page", PAGES)
def test_more_rows_than_a_page_takes_are_refused_before_any_is_read(client, page, row, monkeypatch):
    """A zip of some kilobytes cost eight seconds of a processor."""
    monkeypatch.setattr(uploads, "of_bytes", lambda *_: pytest.fail("it was read"))
    sent = zipped(row * (uploads.MOST_ROWS + 1))
    assert len(sent) < 30_000
    answer = client.post(page, {"files": SimpleUploadedFile("unit.zip", sent), "kind": "match"})
    assert answer.status_code == 422
    assert "合わせて10万行まで" in answer.content.decode()


def test_the_rows_of_all_files_count_together(client):
    half = b"x\r\n" * (uploads.MOST_ROWS // 2 + 1)
    files = [SimpleUploadedFile(f"{number}.csv", half) for number in range(2)]
    answer = client.post("/exchange/", {"files": files})
    assert (answer.status_code, "合わせて10万行まで" in answer.content.decode()) == (422, True)


def test_as_many_rows_as_it_takes_are_checked(client):
    answer = client.post("/exchange/", {"files": SimpleUploadedFile(NAME, b"x\r\n" * uploads.MOST_ROWS)})
    assert answer.status_code == 200


def test_a_parcel_of_a_machine_is_bounded_too():
    with pytest.raises(parcels.TooLargeError, match="行まで"):
        parcels.unpack(zipped(b",\r\n" * (parcels.MOST_ROWS + 1)))
    assert parcels.unpack(zipped(b",\r\n" * 1000))


def test_an_office_in_every_row_is_not_asked_for_in_every_row(client):
    """Each number was looked up by two queries, however many there were."""
    unit = samples.unit("schedule", samples.Scene(sequence="20260925090000"))
    name = next(file for file in unit if file.startswith("UPPLAN"))
    first = unit[name].split(b"\r\n")[0]
    rows = b"".join(first.replace(b"1370000028", b"13%08d" % number) + b"\r\n" for number in range(2000))
    with CaptureQueriesContext(connection) as asked:
        answer = client.post("/exchange/", {"files": SimpleUploadedFile(name, rows)})
    assert answer.status_code == 200
    assert len(asked) < 2 * check.MOST_ASKED + 50


def test_a_parcel_from_a_mac_with_two_folders() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        for folder, name in (("10月", "a.csv"), ("11月", "b.csv")):
            into.writestr(f"{folder}/{name}", name)
            into.writestr(f"{folder}/.DS_Store", "x")
            into.writestr(f"{folder}/Thumbs.db", "x")
            into.writestr(f"__MACOSX/{folder}/._{name}", "x")
    assert parcels.unpack(packed.getvalue()) == {"a.csv": b"a.csv", "b.csv": b"b.csv"}
