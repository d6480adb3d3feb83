"""The work of every day: each step whatever became of the others, one process at a time, and known when not done."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from kiban.ops import daily, database
from kiban.ops.daily import Step
from kiban.ops.database import Role
from kiban.ops.health import State
from kiban.ops.models import DailyStep

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
        with pytest.raises(daily.AtWorkError):
            list(daily.run())
        said = StringIO()
        call_command("daily", stdout=said)  # nothing is wrong, and it says why nothing was done
    assert "いま別のところ" in said.getvalue()
    assert "OK" not in said.getvalue()


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
