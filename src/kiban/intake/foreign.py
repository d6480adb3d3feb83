"""Files of other programs that are tried here by mistake, known by their first row."""

from __future__ import annotations

from collections.abc import Sequence


def foreign_file(heading: Sequence[str]) -> str:
    """What a file with this heading probably is, and what to do, in Japanese sentences."""
    first = heading[0] if heading else ""
    known = "kiban load --layouts で取り込める様式の一覧が見られます。"
    if first.startswith(("SERVICE_USER_INFO", "FORM_")):
        return f"LIFEのCSVです。この取込では、見出しのある「LIFEフィードバック」の様式にしてください。{known}"
    if len(first) == 6 and first.startswith("20") and len(heading) in (4, 6, 13, 22, 25, 28, 37, 63):
        return f"ケアプランデータ連携のCSVのようです。この取込の様式ではありません。{known}"
    if first == "1" and len(heading) == 12:
        return f"国保連の伝送ファイルのようです。この取込の様式ではありません。{known}"
    return f"取り込める様式の見出しではありません。1行目に見出し(「保険者番号」など)があるか確かめてください。{known}"
