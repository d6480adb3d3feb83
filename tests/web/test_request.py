"""What a request asks for in its address, and where a form may lead on to."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from kiban.web.request import local_path, page_asked


@pytest.mark.parametrize(
    ("asked", "page"), [("", 1), ("page=3", 3), ("page=0", 1), ("page=x", 1), ("page=三", 1), ("page=" + "9" * 20, 1)]
)
def test_the_page_of_a_list(asked: str, page: int):
    assert page_asked(RequestFactory().get(f"/?{asked}")) == page


def test_a_path_of_ours_is_followed():
    assert local_path("/people/?lacks=") == "/people/?lacks="


@pytest.mark.parametrize("elsewhere", ["", "people/", "https://a.example/", "//a.example/", "/\\a.example", "/a\\b"])
def test_nothing_leads_elsewhere(elsewhere: str):
    assert local_path(elsewhere) == ""
