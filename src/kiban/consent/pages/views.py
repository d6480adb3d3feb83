"""同意: what the person said about being seen, recorded in the municipality's place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from kiban.consent import acts, explanation, scans
from kiban.consent.history import History
from kiban.consent.pages.access import get_fact, get_history, refusal
from kiban.consent.pages.forms import GiveForm, OtherForm, RefuseForm, ScanForm, SigningForm, WithdrawForm
from kiban.facts.pages.mistake import mistake_page
from kiban.terms.wareki import to_wareki
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest

# What it means to take each kind of fact back.
MISTAKE = {
    "consent": "この同意はなかったことになります。この同意で開いていた情報は、いまから表示されません。",
    "withdrawal": "この撤回はなかったことになります。もとの同意が、いまから有効になります。",
    "refusal": "「同意しない」はなかったことになります。そのとき終わった同意は、いまから有効になります。",
    "other": "この同意はなかったことになります。表示される情報は変わりません。",
    "scan": "この書面は、いまからだれも開けません。付けてあったことは、市町村にも分かります。",
}
LARGEST_NUMBER = 2**63 - 1  # that the database can hold


def _sent(request: SignedInRequest) -> QueryDict | None:
    """What was typed in; also nothing at all is an answer."""
    return request.POST if request.method == "POST" else None


@require_GET
def consent(request: SignedInRequest, key: int) -> HttpResponse:
    """同意: what stands now, and all that was said before."""
    context = {"key": key, "history": get_history(request, key), "unsettled": explanation.UNSETTLED}
    return render(request, "consent/consent.html", context)


@dataclass(frozen=True)
class _Statement:
    """What a person can say (同意, 不同意, 撤回), with the words of its page and the act that registers it."""

    title: str
    lead: str
    button: str
    done: str
    form: type[SigningForm]
    follows: tuple[str, ...]  # the facts it cannot lie before
    run: Callable[[SignedInRequest, int, SigningForm], str]
    is_danger: bool = False
    shows_text: bool = True


def _run_give(request: SignedInRequest, key: int, form: SigningForm) -> str:
    version = form.cleaned_data["text_version"]
    return acts.give(request.caller, key, request.purpose, form.signing(), text_version=version)


def _run_refuse(request: SignedInRequest, key: int, form: SigningForm) -> str:
    version = form.cleaned_data["text_version"]
    return acts.refuse(request.caller, key, request.purpose, form.signing(), text_version=version)


def _run_withdraw(request: SignedInRequest, key: int, form: SigningForm) -> str:
    return acts.withdraw(request.caller, key, request.purpose, form.signing())


_GIVE = _Statement(
    title="同意を登録する",
    lead="市町村に代わって伺った包括的同意を、署名のとおりに入れます。",
    button="同意を登録する",
    done="包括的同意を登録しました。署名した書面があれば、下の「書面を付ける」から付けてください。"
    "別の方に登録してしまったときは、下の「登録のまちがい」から取り消せます。",
    form=GiveForm,
    follows=("withdrawal", "refusal"),
    run=_run_give,
)
_REFUSE = _Statement(
    title="同意しないことを登録する",
    lead="ご本人が同意しないと言われたときに登録します。同意が必要な情報は、いまからどの事業所でも表示されません。"
    "介護サービスは、これまでどおり続けられます。",
    button="同意しないことを登録する",
    done="同意しないことを登録しました。同意が必要な情報は、いまから表示されません。",
    form=RefuseForm,
    follows=("consent",),
    run=_run_refuse,
    is_danger=True,
)
_WITHDRAW = _Statement(
    title="同意の撤回を登録する",
    lead="同意を取り消す申し出を受けたときに登録します。理由を聞く必要はありません。"
    "同意が必要な情報は、いまからどの事業所でも表示されません。",
    button="同意の撤回を登録する",
    done="同意の撤回を登録しました。同意が必要な情報は、いまから表示されません。",
    form=WithdrawForm,
    follows=("consent",),
    run=_run_withdraw,
    is_danger=True,
    shows_text=False,
)


@require_http_methods(["GET", "POST"])
def give(request: SignedInRequest, key: int) -> HttpResponse:
    """包括的同意 given, in the municipality's place."""
    history = get_history(request, key)
    if history.state.is_open:
        return _already(request, key, "すでに同意の登録があります。")
    return _register(request, key, history, _GIVE)


@require_http_methods(["GET", "POST"])
def refuse(request: SignedInRequest, key: int) -> HttpResponse:
    """不同意."""
    history = get_history(request, key)
    if history.state.key == "refused":
        return _already(request, key, "すでに、同意しないことの登録があります。")
    return _register(request, key, history, _REFUSE)


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, key: int) -> HttpResponse:
    """撤回: nothing that needs the consent is shown from this moment on."""
    history = get_history(request, key)
    if not history.state.is_open:
        return _already(request, key, "取り消す同意の登録がありません。")
    return _register(request, key, history, _WITHDRAW)


def _already(request: SignedInRequest, key: int, sentence: str) -> HttpResponse:
    messages.info(request, sentence)
    return redirect("consent:consent", key)


def _register(request: SignedInRequest, key: int, history: History, statement: _Statement) -> HttpResponse:
    form = statement.form(_sent(request), not_before=history.earliest_day(*statement.follows))
    if request.method == "POST" and form.is_valid():
        answer = statement.run(request, key, form)
        if answer == "ok":
            messages.success(request, statement.done)
            return redirect("consent:consent", key)
        form.add_error(None, refusal(answer))
    context = {
        "key": key,
        "history": history,
        "statement": statement,
        "form": form,
        "text": explanation.TEXTS[explanation.CURRENT] if statement.shows_text else None,
    }
    return form_page(request, "consent/statement.html", context, form)


@require_http_methods(["GET", "POST"])
def record_other(request: SignedInRequest, key: int) -> HttpResponse:
    """An older consent (基準33条, 認定申請書): kept apart, it opens nothing."""
    history = get_history(request, key)
    form = OtherForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        answer = acts.record_other(
            request.caller,
            key,
            request.purpose,
            form.signing(),
            kind=form.cleaned_data["kind"],
            covers_family=form.cleaned_data["covers_family"],
        )
        if answer == "ok":
            messages.success(request, "これまでの同意を登録しました。この登録で、表示される情報は変わりません。")
            return redirect("consent:consent", key)
        form.add_error(None, refusal(answer))
    context = {"key": key, "history": history, "form": form}
    return form_page(request, "consent/other.html", context, form)


@require_http_methods(["GET", "POST"])
def withdraw_other(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """One of the older consents was taken back."""
    history, fact = get_fact(request, key, "other", number)
    if not fact.is_in_force:
        raise Http404
    if request.method == "POST":
        answer = acts.withdraw_other(request.caller, key, request.purpose, number)
        if answer != "ok":
            messages.error(request, refusal(answer))
        else:
            messages.success(request, f"「{fact.title}」の撤回を登録しました。")
        return redirect("consent:consent", key)
    context = {"key": key, "history": history, "fact": fact}
    return render(request, "consent/other_withdraw.html", context)


@require_http_methods(["GET", "POST"])
def attach(request: SignedInRequest, key: int, subject: str, number: int) -> HttpResponse:
    """The signed paper put beside the fact it proves."""
    history, fact = get_fact(request, key, subject, number)
    form = ScanForm(_sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        media_type, content = form.cleaned_data["scan"]
        answer = acts.attach_scan(
            request.caller,
            key,
            request.purpose,
            subject=subject,
            number=number,
            media_type=media_type,
            content=content,
        )
        if answer == "ok":
            messages.success(request, "書面を付けました。")
            return redirect("consent:consent", key)
        form.add_error("scan", refusal(answer))
    context = {"key": key, "history": history, "fact": fact, "form": form}
    return form_page(request, "consent/attach.html", context, form)


@require_http_methods(["GET", "POST"])
def correct(request: SignedInRequest, key: int, subject: str, number: int) -> HttpResponse:
    """登録のまちがい: a fact, or a paper, that never was this person's."""
    history = get_history(request, key)
    what = _named(history, subject, number)

    def take_back(reason: str) -> str:
        answer = acts.correct(request.caller, key, request.purpose, subject=subject, number=number, reason=reason)
        return "" if answer == "ok" else refusal(answer)

    back = reverse("consent:consent", args=[key])
    return mistake_page(
        request,
        name=history.name,
        what=what,
        meaning=MISTAKE[subject],
        back=back,
        take_back=take_back,
        done=f"「{what}」を、登録のまちがいとして取り消しました。正しい方の登録を確かめてください。",
        then=back,
    )


def _named(history: History, subject: str, number: int) -> str:
    """What an address names, of those this organisation can take back. Raises Http404 for anything else."""
    if subject == "scan":
        papers = [scan for fact in (*history.facts, *history.others) for scan in fact.scans]
        if not any(paper.number == number and paper.correction is None for paper in papers):
            raise Http404
        return "署名した書面"
    fact = history.fact(subject, number)
    if fact is None or fact.is_mistaken or not fact.is_correctable:
        raise Http404
    return f"{fact.title} {to_wareki(fact.on)}" if fact.on else fact.title


@require_GET
def scan(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """A signed paper, as it was attached; the gate writes down who opened it."""
    opened = acts.open_scan(request.caller, key, request.purpose, number) if number <= LARGEST_NUMBER else None
    if opened is None:
        raise Http404
    media_type, content = opened
    response = HttpResponse(content, content_type=media_type)
    # Browsers' own viewers of PDFs refuse to work in a sandbox, so that one is saved; a picture is shown in place.
    place = "attachment" if media_type == "application/pdf" else "inline"
    response["Content-Disposition"] = f'{place}; filename="consent-{number}.{scans.ENDINGS[media_type]}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
    )
    return response
