"""``kiban daily``: what has to be done every day, once, whoever starts it.

A room's ``AppConfig`` may have ``daily()``, which yields steps. Each is safe to repeat; one that fails does not keep
the others from running, and ``kiban doctor`` says so. There is no queue: nothing here has to be done within a second,
and what nobody queued cannot be lost.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.apps import apps
from django.db import connections
from django.db.models import Max
from django.utils import timezone

from kiban.ops import database
from kiban.ops.database import Role
from kiban.ops.health import Finding, State

AT = dt.time(5, 0)  # in the morning, before anybody works
LOOK = 60.0  # seconds between two looks at the clock
ONE_AT_A_TIME = 7_240_105  # an advisory lock: several servers may share one database
LATE = dt.timedelta(hours=36)


class AtWorkError(RuntimeError):
    """Another process is doing the work of the day just now."""


@dataclass(frozen=True)
class Step:
    """One thing to do: its name, and a function that does it and says in a few words what it did (no names)."""

    name: str
    run: Callable[[], str]


@dataclass(frozen=True)
class Done:
    """How a step went."""

    name: str
    good: bool
    said: str


def steps() -> Iterator[Step]:
    """Every room's, in the order of the rooms."""
    for config in apps.get_app_configs():
        yield from getattr(config, "daily", tuple)()


def run() -> Iterator[Done]:
    """Do every step, each whatever became of the others.

    Raises:
        AtWorkError: another process is at it just now; nothing was done here.
    """
    with database.connect(Role.WORKER) as lock:
        (ours,) = lock.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME]).fetchone() or (False,)
        if not ours:
            raise AtWorkError
        for step in steps():
            yield _do(step)


def _do(step: Step) -> Done:
    from kiban.ops.models import DailyStep

    try:
        done = Done(step.name, True, step.run())
    except Exception as error:  # whatever it is, the other steps must run; only its kind is told
        done = Done(step.name, False, f"できませんでした({type(error).__name__})")
    now = timezone.now()
    values = {"ran_at": now, "said": done.said[:200]} | ({"succeeded_at": now} if done.good else {})
    DailyStep.objects.using("worker").update_or_create(name=step.name, defaults=values)
    return done


def stay() -> None:
    """Do it every morning for as long as the process that started this one is there."""
    parent = os.getppid()
    while os.getppid() == parent:
        if is_due(timezone.localtime()):
            with suppress(AtWorkError):
                for _ in run():
                    pass
        connections.close_all()  # none is held through the day
        time.sleep(LOOK)


@contextmanager
def beside() -> Iterator[None]:
    """While the block runs, a process of its own does the work of every day."""
    us = os.getpid()
    helper = subprocess.Popen([sys.executable, "-m", "kiban.ops.cli", "daily", "--stay"])
    try:
        yield
    finally:
        if os.getpid() == us:  # a forked web worker leaves the block too
            helper.terminate()
            helper.wait()


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
