"""閲覧期限 and exclusivity of 担当 as data: the installation's rule, and the one an insurer chose."""

from __future__ import annotations

import datetime as dt
import tomllib
from importlib.resources import files
from typing import Any

from django.db import transaction

from kiban.assignment.models import Policy
from kiban.registry.models import Insurer

DATABASE = "owner"  # the web process may read policies, not write them


class PolicyError(ValueError):
    """A policy that cannot be, in the operator's words."""


def shipped() -> dict[str, Any]:
    """The rules the product ships: ``installation`` and the municipal precedent ``groups``."""
    return tomllib.loads(files("kiban.assignment").joinpath("policy.toml").read_text(encoding="utf-8"))


def load() -> None:
    """Put the installation's rule in force where there is none. Repeating it changes nothing."""
    rule = shipped()["installation"]
    Policy.objects.using(DATABASE).get_or_create(
        insurer=None,
        version=1,
        defaults={
            "months": rule["months"],
            "exclusivity": rule["exclusivity"],
            "is_confirmed": rule["confirmed"],
            "source": rule["source"],
            "starts_on": rule["starts_on"],
            "recorded_by": "kiban setup",
        },
    )


def choose(
    insurer: Insurer, *, months: int, exclusivity: str, source: str, starts_on: dt.date, recorded_by: str
) -> Policy:
    """Record the rule an insurer chose as a new version; earlier ones stay as they were.

    Args:
        months: how many months after the last one in which the service went on the office may look (0 to 24).
        exclusivity: ``none``, or ``groups`` with the groups the product ships.
        source: the document it rests on.

    Raises:
        PolicyError: a number of months out of range, an unknown exclusivity, or no source.
    """
    if not 0 <= months <= 24:
        raise PolicyError("月数は0から24までにしてください。")
    if exclusivity not in Policy.Exclusivity.values:
        raise PolicyError("事業所の持ち方は none か groups です。")
    if not source.strip():
        raise PolicyError("根拠の文書を書いてください。")
    groups = shipped()["groups"]["services"] if exclusivity == Policy.Exclusivity.GROUPS else {}
    with transaction.atomic(DATABASE):
        last = Policy.objects.using(DATABASE).filter(insurer=insurer).order_by("-version").first()
        return Policy.objects.using(DATABASE).create(
            insurer=insurer,
            version=last.version + 1 if last else 1,
            months=months,
            exclusivity=exclusivity,
            groups=groups,
            is_confirmed=True,
            source=source.strip(),
            starts_on=starts_on,
            recorded_by=recorded_by,
        )
