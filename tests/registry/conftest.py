from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry.published import Corner


@pytest.fixture
def corner(tmp_path: Path) -> Corner:
    return Corner(tmp_path)
