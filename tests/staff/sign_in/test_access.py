"""What each access mark asks of the person: pages, htmx and the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kiban.staff.models import Account
from tests.staff.office import Office, hire


@pytest.fixture(autouse=True)
def _marks(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.staff.sign_in.urls"


@pytest.mark.parametrize("mark", ["signed-in", "administrator", "gated"])
def test_nobody_is_sent_to_sign_in(office: Office, mark: str) -> None:
    answer = office.browser().get(f"/marks/{mark}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next=%2Fmarks%2F{mark}%2F")
    assert office.browser().post(f"/marks/{mark}/")["Location"] == "/sign-in/", "what was sent is not sent again"


@pytest.mark.parametrize("mark", ["signed-in", "administrator", "gated"])
def test_htmx_leaves_the_page(office: Office, mark: str) -> None:
    answer = office.browser().get(f"/marks/{mark}/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/sign-in/"
    assert "Location" not in answer


@pytest.mark.parametrize("mark", ["signed-in", "administrator", "gated"])
def test_a_program_gets_401(office: Office, mark: str) -> None:
    answer = office.browser().get(f"/api/marks/{mark}/")
    assert (answer.status_code, answer.json()["code"]) == (401, "account_none")


@pytest.mark.parametrize("mark", ["terminal", "public"])
def test_these_ask_for_nobody(office: Office, mark: str) -> None:
    assert office.browser().get(f"/marks/{mark}/").status_code == 200


def test_a_general_user_is_no_administrator(office: Office) -> None:
    browser = office.browser()
    browser.sign_in(hire(office).account)
    assert browser.get("/marks/signed-in/").status_code == 200
    assert browser.get("/marks/administrator/").status_code == 403


@pytest.mark.parametrize("level", ["office", "administrator"])
def test_an_administrator_is(office: Office, level: str) -> None:
    browser = office.browser()
    browser.sign_in(hire(office, level=level).account)
    assert browser.get("/marks/administrator/").status_code == 200


def test_who_sits_where_is_in_the_frame(office: Office) -> None:
    employment = hire(office, "nurse")
    browser = office.browser()
    browser.sign_in(employment.account)
    shown = browser.get("/marks/signed-in/").content.decode()
    for word in (office.name, office.number, "試験端末", employment.account.name, "看護師", "is_administrator=False"):
        assert word in shown


def test_of_a_gated_view_only_the_cookie_is_asked(office: Office) -> None:
    browser = office.browser()
    browser.cookies["__Host-kiban"] = "whatever-the-gate-will-refuse"
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/marks/gated/").status_code == 200
    assert not [query["sql"] for query in asked.captured_queries if "staff_" in query["sql"]]


def test_a_program_with_the_first_password_is_told_so(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.sign_in(account)
    Account.objects.filter(pk=account.pk).update(must_change_password=True)
    answer = browser.get("/api/marks/signed-in/")
    assert (answer.status_code, answer.json()["code"]) == (403, "account_password")


def test_a_page_costs_three_queries_at_most(office: Office, django_assert_max_num_queries: Any) -> None:
    browser = office.browser()
    browser.sign_in(hire(office).account)
    with django_assert_max_num_queries(3):  # certificate, session, employment
        browser.get("/marks/signed-in/")
