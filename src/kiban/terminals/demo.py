"""The demo's scenes: who looks when, and at which terminal."""

from __future__ import annotations

from kiban.ops.room import DemoTown
from kiban.terminals import scenes

SCENES = (  # name, place, who looks, terminal; one without, so that the board has something to say
    ("居宅サービス計画の作成", "相談室", ["care_manager"], "相談室PC"),
    ("自宅への訪問", "利用者の自宅", ["care_manager"], "相談室PC"),
    ("サービス担当者会議", "会議室", ["care_manager", "manager"], None),
)


def fill(town: DemoTown) -> None:
    """Decide the scenes of the office that makes plans."""
    office = town.organisations["office"]
    terminals_by_name = {terminal.name: terminal for terminal in office.terminals.all()}
    for name, place, jobs, terminal in SCENES:
        scenes.save(
            office, None, name=name, place=place, job_types=jobs, terminal=terminals_by_name.get(terminal or "")
        )
