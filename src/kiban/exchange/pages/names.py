"""Users as the pages of a unit name them: the name and the end of the number."""

from __future__ import annotations

from collections.abc import Mapping

NAMED = 30  # users of a unit shown at once; the rest opens in place


def with_numbers(people: Mapping[int, str], known: Mapping[int, str]) -> dict[int, str]:
    """The users of a unit by ``insured_key``, in words; whom nobody names has the end of the number only.

    Args:
        people: names as the unit's files give them. known: names from elsewhere, for those they leave empty.
    """
    names = {key: name or known.get(key, "") for key, name in people.items()}
    return {
        key: f"{name}(…{key % 10_000:04d})" if name else f"被保険者番号 …{key % 10_000:04d}"
        for key, name in names.items()
    }
