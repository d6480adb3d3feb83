"""Django settings. What an operator may change comes from the environment (docs/operation.md lists it)."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from kiban.ops import database, environment, names, secrets
from kiban.ops.paths import data_folder

_SECRETS = secrets.load()

SECRET_KEY = _SECRETS["django_key"]
OPAQUE_KEY = _SECRETS["opaque_key"]
EXCHANGE_KEY = _SECRETS.get("exchange_key", "")  # made by set-up where an older version was
SESSION_KEY = _SECRETS.get("session_key", "")  # seals sessions (staff.sign_in.seal)
# Questions to the gate a session may ask within a minute before its screen locks and its administrators are told; 0: as
# many as it likes.
OPENINGS_PER_MINUTE = int(os.environ.get("KIBAN_OPENINGS_PER_MINUTE") or 120)
# Which part of all persons this database holds; its ids come from a range of its own (gate/installation.py).
SHARD = int(os.environ.get("KIBAN_SHARD") or 0)
# Minutes without a seal after which nothing is opened any more; without it sealing that stands still is only told.
SEAL_CLOSES_AFTER = dt.timedelta(minutes=float(os.environ.get("KIBAN_SEAL_CLOSES_AFTER") or 0)) or None
# Where the signed heads of the log go: a folder (another disk), addresses. Witnesses: kiban log witness ask.
SEAL_FOLDER = os.environ.get("KIBAN_SEAL_FOLDER", "")
SEAL_MAIL = os.environ.get("KIBAN_SEAL_MAIL", "").replace(",", " ").split()
DEBUG = os.environ.get("KIBAN_DEBUG") == "1"
# nginx speaks TLS and hands requests over a Unix socket; only then are its headers believed (deploy/README.md).
BEHIND_NGINX = os.environ.get("KIBAN_BEHIND_NGINX") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_NGINX else None
PORT = int(os.environ.get("KIBAN_PORT") or "8443")
ALLOWED_HOSTS = environment.hosts(os.environ.get("KIBAN_HOSTS", "")) or ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_htmx",
    "django_migration_linter",
    "kiban.ops",
    "kiban.web",
    "kiban.registry",
    "kiban.terminals",
    "kiban.staff",
    "kiban.records",
    "kiban.facts",
    "kiban.gate",
    "kiban.intake",
    "kiban.consent",
    "kiban.assignment",
    "kiban.log",
    "kiban.plans",
    "kiban.exchange",
    "kiban.viewing",
    "kiban.evidence",
    "kiban.api",
    "kiban.home",
    "kiban.demo",
]
try:
    import django_migration_linter  # noqa: F401
except ImportError:  # not on a production machine
    INSTALLED_APPS.remove("django_migration_linter")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kiban.web.middleware.PageHeaders",
    "kiban.web.middleware.KnownAddress",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kiban.terminals.middleware.TerminalCertificate",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kiban.staff.sign_in.middleware.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "kiban.web.post_only.ParentOnGet",
]

ROOT_URLCONF = "kiban.urls"
WSGI_APPLICATION = "kiban.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        # A room keeps its templates with its pages.
        "DIRS": sorted(Path(__file__).parents[1].glob("**/pages/templates")),
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "kiban.web.context.frame",
            ],
            "builtins": ["kiban.web.templatetags.kiban"],
        },
    }
]
# The design system's kinds of notice (kb-notice--…), by the level of a message.
MESSAGE_TAGS = {10: "plain", 20: "plain", 25: "good", 30: "care", 40: "bad"}
FORM_RENDERER = "kiban.web.forms.KibanRenderer"

# The web process is the first; set-up and migrations run as the owner, bringing records in as the worker.
DATABASES = {
    "default": database.django_settings(database.Role.WEB),
    "owner": database.django_settings(database.Role.OWNER),
    "worker": database.django_settings(database.Role.WORKER),
}
# The gate must commit before it answers, so nothing may wrap a request in a transaction.
ATOMIC_REQUESTS = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "staff.Account"
AUTHENTICATION_BACKENDS = [
    "kiban.staff.sign_in.backends.LockOutBackend",
    "kiban.staff.sign_in.backends.EmployedBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "kiban.staff.sign_in.passwords.LongEnough"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login_id", "name", "kana")},
    },
    {"NAME": "kiban.staff.sign_in.passwords.NotUsedBefore"},
]
LOGIN_URL = "staff:sign-in"
LOGIN_REDIRECT_URL = "home:today"
LOGOUT_REDIRECT_URL = "staff:sign-in"

SESSION_ENGINE = "kiban.staff.sign_in.sessions"
SESSION_COOKIE_NAME = "__Host-kiban"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # in the database it ends after 8 hours (kiban.staff.sign_in.sessions)
CSRF_COOKIE_NAME = "__Host-kiban-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "kiban.web.views.form_expired"
# For what somebody looks (利用目的): no secret, forgotten at sign-out.
PURPOSE_COOKIE_NAME = "__Host-kiban-purpose"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000
X_FRAME_OPTIONS = "DENY"
# A signed paper of the largest size taken (5 MB) stays in memory: it must not lie in a temporary file.
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a plan of a hundred lines, each with a dozen inputs

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_CALLABLE = "kiban.staff.sign_in.backends.counted_for"  # the ID, in the organisation of the terminal
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who keeps trying is let in again after half an hour too
AXES_LOCKOUT_CALLABLE = "kiban.staff.sign_in.backends.same_answer"
AXES_SENSITIVE_PARAMETERS = [
    "username",
    "ip_address",
    "login_id",
    "password",
    "current",
    "new",
    "again",
    "code",
    "credential",
]
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "Kaigo Kiban"
OTP_TOTP_THROTTLE_FACTOR = 0  # wrong codes count towards the lock-out of the ID instead

SILENCED_SYSTEM_CHECKS = [
    # "Lock out by address too": only registered terminals reach the sign-in page, many share one office's address,
    # and an ID must be protected from wherever it is tried.
    "axes.W006",
]

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

# Personal data never enters a log: request paths carry opaque identifiers only, and error reports leave out
# local variables (no e-mail or HTML error reports are configured anywhere).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # Refusals and missing pages are everyday answers, not events for the operator.
    "loggers": {"django.request": {"level": "ERROR"}, "axes": {"level": "ERROR"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}

DATA_FOLDER = data_folder()


# Shown where somebody needs help; nothing is shown when it is not set.
HELP_TELEPHONE = os.environ.get("KIBAN_HELP_TELEPHONE", "")

# My Number cards (docs/algorithms/card.md): whose cards are believed (a file or a folder of certificates; empty: the
# card is not offered), how revocation is asked (off, crl:…, ocsp:…), and where the client of a terminal listens.
CARD_ANCHORS = os.environ.get("KIBAN_CARD_ANCHORS", "")
CARD_REVOCATION = os.environ.get("KIBAN_CARD_REVOCATION") or "off"
CARD_PORT = int(os.environ.get("KIBAN_CARD_PORT") or "35900")

# Where people reach the platform, as letters and e-mails say it.
_PORT_SHOWN = "" if BEHIND_NGINX else f":{PORT}"
PUBLIC_URL = os.environ.get("KIBAN_URL") or f"https://{ALLOWED_HOSTS[0].lstrip('.')}{_PORT_SHOWN}/"
# Where e-mails go (kiban.staff.mail), and whom they say they come from.
SMTP = os.environ.get("KIBAN_SMTP", "")
MAIL_FROM = os.environ.get("KIBAN_MAIL_FROM") or f"kiban@{ALLOWED_HOSTS[0].lstrip('.')}"

# The name passkeys belong to: it cannot change later without registering them anew. Browsers make none for an
# address in numbers: where there is no name, it is empty and passkeys are not offered.
# Browsers write it in small letters.
PASSKEY_HOST = names.no_address((os.environ.get("KIBAN_PASSKEY_HOST") or ALLOWED_HOSTS[0].lstrip(".")).lower())

# Without use for so long, a screen locks. The gate shows nothing after 30 minutes whatever is set here.
IDLE_MINUTES = min(max(float(os.environ.get("KIBAN_IDLE_MINUTES") or "15"), 0.05), 30.0)

# ファイルの点検 without an account: nothing is stored, but it costs the server work.
EXCHANGE_CHECK_IS_PUBLIC = os.environ.get("KIBAN_EXCHANGE_CHECK", "") == "public"
