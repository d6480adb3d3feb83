"""Findings of one file, with an end: a fault in every row of a long file is told a hundred times and then counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kiban.formats.careplan.layouts.columns import Column
from kiban.formats.careplan.layouts.faults import Code, Finding, Problem, Severity, Who
from kiban.formats.careplan.layouts.readings import Readings, Strictness

EACH = 100  # findings of one code in one column
SHOWN = 20  # characters of a value
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Collector:
    """Takes problems with their places and makes findings of them."""

    def __init__(self, file: str, readings: Readings) -> None:
        self.file = file
        self._found: list[Finding] = []
        self._counts: Counter[tuple[Code, int | None]] = Counter()
        self._worst: dict[tuple[Code, int | None], tuple[Severity, Column | None, Who]] = {}
        self._strictness = {
            Code.TAIS_MISSING: readings.tais,
            Code.NAME_SWAPPED: readings.swapped_services,
            Code.USER_NOT_OF_RECEIVER: readings.receiver_of_user,
            Code.BARE_TEXT: readings.bare_text,
            Code.LINE_END: readings.record_end,
        }

    def add(
        self, problem: Problem, line: int | None = None, column: Column | None = None, raw: str | None = None
    ) -> None:
        """Take a problem.

        Args:
            raw: the value the problem's sentence is the predicate of; it is shown when it is about no person.
        """
        severity = problem.severity
        if problem.code in self._strictness:
            strictness = self._strictness[problem.code]
            if strictness is Strictness.IGNORE:
                return
            severity = Severity(strictness.value)
        place = problem.code, column.no if column else None
        self._counts[place] += 1
        if self._counts[place] > EACH:
            self._worst.setdefault(place, (severity, column, problem.who))
            return
        message = problem.message if raw is None else _subject(column, raw) + problem.message
        self._found.append(
            Finding(
                self.file,
                line,
                column.no if column else None,
                column.name if column else None,
                severity,
                problem.code,
                message,
                problem.remedy,
                problem.who,
            )
        )

    def findings(self) -> list[Finding]:
        """All of them in the order of the file; those of the whole file first."""
        return sorted(self._found, key=_place) + list(self._more())

    def _more(self) -> Iterable[Finding]:
        for place, (severity, column, who) in self._worst.items():
            code, number = place
            rest = self._counts[place] - EACH
            yield Finding(
                self.file,
                None,
                number,
                column.name if column else None,
                severity,
                Code.MORE,
                f"同じ誤り({code.value})が、ほかにも{rest:,}か所あります。ここには{EACH}か所だけ示しました。",
                "示した所と同じ直し方です。たくさんあるときは、送る側のソフトの設定を確かめます。",
                who,
            )


def _place(finding: Finding) -> tuple[int, int, int]:
    return finding.line or 0, finding.column or 0, _RANK[finding.severity]


def _subject(column: Column | None, raw: str) -> str:
    """The value before the sentence, where it may be shown and can be read."""
    if not raw:
        return ""
    if column and not column.form.private and len(raw) <= SHOWN and raw.isprintable():
        return f"「{raw}」は、"
    return "この値は、"
