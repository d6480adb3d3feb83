"""Yen of a total in 第7表: added up from the lines above it, or computed anew from its own units and cost.

Money is cut (円未満切り捨て) once a kind of service: 費用総額 is units × 単位数単価, 請求額 is 費用総額 × 給付率, and
利用者負担 is what is left. Software that prints yen on every line cuts them there, too, and what is cut on every line
adds up to less. Both are right. Units are whole and add up in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, TypeVar

SERVICE_UNITS, MANAGED, OVER, WITHIN = 0, 1, 4, 5  # places among the amounts of a line (``totals.SUMMED``)
COST, CLAIMED, BURDEN, WHOLE_BURDEN = 6, 7, 8, 9
COLUMNS = 10

T = TypeVar("T")
Sums = tuple[int | None, ...]
_PRICE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
_NOTHING: Sums = (None,) * COLUMNS


class Line(NamedTuple):
    """A line with its amounts (None: blank or no number).

    Attributes:
        number: of the row. over: 30日超. price: 単位数単価, in yen. rate: 給付率, in percent.
    """

    number: int
    over: bool
    amounts: Sums
    price: Decimal | None = None
    rate: int | None = None


def sums_of(lines: Sequence[Line]) -> Sums:
    """The sum of every column; None where no line has a number."""
    if len(lines) == 1:
        return lines[0].amounts
    if not lines:
        return _NOTHING
    return tuple([_sum(column) for column in zip(*[line.amounts for line in lines], strict=True)])


def _sum(column: Sequence[int | None]) -> int | None:
    given = [amount for amount in column if amount is not None]
    return sum(given) if given else None


@lru_cache(maxsize=1000)
def price(raw: str) -> Decimal | None:
    """単位数単価 as a number; None for a blank and for what is none."""
    return Decimal(raw) if _PRICE.fullmatch(raw) else None


def computed(total: Line, lines: Sequence[Line], at: int) -> set[int]:
    """What the amount ``at`` of a total may be when it is computed from the total's own units and cost.

    Price and rate are the total's, or those of its lines when all have the same. Empty for units, and where something
    that is needed is not written.
    """
    amounts, added = total.amounts, sums_of(lines)
    price, rate = total.price or _one(line.price for line in lines), _rate(total, lines)
    costs = set(_cut(_units(total, lines), price))
    cost = amounts[COST]
    of_cost = set(_share([cost] if cost is not None else costs, rate))
    if at == COST:
        return costs
    if at == CLAIMED:
        return of_cost
    if at == BURDEN and cost is not None:
        return {cost - claimed for claimed in (*of_cost, amounts[CLAIMED], added[CLAIMED]) if claimed is not None}
    return set(_cut([amounts[OVER]], price)) if at == WHOLE_BURDEN else set()


def cut_once(parts: Sequence[Sequence[Line]]) -> tuple[Sums, Sums]:
    """What lines come to when their yen are cut once a part: cut from the units, and from the added up cost."""
    return _together([_cut_part(part, anew=True) for part in parts]), _together(
        [_cut_part(part, anew=False) for part in parts]
    )


def _cut_part(lines: Sequence[Line], *, anew: bool) -> Sums:
    amounts = list(sums_of(lines))
    price, rate = _one(line.price for line in lines), _one(line.rate for line in lines)
    if anew:
        for at, units in ((COST, sum(map(_paid, lines))), (WHOLE_BURDEN, amounts[OVER])):
            for yen in _cut([units], price) if amounts[at] is not None else ():
                amounts[at] = yen
    cost = amounts[COST]
    if cost is not None and rate is not None and amounts[CLAIMED] is not None:
        (amounts[CLAIMED],) = _share([cost], rate)
        if amounts[BURDEN] is not None:
            amounts[BURDEN] = cost - (amounts[CLAIMED] or 0)
    return tuple(amounts)


def _together(parts: Sequence[Sums]) -> Sums:
    return tuple([_sum(column) for column in zip(*parts, strict=True)]) if parts else _NOTHING


def _rate(total: Line, lines: Sequence[Line]) -> int | None:
    return total.rate if total.rate is not None else _one(line.rate for line in lines)


def _units(total: Line, lines: Sequence[Line]) -> list[int | None]:
    """The units a cost may rest on: those the total states as within the limit, and those its lines are paid for."""
    return [total.amounts[WITHIN], total.amounts[MANAGED], sum(map(_paid, lines)) if lines else None]


def _paid(line: Line) -> int:
    """The units of a line the insurance pays for; outside 区分支給限度 all of them."""
    units = (line.amounts[WITHIN], line.amounts[MANAGED], line.amounts[SERVICE_UNITS])
    return next((number for number in units if number is not None), 0)


def _cut(units: Iterable[int | None], price: Decimal | None) -> Iterator[int]:
    for number in units:
        if number is not None and price is not None:
            yield int(number * price)


def _share(costs: Iterable[int], rate: int | None) -> Iterator[int]:
    for cost in costs:
        if rate is not None:
            yield cost * rate // 100


def _one(values: Iterable[T | None]) -> T | None:
    """The one value that all of them have."""
    met = set(values)
    return met.pop() if len(met) == 1 else None
