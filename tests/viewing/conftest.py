from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import cast
from tests.world import World


@pytest.fixture
def town() -> Iterator[cast.Cast]:
    world = World()
    yield cast.build(world)
    world.connection.close()
