"""Generated files of obviously fake persons: as examples for people, for tests and for benchmarks.

The files of a unit fit together: the check finds nothing in them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch

from kiban.formats.careplan.layouts import home_care, kinds, prevention
from kiban.formats.careplan.layouts.columns import Column, Kind, Layout
from kiban.formats.careplan.layouts.forms import (
    Coded,
    Date,
    Form,
    Month,
    Office,
    Pattern,
    ServiceCode,
    ServiceKind,
    Text,
    Time,
    Unused,
    Whole,
)
from kiban.formats.careplan.layouts.names import MONTHLY, FileName
from kiban.formats.careplan.layouts.rules import EMPTY_DAY, EMPTY_MONTH, GRAND_TOTAL, GRAND_TOTAL_OFFICE
from kiban.formats.careplan.layouts.writing import write

_DIGITS = "０１２３４５６７８９"
_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


@dataclass(frozen=True)
class Scene:
    """Who sends what to whom: numbers that belong to nobody."""

    insurer: str = "131136"
    month: str = "202610"
    plan_day: str = "20260925"
    plan_office: str = "1370000010"
    service_office: str = "1370000028"
    service: str = "11"
    sequence: str = "20260925093000"
    users: int = 3
    lines: int = 4
    first_user: int = 1
    seed: int = 1


SCENE = Scene()
UNITS: dict[str, tuple[Kind, ...]] = {
    "plan": (Kind.PLAN1, Kind.PLAN2, Kind.PLAN3, Kind.USER),
    "schedule": (Kind.SCHEDULE, Kind.BENEFIT, Kind.USER),
    "actual": (Kind.ACTUAL,),
    "plan_delete": (Kind.PLAN1_DELETE,),
    "schedule_delete": (Kind.SCHEDULE_DELETE,),
    "actual_delete": (Kind.ACTUAL_DELETE,),
    "basic": (Kind.BASIC, Kind.BASIC_DAY, Kind.BASIC_HISTORY, Kind.BASIC_IMAGE),
    "prevention": (Kind.PREVENTION, Kind.PREVENTION_LINES, Kind.BASIC, Kind.BASIC_DAY, Kind.BASIC_HISTORY),
    "basic_delete": (Kind.BASIC_DELETE,),
    "prevention_delete": (Kind.PREVENTION_DELETE,),
}


def unit(name: str, scene: Scene = SCENE) -> dict[str, bytes]:
    """The files of a sending unit (a key of ``UNITS``): name → bytes. Raises KeyError."""
    files = {}
    with_plan = name == "plan"
    images = Kind.BASIC_IMAGE in UNITS[name]
    for kind in UNITS[name]:
        if kind is Kind.BASIC_IMAGE:
            for number in range(scene.users):
                files[file_name(kind, scene, branch=number + 1)] = _JPEG
            continue
        layout = kinds.layout(kind)
        rows_of_file = rows(layout, scene, with_plan=with_plan, images=images)
        files[file_name(kind, scene, with_plan=with_plan)] = write(layout, rows_of_file)
    return files


def file_name(kind: Kind, scene: Scene = SCENE, *, with_plan: bool = False, branch: int = 0) -> str:
    """The name of a file of this kind."""
    manager, office = (scene.plan_office, "43"), (scene.service_office, scene.service)
    sender, receiver = (office, manager) if kind in (Kind.ACTUAL, Kind.ACTUAL_DELETE) else (manager, office)
    month = (EMPTY_MONTH if with_plan else scene.month) if kind in MONTHLY else None
    return FileName(kind, month, *sender, *receiver, scene.sequence, f"{branch:04}" if branch else None).compose()


def rows(layout: Layout, scene: Scene = SCENE, *, with_plan: bool = False, images: bool = False) -> Iterator[list[str]]:
    """Rows of a file, user by user.

    Args:
        with_plan: 利用者補足情報 that goes with a plan and not with a 利用票.
        images: 利用者基本情報 names an image.
    """
    chance = random.Random(scene.seed)  # noqa: S311 - examples, not secrets
    for number in range(scene.first_user, scene.first_user + scene.users):
        for changes in _of_user(layout.kind, scene):
            cells = [_cell(column, scene, number, chance) for column in layout.columns]
            if layout.kind is Kind.USER:
                changes.update({4: scene.plan_day, 63: EMPTY_MONTH} if with_plan else {4: EMPTY_DAY, 63: scene.month})
            elif layout.kind is Kind.BASIC:
                branch = number - scene.first_user + 1
                changes[prevention.IMAGE_COLUMN] = file_name(Kind.BASIC_IMAGE, scene, branch=branch) if images else ""
            for no, value in changes.items():
                cells[no - 1] = value
            yield cells


Changes = dict[int, str]


def _of_user(kind: Kind, scene: Scene) -> Iterator[Changes]:
    """What is particular to the rows of one user: column number → value."""
    many = range(1, scene.lines + 1)
    match kind:
        case Kind.USER:
            yield dict.fromkeys(range(home_care.FIRST_SLOT, home_care.FIRST_SLOT + 36), "")
        case Kind.PLAN2:
            yield from ({6: "1", 8: str((at + 1) // 2), 13: str(at)} for at in many)
        case Kind.PLAN3:
            blank = dict.fromkeys(range(6, 14), "")
            yield blank | {6: "訪問介護", 7: "1", 8: "0900", 9: "1000"}
            yield blank | {10: "散歩,買い物", 11: "1400", 12: "1500"}
            yield blank | {13: '福祉用具貸与("手すり")\r\n居宅療養管理指導'}
        case Kind.SCHEDULE | Kind.ACTUAL:
            for at in many:
                day, hour = f"{scene.month}{at % 28 + 1:02}", f"{8 + at // 28:02}"
                yield {8: "250", 10: day, 12: f"{hour}00", 13: f"{hour}50", 15: f"{scene.service}1211"}
        case Kind.BENEFIT:
            yield from _benefit(scene)
        case Kind.BASIC_DAY:
            yield from ({5: f"{5 + at}:00"} for at in many)
        case Kind.BASIC_HISTORY:
            yield from ({5: f"H{at}年10月"} for at in many)
        case Kind.PREVENTION_LINES:
            yield from ({5: "1", 10: str(at), 14: "1"} for at in many)
        case _:
            yield {}


def _benefit(scene: Scene) -> Iterator[Changes]:
    """Lines of one kind of service, their subtotal and the grand total."""
    blank = dict.fromkeys((8, 10, 11, 12, *range(17, 33)), "")
    units = [250 + 10 * at for at in range(scene.lines)]
    for at, price in enumerate(units):
        code, whole = f"{scene.service}12{at:02}", str(4 * price)
        yield blank | {9: code, 13: str(price), 14: "100", 15: str(price), 16: "4", 17: whole, 18: whole}
    total = 4 * sum(units)
    cost = total * 10
    paid = cost * 9 // 10
    sums = blank | {13: "0", 14: "", 15: "", 16: str(4 * scene.lines), 17: str(total), 18: str(total)}
    sums |= {22: str(total), 24: str(cost), 26: str(paid), 28: str(cost - paid)}
    yield sums | {9: f"{scene.service}AAAA", 23: "10.00", 25: "90"}
    yield sums | {6: "", 7: GRAND_TOTAL_OFFICE, 9: GRAND_TOTAL}


def _cell(column: Column, scene: Scene, number: int, chance: random.Random) -> str:
    name = column.name
    fixed = {
        "CSVバージョン": kinds.CURRENT,
        "保険者番号": scene.insurer,
        "被保険者番号": f"{number:010}",
        "利用者氏名": f"試験 花子{''.join(_DIGITS[int(digit)] for digit in f'{number:02}')}",
        "利用者氏名フリガナ": "シケン ハナコ",
        "利用者氏名ﾌﾘｶﾞﾅ": "シケン ハナコ",
        "利用者名": "試験 花子",
        "利用者生年月日": "19350401",
        "対象年月": scene.month,
        "削除対象年月": scene.month,
        "サービス事業者コード": scene.service_office,
        "サービス事業所コード": scene.service_office,
        "サービス種類コード": scene.service,
        "サービス開始時刻": "0900",
        "サービス終了時刻": "1000",
        "３０日超区分": "0",
        "単位数単価": "10.00",
        "生活援助中心型の算定理由": "1",
        "相談方法": "01",
        "利用者の現況": "01",
        "初回居宅サービス計画作成日": "20250401",
        "初回作成日": "20250401",
        "前回相談日": "20250401",
        "TAISコード": "",
        "福祉用具届出コード": "",
        "用具名称（機種名）": "",
        "明細判別コード": "",
        "日割対象日": "",
        "サテライト枝番": "",
    }  # fmt: skip
    if name in fixed:
        return fixed[name]
    if name.endswith(("終了日", "終了年月日")):
        return "20270331"
    if isinstance(column.form, Date):
        return scene.plan_day
    if isinstance(column.form, Office):
        return scene.plan_office
    return example(column.form, name, chance)


@singledispatch
def example(form: Form, name: str, chance: random.Random) -> str:
    """A value the form takes. Raises LookupError for a form it does not know."""
    raise LookupError(type(form).__name__)


@example.register
def _(form: Text, name: str, _chance: random.Random) -> str:
    return f"試験用の{name}"


@example.register
def _(form: Coded, name: str, chance: random.Random) -> str:
    return chance.choice(list(form.codes))


@example.register
def _(form: Whole, name: str, chance: random.Random) -> str:
    return str(chance.randint(1, 9))


@example.register
def _(form: Date, name: str, _chance: random.Random) -> str:
    return "20260925"


@example.register
def _(form: Month, name: str, _chance: random.Random) -> str:
    return "202610"


@example.register
def _(form: Time, name: str, chance: random.Random) -> str:
    return f"{chance.randint(8, 17):02}00"


@example.register
def _(form: Unused, name: str, _chance: random.Random) -> str:
    return ""


@example.register
def _(form: ServiceCode, name: str, _chance: random.Random) -> str:
    return "111211"


@example.register
def _(form: ServiceKind, name: str, _chance: random.Random) -> str:
    return "11"


_PATTERNS = (
    "202407", "131136", "0000000001", "123-4567", "03-0000-0000", "00001-000010", "ABC-123", "1", "1" * 5 + "0" * 26,
    "10.00", "9999999999", "1370000010",
)  # fmt: skip


@example.register
def _(form: Pattern, name: str, _chance: random.Random) -> str:
    for value in reversed(_PATTERNS) if form.private else _PATTERNS:
        if form.problem(value) is None:
            return value
    raise LookupError(name)
