"""Addresses as published: some leave the prefecture or the municipality out, some repeat the building's name."""

from __future__ import annotations


def full_address(prefecture: str, place: str, address: str, building: str = "") -> str:
    """One address from prefecture to building, each part once.

    >>> full_address("北海道", "札幌市清田区", "真栄331番地", "")
    '北海道札幌市清田区真栄331番地'
    """
    rest = address.removeprefix(prefecture).removeprefix(place)
    address_line = f"{prefecture}{place}{rest}"
    return address_line if not building or building in address else f"{address_line} {building}"
