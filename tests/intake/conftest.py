from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kiban.intake.layouts import layout
from kiban.intake.load import Report, load_file
from tests.world import World

_numbers = itertools.count(1)
KEPT = {
    "record": "item, entry, history_no, version, valid_from, valid_to, source, reason, superseded_at IS NULL, digest,"
    " content::text",
    "person": "name, kana, birth, sex, address, district, charset, search_key, kana_key, died_on",
    "person_before": "row_before ->> 'name'",
    "consent": "given_on, text_version, signer, taken_by, withdrawn_at IS NULL",
    "assignment": "organisation_id, capacity, viewing_from, viewing_to, ended_at IS NULL",
    "identity": "organisation_id, confirmed_on, method",
}


@dataclass
class Desk:
    """The clerk's desk of one test: an insurer of its own and a folder for files."""

    world: World
    folder: Path
    insurer: str

    def text(self, key: str, rows: Sequence[dict[str, str]], *, headings: Sequence[str] = ()) -> str:
        """A CSV of a layout; rows name columns by English name, insurer and reason are filled in."""
        fields = layout(key).fields
        chosen = [field for field in fields if not headings or field.name in headings]
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow([field.label for field in chosen])
        for row in rows:
            unknown = row.keys() - {field.name for field in fields}
            assert not unknown, unknown
            given = {"insurer_no": self.insurer, "history_no": "1", **row}
            writer.writerow([given.get(field.name, "") for field in chosen])
        return out.getvalue()

    def file(self, content: str | bytes, *, encoding: str = "utf-8", name: str = "") -> Path:
        path = self.folder / (name or f"file{next(_numbers)}.csv")
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def bring(self, key: str, *rows: dict[str, str], **options: Any) -> Report:
        return load_file(self.file(self.text(key, rows), **options))

    def person(self, number: int, **more: str) -> dict[str, str]:
        return {
            "insured_no": f"{number:010}",
            "name": "試験 花子０１",
            "kana": "シケン ハナコ",
            "birth": "19400302",
            "sex": "2",
            **more,
        }

    def people(self, count: int) -> None:
        self.bring("persons", *[self.person(number) for number in range(1, count + 1)])

    def result(self, number: int, **more: str) -> dict[str, str]:
        return {
            "insured_no": f"{number:010}",
            "applied_on": "20260301",
            "application_kind": "2",
            "state": "2",
            "decided_on": "20260320",
            "care_level": "23",
            "valid_from": "20260401",
            "valid_until": "20270331",
            **more,
        }

    def key(self, number: int) -> int:
        return int(f"{self.insurer}{number:010}")

    def versions(self, number: int, item: str = "certification.result") -> list[dict[str, Any]]:
        """Versions of a person's records, oldest first."""
        cursor = self.world.connection.execute(
            "SELECT * FROM care.record WHERE insured_key = %s AND item = %s ORDER BY entry, history_no, version",
            [self.key(number), item],
        )
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def state(self) -> list[tuple[Any, ...]]:
        """Everything kept about this insurer's people, without the moments it was kept."""
        low, high = int(f"{self.insurer}{0:010}"), int(f"{self.insurer}{9999999999}")
        found: list[tuple[Any, ...]] = []
        for table, columns in KEPT.items():
            rows = self.world.connection.execute(
                f"SELECT '{table}', insured_key, {columns} FROM care.{table} WHERE insured_key BETWEEN %s AND %s",
                [low, high],
            )
            found += sorted(map(tuple, rows), key=repr)
        return found


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    return Desk(world, tmp_path, world.insurer())
