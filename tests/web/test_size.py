"""表示を大きく: for everybody, kept in the browser, and it leads nowhere else."""

from __future__ import annotations

import pytest

LARGE = '<html lang="ja" class="kb-large">'


def test_large_until_it_is_taken_back(client):
    assert LARGE not in client.get("/gallery").content.decode()
    assert client.post("/size/", {"size": "large", "next": "/gallery"}).url == "/gallery"
    kept = client.cookies["__Host-kiban-size"]
    assert (kept["secure"], kept["httponly"], kept["samesite"]) == (True, True, "Lax")
    assert LARGE in client.get("/gallery").content.decode()
    client.post("/size/", {"size": "usual", "next": "/gallery"})
    assert LARGE not in client.get("/gallery").content.decode()


@pytest.mark.parametrize("elsewhere", ["", "https://example.com/", "//example.com/", "/\\example.com"])
def test_it_leads_nowhere_else(client, elsewhere):
    assert client.post("/size/", {"size": "large", "next": elsewhere}).url == "/"
