"""見られない理由: every answer of the gate's own functions in words, and what to do about it.

What the functions of the rooms above answer, those rooms say themselves (``Room.answer_words``).

The words say what stands in the way and who can settle it. They never pronounce on the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiban.gate.events import PASSES, Condition

LABELS: dict[Condition, str] = {
    Condition.ACCOUNT: "職員",
    Condition.TERMINAL: "端末",
    Condition.ROLE: "役割",
    Condition.ASSIGNMENT: "担当",
    Condition.CONSENT: "同意",
    Condition.MUNICIPALITY: "市町村",
    Condition.DELEGATION: "代行",
    Condition.PURPOSE: "目的",
}


@dataclass(frozen=True)
class Line:
    """One condition as the panel shows it."""

    condition: Condition
    label: str
    passes: bool
    sentence: str
    next_step: str
    link: str = ""  # name of a page where it can be settled, relative to the person


# What holds, for the ticked lines.
FULFILLED: dict[Condition, str] = {
    Condition.ACCOUNT: "在籍中の本人が、二要素で確認されています。",
    Condition.TERMINAL: "この事業所に登録された有効な端末です。",
    Condition.ROLE: "共有範囲表で、この事業所の種類と職種に開かれています。",
    Condition.ASSIGNMENT: "本人確認が済み、担当として登録されています。",
    Condition.CONSENT: "包括的同意があります。",
    Condition.MUNICIPALITY: "市町村は利用を開始し、この情報を登録しています。",
    Condition.DELEGATION: "代行ではありません、または有効な代行です。",
    Condition.PURPOSE: "利用目的が示されています。",
}

_NOT_ASKED = ("まだ確かめていません。", "職員・端末・目的の条件がそろってから確かめます。", "")
REFUSALS: dict[tuple[Condition, str], tuple[str, str, str]] = {
    (Condition.ROLE, "not_asked"): _NOT_ASKED,
    (Condition.ASSIGNMENT, "not_asked"): _NOT_ASKED,
    (Condition.CONSENT, "not_asked"): _NOT_ASKED,
    (Condition.MUNICIPALITY, "not_asked"): _NOT_ASKED,
    (Condition.ACCOUNT, "too_fast"): (
        "人の手では考えられない速さで開かれたため、画面をロックしました。管理者に知らされます。",
        "画面のロックを解いてください。身に覚えがないときは、すぐに管理者に伝えてください。",
        "",
    ),
    (Condition.ACCOUNT, "unsealed"): (
        "閲覧記録の封印が止まっているため、いまは何も開けません。",
        "この事業所・市町村の介護情報基盤を動かしている人に知らせてください。封印が動けば、すぐに開けます。",
        "",
    ),
    (Condition.ACCOUNT, "no_session"): (
        "サインインが確認できませんでした。",
        "もう一度サインインしてください。",
        "",
    ),
    (Condition.ACCOUNT, "session_expired"): (
        "サインインの有効時間(8時間)が過ぎました。",
        "もう一度サインインしてください。",
        "",
    ),
    (Condition.ACCOUNT, "inactive"): (
        "このアカウントは止められています。",
        "事業所の管理者に確認してください。",
        "",
    ),
    (Condition.ACCOUNT, "first_password"): (
        "最初のパスワードのままです。",
        "「パスワードを変える」の画面で、新しいパスワードを決めてください。",
        "",
    ),
    (Condition.ACCOUNT, "no_second_factor"): (
        "二要素目(確認コード)が済んでいません。",
        "サインインし直して、確認コードを入れてください。",
        "",
    ),
    (Condition.ACCOUNT, "second_factor_old"): (
        "二要素目の確認から8時間が過ぎました。",
        "サインインし直して、確認コードを入れてください。",
        "",
    ),
    (Condition.ACCOUNT, "locked"): (
        "しばらく使われなかったため、画面がロックされています。",
        "画面のロックを解いてください。",
        "",
    ),
    (Condition.ACCOUNT, "not_employed"): (
        "この事業所での在籍が登録されていません。",
        "事業所の管理者に、職員の登録を確認してもらってください。",
        "",
    ),
    (Condition.ACCOUNT, "not_yet_employed"): (
        "在籍の開始日がまだ来ていません。",
        "開始日が正しいか、事業所の管理者に確認してください。",
        "",
    ),
    (Condition.ACCOUNT, "left"): (
        "在籍の期間が終わっています。",
        "在籍中のはずのときは、事業所の管理者に確認してください。",
        "",
    ),
    (Condition.ACCOUNT, "organisation_not_in_use"): (
        "この事業所は現在、利用登録されていません。",
        "事業所の管理者から、運営主体に問い合わせてください。",
        "",
    ),
    (Condition.TERMINAL, "none"): (
        "端末の証明書が示されませんでした。",
        "証明書を入れた端末で開くか、管理者に端末の登録を頼んでください。",
        "",
    ),
    (Condition.TERMINAL, "unknown"): (
        "この端末の証明書は登録されていません。",
        "管理者に、端末の登録を確認してもらってください。",
        "",
    ),
    (Condition.TERMINAL, "revoked"): (
        "この端末の証明書は失効しています。",
        "別の登録端末を使うか、管理者に証明書の再発行を頼んでください。",
        "",
    ),
    (Condition.TERMINAL, "not_yet_valid"): (
        "この端末の証明書は、まだ有効期間に入っていません。",
        "端末の時計を確かめ、合っているときは管理者に知らせてください。",
        "",
    ),
    (Condition.TERMINAL, "expired"): (
        "この端末の証明書は有効期限が切れています。",
        "管理者に証明書の更新を頼んでください。",
        "",
    ),
    (Condition.TERMINAL, "other_organisation"): (
        "この端末は、サインインした職員の事業所のものではありません。",
        "自分の事業所の端末でサインインしてください。",
        "",
    ),
    (Condition.TERMINAL, "other_terminal"): (
        "サインインした端末と別の端末です。",
        "この端末でサインインし直してください。",
        "",
    ),
    (Condition.ROLE, "no_cell"): (
        "共有範囲表に、この事業所の種類と職種の欄がありません。",
        "職種やサービスの種類の登録に誤りがないか、管理者に確認してください。",
        "",
    ),
    (Condition.ROLE, "closed"): (
        "共有範囲表で、この事業所の種類と職種には開かれていません。",
        "担当のケアマネジャーに依頼してください。職種の登録が違うときは、管理者(ご自身が管理者なら運営者)に伝えてください。",
        "",
    ),
    (Condition.ROLE, "unconfirmed"): (
        "この情報を見てよいかどうかは、国の共有範囲表でまだ公表されていません(未確認)。",
        "保険者が要領で決めたときに見られるようになります。急ぐときは市町村の窓口に書面で請求してください。",
        "",
    ),
    (Condition.ROLE, "not_administrator"): (
        "管理者だけができることです。",
        "事業所の管理者に頼んでください。",
        "",
    ),
    (Condition.ROLE, "not_insurer"): (
        "この方の保険者の市町村だけができることです。",
        "保険者の市町村に問い合わせてください。",
        "",
    ),
    (Condition.ASSIGNMENT, "none"): (
        "この方の担当として登録されていません。",
        "本人確認をして、担当として登録してください。",
        "assignment:register",
    ),
    (Condition.ASSIGNMENT, "no_identity"): (
        "本人確認の記録がありません。",
        "マイナンバーカード、または4つの情報で本人確認をしてください。",
        "assignment:register",
    ),
    (Condition.ASSIGNMENT, "not_started"): (
        "担当としての閲覧の開始日がまだ来ていません。",
        "開始日を確かめてください。",
        "",
    ),
    (Condition.ASSIGNMENT, "ended"): (
        "担当としての閲覧期間が終わっています。",
        "サービスが続いているときは、担当を登録し直してください。",
        "assignment:register",
    ),
    (Condition.ASSIGNMENT, "other_capacity"): (
        "この情報は、この方の計画を作成する居宅介護支援事業所などに限られています。",
        "計画を作成している事業所に依頼してください。登録が違うときは担当を登録し直してください。",
        "",
    ),
    (Condition.ASSIGNMENT, "other_insurer"): (
        "この方は、この市町村の被保険者ではありません。",
        "保険者番号を確かめ、保険者の市町村に問い合わせてください。",
        "",
    ),
    (Condition.CONSENT, "none"): (
        "ご本人の包括的同意の記録がありません。",
        "市町村の窓口で同意をいただくか、市町村に代わって事業所で同意をいただき、登録してください。",
        "consent:consent",
    ),
    (Condition.CONSENT, "later"): (
        "同意の日付がまだ来ていません。",
        "同意日の登録に誤りがないか確かめてください。",
        "consent:consent",
    ),
    (Condition.CONSENT, "refused"): (
        "ご本人は、包括的同意をしないと答えています。",
        "見ることはできません。お気持ちが変わったときに、改めて同意をいただいて登録してください。",
        "consent:consent",
    ),
    (Condition.CONSENT, "withdrawn"): (
        "ご本人が同意を撤回しています。",
        "見ることはできません。改めて同意をいただいたときに登録してください。",
        "consent:consent",
    ),
    (Condition.MUNICIPALITY, "unknown_insurer"): (
        "保険者番号が台帳にありません。",
        "番号を確かめ、違わないときは運営主体に知らせてください。",
        "",
    ),
    (Condition.MUNICIPALITY, "not_started"): (
        "この市町村は、まだ介護情報基盤の利用を開始していません(開始日は未定または未確認)。",
        "開始までは、これまでどおり市町村に書面で請求してください。",
        "",
    ),
    (Condition.MUNICIPALITY, "starts_later"): (
        "この市町村の利用開始日がまだ来ていません。",
        "開始日までは、これまでどおり市町村に書面で請求してください。",
        "",
    ),
    (Condition.MUNICIPALITY, "not_migrated"): (
        "この市町村は、この情報をまだ登録していません。",
        "登録されるまでは、これまでどおり市町村に書面で請求してください。",
        "",
    ),
    (Condition.DELEGATION, "other_actor"): (
        "この代行は、ほかの職員に許可されたものです。",
        "自分に許可された代行を選んでください。",
        "",
    ),
    (Condition.DELEGATION, "other_organisation"): (
        "この代行は、ほかの事業所でのものです。",
        "この事業所で代行の許可を受けてください。",
        "",
    ),
    (Condition.DELEGATION, "no_permitter"): (
        "代行を許可した人が記録されていません。",
        "管理者に、代行の許可を登録してもらってください。",
        "",
    ),
    (Condition.DELEGATION, "revoked"): ("この代行は取り消されました。", "管理者に確認してください。", ""),
    (Condition.DELEGATION, "not_started"): ("代行の期間がまだ始まっていません。", "期間を確かめてください。", ""),
    (Condition.DELEGATION, "ended"): (
        "代行の期間が終わっています。",
        "続けるときは、管理者に新しい許可を登録してもらってください。",
        "",
    ),
    (Condition.DELEGATION, "absent_left"): (
        "代行される人が、この事業所の職員ではなくなりました。",
        "代行をやめて、自分の名前で開いてください。",
        "",
    ),
    (Condition.DELEGATION, "out_of_scope"): (
        "この利用目的は、許可された代行の範囲に入っていません。",
        "利用目的を選び直すか、代行をやめて自分の名前で開いてください。",
        "",
    ),
    (Condition.PURPOSE, "undeclared"): (
        "利用目的が示されていません。",
        "利用目的を選んでから開いてください。",
        "",
    ),
}


def answer_words() -> dict[str, str]:
    """All of them, by the answer as SQL writes it: ``account:left`` → a sentence."""
    return {f"{condition}:{answer}": words[0] + words[1] for (condition, answer), words in REFUSALS.items()}


def explain(answers: Mapping[Condition, str]) -> list[Line]:
    """The panel's lines for the eight answers about one item, in the order of the conditions.

    Raises:
        KeyError: an answer that has no words: a defect, never shown as "allowed".
    """
    return [_line(condition, answers[condition]) for condition in Condition]


def _line(condition: Condition, answer: str) -> Line:
    if answer == "not_needed":
        return Line(condition, LABELS[condition], True, "この情報には包括的同意は要りません。", "")
    if answer == "emergency":
        return Line(
            condition, LABELS[condition], True, "緊急時の閲覧として開いています(管理者と市町村が確かめます)。", ""
        )
    if answer in PASSES:
        return Line(condition, LABELS[condition], True, FULFILLED[condition], "")
    sentence, next_step, link = REFUSALS[condition, answer]
    return Line(condition, LABELS[condition], False, sentence, next_step, link)
