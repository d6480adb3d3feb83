"""The values of single columns, block by block. What a value was found to be is remembered per column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kiban.formats.careplan.checks.collecting import Collector
from kiban.formats.careplan.layouts.columns import Column, Grade, Layout, Need, RowRule
from kiban.formats.careplan.layouts.faults import Code, Problem, Severity, Who
from kiban.formats.careplan.layouts.forms import Office, Whole
from kiban.formats.careplan.layouts.readings import Readings, Strictness
from kiban.formats.careplan.layouts.rules import GRAND_TOTAL_OFFICE

REMEMBERED = 20_000  # values per column: bounds memory when every value is another
KnownOffice = Callable[[str], bool]
Extra = Callable[[str], Problem | None]
_DOUBT = "(必須の印は、仕様書の読み取りが確かでない所です)"


def adjusted(layout: Layout, readings: Readings) -> Layout:
    """The layout with the lengths of the readings."""
    lengths = {"前月までの利用日数": readings.sheet7_days_before, "明細判別コード": readings.line_number_length}
    return replace(
        layout,
        columns=tuple(
            replace(column, form=replace(column.form, length=lengths[column.name]))
            if column.name in lengths and isinstance(column.form, Whole)
            else column
            for column in layout.columns
        ),
    )


def blank_problem(column: Column, readings: Readings) -> Problem | None:
    """What a blank in the column means."""
    if column.need in (Need.OPTIONAL, Need.CONDITION):
        return None
    sure = column.key or (column.need in (Need.REQUIRED, Need.REQUIRED_BOTH) and column.grade is not Grade.B)
    strictness = Strictness.ERROR
    if not sure:
        strictness = readings.sheet6_units if column.need is Need.UNSURE else readings.doubtful_marks
    if strictness is Strictness.IGNORE:
        return None
    return Problem(
        Code.REQUIRED,
        f"「{column.name}」が空白です。必ず書く欄です。"
        if sure
        else f"「{column.name}」が空白です。必ず書く欄とされています{_DOUBT}。",
        f"「{column.name}」を書き加えて、作り直します。",
        Severity(strictness.value),
    )


class ColumnCheck:
    """One column of one file.

    Args:
        extra: further looks at a value whose form is right.
    """

    def __init__(self, column: Column, readings: Readings, extra: Sequence[Extra] = ()) -> None:
        self.column = column
        self._blank = blank_problem(column, readings)
        self._extra = extra
        self._good: set[str] = set() if self._blank else {""}
        self.looks = not column.is_text or self._blank is not None

    def block(self, values: tuple[str, ...], lines: Sequence[int], into: Collector) -> None:
        """Look at the values of some rows."""
        met = set(values) - self._good
        if not met:
            return
        bad = {}
        for raw in met:
            if problem := self._problem(raw):
                bad[raw] = problem
        if len(self._good) > REMEMBERED:
            self._good = set() if self._blank else {""}
        self._good |= met - bad.keys()
        if bad:
            for raw, line in zip(values, lines, strict=True):
                if raw in bad:
                    blank = bad[raw].code is Code.REQUIRED
                    into.add(bad[raw], line, self.column, None if blank else raw)

    def _problem(self, raw: str) -> Problem | None:
        if not raw.strip():
            if self._blank:
                return self._blank
            if self.column.is_text or not raw:
                return None
        problem = self.column.form.problem(raw)
        for look in self._extra:
            problem = problem or look(raw)
        return problem


class RuleCheck:
    """One rule over several columns. The combinations that were found good are remembered."""

    def __init__(self, rule: RowRule, column: Column) -> None:
        self._rule, self._column = rule, column
        self._good: set[tuple[str, ...]] = set()
        self._at = [no - 1 for no in rule.columns]

    def block(self, columns: Sequence[tuple[str, ...]], lines: Sequence[int], into: Collector) -> None:
        """Look at some rows, given as columns."""
        together = [columns[at] for at in self._at]
        met = set(zip(*together, strict=True)) - self._good
        if not met:
            return
        bad = {}
        for values in met:
            if problem := self._rule.problem(*values):
                bad[values] = problem
        if len(self._good) > REMEMBERED:
            self._good = set()
        self._good |= met - bad.keys()
        if bad:
            for values, line in zip(zip(*together, strict=True), lines, strict=True):
                if values in bad:
                    into.add(bad[values], line, self._column)


def office_look(known: KnownOffice) -> Extra:
    """A look at office numbers by a function that knows them."""

    def look(raw: str) -> Problem | None:
        if raw == GRAND_TOTAL_OFFICE or known(raw):
            return None
        return Problem(
            Code.OFFICE_UNKNOWN,
            "手もとの事業所の一覧にない事業所番号です。",
            "番号の打ち間違いがないか確かめてください。新しい事業所なら、一覧を新しくしてください。",
            Severity.WARNING,
            Who.US,
        )

    return look


def takes_office(column: Column) -> bool:
    """Whether the column holds office numbers."""
    return isinstance(column.form, Office)
