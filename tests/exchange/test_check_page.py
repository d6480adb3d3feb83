"""ファイルの点検 on its page: what is wrong, beside the row, and nothing kept."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kiban.exchange.pages import check, uploads
from kiban.exchange.pages.findings import results
from kiban.formats.careplan.checks import read_and_check
from kiban.formats.careplan.layouts import samples
from kiban.formats.careplan.layouts.sources import of_bytes
from kiban.web.access import Access, access_of
from tests import cast
from tests.cast import browser
from tests.exchange.desks import text
from tests.world import World

pytestmark = pytest.mark.database
PAGE = "/exchange/"


@pytest.fixture
def client():
    world = World()
    yield browser(cast.build(world).manager)
    world.connection.close()


def files() -> dict[str, bytes]:

    return samples.unit("schedule", samples.Scene(sequence="20260925090000"))


def send(client, contents: dict[str, bytes]):
    return client.post(PAGE, {"files": [SimpleUploadedFile(name, content) for name, content in contents.items()]})


def results_of(contents: dict[str, bytes]):
    return results(read_and_check([of_bytes(name, content) for name, content in contents.items()]).checked)


def test_clean_files_are_one_sentence_and_what_is_in_them(client):
    given = files()
    response = send(client, given)
    assert response.status_code == 200
    shown = text(response)
    assert all(name in shown for name in given)
    assert "直すところはありません" in shown or "確かめてください" in shown  # made-up offices are not in the master
    assert response["Cache-Control"] == "no-store"


def test_a_wrong_cell_is_shown_in_its_row_with_who_mends_it(client):
    given = files()
    name = next(iter(given))
    broken = given[name].replace(b"202407", b"202410", 1)
    shown = text(send(client, {**given, name: broken}))
    assert "1行目" in shown
    assert "直す人" in shown
    assert "202410" in shown


def test_what_is_no_such_file_is_said_and_the_others_are_checked(client):
    given = files()
    shown = text(send(client, {**given, "写真.csv": b"\xff\xd8\xff\xe0" + b"x" * 100}))
    assert "読めません" in shown
    assert "JPEG" in shown
    assert all(name in shown for name in given)


def test_nothing_chosen_too_many_too_big(client):
    assert "ファイルを選んでから" in text(client.post(PAGE, {}))
    many = {f"{number}.csv": b"x" for number in range(uploads.MOST_FILES + 1)}
    assert "分けて選んでください" in text(send(client, many))
    response = send(client, {"big.csv": b"x" * (uploads.LARGEST + 1)})
    assert response.status_code == 422
    assert "合わせて5MB" in text(response)


def test_a_file_name_cannot_write_into_the_page(client):
    shown = send(client, {"<script>alert(1)</script>.csv": b"a,b\r\n"}).content.decode()
    assert "<script>alert(1)" not in shown


def test_the_page_is_for_who_is_signed_in_unless_the_operator_opens_it(settings):
    assert access_of(check.check) is Access.SIGNED_IN
    assert browser(None).get(PAGE).status_code == 403
    settings.EXCHANGE_CHECK_IS_PUBLIC = True
    assert access_of(check.for_whom(lambda request: None)) is Access.PUBLIC


def test_the_gravest_file_comes_first():
    given = files()
    name = sorted(given)[-1]
    broken = given[name].replace(b"202407", b"202410", 1)
    checked = results_of({**given, name: broken})
    assert checked[0].name == name
    assert not checked[0].is_clean
    meant = [cell for line in checked[0].lines for cell in line.cells if cell.is_meant]
    assert meant
    assert meant[0].value == "202410"


def test_what_is_said_of_many_rows_is_said_once():
    given = files()
    name = next(iter(given))
    rows = given[name].splitlines(keepends=True)
    wrong = b"".join(row.replace(b"202407", b"209912", 1) for row in rows)
    (checked,) = results_of({name: wrong})
    versions = [line for line in checked.lines if line.finding.code == "version_unknown"]
    assert len({line.finding.message for line in versions}) == len(versions)
    assert sum(number for _, _, number in checked.counts) == sum(line.number for line in checked.lines)


def test_what_lacks_in_a_unit_is_told_at_length_once():
    """A unit whose files have lost their companions one by one: the same sentence, the cure only at the first."""
    given = {}
    for second in ("20260925090001", "20260925090002", "20260925090003"):
        unit = samples.unit("schedule", samples.Scene(sequence=second))
        given |= {name: content for name, content in unit.items() if name.startswith("UPPLAN")}
    shown = results_of(given)
    told = [line for file in shown for line in file.lines if "UPHOSOKU" in line.finding.message]
    assert [line.same_as for line in told] == ["", shown[0].name, shown[0].name]
    assert not any(file.is_clean for file in shown)
