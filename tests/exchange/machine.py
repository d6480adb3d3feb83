"""Keys of the exchange for the terminals of actors."""

from __future__ import annotations

from kiban.exchange.machine import keys
from kiban.exchange.models import SyncKey
from kiban.staff.models import Employment
from kiban.terminals.models import Terminal
from tests.world import Actor, World


def machine_key(actor: Actor) -> tuple[SyncKey, str]:
    """A key for the actor's terminal; the actor answers for it, as the administrator that this takes."""
    Employment.objects.filter(pk=actor.employment_id).update(level=Employment.Level.ADMINISTRATOR)
    employment = Employment.objects.get(pk=actor.employment_id)
    return keys.issue(employment, Terminal.objects.get(pk=actor.terminal_id))


def seal_anew(world: World) -> None:
    """Keys a test has changed count as given out so."""
    world.run(
        "UPDATE exchange_synckey"
        " SET seal = gate.key_seal(secret_hash, organisation_id, terminal_id, employment_id, ends_on)"
    )
