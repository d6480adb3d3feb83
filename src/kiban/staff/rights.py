"""Who may do what about staff: the services that act ask here, with the employment under which somebody acts.

権限区分: 事業所ユーザ → 管理者 → 一般. Nobody gives a level that is not below the own one, and nobody changes
their own rights; the first 事業所ユーザ of an office is made by the operator (``kiban staff employ --level office``).
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.staff.errors import StaffError
from kiban.staff.models import MAY_GRANT, Account, Employment

Level = Employment.Level

OWN_EMPLOYMENT = "自分の登録は自分では変えられません。{who}に頼んでください。"
WHO_HAS_A_SAY = {
    Level.OFFICE: "運営者(市町村や法人の担当窓口)",
    Level.ADMINISTRATOR: "事業所ユーザ",
    Level.GENERAL: "管理者か事業所ユーザ",
}


def grantable(by: Employment) -> list[tuple[str, str]]:
    """The levels somebody may give, highest first, as choices of a form."""
    return [(level, str(Level(level).label)) for level in MAY_GRANT[by.level]]


def require_administrator(by: Employment, organisation_id: int) -> None:
    """Raises PermissionDenied unless ``by`` administers this organisation today."""
    today = timezone.localdate()
    is_in_force = by.starts_on <= today and (by.ends_on is None or by.ends_on > today)
    if by.organisation_id != organisation_id or not by.is_administering or not is_in_force:
        raise PermissionDenied


def is_only_administrator(account: Account, organisation: Organisation) -> bool:
    """Whether nobody else could do what nobody should do about the own account."""
    here = Employment.objects.administering(timezone.localdate()).filter(organisation=organisation)
    return not here.exclude(account=account).exists()


def require_may_grant(by: Employment, level: str) -> None:
    """Raises StaffError when ``by`` may not make somebody of that level."""
    if level not in MAY_GRANT[by.level]:
        raise StaffError(f"「{Level(level).label}」にできるのは、{WHO_HAS_A_SAY[Level(level)]}です。")


def require_may_change(by: Employment, of: Employment) -> None:
    """Raises StaffError when ``by`` has no say in when and as what somebody works there."""
    who = WHO_HAS_A_SAY[Level(of.level)]
    if by.account_id == of.account_id:
        raise StaffError(OWN_EMPLOYMENT.format(who=who))
    if by.organisation_id != of.organisation_id or of.level not in MAY_GRANT[by.level]:
        raise StaffError(f"この人は{of.get_level_display()}です。登録を変えられるのは、{who}です。")


def require_may_reset(by: Employment, account: Account) -> None:
    """Raises StaffError when ``by`` may not give the account a new password or second factor.

    An account serves everywhere the person works: whoever could take it over would have its highest level.
    """
    if account.pk == by.account_id:
        # Here nobody asks for the password: whoever passes an open screen would have the account.
        raise StaffError("自分のパスワードと二つ目の確認は、右上の自分の名前から「自分の設定」で変えます。")
    for other in account.employments.not_over(timezone.localdate()):
        here = other.organisation_id == by.organisation_id
        if (here and other.level not in MAY_GRANT[by.level]) or (not here and other.is_administering):
            who = WHO_HAS_A_SAY[Level(other.level)] if here else "その人が管理している事業所か、運営者"
            raise StaffError(f"この人は{other.get_level_display()}です。やり直しができるのは、{who}です。")
