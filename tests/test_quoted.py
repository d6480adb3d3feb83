"""What the guide and the pages quote (「…」を押す) is written on a page: nobody looks for a button that was renamed."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "kiban"
MARKUP = re.compile(r"<[^>]*>|{%[^%]*%}|\s+")
QUOTED = re.compile(r"「([^「」{}]+)」")
TO_USE = re.compile(r"「([^「」{}]+)」(?:を押|を開|を選|に印|の画面|で|から)")
OF_OTHERS = {  # of Windows, macOS, telephones, browsers and Excel
    "ルート証明書をインストールしますか",
    "自分の証明書",
    "≡",
    "キーを入力",
    "CSVUTF-8",
    "CSVUTF-8(コンマ区切り)",
    "CSV(コンマ区切り)",
    "この証明書をウェブサイトの識別に使用する",
    "サインインオプション",
    "信頼性を設定",
}
PUT_TOGETHER = {  # by a template, of these parts
    "ほかの…つは満たしています": ("ほかの", "つは満たしています"),
    "…に問い合わせる": ("に問い合わせる",),
    "初期設定が済んだ": ("初期設定", "が済んだ"),
}


def together(text: str) -> str:
    return MARKUP.sub("", text)


def missing(quoted: set[str], pages: str) -> list[str]:
    """What of it stands nowhere on the pages."""
    parts = {part for words in quoted - OF_OTHERS for part in PUT_TOGETHER.get(words, (words,))}
    assert len(parts) > 80, "the search finds no quotes any more"
    return sorted(part for part in parts if together(part) not in pages)


def written() -> str:
    """Templates, Python and scripts, without mark-up and blanks."""
    files = (path for pattern in ("*.html", "*.py", "*.js") for path in SOURCE.rglob(pattern))
    return together("\n".join(path.read_text(encoding="utf-8") for path in files))


def test_what_the_guide_quotes_stands_on_a_page():
    chapters = (path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "guide").glob("*.md"))
    assert missing({words for text in chapters for words in QUOTED.findall(text)}, written()) == []


def test_what_a_page_says_to_use_stands_on_a_page():
    pages = written()
    assert missing(set(TO_USE.findall(pages)), QUOTED.sub("", pages)) == []
