"""Every address of the platform and what each actor meets there: one row per route, in names.

A row says which access mark the view carries and who meets what at a plain GET (POST where GET is not allowed)::

    "staff:person": row(Access.ADMINISTRATOR, opens=ADMINISTRATOR, not_there=OFFICER),

Whoever a row does not name meets what the mark says: a public page opens for everybody; everywhere else a PC without a
valid certificate is refused (403), who has not signed in is sent to the sign-in page (302), and whoever has is refused
(403). ``tests/test_routes.py`` asks every address as every actor.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kiban.consent import explanation
from kiban.web.access import Access
from tests.cast import Cast

Actors = frozenset[str]

# Single actors. Two are no people: a PC without a certificate, and a registered terminal nobody has signed in at.
NONE, TERMINAL = frozenset({"none"}), frozenset({"terminal"})
# The others are those of the cast (tests/cast.py).
MANAGER, ADMINISTRATOR = frozenset({"manager"}), frozenset({"administrator"})
ELSEWHERE, COUNSELOR = frozenset({"elsewhere"}), frozenset({"counselor"})
OFFICER, PHYSICIAN = frozenset({"officer"}), frozenset({"physician"})
REVOKED, LEAVER = frozenset({"revoked"}), frozenset({"leaver"})

PLAN_MAKERS = MANAGER | ADMINISTRATOR  # of the one office that makes the person's plan
OFFICES = PLAN_MAKERS | ELSEWHERE | COUNSELOR  # what only offices do, municipalities and institutions do not
SIGNED_IN = OFFICES | OFFICER | PHYSICIAN
IN_CHARGE = SIGNED_IN - ELSEWHERE  # in an assignment to the person
ADMINISTRATORS = ADMINISTRATOR | OFFICER
NOT_SIGNED_IN = TERMINAL | LEAVER
AT_A_TERMINAL = SIGNED_IN | NOT_SIGNED_IN
WITHOUT_CERTIFICATE = NONE | REVOKED
EVERYBODY = AT_A_TERMINAL | WITHOUT_CERTIFICATE

STATUSES = {
    "opens": 200,
    "says_nothing": 204,
    "moves_on": 302,  # to another page that says what is next; not to the sign-in page
    "bad_request": 400,  # no page makes such a request
    "unauthorised": 401,
    "refused": 403,
    "not_there": 404,
    "not_set_up": 409,  # this installation lacks what it takes
    "to_mend": 422,  # the form again, with what has to be mended in it
}


@dataclass(frozen=True)
class Row:
    """What one route is marked as, and the status each actor meets there."""

    access: Access
    statuses: dict[str, int]
    to_sign_in: Actors  # of those who meet a 302: who is sent to the sign-in page

    def who(self, word: str) -> Actors:
        """Who meets what the word of ``STATUSES`` says."""
        return frozenset(actor for actor, status in self.statuses.items() if status == STATUSES[word])


def by_the_mark(access: Access) -> dict[str, int]:
    """What those meet whom a row does not name. A mark that asks for a terminal only leaves the others to the row."""
    if access is Access.PUBLIC:
        return dict.fromkeys(EVERYBODY, STATUSES["opens"])
    met = dict.fromkeys(WITHOUT_CERTIFICATE, STATUSES["refused"])
    if access is not Access.TERMINAL:
        met |= dict.fromkeys(NOT_SIGNED_IN, STATUSES["moves_on"]) | dict.fromkeys(SIGNED_IN, STATUSES["refused"])
    return met


def row(access: Access, **meets: Actors) -> Row:
    """``meets``: by a word of ``STATUSES``, who meets it. Nobody stands twice, nobody is left out."""
    named = [actor for actors in meets.values() for actor in actors]
    assert len(named) == len(set(named)), f"named twice: {sorted(named)}"
    said = {actor: STATUSES[word] for word, actors in meets.items() for actor in actors}
    statuses = by_the_mark(access) | said
    assert statuses.keys() == EVERYBODY, f"left out: {sorted(EVERYBODY - statuses.keys())}"
    left = NOT_SIGNED_IN - said.keys()
    return Row(access, statuses, to_sign_in=left if access not in (Access.PUBLIC, Access.TERMINAL) else frozenset())


ROUTES: dict[str, Row] = {
    "web:health": row(Access.PUBLIC),
    "web:size": row(Access.PUBLIC, moves_on=EVERYBODY),
    "home:step-aside": row(Access.ADMINISTRATOR, moves_on=ADMINISTRATORS),
    "home:month": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "home:month-file": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "home:today": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "viewing:people": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "assignment:register": row(Access.SIGNED_IN, opens=OFFICES, not_there=SIGNED_IN - OFFICES),
    # Cards are not set up in these tests, which comes before anything else; a proof is nonsense before it is that.
    "assignment:card-challenge": row(Access.SIGNED_IN, not_set_up=SIGNED_IN),
    "assignment:card-proof": row(Access.SIGNED_IN, bad_request=SIGNED_IN),
    "viewing:people-file": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "viewing:whose": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "viewing:purpose": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "viewing:person": row(Access.GATED, opens=IN_CHARGE, not_there=ELSEWHERE),
    "viewing:person-kind": row(Access.GATED, opens=IN_CHARGE, not_there=ELSEWHERE),
    "viewing:paper-request": row(Access.GATED, moves_on=IN_CHARGE, not_there=ELSEWHERE),  # nothing is refused
    "log:person": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "consent:consent": row(Access.SIGNED_IN, opens=IN_CHARGE, not_there=ELSEWHERE),
    # The person has given consent: nothing to give again, so back to what stands.
    "consent:give": row(Access.SIGNED_IN, moves_on=IN_CHARGE, not_there=ELSEWHERE),
    "consent:refuse": row(Access.SIGNED_IN, opens=IN_CHARGE, not_there=ELSEWHERE),
    "consent:withdraw": row(Access.SIGNED_IN, opens=IN_CHARGE, not_there=ELSEWHERE),
    "consent:other": row(Access.SIGNED_IN, opens=IN_CHARGE, not_there=ELSEWHERE),
    "consent:other-withdraw": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "consent:attach": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "consent:correct": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "consent:scan": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "consent:hidden-papers": row(Access.SIGNED_IN, opens=OFFICER, not_there=SIGNED_IN - OFFICER),
    "consent:paper": row(Access.SIGNED_IN, opens=IN_CHARGE, not_there=ELSEWHERE),
    "consent:withdrawal-paper": row(Access.SIGNED_IN, opens=IN_CHARGE, not_there=ELSEWHERE),
    "consent:paper-empty": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "consent:withdrawal-paper-empty": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "consent:text": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "consent:text-version": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "assignment:lapsing": row(Access.SIGNED_IN, opens=OFFICES, not_there=SIGNED_IN - OFFICES),
    "assignment:responsible": row(Access.SIGNED_IN, opens=OFFICES, not_there=SIGNED_IN - OFFICES),
    # An office that has nothing to do with the person is told nothing; nobody: the person is nobody's.
    "assignment:entrust": row(
        Access.SIGNED_IN, moves_on=OFFICES - ELSEWHERE, not_there=ELSEWHERE | OFFICER | PHYSICIAN
    ),
    "assignment:handovers": row(Access.SIGNED_IN, opens=OFFICES, not_there=SIGNED_IN - OFFICES),
    "assignment:assignment": row(Access.SIGNED_IN, opens=IN_CHARGE, not_there=ELSEWHERE),
    "assignment:end": row(Access.SIGNED_IN, to_mend=IN_CHARGE, not_there=ELSEWHERE),
    # Nothing was just ended.
    "assignment:ended": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "assignment:correct": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "assignment:hand-over": row(Access.SIGNED_IN, opens=OFFICES - ELSEWHERE, not_there=ELSEWHERE | OFFICER | PHYSICIAN),
    "assignment:withdraw-offer": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "assignment:grant": row(Access.SIGNED_IN, opens=OFFICER, not_there=SIGNED_IN - OFFICER),
    "assignment:revoke": row(Access.SIGNED_IN, to_mend=OFFICER, not_there=SIGNED_IN - OFFICER),
    "assignment:emergency": row(Access.SIGNED_IN, opens=SIGNED_IN - OFFICER, not_there=OFFICER),
    "assignment:emergencies": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "assignment:emergency-switch": row(Access.ADMINISTRATOR, moves_on=ADMINISTRATOR, not_there=OFFICER),
    "assignment:emergency-review": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "evidence:rules": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    # Nothing was read: asked to read it first.
    "evidence:rules-adopt": row(Access.ADMINISTRATOR, moves_on=ADMINISTRATORS),
    "evidence:rules-version": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "evidence:standard": row(
        Access.SIGNED_IN, opens=PLAN_MAKERS | ELSEWHERE, not_there=SIGNED_IN - PLAN_MAKERS - ELSEWHERE
    ),
    "evidence:standard-person": row(Access.SIGNED_IN, opens=PLAN_MAKERS, not_there=SIGNED_IN - PLAN_MAKERS),
    "evidence:standard-record": row(Access.SIGNED_IN, opens=PLAN_MAKERS, not_there=SIGNED_IN - PLAN_MAKERS),
    "evidence:standard-mistake": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "staff:sign-in": row(Access.TERMINAL, opens=TERMINAL, moves_on=SIGNED_IN | LEAVER),
    "staff:code": row(Access.TERMINAL, moves_on=AT_A_TERMINAL),
    "staff:sign-in-passkey": row(Access.TERMINAL, moves_on=AT_A_TERMINAL),
    "staff:sign-in-mail": row(Access.TERMINAL, moves_on=AT_A_TERMINAL),
    "staff:sign-in-send-mail": row(Access.TERMINAL, moves_on=AT_A_TERMINAL),
    "staff:sign-in-recovery": row(Access.TERMINAL, moves_on=AT_A_TERMINAL),
    "staff:employment": row(Access.TERMINAL, moves_on=AT_A_TERMINAL),
    "staff:help": row(Access.PUBLIC),
    "staff:sign-out": row(Access.TERMINAL, moves_on=AT_A_TERMINAL),
    "staff:lock": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "staff:locked": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "staff:in-use": row(Access.SIGNED_IN, says_nothing=SIGNED_IN),
    "staff:own": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "staff:own-confirm": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "staff:own-digest": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "staff:own-mail": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "staff:own-mail-code": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "staff:own-use-mail": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "staff:own-app": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "staff:own-forget-app": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "staff:own-passkey": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "staff:own-revoke-passkey": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "staff:own-recovery-codes": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "staff:own-shown-recovery-codes": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "staff:own-end-others": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "staff:password": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "staff:invitation-key": row(Access.TERMINAL, opens=AT_A_TERMINAL),
    "staff:invitation": row(Access.TERMINAL, not_there=AT_A_TERMINAL),
    "staff:invitations": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "staff:invite": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    # No letter, no password was just made.
    "staff:invite-all": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "staff:invitation-letters": row(Access.ADMINISTRATOR, moves_on=ADMINISTRATORS),
    "staff:invitation-letter": row(Access.ADMINISTRATOR, moves_on=ADMINISTRATORS),
    "staff:first-password": row(Access.ADMINISTRATOR, moves_on=ADMINISTRATORS),
    "staff:issue-again": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "staff:withdraw-invitation": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "staff:corporation": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "staff:take-over": row(Access.ADMINISTRATOR, opens=OFFICER, not_there=ADMINISTRATOR),
    "staff:delegations": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "staff:delegate": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "staff:delegation-sheet": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "staff:revoke-delegation": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "staff:acting": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "staff:begin-acting": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "staff:stop-acting": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "staff:findings": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "staff:finding": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "staff:staff-lists": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "staff:staff-list-sample": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "staff:staff-list": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "staff:settle-finding": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "staff:rights-review": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "staff:past-rights-review": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "staff:changes": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "staff:people": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "staff:people-file": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "staff:add": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "staff:person": row(Access.ADMINISTRATOR, opens=ADMINISTRATOR, not_there=OFFICER),
    "staff:name": row(Access.ADMINISTRATOR, opens=ADMINISTRATOR, not_there=OFFICER),
    # Nobody's employment here is over.
    "staff:restore": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "staff:last-day": row(Access.ADMINISTRATOR, to_mend=ADMINISTRATOR, not_there=OFFICER),
    "staff:end-now": row(Access.ADMINISTRATOR, moves_on=ADMINISTRATOR, not_there=OFFICER),
    "staff:job": row(Access.ADMINISTRATOR, to_mend=ADMINISTRATOR, not_there=OFFICER),
    "staff:reset-code": row(Access.ADMINISTRATOR, moves_on=ADMINISTRATOR, not_there=OFFICER),
    "staff:reset-password": row(Access.ADMINISTRATOR, moves_on=ADMINISTRATOR, not_there=OFFICER),
    "exchange:check": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "exchange:match": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "exchange:this-match": row(Access.SIGNED_IN, opens=OFFICES),
    "exchange:month-match": row(Access.SIGNED_IN, opens=OFFICES),
    "exchange:queries": row(Access.SIGNED_IN, opens=OFFICES),
    # Nothing went between the two offices about this person.
    "exchange:ask": row(Access.SIGNED_IN, not_there=OFFICES),
    # The office that makes the person's plan; the plan of the number is not there.
    "plans:phrases": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "plans:change-phrase": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "plans:plans": row(Access.SIGNED_IN, opens=PLAN_MAKERS, not_there=SIGNED_IN - PLAN_MAKERS),
    "plans:new": row(Access.SIGNED_IN, opens=PLAN_MAKERS, not_there=SIGNED_IN - PLAN_MAKERS),
    "plans:correct": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "plans:agree": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "plans:deliver": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "plans:withdraw": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "plans:files": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "plans:print": row(Access.SIGNED_IN, not_there=SIGNED_IN),
    "exchange:print": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "exchange:unit-print": row(Access.SIGNED_IN, not_there=OFFICES),
    "exchange:inbox": row(Access.SIGNED_IN, opens=OFFICES),
    "exchange:outbox": row(Access.SIGNED_IN, opens=OFFICES),
    "exchange:fetch": row(Access.SIGNED_IN, moves_on=OFFICES),
    "exchange:taken": row(Access.SIGNED_IN, moves_on=OFFICES),
    "exchange:send": row(Access.SIGNED_IN, opens=OFFICES),
    "exchange:drafts": row(Access.SIGNED_IN, opens=OFFICES),
    "exchange:vouch": row(Access.SIGNED_IN, moves_on=OFFICES),
    "exchange:throw-away": row(Access.SIGNED_IN, moves_on=OFFICES),
    # A unit that is not there.
    "exchange:unit": row(Access.SIGNED_IN, not_there=OFFICES),
    "exchange:unit-zip": row(Access.SIGNED_IN, not_there=OFFICES),
    "exchange:unit-file": row(Access.SIGNED_IN, not_there=OFFICES),
    "exchange:unit-taken": row(Access.SIGNED_IN, not_there=OFFICES),
    "exchange:unit-error": row(Access.SIGNED_IN, not_there=OFFICES),
    "exchange:withdraw": row(Access.SIGNED_IN, not_there=OFFICES),
    "exchange:month": row(Access.SIGNED_IN, opens=OFFICES),
    "exchange:month-of": row(Access.SIGNED_IN, opens=OFFICES),
    "exchange:month-file": row(Access.SIGNED_IN, opens=OFFICES),
    "exchange:keys": row(Access.ADMINISTRATOR, opens=ADMINISTRATOR),
    "exchange:key-revoke": row(Access.ADMINISTRATOR, not_there=ADMINISTRATOR),
    "exchange:machine-send": row(Access.TERMINAL, unauthorised=AT_A_TERMINAL),
    "exchange:machine-inbox": row(Access.TERMINAL, unauthorised=AT_A_TERMINAL),
    "exchange:machine-outbox": row(Access.TERMINAL, unauthorised=AT_A_TERMINAL),
    "exchange:machine-files": row(Access.TERMINAL, unauthorised=AT_A_TERMINAL),
    "exchange:machine-receipt": row(Access.TERMINAL, unauthorised=AT_A_TERMINAL),
    "registry:offices": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "registry:medical": row(Access.SIGNED_IN, opens=SIGNED_IN),
    "terminals:board": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "terminals:board-file": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "terminals:add": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    # Nothing was just issued.
    "terminals:issued": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    "terminals:download": row(Access.SIGNED_IN, moves_on=SIGNED_IN),
    # At one's own terminal: administrators, and whoever is entered as its custodian.
    "terminals:renew": row(Access.SIGNED_IN, opens=ADMINISTRATORS),
    "terminals:scenes": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "terminals:add-scene": row(Access.ADMINISTRATOR, opens=ADMINISTRATORS),
    "terminals:scene": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "terminals:end-scene": row(Access.ADMINISTRATOR, not_there=ADMINISTRATORS),
    "terminals:terminal": row(Access.ADMINISTRATOR, opens=ADMINISTRATOR, not_there=OFFICER),
    "terminals:request": row(Access.ADMINISTRATOR, opens=ADMINISTRATOR, not_there=OFFICER),
    "terminals:lost": row(Access.ADMINISTRATOR, opens=ADMINISTRATOR, not_there=OFFICER),
    "terminals:loss-report": row(Access.ADMINISTRATOR, opens=ADMINISTRATOR, not_there=OFFICER),
    "terminals:retire": row(Access.ADMINISTRATOR, moves_on=ADMINISTRATOR, not_there=OFFICER),
    "terminals:set-up": row(Access.ADMINISTRATOR, moves_on=ADMINISTRATOR, not_there=OFFICER),
    "terminals:set-up-step": row(Access.ADMINISTRATOR, opens=ADMINISTRATOR, not_there=OFFICER),
    "terminals:sheet": row(Access.ADMINISTRATOR, opens=ADMINISTRATOR, not_there=OFFICER),
    "terminals:check": row(Access.PUBLIC),
    "terminals:crl": row(Access.PUBLIC),
    "terminals:change": row(Access.ADMINISTRATOR, opens=ADMINISTRATOR, not_there=OFFICER),
    # Its certificate was never used: asked whether that one is to be revoked.
    "terminals:issue": row(Access.ADMINISTRATOR, to_mend=ADMINISTRATOR, not_there=OFFICER),
    "terminals:revoke": row(Access.ADMINISTRATOR, opens=ADMINISTRATOR, not_there=OFFICER),
    "api:witness": row(Access.PUBLIC, not_there=EVERYBODY),
    "api:people": row(Access.GATED, opens=SIGNED_IN, unauthorised=TERMINAL, refused=LEAVER),
    "api:records": row(Access.GATED, opens=IN_CHARGE, unauthorised=TERMINAL, refused=LEAVER, not_there=ELSEWHERE),
}


def routes() -> Iterator[tuple[str, URLPattern]]:
    def walk(patterns: list[Any], namespace: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from walk(pattern.url_patterns, inner)
            else:
                yield f"{namespace}{pattern.name}", pattern

    return walk(get_resolver().url_patterns, "")


def methods(view: Any) -> set[str]:
    """The methods a view takes, as ``require_http_methods`` keeps them; empty: any."""
    while view is not None:
        kept = inspect.getclosurevars(view).nonlocals if inspect.isfunction(view) else {}
        if "request_method_list" in kept:
            return set(kept["request_method_list"])
        view = getattr(view, "__wrapped__", None)
    return set()


def takes_only_post(view: Any) -> bool:
    """Whether a button's address, no page."""
    return methods(view) == {"POST"}


def address(name: str, pattern: URLPattern, town: Cast) -> str:
    """The address of a route for this town: the person in charge of, the manager's employment …"""
    values: dict[str, Any] = {
        "key": town.person.key,
        "kind": "insurance_card",
        "subject": "consent",
        "entry": "monitoring",
        "number": 0,
        "step": "settings",
        "month": "202610",
        "office": town.other_office.number,
        "place": 1,
        "name": "staff-invite",
        "version": explanation.CURRENT,
        "pk": {
            "staff": town.manager.employment_id,
            "evidence": 0,
            "exchange": 0,
            "terminals": {
                "terminals:revoke": town.manager.certificate_id,
                "terminals:scene": 0,
                "terminals:end-scene": 0,
            }.get(name, town.manager.terminal_id),
        }.get(name.split(":", maxsplit=1)[0]),
    }
    arguments = {part: values[part] for part in pattern.pattern.converters}
    query = "?purpose=care_planning" if name.startswith("api:") else ""
    return reverse(name, kwargs=arguments) + query
