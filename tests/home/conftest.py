from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import cast
from tests.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.connection.close()


@pytest.fixture
def town(world: World) -> cast.Cast:
    return cast.build(world)
