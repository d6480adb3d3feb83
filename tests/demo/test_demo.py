"""The demo's people and its headless check."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from kiban.demo import check, people, story, town

TODAY = dt.date(2026, 11, 23)
COUNTS = {  # the shape of a real insurer: a tenth very old, every fifth certified
    "ins1": {"total": 44_000, "65_74": 20_000, "75_84": 16_000, "85plus": 8_000},
    "certified": {
        "total": 9_000,
        "12": 1_500,
        "13": 1_000,
        "21": 2_000,
        "22": 1_500,
        "23": 1_200,
        "24": 1_000,
        "25": 800,
    },
}


@pytest.fixture(scope="module")
def population():
    return people.population("131136", COUNTS, 4_000, TODAY)


def test_ages_and_levels_follow_the_insurers_counts(population):
    certified = [person for person in population if person.level]
    assert len(certified) / len(population) == pytest.approx(9_000 / 44_000, abs=0.03)
    old = sum((TODAY - person.birth).days >= 85 * 365 for person in population) / len(population)
    assert old == pytest.approx(8_000 / 44_000, abs=0.03)
    levels = Counter(person.level for person in certified)
    for code, count in COUNTS["certified"].items():
        if code != "total":
            assert levels[code] / len(certified) == pytest.approx(count / 9_000, abs=0.05)


def test_the_same_seed_makes_the_same_people(population):
    assert people.population("131136", COUNTS, 4_000, TODAY) == population
    assert people.population("131136", COUNTS, 4_000, TODAY, seed=2) != population


def test_everybody_is_obviously_fake(population):
    surnames = {surname for surname, _ in people.SURNAMES}
    assert all(person.name.split()[0] in surnames and person.insured_no.startswith("9") for person in population)


def test_nothing_was_decided_ahead_of_the_day(population):
    for person in [one for one in population if one.level]:
        assert person.valid_from <= TODAY < person.valid_until + dt.timedelta(days=60)
        told = [version.content for version in story.versions(person, "1379099011", "試験居宅", TODAY)]
        days = [
            content[name] for content in told for name in ("decided_on", "certified_on", "board_on") if name in content
        ]
        assert days and max(days) <= TODAY.isoformat()


def test_a_certification_is_for_whole_months(population):
    certified = [person for person in population if person.level]
    assert {person.valid_from.day for person in certified} == {1}
    assert {(person.valid_until + dt.timedelta(days=1)).day for person in certified} == {1}


def test_what_is_told_of_a_person_fits_together(population):
    """The visit and the opinion lie between application and decision, the form is that of its day."""
    for person in [one for one in population if one.level][:120]:
        told = {made.item.key: made.content for made in story.versions(person, "1379099010", "試験事業所", TODAY)}
        result, opinion = told["certification.result"], told["opinion.opinion"]
        assert result["applied_on"] < told["certification.survey"]["surveyed_on"] < result["decided_on"]
        assert result["applied_on"] < opinion["written_on"] < result["decided_on"]
        assert opinion["form"] == ("2026-04" if opinion["written_on"] >= "2026-04-01" else "2009-04")
        assert opinion.get("other_departments") == "1" or "departments" not in opinion
        assert ("careplan.plan" in told) == (person.level not in people.SUPPORT)


def test_every_record_may_be_kept(population):
    items = Counter()
    for person in [one for one in population if one.level][:120]:
        for version in story.versions(person, "1379099010", "試験事業所", TODAY):
            assert version.item.problems(version.content) == []
            items[version.item.key] += 1
    assert len(items) == 12


def test_something_is_always_due(population):
    left = [(person.valid_until - TODAY).days for person in population if person.level]
    assert any(days < 0 for days in left)
    assert any(0 <= days <= 30 for days in left)
    assert any(30 < days <= 60 for days in left)


class TestSteps:
    """A step that goes another way fails the whole check."""

    def test_a_failed_step_is_said_and_fails(self, monkeypatch):
        said: list[str] = []

        def fails(self: check.Check) -> None:
            self._expect("一つめ", True)
            self._expect("二つめ", False)

        monkeypatch.setattr(check.Check, "_steps", fails)
        assert not check.Check(town.Town("2026-11-23"), 1, said.append).run()
        assert said[:2] == ["✓ 一つめ", "✗ 二つめ"]


def kiban(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("KIBAN_DATABASE", "DATABASE_URL")}
    return subprocess.run(
        [sys.executable, "-m", "kiban.ops.cli", *arguments],
        env={**environment, "KIBAN_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.server
def test_the_whole_check_from_an_empty_folder():
    data = Path(tempfile.mkdtemp(prefix="kd"))
    try:
        done = kiban(data, "demo", "--check")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "すべて正しく動きました" in done.stdout
        assert "record:open denied" in done.stdout
        again = kiban(data, "demo", "--check")
        assert again.returncode != 0
        assert "空のフォルダ" in again.stderr
        code = kiban(data, "demo", "--code", "caremane").stdout.strip()
        assert len(code) == 6
        assert code.isdigit()
        assert "この職員IDはありません" in kiban(data, "demo", "--code", "dareka").stderr
    finally:
        shutil.rmtree(data, ignore_errors=True)


def test_codes_are_for_a_demo_only():
    data = Path(tempfile.mkdtemp(prefix="kd"))
    try:
        refused = kiban(data, "demo", "--code", "caremane")
        assert refused.returncode != 0
        assert "ここはデモのデータではありません" in refused.stderr
    finally:
        shutil.rmtree(data, ignore_errors=True)
