"""The API of records and people: the gate's answer as it is, for programs of an office."""

from __future__ import annotations

import json

import pytest

from kiban.web import opaque
from tests.cast import Cast, browser


class TestApi:
    def records(self, town, actor, person, **query):
        query.setdefault("purpose", "care_planning")
        return browser(actor).get(f"/api/v1/people/{opaque.encode(person.key)}/records", query)

    def test_the_gates_answer_as_it_is(self, town: Cast):
        response = self.records(town, town.manager, town.person, item=["insurance_card.card"])
        assert response.status_code == 200
        answer = response.json()
        assert answer["items"][0]["records"][0]["content"]["care_level"] == "23"
        assert "no-store" in response["Cache-Control"]

    def test_refusals(self, town: Cast):
        assert self.records(town, town.manager, town.without_consent).status_code == 403
        assert self.records(town, town.manager, town.stranger).status_code == 404
        assert self.records(town, town.leaver, town.person).status_code == 403
        assert self.records(town, town.manager, town.person, item="x.y").status_code == 400
        assert self.records(town, town.manager, town.person, purpose="fun").status_code == 400

    def test_a_session_nobody_knows(self, town: Cast):
        client = browser(town.manager)
        client.cookies.clear()
        client.cookies["__Host-kiban"] = "made-up"
        response = client.get(f"/api/v1/people/{opaque.encode(town.person.key)}/records", {"purpose": "care_planning"})
        assert response.status_code == 401

    def test_the_list(self, town: Cast):
        response = browser(town.manager).get("/api/v1/people", {"purpose": "care_planning"})
        answer = response.json()
        assert answer["total"] == 3
        assert {opaque.decode(person["id"]) for person in answer["people"]} == {
            town.person.key,
            town.without_consent.key,
            town.not_started.key,
        }
        assert str(town.person.key) not in json.dumps(answer)

    @pytest.mark.parametrize("query", [{"sort": "name"}, {"limit": "0"}, {"limit": "x"}, {"offset": "-1"}])
    def test_bad_pages(self, town: Cast, query):
        response = browser(town.manager).get("/api/v1/people", {"purpose": "care_planning", **query})
        assert response.status_code == 400
