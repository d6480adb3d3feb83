"""Code lists that come with the product: prefectures, service kinds, job types, kinds of the open data."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import StringIO

from django.db import models

from kiban.registry.models import JobType, Prefecture, ServiceKind

DATA = files("kiban.registry") / "data"


@dataclass(frozen=True)
class PublishedKind:
    """A kind of the 介護サービス情報公表システム open data (3 digits) and the サービス種類コード it stands for.

    155 is 療養通所介護, a form of 地域密着型通所介護 (78) since April 2016; 33x and 36x are forms of 33 and 36.
    """

    kind: str
    service_code: str
    name: str


def read(name: str) -> list[dict[str, str]]:
    """Rows of a shipped plain CSV."""
    return list(csv.DictReader(StringIO((DATA / name).read_text(encoding="utf-8"))))


@cache
def published_kinds() -> dict[str, PublishedKind]:
    """The kinds of the open data by their number."""
    return {
        row["kind"]: PublishedKind(row["kind"], row["service_code"], row["name"]) for row in read("published_kinds.csv")
    }


def published_kind_named(name: str) -> PublishedKind | None:
    """The kind the open data call ``name``; full or half-width brackets and spaces make no difference."""
    return _kinds_by_name().get(_bare(name))


@cache
def _kinds_by_name() -> dict[str, PublishedKind]:
    return {_bare(kind.name): kind for kind in published_kinds().values()}


def _bare(name: str) -> str:
    # The ministry's own names lack a closing bracket here and there.
    return re.sub(r"[\s()・]", "", unicodedata.normalize("NFKC", name))


def load() -> None:
    """Bring the code lists of the database to those shipped. Nothing is removed: rows may be referred to."""
    _put(Prefecture, [Prefecture(**row) for row in read("prefectures.csv")])
    _put(ServiceKind, [ServiceKind(**row) for row in read("service_kinds.csv")])
    _put(JobType, [JobType(**row) for row in read("job_types.csv")])


def _put(model: type[models.Model], rows: list[models.Model]) -> None:
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.using("worker").bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=names
    )
