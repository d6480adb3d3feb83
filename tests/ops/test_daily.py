"""The work of every day: each step whatever became of the others, one process at a time, and known when not done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from kiban.ops import daily, database
from kiban.ops.database import Role
from kiban.ops.models import DailyStep
from kiban.ops.room import State, Step

pytestmark = pytest.mark.database


def test_every_room_with_something_to_do_every_day_is_asked():
    names = {step.name for step in daily.steps()}
    assert {"閲覧記録の月の区画", "終わったサインインの片付け", "サーバーの証明書と失効の一覧"} <= names


def test_a_step_that_fails_does_not_keep_the_others_from_running(monkeypatch):
    def fails() -> str:
        raise ValueError("試験 花子 must not be told")

    given = [Step("試験:だめな仕事", fails), Step("試験:よい仕事", lambda: "しました")]
    monkeypatch.setattr(daily, "steps", lambda: iter(given))
    said = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("daily", stdout=said)
    assert end.value.code == 1
    assert "試験:よい仕事: しました" in said.getvalue()
    assert "ValueError" in said.getvalue()
    assert "花子" not in said.getvalue()
    (finding,) = daily.health()
    assert finding.state is State.CAUTION
    assert "試験:だめな仕事" in finding.what
    given[0] = Step("試験:だめな仕事", lambda: "しました")
    assert all(done.good for done in daily.run())
    (finding,) = daily.health()
    assert finding.state is State.OK


def test_what_was_not_done_for_two_days_is_found(monkeypatch):
    monkeypatch.setattr(daily, "steps", lambda: iter([Step("試験:昔の仕事", str)]))
    long_ago = timezone.now() - dt.timedelta(days=2)
    DailyStep.objects.using("worker").update_or_create(
        name="試験:昔の仕事", defaults={"ran_at": long_ago, "succeeded_at": long_ago, "said": ""}
    )
    (finding,) = daily.health()
    assert finding.state is State.CAUTION
    assert "試験:昔の仕事" in finding.what


def test_one_process_at_a_time():
    with database.connect(Role.WORKER) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [daily.ONE_AT_A_TIME])
        with pytest.raises(daily.BusyError):
            next(daily.run())
        said = StringIO()
        call_command("daily", stdout=said)
        assert "いま別のプロセス" in said.getvalue()


def test_a_full_disk_is_said_of_every_step_and_not_by_a_traceback(monkeypatch):
    """Neither the step nor the note of how it went can be written."""
    monkeypatch.setattr(daily, "steps", lambda: iter([Step("試験:書く仕事", lambda: str(writes()))]))
    said = StringIO()
    with full_disk("ops_dailystep"), pytest.raises(SystemExit):
        call_command("daily", stdout=said)
    (line,) = said.getvalue().splitlines()
    assert "試験:書く仕事: 結果を書き残せません。ディスクがいっぱいのため" in line


def writes() -> int:
    return DailyStep.objects.using("worker").filter(name="試験").update(said="")


@contextmanager
def full_disk(table: str) -> Iterator[None]:
    """PostgreSQL's own answer for a full disk, to every writing into a table."""
    with database.connect(Role.OWNER) as owner:
        owner.execute(
            "CREATE FUNCTION pg_temp.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full"
            " USING MESSAGE = 'could not extend file: No space left on device'; END $$"
        )
        function = owner.execute("SELECT 'pg_temp.full_disk'::regproc::oid::regproc::text").fetchone()[0]
        owner.execute(
            f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION {function}()".encode()
        )
        try:
            yield
        finally:
            owner.execute(f"DROP TRIGGER full_disk ON {table}".encode())


def test_the_helper_outlives_a_database_that_is_gone_for_a_while(monkeypatch):
    """``kiban serve`` starts it once; did it end with the first lost connection, nothing would be done any more."""
    tried = []

    def lost(_now: dt.datetime) -> bool:
        tried.append(1)
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(daily, "is_due", lost)
    daily.stay(lambda _seconds: len(tried) == 2)
    assert len(tried) == 2


@pytest.mark.parametrize(
    ("ran", "now", "due"),
    [
        ("2026-11-22 05:00", "2026-11-23 04:59", False),
        ("2026-11-22 05:00", "2026-11-23 05:00", True),
        ("2026-11-23 05:01", "2026-11-23 23:00", False),
        ("2026-11-20 09:00", "2026-11-23 04:00", False),
        (None, "2026-11-23 04:00", True),
    ],
)
def test_it_is_due_once_a_morning(monkeypatch, ran, now, due):
    monkeypatch.setattr(daily, "last_run", lambda: ran and moment(ran))
    assert daily.is_due(moment(now)) is due


def moment(text: str) -> dt.datetime:
    return timezone.make_aware(dt.datetime.fromisoformat(text))
