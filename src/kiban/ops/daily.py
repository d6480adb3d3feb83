"""``kiban daily``: what has to be done every day, once, whoever starts it.

A room brings its steps by ``Room.daily``. Each is safe to repeat; one that fails does not keep
the others from running, and ``kiban doctor`` says so. There is no queue: nothing here has to be done within a second,
and what nobody queued cannot be lost.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
from django.db import Error as DatabaseError
from django.db import connections
from django.db.models import Max
from django.utils import timezone

from kiban.ops import database, failures
from kiban.ops.database import Role
from kiban.ops.room import Finding, State, Step, rooms

AT = dt.time(5, 0)  # in the morning, before anybody works
LOOK = 60.0  # seconds between two looks at the clock
ONE_AT_A_TIME = 7_240_105  # an advisory lock: several servers may share one database
LATE = dt.timedelta(hours=36)


@dataclass(frozen=True)
class Done:
    """How a step went."""

    name: str
    good: bool
    said: str


def steps() -> Iterator[Step]:
    """Every room's, in the order of the rooms."""
    for room in rooms():
        yield from room.daily()


class BusyError(Exception):
    """Another process is doing the work of the day just now."""


def run() -> Iterator[Done]:
    """Do every step, each whatever became of the others.

    Raises:
        BusyError: another process is at it just now.
    """
    with database.connect(Role.WORKER) as lock:
        (ours,) = lock.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME]).fetchone() or (False,)
        if not ours:
            raise BusyError
        for step in steps():
            yield _do(step)


def _do(step: Step) -> Done:
    from kiban.ops.models import DailyStep

    try:
        done = Done(step.name, True, step.run())
    except Exception as error:  # whatever it is, the other steps must run; only its kind is told
        done = Done(step.name, False, failures.words(error) or f"できませんでした({type(error).__name__})")
    now = timezone.now()
    values = {"ran_at": now, "said": done.said[:200]} | ({"succeeded_at": now} if done.good else {})
    try:
        DailyStep.objects.using("worker").update_or_create(name=step.name, defaults=values)
    except DatabaseError as error:  # a full disk: what was done stands, but nobody could look it up
        said = failures.words(error) or f"できませんでした({type(error).__name__})"
        return Done(step.name, False, f"結果を書き残せません。{said}")
    return done


def stay(is_over: Callable[[float], bool]) -> None:
    """Do it every morning until it is over.

    Args:
        is_over: waits so many seconds, or less when it is over; says whether it is.
    """
    while True:
        with contextlib.suppress(BusyError, DatabaseError, psycopg.Error):  # it is due again in a minute
            if is_due(timezone.localtime()):
                for _ in run():
                    pass
        connections.close_all()  # none is held through the day
        if is_over(LOOK):
            return


def never(seconds: float) -> bool:
    """For who stays until a signal ends it."""
    time.sleep(seconds)
    return False


def is_due(now: dt.datetime) -> bool:
    """Whether this day's run is still to be made (the first one of an installation: at once)."""
    last = last_run()
    morning = now.replace(hour=AT.hour, minute=AT.minute, second=0, microsecond=0)
    return last is None or last < morning <= now


def last_run() -> dt.datetime | None:
    """When the work was last begun by any process."""
    from kiban.ops.models import DailyStep

    found: dt.datetime | None = DailyStep.objects.using("worker").aggregate(last=Max("ran_at"))["last"]
    return found


def health() -> Iterator[Finding]:
    """Whether every step was done in the last day and a half."""
    from kiban.ops.models import DailyStep

    ran = {step.name: step for step in DailyStep.objects.using("worker")}
    if not ran:
        yield Finding("毎日の仕事は、はじめて kiban serve を動かしたときに始まります")
        return
    late = [
        step.name
        for step in steps()
        if (last := ran.get(step.name)) is None or (timezone.now() - (last.succeeded_at or last.ran_at)) > LATE
    ]
    failed = [name for name, step in ran.items() if step.succeeded_at != step.ran_at]
    if failed:
        yield Finding(
            f"毎日の仕事のうち、できていないものがあります({'、'.join(failed)})",
            State.CAUTION,
            "kiban daily を実行し、出た言葉に従ってください。",
        )
    elif late:
        yield Finding(
            f"毎日の仕事が動いていません({'、'.join(late)})",
            State.CAUTION,
            "kiban serve が動いていれば自動で動きます。別に動かすときは kiban-daily.timer を使ってください。",
        )
    else:
        yield Finding("毎日の仕事は動いています")
