"""ふりがな: how the words of the consent texts are read, and a text with the readings above them.

Readings stand above the words that were agreed to and change none of them (``without_readings`` gives them back). It is
a list of words and no program: what a person signs is not left to a guess at 方 or 何.
"""

from __future__ import annotations

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Kanji《kana》; the longest that fits is taken.
_WORDS = """
介護保険《かいごほけん》 介護事業所《かいごじぎょうしょ》 介護《かいご》 情報《じょうほう》
同意書《どういしょ》 同意《どうい》 何《なん》の 何《なに》を 何度《なんど》 何回《なんかい》 担当《たんとう》
事業所《じぎょうしょ》 医療機関《いりょうきかん》 電子的《でんしてき》 見《み》 同《おな》じ 聞《き》
書類《しょるい》 書面《しょめん》 借《か》 減《へ》 結果《けっか》 被保険者証《ひほけんしゃしょう》
要介護認定《ようかいごにんてい》 調査票《ちょうさひょう》 主治医意見書《しゅじいいけんしょ》
住宅改修《じゅうたくかいしゅう》 福祉用具《ふくしようぐ》 利用《りよう》 科学的介護《かがくてきかいご》
桁《けた》 番号《ばんごう》 使《つか》 本人確認《ほんにんかくにん》 本人以外《ほんにんいがい》
本人《ほんにん》 登録《とうろく》 役割《やくわり》 認《みと》 職員《しょくいん》 端末《たんまつ》
記録《きろく》 対《たい》 市町村《しちょうそん》 一度《いちど》 代《か》わ 伺《うかが》 受《う》
必要《ひつよう》 確認《かくにん》 確《たし》 取《と》り消《け》 理由《りゆう》 伝《つた》 時《とき》
残《のこ》 撤回《てっかい》 説明文《せつめいぶん》 説明《せつめい》 版《はん》 前《まえ》 次《つぎ》
答《こた》 記入《きにゅう》した日《ひ》 令和《れいわ》 年《ねん》 月《がつ》 日《にち》 氏名《しめい》
署名《しょめい》 人《ひと》 続柄《つづきがら》 立会人《たちあいにん》 代筆《だいひつ》 意思《いし》 書《か》
法定代理人《ほうていだいりにん》 任意後見人《にんいこうけんにん》 家族《かぞく》 印《しるし》 紙《かみ》
仕事《しごと》 期間《きかん》 医者《いしゃ》 意見《いけん》 家《いえ》 直《なお》 道具《どうぐ》
計画《けいかく》 体《からだ》 様子《ようす》 手伝《てつだ》 決《き》 全部《ぜんぶ》 言葉《ことば》 言《い》
住《す》 市《し》 町《まち》 村《むら》 役所《やくしょ》 回《かい》 今日《きょう》 用意《ようい》
仕組《しく》み 日本語《にほんご》 文《ぶん》 機械《きかい》 中《なか》
"""
_READING = re.compile("([\u3400-\u9fff々]+)《([ぁ-ん]+)》")
_BY_WORD = {_READING.sub(r"\1", word): word for word in _WORDS.split()}
_ANY = re.compile("|".join(map(re.escape, sorted(_BY_WORD, key=len, reverse=True))))
_TAG = re.compile("(<[^>]*>)")
# A name is left as it is: nobody but the person knows how it is read.
AS_IS = ("\ue000", "\ue001")
_AS_IS = re.compile(f"{AS_IS[0]}(.*?){AS_IS[1]}", re.DOTALL)


def noted(text: str) -> str:
    """The text with its readings in brackets behind the words: ``介護《かいご》の情報《じょうほう》``."""
    return _ANY.sub(lambda found: _BY_WORD[found[0]], text)


def without_readings(text: str) -> str:
    """The words alone, of what ``noted`` made."""
    return _READING.sub(r"\1", text)


def with_ruby(markup: str) -> SafeString:
    """Finished HTML with the readings above its words; tags, and what stands between ``AS_IS``, stay untouched."""
    parts = []
    for at, part in enumerate(_AS_IS.split(markup)):
        is_kept = at % 2 == 1
        parts += [part] if is_kept else [one if one.startswith("<") else _ruby(one) for one in _TAG.split(part)]
    return mark_safe("".join(parts))  # noqa: S308 - finished HTML, and readings of our own


def left_alone(markup: str) -> SafeString:
    """Finished HTML without readings, and without the marks."""
    return mark_safe(_AS_IS.sub(r"\1", markup))  # noqa: S308 - finished HTML


def _ruby(text: str) -> str:
    shown = "<ruby>{}<rp>(</rp><rt>{}</rt><rp>)</rp></ruby>"
    return _READING.sub(lambda found: format_html(shown, *found.groups()), noted(text))
