"""Addresses of signing in, of the locked screen and of one's own settings."""

from django.urls import path

from kiban.staff import factor_views, lock_views, views

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
    path("password/", views.password, name="password"),
]
