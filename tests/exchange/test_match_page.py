"""予実突合 on its page: what differs, whose turn it is, and nothing kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kiban.formats.careplan.layouts import Kind, layout, read_bytes, samples, write
from tests import cast
from tests.cast import browser
from tests.exchange.desks import text
from tests.world import World

pytestmark = pytest.mark.database
PAGE = "/exchange/match/"
SEQUENCE = "20260925090000"


@pytest.fixture
def client():
    world = World()
    yield browser(cast.build(world).manager)
    world.connection.close()


def schedule() -> tuple[str, bytes]:
    files = samples.unit("schedule", samples.Scene(sequence=SEQUENCE))
    return next((name, content) for name, content in files.items() if name.startswith("UPPLAN"))


def actual_of(plan: bytes, change) -> tuple[str, bytes]:
    """The plan as 実績, after a change of its rows."""
    name, _ = schedule()
    rows = change([list(row) for row in read_bytes(plan, name).rows])
    return name.replace("UPPLAN", "UPJSK"), write(layout(Kind.ACTUAL), rows)


def send(client, *files: tuple[str, bytes]):
    return client.post(PAGE, {"files": [SimpleUploadedFile(name, content) for name, content in files]})


def test_all_the_same(client):
    plan = schedule()
    response = send(client, plan, actual_of(plan[1], lambda rows: rows))
    assert response.status_code == 200
    assert "全部同じです" in text(response)
    assert response["Cache-Control"] == "no-store"


def test_a_visit_that_was_not_made(client):
    plan = schedule()
    shown = text(send(client, plan, actual_of(plan[1], lambda rows: rows[1:])))
    assert "1名</b>に違うところがあります" in shown
    assert "予定があり、実績がありません" in shown
    assert "ケアマネジャーの番" in shown


def test_one_more_than_planned_is_named_as_what_may_come_back(client):
    plan = schedule()

    def more(rows):
        count = layout(Kind.ACTUAL).number("サービス回数") - 1
        rows[0][count] = str(int(rows[0][count]) + 1)
        return rows

    assert "ANNM のおそれ" in text(send(client, plan, actual_of(plan[1], more)))


def test_names_come_from_the_users_file(client):
    files = samples.unit("schedule", samples.Scene(sequence=SEQUENCE))
    users = next((name, content) for name, content in files.items() if name.startswith("UPHOSOKU"))
    plan = schedule()
    shown = text(send(client, plan, users, actual_of(plan[1], lambda rows: rows[1:])))
    name = read_bytes(users[1], users[0])
    assert name.rows[0][name.layout.number("利用者氏名") - 1].split()[0] in shown


@pytest.mark.parametrize(
    ("which", "words"), [(0, "実績のファイルがありません"), (1, "予定(第6表)のファイルがありません")]
)
def test_a_side_that_is_missing(client, which, words):
    plan = schedule()
    response = send(client, (plan, actual_of(plan[1], lambda rows: rows))[which])
    assert response.status_code == 422
    assert words in text(response)


def test_what_cannot_be_read_is_named(client):
    plan = schedule()
    shown = text(send(client, plan, actual_of(plan[1], lambda rows: rows), ("メモ.csv", b"%PDF-1.4")))
    assert "メモ.csv" in shown
    assert "全部同じです" in shown


def test_what_would_likely_come_back_stands_below_and_is_counted_above(client):
    """More was done than planned: 給付管理票 would have to be corrected."""
    files = {**samples.unit("schedule"), **samples.unit("actual", replace(samples.SCENE, lines=5))}
    shown = text(send(client, *files.items()))
    assert '<a href="#likely">請求の前に確かめること' in shown
    assert "ANNM" in shown and "比べたもの: 第6表の予定と実績" in shown and "受給者台帳は未確認" in shown
