"""The three steps of a terminal: 証明書, 初期設定, カードリーダー. How far one is, and marking one done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from kiban.terminals import services
from kiban.terminals.models import Certificate, SetUpStep, Terminal
from kiban.terminals.services import State

Step = SetUpStep.Step
NOTICE = dt.timedelta(days=90)
WITHOUT_CARD = "カードを使わない端末"


@dataclass(frozen=True)
class Cell:
    """How one step of one terminal stands."""

    step: Step
    words: str
    state: str  # good, soon, bad, off: how it is marked
    done_at: dt.datetime | None = None
    done_by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether something is left to do before the terminal can be used."""
        return self.state == "bad" or self.words in ("未", "発行済・未確認")


def cells(terminal: Terminal) -> list[Cell]:
    """The three steps in their order. Reads ``terminal.certificates`` and ``terminal.steps`` (prefetch them)."""
    done = {done_step.step: done_step for done_step in terminal.steps.all()}
    return [_certificate(best(terminal.certificates.all()), done.get(Step.CERTIFICATE))] + [
        _by_hand(step, done.get(step)) for step in (Step.SETTINGS, Step.READER)
    ]


def next_open(terminal: Terminal) -> Step | None:
    """Where one stopped: the first step with something left to do."""
    return next((cell.step for cell in cells(terminal) if cell.is_open), None)


def mark_done(terminal: Terminal, step: Step, *, by: str, note: str = "") -> None:
    """Somebody made sure that a step is done; a second time moves the date."""
    SetUpStep.objects.update_or_create(
        terminal=terminal, step=step, defaults={"done_at": timezone.now(), "done_by": by, "note": note}
    )


def start_again(terminal: Terminal) -> None:
    """Another machine takes the terminal's place: nothing of it is set up yet."""
    with transaction.atomic():
        SetUpStep.objects.filter(terminal=terminal).delete()
        Terminal.objects.filter(pk=terminal.pk).update(seen_at=None)
    terminal.seen_at = None


def best(certificates: Iterable[Certificate]) -> Certificate | None:
    """The certificate that says whether a terminal can be used: the longest in force, else the last one."""
    known = list(certificates)
    in_force = [certificate for certificate in known if services.state(certificate) is State.OK]
    # One that was renewed is in force for its overlap only.
    return max(in_force or known, key=_lasts, default=None)


def _lasts(certificate: Certificate) -> tuple[bool, dt.datetime]:
    return certificate.revoked_at is None, certificate.not_after


def is_usable(terminal: Terminal) -> bool:
    """Whether a certificate of the terminal holds today."""
    return services.state(best(terminal.certificates.all())) is State.OK


def in_words(certificate: Certificate | None) -> tuple[str, str]:
    """The state of a certificate in words, and how it is marked."""
    if certificate is None:
        return "未", "off"
    state = services.state(certificate)
    if state is not State.OK:
        return services.IN_WORDS[state], "bad" if state is not State.NOT_YET_VALID else "soon"
    left = min(certificate.not_after, certificate.revoked_at or certificate.not_after) - timezone.now()
    if certificate.revoked_at is not None:
        return f"あと{left.days}日で新しいものへ", "soon"
    return ("済", "good") if left > NOTICE else (f"あと{left.days}日で期限", "soon")


def _certificate(certificate: Certificate | None, done: SetUpStep | None) -> Cell:
    words, state = in_words(certificate)
    if words == "済" and done is None:
        return Cell(Step.CERTIFICATE, "発行済・未確認", "soon")
    return Cell(Step.CERTIFICATE, words, state, done.done_at if done else None, done.done_by if done else "")


def _by_hand(step: Step, done: SetUpStep | None) -> Cell:
    if done is None:
        return Cell(step, "未", "off")
    words = "使わない" if done.note == WITHOUT_CARD else "済"
    return Cell(step, words, "good", done.done_at, done.done_by)
