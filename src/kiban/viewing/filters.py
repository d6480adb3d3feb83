"""足りないもの as a filter of the list: what each choice is called, and of whom it leaves the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kiban.viewing.worklist import What


@dataclass(frozen=True)
class Filter:
    """One choice.

    Attributes:
        key: stands in the address of a link on 今日. whats: who lacks one of these stays in the list; none: everybody.
        is_usual: stands in the list of choices; the others are reached from a line of 今日.
    """

    key: str
    label: str
    whats: tuple[What, ...] = ()
    is_usual: bool = True

    def persons(self, everybody: int, lacking: Mapping[str, int]) -> int:
        """How many persons it leaves. Of the things one choice gathers a person lacks one at most."""
        return sum(lacking[what] for what in self.whats) if self.whats else everybody


EVERYBODY = Filter("", "すべて")
FILTERS: Mapping[str, Filter] = {
    one.key: one
    for one in (
        EVERYBODY,
        Filter("consent", "同意", (What.CONSENT, What.REFUSED)),
        Filter("waiting", "同意待ち", (What.CONSENT,), is_usual=False),
        Filter("refused", "同意しない・撤回した方", (What.REFUSED,), is_usual=False),
        Filter("renewal", "認定の更新", (What.OVER, What.PRESSES, What.OPENS)),
        Filter("over", "認定の期間が過ぎた方", (What.OVER,), is_usual=False),
        Filter("presses", "認定が30日以内に切れる方", (What.PRESSES,), is_usual=False),
        Filter("opens", "認定更新の申請を案内する方", (What.OPENS,), is_usual=False),
        Filter("municipality", "市町村の開始待ち", (What.MUNICIPALITY,)),
        Filter("certification", "認定の記録がない方", (What.NO_CERTIFICATION,)),
        Filter("assignment", "担当の期間が今月まで", (What.ASSIGNMENT,)),
    )
}


@dataclass(frozen=True)
class Choice:
    """A filter as the list offers it, with the number of persons behind it."""

    key: str
    label: str
    persons: int
    is_chosen: bool


def choices(chosen: Filter, everybody: int, lacking: Mapping[str, int]) -> Sequence[Choice]:
    """What the list offers: everybody, the usual choices somebody is behind, and the one that was chosen."""
    offered = [Choice(one.key, one.label, one.persons(everybody, lacking), one is chosen) for one in FILTERS.values()]
    return [
        one
        for one in offered
        if one.is_chosen or one.key == EVERYBODY.key or (one.persons and FILTERS[one.key].is_usual)
    ]
