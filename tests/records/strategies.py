"""Every value a field can have, as hypothesis sees it."""

from __future__ import annotations

import datetime as dt
from functools import singledispatch
from typing import Any

from hypothesis import strategies as st

from kiban.records import fields, parsing, personal_number
from kiban.records.fields import Field
from kiban.records.items import Item

DAYS = st.dates(parsing.FIRST_DAY, parsing.LAST_DAY).map(dt.date.isoformat)
LETTERS = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\t\n\r").filter(
    lambda letter: not parsing.NOT_TEXT.match(letter)
)


@singledispatch
def values(field: Field) -> st.SearchStrategy[Any]:
    raise LookupError(type(field).__name__)


@values.register
def _(field: fields.Text) -> st.SearchStrategy[Any]:
    texts = st.text(LETTERS, min_size=1, max_size=min(field.max_length, 30))
    return texts.filter(lambda text: bool(text.strip()) and not personal_number.stands_in(text))


@values.register
def _(field: fields.Number) -> st.SearchStrategy[Any]:
    found = st.from_regex(field.pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
    return found.filter(lambda text: len(text) <= field.max_length and not personal_number.looks_like_one(text))


@values.register
def _(_field: fields.Date) -> st.SearchStrategy[Any]:
    return DAYS


@values.register
def _(_field: fields.PartialDate) -> st.SearchStrategy[Any]:
    months = st.dates(dt.date(1869, 1, 1), parsing.LAST_DAY)
    return st.one_of(DAYS, months.map("{:%Y-%m}".format), months.map("{:%Y}".format), st.just("unknown"))


@values.register
def _(field: fields.Code) -> st.SearchStrategy[Any]:
    return st.sampled_from(list(field.codes))


@values.register
def _(field: fields.Integer) -> st.SearchStrategy[Any]:
    return st.integers(field.least, field.most)


@values.register
def _(field: fields.Decimal) -> st.SearchStrategy[Any]:
    return st.from_regex(rf"[0-9]{{1,{field.digits}}}(\.[0-9]{{1,{field.places}}})?", fullmatch=True)


@values.register
def _(_field: fields.Flag) -> st.SearchStrategy[Any]:
    return st.booleans()


@values.register
def _(field: fields.Choices) -> st.SearchStrategy[Any]:
    chosen = st.sets(st.sampled_from(list(field.codes)), min_size=1)
    return chosen.map(lambda codes: [code for code in field.codes if code in codes])


@values.register
def _(field: fields.Rows) -> st.SearchStrategy[Any]:
    must = {one.name: values(one) for one in field.fields if one.required}
    may = {one.name: values(one) for one in field.fields if not one.required}
    row = st.fixed_dictionaries(must, optional=may).filter(bool)
    return st.lists(row, min_size=1, max_size=3)


def contents(item: Item) -> st.SearchStrategy[dict[str, Any]]:
    """Contents of an item: required fields, any of the others; checks across fields may not hold."""
    must = {field.name: values(field) for field in item.fields if field.required}
    may = {field.name: values(field) for field in item.fields if not field.required}
    return st.fixed_dictionaries(must, optional=may)
