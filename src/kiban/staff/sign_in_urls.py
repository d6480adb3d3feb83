"""Addresses of signing in, of the locked screen and of one's own settings."""

from django.urls import path

from kiban.staff import factor_views, lock_views, own_factor_views, own_settings, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", factor_views.code, name="code"),
    path("sign-in/passkey/", factor_views.passkey, name="sign-in-passkey"),
    path("sign-in/mail/", factor_views.mail, name="sign-in-mail"),
    path("sign-in/mail/send/", factor_views.send_mail, name="sign-in-send-mail"),
    path("sign-in/recovery/", factor_views.recovery, name="sign-in-recovery"),
    path("sign-in/employment/", views.employment, name="employment"),
    path("sign-in/help/", views.sign_in_help, name="help"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("lock/", lock_views.lock, name="lock"),
    path("locked/", lock_views.locked, name="locked"),
    path("in-use/", lock_views.in_use, name="in-use"),
    path("own/", own_settings.own, name="own"),
    path("own/confirm/", own_settings.confirm, name="own-confirm"),
    path("own/digest/", own_settings.digest, name="own-digest"),
    path("own/mail/", own_settings.mail, name="own-mail"),
    path("own/mail/code/", own_settings.mail_code, name="own-mail-code"),
    path("own/mail/use/", own_factor_views.use_mail, name="own-use-mail"),
    path("own/app/", own_factor_views.app, name="own-app"),
    path("own/app/forget/", own_factor_views.forget_app, name="own-forget-app"),
    path("own/passkey/", own_factor_views.add_passkey, name="own-passkey"),
    path("own/passkey/<int:pk>/revoke/", own_factor_views.revoke_passkey, name="own-revoke-passkey"),
    path("own/recovery-codes/", own_factor_views.make_recovery_codes, name="own-recovery-codes"),
    path("own/end-others/", own_settings.end_others, name="own-end-others"),
    path("password/", views.password, name="password"),
]
