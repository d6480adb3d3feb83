"""What is said of the CSVバージョン of the rows and of the columns that go with it."""

from __future__ import annotations

from kiban.formats.careplan.checks.collecting import Collector
from kiban.formats.careplan.layouts import kinds
from kiban.formats.careplan.layouts.columns import Column, Edition, Layout
from kiban.formats.careplan.layouts.faults import Code, Problem, Severity


def other_edition(width: int, other: int) -> Problem:
    """A row with the columns of another edition."""
    return Problem(
        Code.MIXED_VERSIONS,
        f"このファイルの行は{width}列ですが、この行だけ別の版の{other}列です。1つのファイルに版を混ぜてはいけません。",
        "4.1版の行だけでファイルを作り直します。",
    )


def versions(layout: Layout, met: dict[str, int], into: Collector) -> None:
    """The CSVバージョン: one a file, and which."""
    met = {raw: line for raw, line in met.items() if len(raw) == 6 and raw.isascii() and raw.isdigit()}
    if not met:
        return
    column = layout.column(1)
    first, *others = sorted(met, key=met.__getitem__)
    for other in others:
        into.add(
            Problem(
                Code.MIXED_VERSIONS,
                f"この行は版の番号が{other}ですが、はじめの行は{first}です。1つのファイルに版を混ぜてはいけません。",
                "版ごとにファイルを分けるか、全部を4.1版(202407)で作り直します。",
            ),
            met[other],
            column,
        )
    _version(layout, first, met[first], column, into)


def _version(layout: Layout, version: str, line: int, column: Column, into: Collector) -> None:
    update = "送る側のソフトを4.1版(版の番号202407)に更新します。"
    if version in kinds.OLD:
        newest = "" if version == Edition.V3_2.value else "。この版の並びは分かっていないので、3.2版の並びで読みました"
        guessed = "。3.2版の列の並びは改版の説明から推定したものです" if layout.inferred else ""
        into.add(
            Problem(
                Code.OLD_VERSION,
                f"旧版({kinds.VERSIONS[version]}、版の番号{version})のファイルです。読みましたが、今の版は4.1版です"
                f"{newest}{guessed}。",
                f"{update}旧版だけのソフトは、2027年1月に予定される移行のあと連携に使えなくなります。",
                Severity.WARNING,
            ),
            line,
            column,
        )
        if layout.edition is Edition.V4_1:
            into.add(_version_layout(version, layout.width, "4.1版の"), line, column)
        return
    if version == "202504":
        into.add(
            Problem(
                Code.OLD_VERSION,
                "版の番号202504は4.0版のもので、4.1版で202407に改められました。並びは同じとみて読みました。",
                update,
                Severity.WARNING,
            ),
            line,
            column,
        )
    elif version != kinds.CURRENT:
        hint = {
            "202410": "4.1版が出た月ですが、標準仕様が定める4.1版の番号は202407です。",
            "202404": "標準仕様書の別表の例にある誤りです。4.1版の番号は202407です。",
        }.get(version, "標準仕様のどの版の番号でもありません。4.1版の番号は202407です。")
        into.add(Problem(Code.VERSION_UNKNOWN, f"版の番号が{version}です。{hint}", update), line, column)
    if layout.edition is Edition.V3_2:
        into.add(_version_layout(version, layout.width, "旧版(3.2版)の"), line, column)


def _version_layout(version: str, width: int, whose: str) -> Problem:
    return Problem(
        Code.VERSION_LAYOUT,
        f"版の番号({version})と列の数が合いません。{width}列は{whose}並びです。その並びで読みました。",
        "送る側のソフトの会社に、版の番号と列の数が合わないことを伝えます。",
    )
