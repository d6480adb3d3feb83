"""``kiban staff``: accounts and employments at the command line, for the operator."""

from __future__ import annotations

from argparse import ArgumentParser, _SubParsersAction
from datetime import date, timedelta
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from kiban.ops.our_command import OurCommand
from kiban.registry.models import Organisation
from kiban.staff import accounts, jobs
from kiban.staff.errors import StaffError
from kiban.staff.models import Account, Employment
from kiban.staff.people import employments, invitations
from kiban.staff.people.employments import Post
from kiban.staff.sign_in import tidying
from kiban.terms.wareki import to_wareki


class Command(OurCommand):
    help = "職員: アカウントを作る、所属を登録する、終える、パスワードと確認コードをやり直す、一覧、片付け"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = _action(actions, "create", "アカウントを作り、はじめのパスワードを一度だけ表示する")
        create.add_argument("login_id", help="職員ID")
        create.add_argument("--name", required=True, help="氏名")
        create.add_argument("--kana", default="", help="フリガナ")

        employ = _action(actions, "employ", "所属を登録する")
        employ.add_argument("login_id", help="職員ID")
        _organisation_arguments(employ)
        employ.add_argument("--job", required=True, help=f"職種: {jobs.listed()}")
        employ.add_argument(
            "--level",
            choices=Employment.Level.values,
            default=Employment.Level.GENERAL,
            help="権限区分: office 事業所ユーザ(事業所の最初のひとり)、administrator 管理者、general 一般",
        )
        employ.add_argument(
            "--administrator", dest="level", action="store_const", const="administrator", help="--level administrator"
        )
        employ.add_argument("--from", dest="starts_on", type=_day, help="最初の日(2026-04-01 の形。省くと今日)")
        employ.add_argument("--last-day", type=_day, help="最後の日")

        invite = _action(actions, "invite", "事業所の最初のひとりを招待し、手紙の文面を一度だけ表示する")
        _organisation_arguments(invite)
        invite.add_argument("--name", required=True, help="氏名")
        invite.add_argument("--kana", default="", help="フリガナ")
        invite.add_argument("--job", default="manager", help="職種(省くと manager 管理者)")
        invite.add_argument("--level", choices=Employment.Level.values, default=Employment.Level.OFFICE)

        level = _action(actions, "level", "今日からの権限区分を変える")
        level.add_argument("login_id", help="職員ID")
        _organisation_arguments(level)
        level.add_argument(
            "--level", choices=Employment.Level.values, required=True, help="office、administrator、general"
        )

        job = _action(actions, "job", "今日からの職種を変える")
        job.add_argument("login_id", help="職員ID")
        _organisation_arguments(job)
        job.add_argument("--job", required=True, help=f"職種: {jobs.listed()}")

        leave = _action(actions, "leave", "最後の日を登録する")
        leave.add_argument("login_id", help="職員ID")
        _organisation_arguments(leave)
        leave.add_argument("--last-day", type=_day, required=True, help="最後の日(2026-03-31 の形)")

        for name, text in (
            ("reset-password", "新しいはじめのパスワードを出す"),
            ("reset-code", "確認コード(認証アプリ)の登録をやり直す"),
        ):
            _action(actions, name, text).add_argument("login_id", help="職員ID")
        _organisation_arguments(_action(actions, "list", "事業所の職員の一覧"))
        _action(actions, "tidy", "期限の切れたサインインと、古いサインイン失敗の記録を片付ける")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["action"].replace("-", "_"))(options)
        except StaffError as error:
            raise CommandError(str(error)) from error

    def create(self, options: dict[str, Any]) -> None:
        account, password = accounts.create_account(options["login_id"], options["name"], options["kana"], by=None)
        self.stdout.write(f"アカウントを作りました。職員ID: {account.login_id}")
        self._show_password(password)

    def employ(self, options: dict[str, Any]) -> None:
        last_day = options["last_day"]
        post = Post(
            jobs.named(options["job"]),
            options["level"],
            options["starts_on"] or timezone.localdate(),
            last_day and last_day + timedelta(days=1),
        )
        employment = employments.employ(_account(options), _organisation(options), post, by=None)
        self.stdout.write(f"登録しました: {employment.organisation.name} {employment.job_type.name}")

    def invite(self, options: dict[str, Any]) -> None:
        post = Post(jobs.named(options["job"]), options["level"], timezone.localdate())
        invitee = invitations.Invitee(options["name"], options["kana"], email="", post=post)
        invitation, key = invitations.invite_first(_organisation(options), invitee)
        until = to_wareki(timezone.localdate(invitation.expires_at))
        self.stdout.write(
            f"{invitation.organisation.name} {invitation.name}さんの招待({until}まで。一度だけ表示します)"
        )
        self.stdout.write(f"  アドレス: {invitations.address_of(key)}")
        self.stdout.write(f"  招待の文字: {key}")

    def level(self, options: dict[str, Any]) -> None:
        level = Employment.Level(options["level"])
        for employment in _running(options):
            employments.change_job(employment, employment.job_type, level, on=timezone.localdate(), by=None)
        self.stdout.write(f"権限区分を変えました: {level.label}")

    def job(self, options: dict[str, Any]) -> None:
        job = jobs.named(options["job"])
        for employment in _running(options):
            employments.change_job(employment, job, employment.level, on=timezone.localdate(), by=None)
        self.stdout.write(f"職種を変えました: {job.name}")

    def leave(self, options: dict[str, Any]) -> None:
        ends_on = options["last_day"] + timedelta(days=1)
        running = _account(options).employments.not_over(ends_on - timedelta(days=1))
        current = list(running.filter(organisation=_organisation(options)))
        if not current:
            raise CommandError("この職員IDには、その日にこの事業所での所属がありません。")
        for employment in current:
            employments.end_employment(employment, ends_on, by=None)
        self.stdout.write(f"最後の日を登録しました({len(current)}件)。次の日から何も見られません。")

    def reset_password(self, options: dict[str, Any]) -> None:
        self._show_password(accounts.reset_password(_account(options)))

    def reset_code(self, options: dict[str, Any]) -> None:
        accounts.reset_second_factor(_account(options))
        self.stdout.write("次のサインインで、認証アプリを登録し直します。")

    def list(self, options: dict[str, Any]) -> None:
        everybody = Employment.objects.filter(organisation=_organisation(options)).select_related("account", "job_type")
        for employment in everybody.order_by("starts_on", "pk"):
            until = f"{employment.last_day} まで" if employment.last_day else ""
            self.stdout.write(
                f"{employment.account.login_id}\t{employment.account.name}\t{employment.job_type.name}"
                f"\t{employment.get_level_display()}\t{employment.starts_on} から {until}".rstrip()
            )

    def tidy(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{tidying.tidy()}。")

    def _show_password(self, password: str) -> None:
        self.stdout.write(f"はじめのパスワード(いま一度だけ表示します): {password}")
        self.stdout.write("本人に直接渡してください。はじめてのサインインで、自分のパスワードに変えます。")


def _action(actions: _SubParsersAction[Any], name: str, text: str) -> ArgumentParser:
    parser: ArgumentParser = actions.add_parser(name, help=text, description=text)
    return parser


def _organisation_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--organisation", required=True, help="事業所番号・保険者番号・医療機関コード")
    parser.add_argument("--kind", choices=Organisation.Kind.values, help="同じ番号が2つあるときの種類")


def _organisation(options: dict[str, Any]) -> Organisation:
    registered = Organisation.objects.filter(number=options["organisation"])
    if options["kind"]:
        registered = registered.filter(kind=options["kind"])
    organisations = list(registered[:2])
    if not organisations:
        raise CommandError("その番号の事業所・市町村・医療機関は登録されていません。番号を確かめてください。")
    if len(organisations) > 1:
        raise CommandError("その番号は2つ登録されています。--kind で種類を指定してください。")
    return organisations[0]


def _account(options: dict[str, Any]) -> Account:
    try:
        return Account.objects.get(login_id=accounts.normalised_id(options["login_id"]))
    except Account.DoesNotExist:
        raise CommandError("その職員IDはありません。kiban staff list で確かめてください。") from None


def _running(options: dict[str, Any]) -> list[Employment]:
    """What somebody works as in an office today.

    Raises:
        CommandError: nothing.
    """
    today = timezone.localdate()
    running = _account(options).employments.in_force(today).filter(organisation=_organisation(options))
    found = list(running.select_related("job_type", "organisation", "account"))
    if not found:
        raise CommandError("この職員IDには、今日この事業所での所属がありません。")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"日付「{text}」は読めません。2026-04-01 の形で書いてください。") from None
