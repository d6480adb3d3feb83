"""The decision once more, written from the design and not from the SQL: a judge for the gate.

Facts in, the eight answers out. Plain Python, no database.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace


@dataclass
class Facts:
    """Everything a decision about one item rests on. Dates in Japan, moments in UTC."""

    today: dt.date
    now: dt.datetime
    item: str
    purpose: str
    # account
    session_known: bool = True
    session_expires: dt.datetime | None = None
    active: bool = True
    first_password: bool = False
    second_factor_at: dt.datetime | None = None
    locked_at: dt.datetime | None = None
    seen_at: dt.datetime | None = None
    employed_from: dt.date | None = None
    employed_to: dt.date | None = None
    organisation_ended: dt.date | None = None
    # terminal
    certificate_sent: bool = True
    certificate_known: bool = True
    certificate_from: dt.datetime | None = None
    certificate_to: dt.datetime | None = None
    certificate_revoked: dt.datetime | None = None
    certificate_of_same_organisation: bool = True
    certificate_of_session: bool = True
    # role
    organisation_kind: str = "office"
    services: frozenset[str] = frozenset()
    job: str = ""
    matrix: dict[tuple[str, str, str], tuple[str, bool, bool, str]] = field(default_factory=dict)
    decisions: dict[tuple[str, str, str], tuple[bool, bool]] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    # assignment: (capacity, from, to, ended)
    assignments: list[tuple[str, dt.date, dt.date | None, dt.datetime | None]] = field(default_factory=list)
    identity_on: dt.date | None = None
    same_insurer: bool = False
    # consent: (given on, withdrawn at)
    consents: list[tuple[dt.date, dt.datetime | None]] = field(default_factory=list)
    refusals: list[dt.datetime | None] = field(default_factory=list)  # ended at
    # 登録のまちがい: (kind, place in its list) of facts that never were
    mistaken: frozenset[tuple[str, int]] = frozenset()
    # emergency opened for this account: (from, until)
    emergency: tuple[dt.datetime, dt.datetime] | None = None
    # municipality
    insurer_known: bool = True
    insurer_started: dt.date | None = None
    migrated: dict[str, dt.date] = field(default_factory=dict)
    # delegation: (actor is me, same organisation, permitted, from, to, revoked, absent employed, purposes)
    delegation: tuple[bool, bool, bool, dt.datetime, dt.datetime, dt.datetime | None, bool, list[str]] | None = None


PURPOSES = {
    "care_planning",
    "service_provision",
    "certification_support",
    "opinion_writing",
    "insurer_duty",
    "inquiry",
}
PASSES = {"ok", "not_needed", "emergency"}


def first(*rules: tuple[object, str]) -> str:
    """The answer of the first rule that holds."""
    return next((answer for holds, answer in rules if holds), "ok")


def over(moment: dt.date | dt.datetime | None, reference: dt.date | dt.datetime) -> bool:
    """Whether a moment is set and reached (the end of a half-open period, or its beginning)."""
    return moment is not None and moment <= reference  # type: ignore[operator]


def account(f: Facts) -> str:
    return first(
        (not f.session_known, "no_session"),
        (over(f.session_expires, f.now), "session_expired"),
        (not f.active, "inactive"),
        (f.first_password, "first_password"),
        (f.second_factor_at is None, "no_second_factor"),
        (over(f.second_factor_at, f.now - dt.timedelta(hours=8)), "second_factor_old"),
        (over(f.locked_at, f.now) or over(f.seen_at or f.second_factor_at, f.now - dt.timedelta(minutes=30)), "locked"),
        (not over(f.employed_from, f.today), "not_yet_employed"),
        (over(f.employed_to, f.today), "left"),
        (over(f.organisation_ended, f.today), "organisation_not_in_use"),
    )


def terminal(f: Facts) -> str:
    return first(
        (not f.certificate_sent, "none"),
        (not f.certificate_known, "unknown"),
        (over(f.certificate_revoked, f.now), "revoked"),
        (not over(f.certificate_from, f.now), "not_yet_valid"),
        (over(f.certificate_to, f.now), "expired"),
        (not f.session_known or not f.certificate_of_same_organisation, "other_organisation"),
        (not f.certificate_of_session, "other_terminal"),
    )


def delegation(f: Facts) -> str:
    if f.delegation is None or not f.session_known:
        return "ok"
    mine, here, permitted, starts, ends, revoked, absent_employed, purposes = f.delegation
    return first(
        (not mine, "other_actor"),
        (not here, "other_organisation"),
        (not permitted, "no_permitter"),
        (over(revoked, f.now), "revoked"),
        (not over(starts, f.now), "not_started"),
        (over(ends, f.now), "ended"),
        (not absent_employed, "absent_left"),
        (purposes and f.purpose not in purposes, "out_of_scope"),
    )


def municipality(f: Facts) -> str:
    return first(
        (not f.insurer_known, "unknown_insurer"),
        (f.insurer_started is None, "not_started"),
        (not over(f.insurer_started, f.today), "starts_later"),
        (not any(over(on, f.today) for item, on in f.migrated.items() if item in (f.item, "*")), "not_migrated"),
    )


def three(f: Facts) -> tuple[str, str, str]:
    """Role, assignment and consent, for the column of the table that fails least."""
    if not f.session_known:
        parties: list[str] = []
    elif f.organisation_kind == "office":
        parties = sorted({f.columns[s] for s in f.services if s in f.columns})
    else:
        parties = [f.organisation_kind]
    candidates = []
    for party in parties or [""]:
        place = (party, f.item, f.job)
        cell = f.matrix.get(place) if f.session_known else None
        decided = f.decisions.get(place) if cell and cell[0] == "unconfirmed" and f.insurer_known else None
        if cell is None:
            role, needs_consent = "no_cell", True
            needs = {"municipality": "own", "medical": "opinion"}.get(f.organisation_kind, "any")
            needs = needs if f.session_known else "any"
        else:
            status, is_open, needs_consent, needs = cell
            if status == "published":
                role = "ok" if is_open else "closed"
            elif decided is None:
                role = "unconfirmed"
            else:
                role, needs_consent = ("ok" if decided[0] else "closed"), decided[1]
        answer = (role, assignment(f, needs), consent(f, needs_consent))
        fails = (role != "ok") if in_emergency(f) else sum(a not in PASSES for a in answer)
        candidates.append((fails, role != "ok", answer))
    role, the_assignment, the_consent = min(candidates)[2]
    if in_emergency(f):  # stands in for assignment and consent, for nothing else
        the_assignment = the_assignment if the_assignment in PASSES else "emergency"
        the_consent = the_consent if the_consent in PASSES else "emergency"
    return role, the_assignment, the_consent


def in_emergency(f: Facts) -> bool:
    return f.session_known and f.emergency is not None and f.emergency[0] <= f.now < f.emergency[1]


def assignment(f: Facts, needs: str) -> str:
    if needs == "own":
        return "ok" if f.same_insurer else "other_insurer"
    mine = f.assignments if f.session_known else []
    live = [
        c for c, start, end, ended in mine if over(start, f.today) and not over(end, f.today) and not over(ended, f.now)
    ]
    return first(
        (not mine, "none"),
        (needs != "opinion" and not over(f.identity_on, f.today), "no_identity"),
        (not live and any(start > f.today for _, start, _, _ in mine), "not_started"),
        (not live, "ended"),
        (needs != "any" and needs not in live, "other_capacity"),
    )


def consent(f: Facts, needed: bool) -> str:
    if not needed:
        return "not_needed"
    return first(
        (any(ended is None for ended in f.refusals), "refused"),
        (any(over(given, f.today) and not over(withdrawn, f.now) for given, withdrawn in f.consents), "ok"),
        (any(given > f.today and withdrawn is None for given, withdrawn in f.consents), "later"),
        (f.consents, "withdrawn"),
        (True, "none"),
    )


def without_mistakes(f: Facts) -> Facts:
    """What was taken back as a mistake gives no right, and takes none away."""

    def stand(kind: str, facts: list) -> list:
        return [fact for place, fact in enumerate(facts) if (kind, place) not in f.mistaken]

    return replace(
        f,
        assignments=stand("assignment", f.assignments),
        identity_on=None if ("identity", 0) in f.mistaken else f.identity_on,
        consents=stand("consent", f.consents),
        refusals=stand("refusal", f.refusals),
    )


def decide(f: Facts) -> dict[str, str]:
    """The eight answers. Without a right standing nothing about the person is asked."""
    f = without_mistakes(f)
    standing = {
        "account": account(f),
        "terminal": terminal(f),
        "delegation": delegation(f),
        "purpose": "ok" if f.purpose in PURPOSES else "undeclared",
    }
    if set(standing.values()) != {"ok"}:
        return standing | dict.fromkeys(("role", "assignment", "consent", "municipality"), "not_asked")
    role, the_assignment, the_consent = three(f)
    about = {"role": role, "assignment": the_assignment, "consent": the_consent, "municipality": municipality(f)}
    return standing | about


def allowed(answers: dict[str, str]) -> bool:
    return all(answer in PASSES for answer in answers.values())
