"""Check digits and keys: the published vectors, and every number of the shipped masters."""

from __future__ import annotations

import csv
import io
import lzma
from collections import Counter
from functools import cache

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.ops import database
from kiban.ops.database import Role
from kiban.registry import codes, numbers
from kiban.registry.numbers import CheckDigit, NumberFormatError

FAILING = [
    "0153010888", "0350410329", "0350690010", "0350910518", "0352410040", "0353080026", "0570525844", "05B0900014",
    "0850280059", "09B0800019", "1152580059", "1250180175", "1251980019", "1292494087", "1453585008", "2052380047",
    "2254280090", "2254280108", "2872100161", "3251680018", "3590600364", "4016701685", "4053180091", "4056180127",
]  # fmt: skip


@cache
def shipped(name: str) -> list[list[str]]:
    text = lzma.decompress((codes.DATA / f"{name}.csv.xz").read_bytes()).decode()
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("code", ["131016", "011002", "401307", "435074", "131130", "122190"])
def test_municipality_codes(code: str) -> None:
    assert numbers.check_municipality_code(code) is CheckDigit.MOD11


@pytest.mark.parametrize(("code", "number"), [("435074", "435073"), ("131130", "131136"), ("122190", "122192")])
def test_an_insurers_number_is_not_its_municipality_code(code: str, number: str) -> None:
    assert numbers.insurer_number_for(code) == number
    assert numbers.check_insurer_number(number) is CheckDigit.FULL
    assert numbers.check_insurer_number(code) is CheckDigit.FAILS


@pytest.mark.parametrize("number", ["092015", "092023", "121012", "121004"])
def test_more_insurer_numbers(number: str) -> None:
    assert numbers.check_insurer_number(number) is CheckDigit.FULL


@pytest.mark.parametrize(
    "number", ["0170210231", "1190600435", "0154280010", "01B1400014", "1630134359", "0782600035", "01B0100011"]
)
def test_office_numbers_of_the_nine_character_rule(number: str) -> None:
    assert numbers.check_office_number(number) is CheckDigit.FULL


@pytest.mark.parametrize("number", FAILING)
def test_published_offices_that_fail_every_rule_are_no_error(number: str) -> None:
    assert numbers.check_office_number(number) is CheckDigit.FAILS


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("0110113420", CheckDigit.FULL),
        ("0110112489", CheckDigit.FULL),
        ("0110113719", CheckDigit.FULL),
        ("1310170134", CheckDigit.SHORT),
        ("1310170137", CheckDigit.FAILS),
    ],
)
def test_medical_codes(code: str, rule: CheckDigit) -> None:
    assert numbers.check_medical_code(code) is rule


def test_letters_count_on_from_the_digits() -> None:
    assert [numbers.ALPHABET.index(letter) for letter in "ABHJZ"] == [10, 11, 17, 18, 32]


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (numbers.check_municipality_code, "13101"),
        (numbers.check_municipality_code, "481016"),
        (numbers.check_insurer_number, "13113６"),
        (numbers.check_insurer_number, "131136\n"),
        (numbers.check_office_number, "170210231"),
        (numbers.check_office_number, "01I1400014"),
        (numbers.check_office_number, "0170B10231"),
        (numbers.check_office_number, ""),
        (numbers.check_medical_code, "011011342"),
    ],
)
def test_another_form_is_an_error_that_says_the_form(check: object, text: str) -> None:
    with pytest.raises(NumberFormatError, match=r"の形ではありません。.*桁"):
        check(text)  # type: ignore[operator]


def test_every_shipped_municipality_code_is_right() -> None:
    header, *rows = shipped("municipalities")
    rules = Counter(numbers.check_municipality_code(row[header.index("lgcode")]) for row in rows)
    assert rules == {CheckDigit.MOD11: 1916}


def test_every_shipped_medical_code_is_right() -> None:
    found = [numbers.medical_code_for(row[0]) for row in shipped("medical")]
    assert len(found) == 97024
    assert CheckDigit.FAILS not in Counter(rule for _, rule in found)
    assert Counter(code[2] for code, _ in found) == {"1": 96997, "3": 27}


def test_shipped_office_numbers() -> None:
    header, *rows = shipped("offices")
    column = header.index("事業所番号")
    rules = Counter(numbers.check_office_number(row[column]) for row in rows)
    assert (rules[CheckDigit.FULL], rules[CheckDigit.FAILS], rules.total()) == (26064, 28, 27529)
    failing = {row[column] for row in rows if numbers.check_office_number(row[column]) is CheckDigit.FAILS}
    assert failing == set(FAILING)


insurers = st.from_regex(r"[0-9]{6}", fullmatch=True, alphabet="0123456789")
insureds = st.from_regex(r"[0-9H][0-9]{9}", fullmatch=True, alphabet="0123456789H")


@given(insurers, insureds)
def test_the_key_gives_both_numbers_back(insurer: str, insured: str) -> None:
    key = numbers.insured_key(insurer, insured)
    assert (numbers.insurer_number_of(key), numbers.insured_number_of(key)) == (insurer, insured)
    assert key < 2**63


@pytest.fixture(scope="module")
def connection() -> psycopg.Connection:
    with database.connect(Role.OWNER) as made:
        yield made


@settings(max_examples=200, deadline=None)
@given(
    insurers | st.text(max_size=7).filter(lambda text: "\0" not in text),
    insureds | st.text(max_size=11).filter(lambda text: "\0" not in text),
)
def test_key_in_python_and_in_sql_agree(connection: psycopg.Connection, insurer: str, insured: str) -> None:
    try:
        ours: int | None = numbers.insured_key(insurer, insured)
    except NumberFormatError:
        ours = None
    try:
        row = connection.execute(
            "SELECT k, care.insurer_no(k), care.insured_no(k) FROM care.insured_key(%s, %s) AS k", [insurer, insured]
        ).fetchone()
    except psycopg.errors.InvalidParameterValue:
        row = None
    assert row == (ours and (ours, insurer, insured)) or (ours == 0 and row == (0, insurer, insured))


def test_welfare_numbers_do_not_meet_others() -> None:
    assert numbers.insured_key("131136", "H000000001") != numbers.insured_key("131136", "0000000001")
    with pytest.raises(NumberFormatError):
        numbers.insured_key("131136", "h000000001")


@pytest.mark.parametrize(
    ("kind", "typed", "number"),
    [
        ("事業所番号", "13a9900013", "13A9900013"),
        ("事業所番号", "１３Ｂ９９００００１", "13B9900001"),
        ("事業所番号", " 13-7000-0001 ", "1370000001"),
        ("保険者番号", "00131136", "131136"),
        ("保険者番号", "００１３１１３６", "131136"),
        ("保険者番号", "13 1136", "131136"),
        ("被保険者番号", "h000000001", "H000000001"),
        ("被保険者番号", "９９０００００００１", "9900000001"),
    ],
)
def test_numbers_as_people_write_them(kind: str, typed: str, number: str):
    assert numbers.tidied(kind, typed) == number


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("保険者番号", "11002", "先頭の0が落ちたようです"),
        ("事業所番号", "170000001", "先頭の0が落ちたようです"),
        ("被保険者番号", "12345", "先頭の0が落ちたようです"),
        ("被保険者番号", "9.9E+09", "Excelが番号を"),
    ],
)
def test_what_excel_does_to_a_number_is_named(kind: str, typed: str, words: str):
    with pytest.raises(numbers.NumberSlipError) as caught:
        numbers.tidied(kind, typed)
    assert words in caught.value.reason
    assert typed not in str(caught.value)
