"""From one step of signing in to the next, and in; or back to the beginning."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from kiban.staff.models import Account
from kiban.staff.sign_in import passkeys, second_factor, signing_in
from kiban.staff.sign_in.second_factor import Factors, Outcome
from kiban.staff.sign_in.signing_in import Pending
from kiban.web.request import Request

# One text for an unknown ID, a wrong password, a locked ID and somebody employed nowhere: it tells nothing.
REFUSED = (
    "サインインできません。職員IDとパスワードを確かめて、もう一度入れてください。"
    "続けて5回まちがえると、30分間サインインできなくなります。"
)
STEP_ENDED = "時間がたったため、はじめからやり直してください。"
USED = (
    "これは、もう使われています。サインインできた画面がほかにあるときは、そちらをお使いください。"
    "ないときは、新しいもので確かめてください。"
)
WELCOME = (
    "ようこそ、{}さん。サインインできるようになりました。まず、スマートフォンをなくしたときのための"
    '<a href="{}#recovery">復旧コード</a>を作り、印刷してしまってください。'
    "そのあとは、「はじめの準備」が出ていれば上から順に進み、なければ「利用者」から情報を開きます。困ったときは、どの画面でも「この画面の使い方」を押してください。"
)
NOT_HERE = "この端末の事業所に所属していません。"

LABELS = {
    "staff:sign-in-passkey": "パスキーを使う",
    "staff:code": "認証アプリの数字を入れる",
    "staff:sign-in-mail": "電子メールで数字を受け取る",
    "staff:sign-in-recovery": "紙に控えた復旧コードを使う",
}


def ways(request: Request, factors: Factors) -> list[str]:
    """The pages on which the account can show its second factor, the best first."""
    if not factors.is_enrolled:
        return ["staff:code", *(["staff:sign-in-passkey"] if passkeys.is_possible(request) else [])]
    has = {
        "staff:sign-in-passkey": factors.passkeys and passkeys.is_possible(request),
        "staff:code": factors.app,
        "staff:sign-in-mail": factors.mail,
        "staff:sign-in-recovery": factors.recovery_codes,
    }
    # A passkey that cannot be shown here still has its page: it says under which address it works.
    return [page for page, there in has.items() if there] or ["staff:sign-in-passkey"]


def others(request: Request, account: Account, here: str) -> list[tuple[str, str]]:
    """The other ways to go, as (label, address)."""
    factors = second_factor.of(account)
    labels = (
        LABELS
        if factors.is_enrolled
        else {
            "staff:code": "認証アプリを登録する",
            "staff:sign-in-passkey": "スマートフォンのアプリの代わりに、パスキーを登録する",
        }
    )
    return [(labels[page], reverse(page)) for page in ways(request, factors) if page != here]


def take_factor(
    request: Request,
    pending: tuple[Pending, Account],
    form: forms.Form,
    check: Callable[[], Outcome],
    wrong: str,
) -> HttpResponse | None:
    """The answer to a second factor somebody shows: in, or out for good; ``None`` when it may be tried again."""
    waiting, account = pending
    if not form.is_valid():
        return None
    if signing_in.is_locked(request, account):
        request.session.flush()
        return start_again(request, REFUSED)
    outcome = check()
    if outcome is Outcome.RIGHT:
        signing_in.code_shown(request, waiting)
        return enter(request, account, waiting.next)
    if outcome is Outcome.USED:
        form.add_error(next(iter(form.fields)), USED)
        return None
    signing_in.count_failure(request, account)
    form.add_error(next(iter(form.fields)), wrong)
    return None


def enter(request: Request, account: Account, next_page: str) -> HttpResponse:
    """After the second factor: in, if exactly one employment counts at this terminal."""
    employments = list(signing_in.employments_here(request, account))
    if not employments:
        request.session.flush()
        return render(request, "staff/not_here.html", {"message": NOT_HERE}, status=403)
    if len(employments) > 1:
        return redirect("staff:employment")
    signing_in.sign_in(request, account, employments[0])
    return arrive(account, next_page)


def arrive(account: Account, next_page: str) -> HttpResponse:
    """To the page asked for, by way of the change of the first password."""
    if account.must_change_password:
        return redirect(reverse("staff:password") + "?" + urlencode({"next": next_page}))
    return redirect(signing_in.page_after(next_page))


def welcome(request: Request, account: Account) -> None:
    """Who has just come in for the first time: what to do first."""
    if signing_in.is_in(request):
        messages.info(request, format_html(WELCOME, account.name, reverse("staff:own")))


def start_again(request: Request, message: str) -> HttpResponse:
    """Back to ID and password."""
    messages.warning(request, message)
    return redirect("staff:sign-in")
