"""What the client knows of file names agrees with the standard as the platform has it."""

from __future__ import annotations

import pytest

from kiban.formats.careplan.layouts import Kind, parse, samples
from kiban.formats.careplan.layouts.samples import Scene
from kiban.formats.careplan.layouts.units import UNITS
from kiban_exchange import naming

SCENE = Scene(plan_office="1379900001", service_office="1379900002", sequence="20261101090000", first_user=1)


def test_every_kind_is_known():
    assert set(naming.TOGETHER) == {str(kind) for kind in Kind}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.title)
def test_a_unit_is_whole_with_all_its_kinds_and_only_then(unit):
    def group(kinds):
        return naming.Group("r", "s", [f"{kind}_x.CSV" for kind in kinds])

    assert group(unit.kinds).missing == []
    assert group(unit.kinds | unit.may).missing == []
    for kind in unit.kinds if len(unit.kinds) > 1 else ():
        assert group(unit.kinds - {kind}).missing == [kind]
    for kind in unit.may - {Kind.BASIC}:  # it may also go alone
        assert group([kind]).missing


@pytest.mark.parametrize("name", sorted(samples.UNITS))
def test_files_of_a_sample_are_one_group(name):
    files = samples.unit(name, SCENE)
    (group,) = naming.group([*files, "memo.txt", "UPPLANNER.CSV"])
    assert group.names == sorted(files)
    assert (group.sequence, group.missing) == (SCENE.sequence, [])
    assert {parse(name)[0].receiver for name in files} == {group.receiver}


def test_units_of_one_second_wait_for_each_other():
    files = sorted({**samples.unit("schedule", SCENE), **samples.unit("plan", SCENE)})
    assert [group.missing for group in naming.group(files)] == [[]]
    without = [name for name in files if not (name.startswith("UPHOSOKU") and "_000000_" in name)]
    assert [group.missing for group in naming.group(without)] == [["UPHOSOKU"]]


@pytest.mark.parametrize(
    "name",
    [
        "UPPLAN_202610_1379900001_1379900002_20261101090000.CSV",  # V3.2
        "UPPLAN_202610_1379900001_43_1379900002_11_20261101090000 (1).CSV",
        "upplan_202610_1379900001_43_1379900002_110_20261101090000.csv",
        "UPPLAN＿202610＿1379900001＿43＿1379900002＿11＿20261101090000.CSV",
    ],
)
def test_names_a_little_off_go_with_their_unit(name):
    (group,) = naming.group([name])
    assert (group.receiver, group.sequence) == ("1379900002", "20261101090000")


def test_a_name_that_says_too_little_stands_alone():
    groups = naming.group(["UPPLAN_old.CSV", "UPJSK.CSV"])
    assert [(group.names, group.sequence, group.missing) for group in groups] == [
        (["UPJSK.CSV"], "", []),
        (["UPPLAN_old.CSV"], "", []),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("UPPLAN_202610.CSV", "UPPLAN_202610.CSV"),
        ("a:b*c?.CSV", "a_b_c_.CSV"),
        ("..", "_"),
        ("con.CSV", "_con.CSV"),
        ("~x", "_~x"),
        ("x\x00\ny.CSV ", "x__y.CSV"),
        ("利用票．CSV", "利用票．CSV"),
        ("x" * 300 + ".CSV", "x" * 146 + ".CSV"),
    ],
)
def test_names_every_file_system_takes(name, expected):
    assert naming.safe(name) == expected


def test_names_stay_different():
    names = ["a?.CSV", "a*.CSV", "A_.csv", "?", "*"]
    found = naming.safe_all(names)
    assert len({name.casefold() for name in found.values()}) == len(names)
