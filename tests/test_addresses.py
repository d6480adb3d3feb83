"""No address has two meanings: whichever pattern matches it is the only one, so none hides another."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, path, resolve
from django.urls.converters import get_converters
from django.urls.resolvers import RoutePattern

from kiban.web import opaque

PART = re.compile(r"<(\w+):\w+>")
PERSON = opaque.encode(1311369000000001)


def routes(patterns: Sequence[Any] | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern with its whole address, parts as ``<converter:name>``."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        assert isinstance(pattern.pattern, RoutePattern), (
            "addresses are written with path(), not as regular expressions"
        )
        whole = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, whole)
        else:
            yield whole, pattern


def words(found: Sequence[tuple[str, URLPattern]]) -> list[str]:
    """What may stand at the place of a part: every word of the house's own addresses, numbers, a person."""
    literals = {segment for route, _ in found for segment in route.split("/") if segment and "<" not in segment}
    return [*sorted(literals), "7", "202610", PERSON]


def fits(converter: str, word: str) -> bool:
    """Whether the part takes the word."""
    if not re.fullmatch(get_converters()[converter].regex, word):
        return False
    try:
        get_converters()[converter].to_python(word)
    except ValueError:
        return False
    return True


def takes(segment: str, word: str) -> bool:
    part = PART.fullmatch(segment)
    assert part or "<" not in segment, f"{segment}: a part fills the whole space between two strokes"
    return fits(part[1], word) if part else segment == word


def shared(one: str, other: str, vocabulary: Sequence[str]) -> str | None:
    """An address both patterns match, if there is one."""
    pairs = list(zip(one.split("/"), other.split("/"), strict=False))
    if len(one.split("/")) != len(other.split("/")):
        return None
    common = []
    for mine, theirs in pairs:
        candidates = [mine] if "<" not in mine else [theirs] if "<" not in theirs else vocabulary
        common.append(next((word for word in candidates if takes(mine, word) and takes(theirs, word)), None))
    return None if None in common else "/".join(word or "" for word in common)


def doubled(found: Sequence[tuple[str, URLPattern]]) -> list[str]:
    """Addresses that two patterns match."""
    vocabulary = words(found)
    both = (shared(one, other, vocabulary) for (one, _), (other, _) in itertools.combinations(found, 2))
    return [address for address in both if address is not None]


def test_no_address_has_two_meanings():
    assert doubled(list(routes())) == []


def test_the_fault_that_was_would_be_found():
    """``people/<key>/<kind>/`` stood before what other rooms say of a person."""

    def view(request):
        raise AssertionError

    hiding = [path("people/<person:key>/<slug:kind>/", view), path("people/<person:key>/log/", view)]
    assert doubled(list(routes(hiding))) == [f"people/{PERSON}/log/"]


@pytest.mark.parametrize("route", [route for route, _ in routes()])
def test_every_pattern_answers_its_own_address(route):
    found = list(routes())
    vocabulary = words(found)
    address = "/".join(
        next(word for word in ["", *vocabulary, segment] if takes(segment, word)) for segment in route.split("/")
    )
    (pattern,) = (pattern for whole, pattern in found if whole == route)
    match = resolve(f"/{address}")
    assert (match.func, match.url_name) == (pattern.callback, pattern.name)
