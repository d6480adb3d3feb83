"""文例 in the form of a plan: a button opens the sentences of a field, another one puts a sentence into it.

Both are posts of the whole form, so that it works without a script and nothing typed is lost.
"""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from kiban.plans import phrases
from kiban.registry.models import Organisation


def phrases_at(organisation: Organisation, sent: QueryDict) -> dict[str, Any]:
    """For the form's template: which fields have sentences, and those of the field that was asked for."""
    at = sent.get("phrases", "")
    offered = phrases.chosen(organisation, _place(at)) if _place(at) else []
    return {"phrase_places": set(phrases.PLACES), "phrases_at": at, "phrases": offered}


def with_phrase(organisation: Organisation, sent: QueryDict) -> QueryDict:
    """What was sent, with the chosen sentence at the end of its field, on a line of its own."""
    at = sent.get("phrase-at", "")
    found = [one for one in phrases.chosen(organisation, _place(at)) if one.key == sent.get("phrase")]
    if not found or at not in sent:
        return sent
    data = sent.copy()
    there = str(data[at]).rstrip()
    data[at] = f"{there}\n{found[0].text}" if there else found[0].text
    return data


def _place(name: str) -> str:
    """The field an input is for: ``policy``, or that of a row of 第2表 (``services-3-need``); empty: none."""
    table, _, rest = name.partition("-")
    if not rest:
        return name if name == "policy" else ""
    number, _, field = rest.partition("-")
    return field if table == "services" and number.isdecimal() and field in phrases.PLACES and field != "policy" else ""
