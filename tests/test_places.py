"""The list of places at the left, as all rooms together make it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kiban.registry.models import Organisation
from kiban.web import navigation


@pytest.mark.parametrize("kind", Organisation.Kind.values)
@pytest.mark.parametrize("administrator", [False, True])
def test_every_place_has_its_page(kind, administrator):
    """A wrong name would take the whole list away: templates swallow the error."""
    found = navigation.places(administrator=administrator, kind=kind)
    assert 2 <= len(found) <= navigation.MOST_PLACES
    for place, address in found:
        assert address == reverse(place.url_name)
        for name in place.also:
            assert navigation.current(reverse(name), administrator=administrator, kind=kind) == address
