"""Every page with a form, opened before anything was typed: 200, and not one error on it."""

from __future__ import annotations

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kiban.consent import acts as consent_acts
from kiban.staff.sign_in import sessions
from tests import cast
from tests.cast import Cast, browser
from tests.gate import acts
from tests.gate.acts import PURPOSE
from tests.routes import address, methods, routes
from tests.world import World

PLACES = dict(routes())
FORMS = sorted(name for name, pattern in PLACES.items() if methods(pattern.callback) >= {"GET", "POST"})
# Pages on the way of signing in, which show something only to somebody who stands at that step; tests/staff opens them.
ON_THE_WAY_IN = {
    "staff:sign-in",
    "staff:code",
    "staff:sign-in-passkey",
    "staff:sign-in-mail",
    "staff:sign-in-recovery",
    "staff:employment",
    "staff:invitation",
    "staff:locked",
    "staff:own-mail-code",
}
# Of a thing another office sent, asked or found; their rooms' tests open them.
OF_A_THING = {"exchange:ask", "exchange:unit-error", "staff:finding", "assignment:emergency-review", "staff:take-over"}
OF_A_THING |= {"exchange:withdraw", "plans:deliver", "assignment:ended", "staff:restore"}
ACTORS = ("administrator", "manager", "officer")


@pytest.fixture(scope="module")
def town() -> Cast:
    """The cast, with what its own office recorded: a consent, an older one, a refusal, a plan, a scene."""
    made = cast.build(World())
    world, person = made.world, made.person
    world.run("UPDATE care.consent SET withdrawn_at = now() WHERE insured_key = %s", person.key)
    assert acts.give(made.manager, person) == "ok"
    assert acts.refuse(made.manager, made.without_consent) == "ok"
    assert acts.put_plan(made.manager, person) == "ok"
    assert acts.record_monitoring(made.manager, person) == "ok"
    assert acts.register(made.manager, person)[0] == "ok"
    older = {"kind": "article33", "covers_family": False}
    assert consent_acts.record_other(made.manager.caller, person.key, PURPOSE, acts.signing(), **older) == "ok"
    world.insert("terminals_scene", organisation_id=made.office.id, name="訪問", place="", job_types=[], position=1)
    return made


def numbers(town: Cast) -> dict[str, dict[str, object]]:
    """The parts of addresses that name something of this town."""
    key = town.person.key

    def newest(table: str) -> int:
        return town.world.one(f"SELECT max(id) FROM {table}")

    number = int(f"{acts.days(-3):%Y%m%d}")
    plan = {f"plans:{act}": {"key": key, "number": number} for act in ("agree", "correct", "files", "withdraw")}
    return plan | {
        "consent:attach": {"key": key, "subject": "consent", "number": newest("care.consent")},
        "consent:other-withdraw": {"key": key, "number": newest("care.other_consent")},
        "consent:correct": {"key": key, "subject": "consent", "number": newest("care.consent")},
        "assignment:correct": {"key": key, "subject": "identity", "number": newest("care.confirmation")},
        "consent:give": {"key": town.without_consent.key},
        "evidence:standard-mistake": {"key": key, "number": newest("care.standard_fact")},
        "terminals:scene": {"pk": newest("terminals_scene")},
    }


def confirmed(client: Client) -> Client:
    """The password was typed a moment ago."""
    session = client.session
    session[sessions.CONFIRMED_AT] = timezone.now().isoformat()
    session.save()
    return client


def in_order(form: object, page: str) -> bool:
    """Whether the fields stand on the page in the order in which the form lists what is wrong with them."""
    fields = form.visible_fields() if isinstance(form, forms.Form) else []
    places = [page.find(f'id="{field.first_id}"') for field in fields]
    shown = [place for place in places if place >= 0]
    return shown == sorted(shown)


@pytest.mark.parametrize("name", [name for name in FORMS if name not in ON_THE_WAY_IN | OF_A_THING])
def test_an_opened_form_complains_of_nothing(town, name):
    known = numbers(town).get(name)
    place = reverse(name, kwargs=known) if known else address(name, PLACES[name], town)
    opened = 0
    for actor in ACTORS:
        response = confirmed(browser(town.actors()[actor])).get(place)
        assert response.status_code in {200, 302, 403, 404}, actor
        if response.status_code == 200:
            opened += 1
            page = response.content.decode()
            assert "kb-error" not in page, actor
            # (The plan page makes a list of its own, of all its forms: plan_form.errors.)
            assert name.startswith("plans:") or in_order(response.context.get("form"), page), (
                "errors would be listed in another order than the page"
            )
    assert opened, "nobody opened it"
