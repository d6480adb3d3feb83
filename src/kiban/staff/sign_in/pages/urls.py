"""Addresses of signing in, of the locked screen and of one's own settings."""

from django.urls import path

from kiban.staff.sign_in.pages import factors, lock, own_factors, own_settings, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", factors.code, name="code"),
    path("sign-in/passkey/", factors.passkey, name="sign-in-passkey"),
    path("sign-in/mail/", factors.mail, name="sign-in-mail"),
    path("sign-in/mail/send/", factors.send_mail, name="sign-in-send-mail"),
    path("sign-in/recovery/", factors.recovery, name="sign-in-recovery"),
    path("sign-in/employment/", views.employment, name="employment"),
    path("sign-in/help/", views.sign_in_help, name="help"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("lock/", lock.lock, name="lock"),
    path("locked/", lock.locked, name="locked"),
    path("in-use/", lock.in_use, name="in-use"),
    path("own/", own_settings.own_settings, name="own"),
    path("own/confirm/", own_settings.confirm, name="own-confirm"),
    path("own/digest/", own_settings.digest, name="own-digest"),
    path("own/mail/", own_settings.mail, name="own-mail"),
    path("own/mail/code/", own_settings.mail_code, name="own-mail-code"),
    path("own/mail/use/", own_factors.use_mail, name="own-use-mail"),
    path("own/app/", own_factors.app, name="own-app"),
    path("own/app/forget/", own_factors.forget_app, name="own-forget-app"),
    path("own/passkey/", own_factors.add_passkey, name="own-passkey"),
    path("own/passkey/<int:pk>/revoke/", own_factors.revoke_passkey, name="own-revoke-passkey"),
    path("own/recovery-codes/", own_factors.make_recovery_codes, name="own-recovery-codes"),
    path("own/recovery-codes/shown/", own_factors.shown_recovery_codes, name="own-shown-recovery-codes"),
    path("own/end-others/", own_settings.end_others, name="own-end-others"),
    path("password/", views.password, name="password"),
]
