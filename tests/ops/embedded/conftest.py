from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import installation


@pytest.fixture(scope="session")
def prototype() -> Iterator[Path]:
    """A data folder with an embedded database that was used once and ended in order, to be copied."""
    with installation() as made:
        with made.user():
            pass
        (made.pg / "log").unlink()
        yield made.data
