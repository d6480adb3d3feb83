"""Plans that come by a file through the exchange: stored, corrected, removed, and what stands in the way."""

from __future__ import annotations

import pytest

from kiban.records.versions import digest
from tests.gate.acts import agree, deliver, end, plan, put_plan
from tests.plans.desk import MADE
from tests.world import days

pytestmark = pytest.mark.database


class TestByFile:
    def test_stored_then_the_same(self, desk):
        assert desk.store(plan(desk.manager)) == "stored"
        assert desk.store(plan(desk.manager)) == "same"
        assert desk.store(plan(desk.manager, policy="見守る"), reason="") == "plan:no_reason"
        assert desk.store(plan(desk.manager, policy="見守る")) == "stored"
        first, second = desk.versions()
        assert (first["in_force"], second["in_force"], second["recorded_by"]) == (
            False,
            True,
            desk.manager.account_id,
        )
        assert second["digest"] == digest(MADE, None, second["content"])

    def test_what_was_agreed_stays(self, desk):
        put_plan(desk.manager, desk.person)
        agree(desk.manager, desk.person)
        deliver(desk.manager, desk.person)
        assert desk.store(plan(desk.manager)) == "same"
        assert desk.store(plan(desk.manager, policy="見守る")) == "stored"
        content = desk.versions()[-1]["content"]
        assert (content["policy"], content["agreed_by"], content["delivered_on"]) == (
            "見守る",
            "self",
            days(0).isoformat(),
        )

    def test_removed_and_sent_again(self, desk):
        desk.store(plan(desk.manager))
        assert desk.remove(reason="") == "plan:no_reason"
        assert desk.remove() == "removed"
        assert desk.remove() == "plan:none"
        assert desk.store(plan(desk.manager)) == "stored"
        assert [one["in_force"] for one in desk.versions()] == [False, False, True]

    def test_what_stands_in_the_way(self, desk):
        other = desk.helper.organisation.number
        assert desk.store(plan(desk.manager), number=other) == "plan:other_office"
        assert desk.store(plan(desk.helper), number=other) == "plan:other_office"
        assert desk.store(plan(desk.manager), day=days(-8)) == "plan:bad_content"
        desk.store(plan(desk.manager))
        assert desk.remove(number=other) == "plan:other_office"
        end(desk.manager, desk.person)
        assert desk.store(plan(desk.manager, policy="見守る")) == "assignment:ended"
        assert desk.remove() == "assignment:ended"
        assert len(desk.versions()) == 1
