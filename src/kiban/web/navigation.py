"""The list of places at the left. A room adds its own by ``Room.navigation``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from kiban.ops.room import Place, rooms

MOST_PLACES = 7  # more than these nobody reads


def places(*, administrator: bool, kind: str = "") -> Sequence[tuple[Place, str]]:
    """The places a person of this level in an organisation of this kind may enter, in order, each with its address.

    Raises NoReverseMatch when a room registered a place whose page does not exist.
    """
    return _places(administrator, kind, settings.ROOT_URLCONF)


@cache
def _places(administrator: bool, kind: str, urlconf: str) -> Sequence[tuple[Place, str]]:
    registered = [place for room in rooms() for place in room.navigation]
    return [
        (place, reverse(place.url_name, urlconf))
        for place in sorted(registered)
        if (administrator or not place.administrators_only) and (not place.kinds or kind in place.kinds)
    ]


def links(
    path: str,
    *,
    administrator: bool,
    kind: str = "",
    waiting: Callable[[], Mapping[str, int]] = dict,
) -> SafeString:
    """The entries as list items; the place that ``path`` lies in is marked as the current one.

    Args:
        waiting: counts what waits, by the name of a place's page; the number stands beside the place.
    """
    address = current(path, administrator=administrator, kind=kind)
    numbers = waiting()
    of_places = tuple(
        numbers.get(place.url_name, 0) for place, _ in _places(administrator, kind, settings.ROOT_URLCONF)
    )
    write = _written if any(of_places) else _links
    return write(address, administrator, kind, settings.ROOT_URLCONF, of_places)


def current(path: str, *, administrator: bool, kind: str = "") -> str:
    """The address of the place ``path`` lies in, or nothing."""
    links = [
        (begins, address)
        for place, address in places(administrator=administrator, kind=kind)
        for begins in (reverse(place.around) if place.around else address, *map(reverse, place.also))
    ]
    if any(path == address for _, address in links):
        return path
    within = [(begins, address) for begins, address in links if begins != "/" and path.startswith(begins)]
    return max(within, key=lambda pair: len(pair[0]), default=("", ""))[1]


def _written(current_address: str, administrator: bool, kind: str, urlconf: str, numbers: Sequence[int]) -> SafeString:
    return format_html_join(
        "",
        '<li><a href="{}"{}>{}{}</a></li>',
        (
            (
                address,
                mark_safe(' aria-current="page"') if address == current_address else "",
                place.label,
                format_html('<span class="kb-count">{}<span class="kb-hidden">件</span></span>', number)
                if number
                else "",
            )
            for (place, address), number in zip(_places(administrator, kind, urlconf), numbers, strict=True)
        ),
    )


_links = cache(_written)  # without numbers they are always the same few
