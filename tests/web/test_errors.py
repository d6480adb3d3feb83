"""Error pages and the headers of every answer."""

from __future__ import annotations

import json

import pytest
from django.test import Client

FAILURES = [
    ("suspicious", 400, "送られた内容を受け取れませんでした", "bad_request"),
    ("denied", 403, "この操作はできません", "forbidden"),
    ("broken", 500, "こちらの側で問題が起きました", "server_error"),
    ("database", 503, "ただいま情報を取り出せません", "unavailable"),
]


@pytest.mark.parametrize(("how", "status", "words", "code"), FAILURES)
def test_a_failure_is_a_page_in_plain_words_without_details(
    client: Client, how: str, status: int, words: str, code: str
):
    response = client.get(f"/fail/{how}")
    text = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{words}</h1>" in text
    assert "secret inside" not in text
    assert "Error" not in text


@pytest.mark.parametrize(("how", "status", "words", "code"), FAILURES)
def test_the_interface_for_programs_gets_the_same_as_json(client: Client, how: str, status: int, words: str, code: str):
    response = client.get(f"/api/fail/{how}")
    assert response.status_code == status
    assert json.loads(response.content) == {"code": code, "message": words}


def test_a_lost_database_says_when_to_try_again(client: Client):
    assert client.get("/fail/database")["Retry-After"] == "30"


def test_an_address_that_is_none(client: Client):
    response = client.get("/no/such/page")
    assert response.status_code == 404
    assert "ページが見つかりません" in response.content.decode()


def test_a_form_whose_token_does_not_fit_is_explained(frame_only: None):
    response = Client(enforce_csrf_checks=True).post("/gallery", {})
    assert response.status_code == 403
    assert "この画面は古くなっています" in response.content.decode()


@pytest.mark.parametrize("address", ["/gallery", "/fail/broken", "/fail/database", "/no/such/page", "/static/none.css"])
def test_pages_are_not_kept_and_load_nothing_from_elsewhere(client: Client, address: str):
    response = client.get(address)
    assert response["Cache-Control"] == "no-store"
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "camera=()" in response["Permissions-Policy"]


@pytest.mark.parametrize("file", ["kiban/kiban.css", "kiban/kiban.js", "kiban/mark.svg", "django_htmx/htmx-2.min.js"])
def test_files_of_the_frame_are_served_and_may_be_kept(client: Client, file: str):
    response = client.get(f"/static/{file}")
    assert response.status_code == 200
    assert "no-store" not in response["Cache-Control"]
