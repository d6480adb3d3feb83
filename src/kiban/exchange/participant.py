"""Who takes part in the exchange: an office, with what its request proves and what it looks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiban.gate.events import Purpose
from kiban.registry.models import Organisation
from kiban.web.request import Caller

PLANNING = ("43", "46", "AF")  # as gate.plan_services()


@dataclass(frozen=True)
class Participant:
    """An office that takes part. The gate itself looks up who it is; nothing here gives a right."""

    caller: Caller
    purpose: str

    @classmethod
    def of(cls, caller: Caller, organisation: Organisation) -> Participant:
        """An office that makes plans looks to make them; any other office looks to give its service."""
        planning = organisation.services.filter(service_id__in=PLANNING).exists()
        return cls(caller, Purpose.CARE_PLANNING if planning else Purpose.SERVICE_PROVISION)

    @property
    def proof(self) -> list[Any]:
        """Session, certificate and purpose: the first three parameters of every function of the gate."""
        return [self.caller.session, self.caller.certificate, self.purpose]
