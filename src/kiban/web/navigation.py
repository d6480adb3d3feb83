"""The list of places at the left. A room adds an entry in code: ``navigation = [Place(...)]`` on its AppConfig."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

MOST_PLACES = 7  # more than these nobody reads


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One entry; pages below its address belong to it.

    ``order`` goes in tens: 今日 10, 利用者 20, 端末 40, 職員 50, 設定 70.
    """

    order: int
    label: str = field(compare=False)
    url_name: str = field(compare=False)
    administrators_only: bool = field(default=False, compare=False)


def places(*, administrator: bool) -> Sequence[tuple[Place, str]]:
    """The places a person of this level may enter, in order, each with its address.

    Raises NoReverseMatch when a room registered a place whose page does not exist.
    """
    return _places(administrator, settings.ROOT_URLCONF)


@cache
def _places(administrator: bool, urlconf: str) -> Sequence[tuple[Place, str]]:
    registered = [place for app in apps.get_app_configs() for place in getattr(app, "navigation", ())]
    return [
        (place, reverse(place.url_name, urlconf))
        for place in sorted(registered)
        if administrator or not place.administrators_only
    ]


def links(path: str, *, administrator: bool) -> SafeString:
    """The entries as list items; the place that ``path`` lies in is marked as the current one."""
    return _links(current(path, administrator=administrator), administrator, settings.ROOT_URLCONF)


def current(path: str, *, administrator: bool) -> str:
    """The address of the place ``path`` lies in, or nothing."""
    addresses = [address for _, address in places(administrator=administrator)]
    if path in addresses:
        return path
    return max((address for address in addresses if address != "/" and path.startswith(address)), key=len, default="")


@cache
def _links(current_address: str, administrator: bool, urlconf: str) -> SafeString:
    return format_html_join(
        "",
        '<li><a href="{}"{}>{}</a></li>',
        (
            (address, mark_safe(' aria-current="page"') if address == current_address else "", place.label)
            for place, address in _places(administrator, urlconf)
        ),
    )
