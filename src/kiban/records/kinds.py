"""All kinds of information, found by looking through this package: a module with a ``KIND`` is a kind.

The keys of kinds and items stand in the sharing matrix, the access log and the stored records: they never change.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Any

import kiban.records
from kiban.records.items import DisplayGroup, Item, Kind


class UnknownKindError(LookupError):
    """No kind or item of this name."""


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds in the order of the tabs."""
    modules = (
        import_module(f"{kiban.records.__name__}.{module.name}")
        for module in pkgutil.iter_modules(kiban.records.__path__)
        if not module.ispkg and module.name not in ("kinds", "apps")
    )
    found = [module.KIND for module in modules if hasattr(module, "KIND")]
    return tuple(sorted(found, key=lambda kind: kind.position))


@cache
def _items() -> dict[str, Item]:
    return {item.key: item for kind in kinds() for item in kind.items}


def kind(key: str) -> Kind:
    """The kind ``insurance_card``, ``certification`` … Raises UnknownKindError."""
    for candidate in kinds():
        if candidate.key == key:
            return candidate
    raise UnknownKindError(key)


def items() -> tuple[Item, ...]:
    """All items in order."""
    return tuple(_items().values())


def item(key: str) -> Item:
    """The item ``certification.survey`` … Raises UnknownKindError."""
    try:
        return _items()[key]
    except KeyError:
        raise UnknownKindError(key) from None


def item_keys() -> list[str]:
    """Keys of all items in order."""
    return list(_items())


def display(item_key: str, content: dict[str, Any]) -> list[DisplayGroup]:
    """A record's content as a page shows it. Raises UnknownKindError."""
    return item(item_key).display(content)


def differences(item_key: str, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Labels that changed between two contents. Raises UnknownKindError."""
    return item(item_key).differences(old, new)
