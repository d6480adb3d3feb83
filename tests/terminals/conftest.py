from __future__ import annotations

import pytest

from kiban.terminals import authority


@pytest.fixture(autouse=True, scope="session")
def _authority() -> None:
    """The authority of this test run's data folder, as ``kiban setup`` makes it."""
    authority.ensure(["localhost", "127.0.0.1"])
