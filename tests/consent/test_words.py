"""The words of consent and 担当 hold together with what the database takes, and a text once shown stays as it was."""

from __future__ import annotations

import hashlib
import itertools
import json
import re

import pytest

from kiban.assignment.words import CAPACITIES
from kiban.consent import explanation
from tests.world import days

pytestmark = pytest.mark.database


def refusal(world, signer, channel, witness="立会 花子"):
    signing = json.dumps({"signer": signer, "channel": channel, "witness": witness})
    return world.one("SELECT gate.bad_signing(%s::jsonb, %s, %s)", signing, days(0), days(0))


def test_every_signer_and_channel_on_the_page_is_taken(world):
    for signer, channel in itertools.product(explanation.SIGNERS, explanation.CHANNELS):
        assert refusal(world, signer, channel) is None
    assert refusal(world, "neighbour", "meeting") == "consent:unknown_signer"
    assert refusal(world, None, "meeting") == "consent:unknown_signer"
    assert refusal(world, "self", explanation.UNKNOWN_CHANNEL) == "consent:unknown_channel"
    assert refusal(world, "self", None) == "consent:unknown_channel"


def test_only_a_scribe_needs_a_witness(world):
    needing = {signer for signer in explanation.SIGNERS if refusal(world, signer, "meeting", "") is not None}
    assert needing == {"scribe"}
    assert refusal(world, "scribe", "meeting", None) == "consent:no_witness"


def words_of_check(world, table: str, column: str) -> set[str]:
    """The values a column's CHECK allows."""
    (text,) = {
        text
        for (text,) in world.connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
            [table],
        )
        if re.search(rf"\(+{column} = ANY", text)
    }
    return set(re.findall(r"'(\w+)'::text", text))


def test_kinds_and_capacities_are_the_databases(world):
    assert words_of_check(world, "care.other_consent", "kind") == set(explanation.OTHER_KINDS)
    assert words_of_check(world, "care.assignment", "capacity") == set(CAPACITIES)


def test_what_is_unsettled_is_about_words_there_are():
    assert set(explanation.UNSETTLED_SIGNERS) < set(explanation.SIGNERS)
    assert set(explanation.UNSETTLED_CHANNELS) < set(explanation.CHANNELS)


# Of each version somebody may have been shown. A changed text is a new version, never another number here.
SHOWN = {
    "2026-11": "7b1d2686791569fc",
    "2026-11-23": "3f29446e8617b762",
}


@pytest.mark.parametrize("version", explanation.TEXTS)
def test_a_text_that_was_shown_is_never_changed(version):
    text = "\n".join(
        line for section in explanation.TEXTS[version].sections for line in (section.heading, *section.paragraphs)
    )
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == SHOWN[version]


def test_the_newest_is_the_one_in_use():
    since = [text.since for text in explanation.TEXTS.values()]
    assert since == sorted(since)
    assert explanation.TEXTS[explanation.CURRENT].since == max(since)


def test_the_person_is_told_that_it_can_be_refused_and_taken_back():
    text = str(explanation.TEXTS[explanation.CURRENT])
    for said in (
        "同意しなくても",
        "受けられなくなることはありません",
        "いつでも取り消せます",
        "すべて記録されます",
        "市町村に対して",
    ):
        assert said in text
