from __future__ import annotations

import pytest

from tests.exchange.desks import Counted, Desks
from tests.exchange.town import Town
from tests.world import World


@pytest.fixture
def town(world: World) -> Town:
    return Town(world)


@pytest.fixture
def desks(world: World) -> Desks:
    return Desks(world)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)
