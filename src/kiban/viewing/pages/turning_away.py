"""Where a gated page sends somebody whose standing is not right: to where it is mended."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from kiban.gate import words as reasons
from kiban.gate.events import Condition
from kiban.gate.opened import Answers
from kiban.staff.sign_in.middleware import to_lock, to_password, turn_out
from kiban.terminals.middleware import not_registered
from kiban.terminals.services import State
from kiban.web.request import GatedRequest


def turned_away(request: GatedRequest, answers: Answers) -> HttpResponse | None:
    """The page for somebody the gate does not know, or not any more; none when only the panel can tell why."""
    terminal = answers.get(Condition.TERMINAL)
    if terminal in set(State):
        return not_registered(request, State(terminal))
    if answers.get(Condition.ACCOUNT) == "first_password":
        return to_password(request)
    if answers.get(Condition.ACCOUNT) in {"locked", "too_fast"} and terminal is None:
        return to_lock(request)
    if terminal or Condition.ACCOUNT in answers:
        return turn_out(request)
    if acting := answers.get(Condition.DELEGATION):
        sentence, next_step, _ = reasons.REFUSALS[Condition.DELEGATION, acting]
        messages.warning(request, sentence + next_step)
        return redirect("staff:acting")
    return None
