"""Values that may stand in a column, awkward ones among them."""

from __future__ import annotations

import datetime as dt
import random

from hypothesis import strategies as st

from kiban.formats.careplan.layouts.characters import VARIANTS, may_stand
from kiban.formats.careplan.layouts.forms import Coded, Date, Form, Month, Pattern, Text, Time, Whole
from kiban.formats.careplan.layouts.samples import example

AWKWARD = [
    *("髙", "﨑", "①", "ｶﾞ", "ﾊﾟ", "～", "－", "∥", "Ⅲ", "㈱", "靑", "ー", "表", "ソ", "能", ",", '"', '""'),
    *("\r\n", "\n", "\r", "　", " ", "\t", "'", "\\", "`", ";", "=1+1", "#END", "1", "0001"),
]
IN_MS932 = [char for char in map(chr, range(0x20, 0x10000)) if may_stand(char) and char not in VARIANTS]
TEXTS = st.lists(st.one_of(st.sampled_from(AWKWARD), st.sampled_from(IN_MS932)), max_size=6).map("".join)


def values(form: Form, name: str) -> st.SearchStrategy[str]:
    """Values a form takes, and nothing."""
    if isinstance(form, Text):
        return TEXTS
    if isinstance(form, Coded):
        return st.sampled_from(["", *form.codes])
    if isinstance(form, Whole):
        high = form.most or 10 ** (form.length or 4) - 1
        return st.one_of(st.just(""), st.integers(form.least or 0, high).map(str))
    if isinstance(form, Date):
        return st.one_of(st.just(""), st.dates(dt.date(1900, 1, 1)).map("{:%Y%m%d}".format))
    if isinstance(form, Month):
        return st.sampled_from(["202609", "202610", "202702"])
    if isinstance(form, Time):
        return st.sampled_from(["", "0000", "0930", "2359"])
    if isinstance(form, Pattern) and form.pattern == r"[0-9A-Z]{10}":
        return st.from_regex(r"[0-9A-Z]{10}", fullmatch=True)
    return st.sampled_from(["", example(form, name, random.Random(1))])
