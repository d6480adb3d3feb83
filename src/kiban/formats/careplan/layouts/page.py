"""The page of all layouts for people, written from the layouts themselves (``kiban exchange layouts``)."""

from __future__ import annotations

from collections.abc import Iterator

from kiban.formats.careplan.layouts import kinds, names, units
from kiban.formats.careplan.layouts.columns import Column, Grade, Kind, Layout, Need

HEAD = """# ケアプランデータ連携のファイルの並び

ケアプランデータ連携標準仕様 V4.1(2024年10月、CSVバージョン202407)の全部のファイルの列です。
このページはプログラムの中の定義から作られています(`kiban exchange layouts > docs/exchange/layouts.md`)。

「必須」の印: ○ 必須、● 介護予防の表で必須と必要の両方、必要 介護予防の表で必要だけ、○? 印が確かでない、? 印が見えない、
条件 書くとき書かないときの決まりがある。「確かさ」: A 仕様書の本文のとおり、A−・B+ ほぼ確か、B 印の位置を復元した。
「結」の列は、ほかのファイルの行と結び付けるか、行を見分けるのに使います(空白は必ず誤り)。
旧版(3.2版)は読むだけで、書き出しません。
"""


def markdown() -> str:
    """The whole page."""
    lines = [HEAD, *_overview()]
    for layout in kinds.LAYOUTS.values():
        lines += _section(layout)
    lines += [*_old(), *_units()]
    return "\n".join(lines) + "\n"


def _overview() -> Iterator[str]:
    yield "| 種類 | 名前のはじめ | 列 | 名前 |"
    yield "|---|---|---|---|"
    for kind in Kind:
        layout = kinds.LAYOUTS.get(kind)
        title = layout.title if layout else "介護予防 利用者基本情報 家族構成の画像"
        width = str(layout.width) if layout else "JPEG"
        yield f"| {title} | `{kind.value}` | {width} | `{names.shape(kind)}` |"
    yield ""


def _section(layout: Layout) -> Iterator[str]:
    yield f"## {layout.title} `{layout.kind.value}`"
    yield ""
    yield f"{layout.width}列。{layout.about}"
    yield ""
    yield "| No | 日本語名称 | 長さ | 必須 | 確かさ | 結 | 書き方 |"
    yield "|---|---|---|---|---|---|---|"
    for column in layout.columns:
        yield "| " + " | ".join(_cells(column)) + " |"
    yield ""


def _cells(column: Column) -> tuple[str, ...]:
    marked = column.need is not Need.OPTIONAL
    notes = "。".join(filter(None, (column.form.note(), column.note)))
    return (
        str(column.no),
        column.name,
        str(column.form.length or "―"),
        column.need.value,
        column.grade.value if marked or column.grade is Grade.B else "",
        "結" if column.key else "",
        notes.replace("|", "\\|"),
    )


def _old() -> Iterator[str]:
    yield "## 旧版(3.2版、CSVバージョン202208)"
    yield ""
    yield "| 種類 | 列 | 4.1版との違い |"
    yield "|---|---|---|"
    for kind, layout in kinds.V3_2.items():
        gone = [name for name in kinds.LAYOUTS[kind].names if name not in layout.names]
        what = f"{'、'.join(gone)}がない(改版の説明からの推定)" if gone else "同じ"
        yield f"| {layout.title} `{kind.value}` | {layout.width} | {what} |"
    yield ""


def _units() -> Iterator[str]:
    yield "## いっしょに送る組"
    yield ""
    yield "1つの組のファイルは、名前の事業所番号、サービス種類、連番が全部同じです。"
    yield ""
    for unit in units.UNITS:
        needed = "、".join(f"`{kind.value}`" for kind in Kind if kind in unit.kinds)
        also = "、".join(f"`{kind.value}`" for kind in Kind if kind in unit.may)
        yield f"- {unit.title}: {needed}" + (f"(付いてよい: {also})" if also else "")
