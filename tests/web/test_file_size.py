"""The limit of a file field: in words beside the field, and as a number for the page's script."""

from __future__ import annotations

import pytest

from kiban.web.file_size import KB, MB, file_input, in_words


@pytest.mark.parametrize(
    ("size", "words"),
    [(64 * KB, "64KB"), (5 * MB, "5MB"), (5 * MB - 1, "4.9MB"), (2_000_000, "1.9MB"), (10 * MB, "10MB")],
)
def test_a_limit_in_words_never_promises_more_than_is_taken(size: int, words: str) -> None:
    assert in_words(size) == words


def test_the_field_carries_its_limit() -> None:
    assert 'data-kb-most="5242880"' in file_input(5 * MB, ".pdf", "小さくしてください。").render("scan", None)
