"""Several files against each other: sending units, keys, images."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kiban.formats.careplan.checks.collecting import Collector
from kiban.formats.careplan.checks.file import Facts, Key
from kiban.formats.careplan.layouts import kinds, units
from kiban.formats.careplan.layouts.columns import Edition, Kind
from kiban.formats.careplan.layouts.faults import Code, Finding, Problem, Severity
from kiban.formats.careplan.layouts.names import MONTHLY
from kiban.formats.careplan.layouts.readings import Readings, Strictness
from kiban.formats.careplan.layouts.rules import EMPTY_MONTH
from kiban.formats.careplan.layouts.units import Unit

SAME = "同じ連番の"


def check_sets(files: Sequence[Facts], readings: Readings) -> list[Finding]:
    """Findings of files that belong together by their names. A file whose name cannot be read belongs to none."""
    into = {facts.file: Collector(facts.file, readings) for facts in files}
    groups: dict[tuple[str, str, str], list[Facts]] = defaultdict(list)
    for facts in files:
        if facts.name:
            groups[facts.name.unit].append(facts)
    receivers: dict[tuple[str, str], dict[str, Facts]] = defaultdict(dict)
    for (sender, receiver, sequence), group in groups.items():
        receivers[sender, sequence].setdefault(receiver, group[0])
        _Group(group, into, readings).check()
    for by_receiver in receivers.values():
        for facts in list(by_receiver.values())[1:]:
            into[facts.file].add(_REPEATED)
    return [finding for collector in into.values() for finding in collector.findings()]


class _Group:
    """The files of one sender, receiver and ファイル連番."""

    def __init__(self, group: Sequence[Facts], into: dict[str, Collector], readings: Readings) -> None:
        self.group, self.into, self.readings = group, into, readings

    def check(self) -> None:
        self._twice()
        present = self._present()
        if len(present) > 1:
            self._mixed(present)
        for unit, files in present.items():
            self._complete(unit, files)
            self._services(files)
            self._months(files)
            self._keys(unit, files)
        self._images()
        for facts in self.group:
            self._receiver(facts)

    def _present(self) -> dict[Unit, list[Facts]]:
        """The units the files are of. 利用者補足情報 goes with a plan or with a 利用票, as its month says."""
        present: dict[Unit, list[Facts]] = {}
        prevention = any(facts.kind in units.PREVENTION.kinds for facts in self.group)
        for facts in self.group:
            kind = facts.kind
            if kind is None:
                continue
            if kind is Kind.USER:
                unit = units.PLAN if facts.name and facts.name.month == EMPTY_MONTH else units.SCHEDULE
            elif (prevention and units.PREVENTION.of(kind)) or kind is Kind.PREVENTION_LINES:
                unit = units.PREVENTION
            else:
                unit = next(candidate for candidate in units.UNITS if candidate.of(kind))
            present.setdefault(unit, []).append(facts)
        return present

    def _twice(self) -> None:
        met: dict[tuple[Kind, bool], Facts] = {}
        for facts in self.group:
            if facts.kind is None or facts.kind is Kind.BASIC_IMAGE:
                continue
            with_plan = facts.kind is Kind.USER and facts.name is not None and facts.name.month == EMPTY_MONTH
            if (facts.kind, with_plan) in met:
                self.into[facts.file].add(
                    Problem(
                        Code.UNIT_TWICE,
                        f"{SAME}{kinds.LAYOUTS[facts.kind].title}が2つあります"
                        f"(もう1つは{met[facts.kind, with_plan].base})。",
                        "1回に送る組には、同じ種類のファイルは1つです。月が違うなら、連番を分けて書き出し直します。",
                    )
                )
            else:
                met[facts.kind, with_plan] = facts

    def _mixed(self, present: dict[Unit, list[Facts]]) -> None:
        titles = "、".join(unit.title for unit in present)
        for files in list(present.values())[1:]:
            self.into[files[0].file].add(
                Problem(
                    Code.UNIT_MIXED,
                    f"1つの連番に、別々に送るはずの組が混ざっています({titles})。",
                    "組ごとに別の連番で書き出し直します。",
                )
            )

    def _complete(self, unit: Unit, files: Sequence[Facts]) -> None:
        there = {facts.kind for facts in files}
        missing = [kind for kind in unit.kinds if kind not in there]
        old = any(facts.layout and facts.layout.edition is Edition.V3_2 for facts in files)
        for kind in sorted(missing, key=list(Kind).index):
            severity = Severity.ERROR
            if kind is Kind.PLAN3:
                if old or self.readings.plan_unit_with_sheet3 is Strictness.IGNORE:
                    continue
                severity = Severity(self.readings.plan_unit_with_sheet3.value)
            title = kinds.LAYOUTS[kind].title
            self.into[files[0].file].add(
                Problem(
                    Code.UNIT_INCOMPLETE,
                    f"いっしょに送るはずの{title}({kind.value}_…)がありません。組は「{unit.title}」です。",
                    f"{SAME}{title}も選んで、もう一度検査してください。作られていないなら、組の全部を書き出し直します。",
                    severity,
                )
            )

    def _services(self, files: Sequence[Facts]) -> None:
        first = files[0].name
        for facts in files[1:]:
            if facts.name and first and _services(facts) != _services(files[0]):
                self.into[facts.file].add(
                    Problem(
                        Code.UNIT_MIXED,
                        f"名前のサービス種類コードが、いっしょに送る{files[0].base}と違います。",
                        "1回に送る組では、名前の事業所番号、サービス種類、連番を全部同じにします。書き出し直します。",
                    )
                )

    def _months(self, files: Sequence[Facts]) -> None:
        monthly = [facts for facts in files if facts.name and facts.kind in MONTHLY]
        for facts in monthly[1:]:
            if facts.name and monthly[0].name and facts.name.month != monthly[0].name.month:
                self.into[facts.file].add(
                    Problem(
                        Code.TWO_MONTHS,
                        f"名前の年月が、いっしょに送る{monthly[0].base}と違います。",
                        "1回に送る組は1か月分です。月ごとに連番を分けて書き出し直します。",
                    )
                )

    def _keys(self, unit: Unit, files: Sequence[Facts]) -> None:
        by_kind = {facts.kind: facts for facts in files if facts.layout}
        for kind, facts in by_kind.items():
            parent = unit.parent if kind is Kind.USER else units.PARENTS.get(kind) if kind else None
            if parent in by_kind and parent is not kind and parent:
                self._orphans(facts, by_kind[parent], unit)
        for kind, wanted in units.WANTED.items():
            if kind in by_kind:
                for other in wanted:
                    if other in by_kind:
                        self._gaps(by_kind[kind], by_kind[other], unit)

    def _orphans(self, facts: Facts, parent: Facts, unit: Unit) -> None:
        known = _keys(parent, unit)
        for key, line in _keys(facts, unit).items():
            if key not in known and facts.layout and parent.layout:
                column = facts.layout.column(facts.layout.link[1])
                self.into[facts.file].add(
                    Problem(
                        Code.KEY_ORPHAN,
                        f"この行の利用者と{_what(unit)}の組み合わせが、{parent.layout.title}({parent.base})にありません。",
                        "保険者番号、被保険者番号、日付か年月のどれかが2つのファイルで違っています。"
                        "見比べて、正しいほうにそろえて書き出し直します。",
                    ),
                    line,
                    column,
                )

    def _gaps(self, parent: Facts, facts: Facts, unit: Unit) -> None:
        there = _keys(facts, unit)
        for key, line in _keys(parent, unit).items():
            if key not in there and facts.layout and parent.layout:
                column = parent.layout.column(parent.layout.link[1])
                self.into[parent.file].add(
                    Problem(
                        Code.KEY_MISSING,
                        f"この利用者の行が、いっしょに送る{facts.layout.title}({facts.base})にありません。",
                        "入れ忘れか、番号や日付の違いです。確かめて、組の全部を書き出し直します。",
                        Severity.ERROR if facts.kind is Kind.USER else Severity.WARNING,
                    ),
                    line,
                    column,
                )

    def _images(self) -> None:
        images = {facts.base.lower(): facts for facts in self.group if facts.kind is Kind.BASIC_IMAGE}
        named: set[str] = set()
        for facts in self.group:
            for image, line in facts.images.items():
                if not image:
                    continue
                named.add(image.lower())
                if image.lower() not in images and facts.layout:
                    self.into[facts.file].add(
                        Problem(
                            Code.IMAGE_MISSING,
                            "家族構成の画像の名前が書かれていますが、その画像のファイルがありません。",
                            "画像のファイルも選んで、もう一度検査してください。作られていないなら、付けて送り直します。",
                        ),
                        line,
                        facts.layout.column(facts.layout.number("家族構成 画像ファイル名")),
                    )
        if not any(facts.kind is Kind.BASIC and facts.layout for facts in self.group):
            return
        for base in sorted(images.keys() - named):
            self.into[images[base].file].add(
                Problem(
                    Code.IMAGE_NOT_NAMED,
                    "この画像がだれの家族構成か、利用者基本情報のどの行にも書かれていません。",
                    "利用者基本情報の「家族構成 画像ファイル名」に画像の名前を書いて、作り直します。",
                    Severity.WARNING,
                )
            )

    def _receiver(self, facts: Facts) -> None:
        """A user none of whose services is of the receiving office: this would be a leak."""
        if facts.kind is not Kind.SCHEDULE or not facts.name or not facts.layout:
            return
        if (facts.name.receiver_service or "43") in ("43", "46"):
            return
        column = facts.layout.column(facts.layout.number("サービス事業者コード"))
        users: dict[Key, int] = {}
        for key, line in facts.keys.items():
            users.setdefault(key[:2], line)
        for user, line in users.items():
            if user not in facts.at_receiver:
                self.into[facts.file].add(
                    Problem(
                        Code.USER_NOT_OF_RECEIVER,
                        f"この行から始まる利用者には、送り先の事業所({facts.name.receiver})のサービスが1つもありません。"
                        "関係のない事業所に個人の情報が渡るおそれがあります。",
                        "送るのを止めて、送り先が正しいか確かめてください。送り先が正しければ、この利用者を除いて作り直します。",
                    ),
                    line,
                    column,
                )


_REPEATED = Problem(
    Code.SEQUENCE_REPEATED,
    "同じ事業所から、同じ連番で、別の送り先へのファイルがあります。",
    "連番は作った日時(秒まで)です。1秒に2つの組を作らないように、書き出し直します。",
    Severity.WARNING,
)


def _services(facts: Facts) -> tuple[str | None, str | None] | None:
    return (facts.name.sender_service, facts.name.receiver_service) if facts.name else None


def _keys(facts: Facts, unit: Unit) -> dict[Key, int]:
    """The link keys as the unit compares them: 利用者補足情報 has one part more than the others."""
    if facts.kind is not Kind.USER:
        return facts.keys
    last = 2 if unit is units.PLAN else 3
    return {(key[0], key[1], key[last]): line for key, line in facts.keys.items()}


def _what(unit: Unit) -> str:
    if unit is units.SCHEDULE:
        return "対象年月"
    return "相談日" if unit is units.BASIC else "作成(変更)日"


def in_order(findings: Iterable[Finding], files: Sequence[Facts]) -> list[Finding]:
    """By file as given, then by line and column; those of a whole file first."""
    place = {facts.file: at for at, facts in enumerate(files)}
    return sorted(
        findings,
        key=lambda finding: (
            place.get(finding.file, -1),
            finding.code is Code.MORE,
            finding.line or 0,
            finding.column or 0,
        ),
    )
