"""Every setting of a site, from environment variables. docs/settings.md explains each one."""

from __future__ import annotations

from email.utils import parseaddr
from pathlib import Path

import dj_database_url
import dj_email_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from openletter.lib import env, logs
from openletter.lib.db import connection_options
from openletter.lib.http import body_sizes

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("OPENLETTER_VAR", str(BASE_DIR / "var")))

# --- Required -----------------------------------------------------------------------------------

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY", least=32)
SECRET_KEY_FALLBACKS = env.list_of("SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env.list_of("ALLOWED_HOSTS")
DATABASE_URL = env.url("DATABASE_URL", schemes={"postgresql", "postgres"})
REDIS_URL = env.url("REDIS_URL", schemes={"redis", "rediss", "unix"})
EMAIL_URL = env.url("EMAIL_URL", schemes={"smtp", "submission", "smtps"})

# --- The site -----------------------------------------------------------------------------------

SITE_NAME = env.text("SITE_NAME", "openletter")
_FIRST_HOST = ALLOWED_HOSTS[0].lstrip(".*") or "localhost"
_IS_LOOPBACK = _FIRST_HOST in {"localhost", "127.0.0.1", "[::1]", "testserver"}
_PORT = env.integer("PORT", default=8000)
_DEFAULT_URL = f"http://{_FIRST_HOST}:{_PORT}" if _IS_LOOPBACK else f"https://{_FIRST_HOST}"
SITE_URL = env.url("SITE_URL", schemes={"http", "https"}, default=_DEFAULT_URL).rstrip("/")
IS_HTTPS = SITE_URL.startswith("https://")
ENCRYPTION_KEYS = env.list_of("ENCRYPTION_KEYS", "")
LOOKUP_KEY = env.text("LOOKUP_KEY", "")
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", default=0, most=10)
PUBLIC_CACHE_SECONDS = env.integer("PUBLIC_CACHE_SECONDS", default=1, most=10)
STAFF_NEEDS_SECOND_FACTOR = env.boolean("STAFF_NEEDS_SECOND_FACTOR", default=not DEBUG)
# Development only: the folder in which ./run's mail catcher keeps what was sent.
MAILBOX_DIR = env.text("MAILBOX_DIR", "") if DEBUG else ""
# Which of a site's processes this is (web, worker, beat, manage); ./run says so.
PROCESS = env.text("OPENLETTER_PROCESS", "manage")

# --- Django -------------------------------------------------------------------------------------

ROOT_URLCONF = "openletter.urls"
WSGI_APPLICATION = "openletter.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "openletter.operations",
    "openletter.pages",
    "openletter.api",
    "openletter.embeds",
    "openletter.self_service",
    "openletter.privacy",
    "openletter.claims",
    "openletter.mailings",
    "openletter.sweeps",
    "openletter.counters",
    "openletter.statistics",
    "openletter.signatures",
    "openletter.ledger",
    "openletter.letters",
    "openletter.accounts",
    "openletter.moderation",
    "openletter.mail",
    "openletter.alarms",
    "openletter.rate_limits",
    "openletter.accounts.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_countries",
    "anymail",
    "csp",
]

MIDDLEWARE = [
    "openletter.lib.http.paths.mended_path",
    "openletter.lib.http.headers.nothing_passed_on",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "openletter.lib.http.headers.no_cookies_outside_the_desk",
    "openletter.lib.http.page_cache.PublicCache",
    "csp.middleware.CSPMiddleware",
    "openletter.lib.http.headers.fixed_headers",
    "openletter.operations.health.answer_healthz",
    "openletter.lib.http.locale.language_by_path",
    "openletter.pages.unread_requests.refuse_unread",
    "openletter.pages.outages.answer_at_once",
    "openletter.operations.health.watch_clock",
    "openletter.lib.http.desk.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "openletter.lib.http.desk.Authentication",
    "openletter.lib.http.desk.Messages",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "openletter.lib.http.site.site",
            ],
        },
    }
]

# --- Database and cache -------------------------------------------------------------------------

_DATABASE = dj_database_url.parse(DATABASE_URL, engine="openletter.lib.db.postgresql")
# Whether a pooler such as PgBouncer stands before PostgreSQL.
DATABASE_POOLER = env.boolean("DATABASE_POOLER", default=False)
# What DATABASE_URL says after its ? wins.
_DATABASE["OPTIONS"] = {
    **connection_options.options(PROCESS, has_pooler=DATABASE_POOLER),
    **_DATABASE.get("OPTIONS", {}),
}
_DATABASE["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_POOLER
WEB_THREADS = env.integer("WEB_THREADS", default=4, least=1, most=64)
connection_options.keep(_DATABASE, PROCESS, threads=WEB_THREADS)
# A connection that did not outlive a restart of PostgreSQL is replaced, not handed to a visitor.
_DATABASE["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _DATABASE}

CACHES = {
    "default": {
        "BACKEND": "openletter.lib.failsafe_cache.FailsafeRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "openletter",
        "OPTIONS": {
            "serializer": "openletter.lib.failsafe_cache.JsonSerializer",
            # A cache that hangs must not hang a page.
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
        },
    },
    # Parts of pages, by all that they are made of, so never old; nothing of a person is in them.
    "fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
}

# --- Celery -------------------------------------------------------------------------------------

# kombu spells a socket redis+socket:// where Django and redis-py say unix://.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace(
    "?db=", "?virtual_host="
)
_FEW_TRIES = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    **_FEW_TRIES,
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "socket_keepalive": not REDIS_URL.startswith("unix://"),
    "health_check_interval": 15,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_POOL_ACQUIRE_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY_POLICY = _FEW_TRIES
CELERY_BEAT_SCHEDULER = "openletter.lib.celery.ticks:Scheduler"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000  # kilobytes
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_DB_REUSE_MAX = 1000

# --- Mail ---------------------------------------------------------------------------------------

_EMAIL = dj_email_url.parse(EMAIL_URL)
# "smtp" sends to EMAIL_URL; every other name is a service of django-anymail, sent to by its API.
MAIL_PROVIDER = env.text("MAIL_PROVIDER", "smtp")
EMAIL_BACKEND = (
    "openletter.mail.transport.smtp.EmailBackend"
    if MAIL_PROVIDER == "smtp"
    else f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
)
EMAIL_HOST = _EMAIL["EMAIL_HOST"]
EMAIL_PORT = _EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER = _EMAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _EMAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _EMAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _EMAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 10
ANYMAIL = {
    "IGNORE_UNSUPPORTED_FEATURES": True,  # the same message suits every service
    **env.prefixed("ANYMAIL_"),
    "REQUESTS_TIMEOUT": EMAIL_TIMEOUT,
}
MAIL_DOMAIN = SITE_URL.partition("//")[2].partition("/")[0].partition(":")[0]
DEFAULT_FROM_EMAIL = env.text("FROM_EMAIL", f"{SITE_NAME} <letters@{MAIL_DOMAIN}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where mail that cannot be delivered comes back to; "" when the provider reports by webhook.
BOUNCE_ADDRESS = env.text("BOUNCE_ADDRESS", "") if MAIL_PROVIDER == "smtp" else ""
# The Maildir or imaps:// folder in which BOUNCE_ADDRESS arrives, for ./run manage read-bounces.
BOUNCE_MAILBOX = env.text("BOUNCE_MAILBOX", "")
# "name:secret" with which providers report bounces and complaints; "" closes /webhooks/.
WEBHOOK_SECRET = env.text("WEBHOOK_SECRET", "")
# Amazon only: the one topic whose notifications count; "" takes any that know the secret.
SNS_TOPIC_ARN = env.text("SNS_TOPIC_ARN", "")
MAILS_PER_MINUTE = env.integer("MAILS_PER_MINUTE", default=0)
MAILS_PER_DAY = env.integer("MAILS_PER_DAY", default=0)
# The names of the DKIM keys that the self-test looks for; "" tries the usual ones.
DKIM_SELECTORS = env.list_of("DKIM_SELECTORS", "")
# Whether workers ask name servers if the domains of signers take mail.
LOOK_UP_DOMAINS = env.boolean("LOOK_UP_DOMAINS", default=not DEBUG)
# Who hears of alarms by mail.
ALARM_EMAIL = env.text("ALARM_EMAIL", "")
HELD_ALERT = env.integer("HELD_ALERT", default=100, least=1)
# Called with each alarm in the transaction that raises it; alarms know no mail.
TELL_OF_ALARMS = "openletter.mail.mails.alarm.enqueue"

# --- Moderation ---------------------------------------------------------------------------------

# Another program that is asked about each signature; "" asks none.
EXTERNAL_RULE_URL = env.text("EXTERNAL_RULE_URL", "")
# "whsec_" and base64: what requests to it are signed with.
EXTERNAL_RULE_SECRET = env.text("EXTERNAL_RULE_SECRET", "")
# Whether it is told the address, too, and not only its domain.
EXTERNAL_RULE_SENDS_ADDRESSES = env.boolean("EXTERNAL_RULE_SENDS_ADDRESSES", default=False)
# Files in the format of MaxMind DB that say whose networks are, and in which country.
NETWORKS_FILE = env.list_of("NETWORKS_FILE", "")

# --- Privacy ------------------------------------------------------------------------------------

# Whom people write to about their data; shown on the privacy page of every letter.
PRIVACY_CONTACT = env.text("PRIVACY_CONTACT", parseaddr(DEFAULT_FROM_EMAIL)[1])
# How many days each is kept; a letter says itself how long it keeps its signatures.
KEEP_UNCONFIRMED_DAYS = env.integer("KEEP_UNCONFIRMED_DAYS", default=30, least=8, most=365)
KEEP_NETWORKS_DAYS = env.integer("KEEP_NETWORKS_DAYS", default=30, least=1, most=365)
KEEP_MAILS_DAYS = env.integer("KEEP_MAILS_DAYS", default=90, least=31, most=3650)

# --- People and languages -----------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "openletter.formats"

# Not allauth's, which also looks for addresses that an account had once.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "openletter.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Accounts are made by the operator, who vouches for the address.
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ALLOW_UNVERIFIED_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# The one mail of an account is the link for a new password (accounts/flows.py): an address without
# an account gets none, and nobody is told by mail what they did themselves.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "openletter.accounts.reset_tokens.ResetTokens"  # noqa: S105
# allauth would count in the cache; accounts/adapter.py says where we count instead.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_FORMS = {
    "login": "openletter.accounts.forms.LoginForm",
    "reauthenticate": "openletter.accounts.forms.ReauthenticateForm",
    "reset_password": "openletter.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "openletter.accounts.forms.NewPasswordForm",
    "set_password": "openletter.accounts.forms.SetPasswordForm",
    "change_password": "openletter.accounts.forms.ChangePasswordForm",
}
MFA_ADAPTER = "openletter.accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "openletter.accounts.forms.CodeForm",
    "reauthenticate": "openletter.accounts.forms.CodeAgainForm",
    "activate_totp": "openletter.accounts.forms.SetUpForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey stands for the password, too
# A code is also right half a minute early or late: it takes time to type, and clocks differ.
MFA_TOTP_TOLERANCE = 1
LOGIN_REDIRECT_URL = "/admin/"
LOGIN_URL = "/accounts/login/"
SESSION_ENGINE = "openletter.accounts.sessions"

# --- Files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "openletter.lib.static_files.Storage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# --- Security -----------------------------------------------------------------------------------

# One place for the policy: Django 6 will read the same dictionary.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
        "upgrade-insecure-requests": IS_HTTPS,
    }
}
_HOST_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_HOST_PREFIX}session"
CSRF_COOKIE_NAME = f"{_HOST_PREFIX}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# Without a proxy that we may believe, every request looks like plain HTTP: a loop, not a redirect.
SECURE_SSL_REDIRECT = IS_HTTPS and TRUSTED_PROXIES > 0
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
USE_X_FORWARDED_HOST = False
DATA_UPLOAD_MAX_MEMORY_SIZE = body_sizes.LARGEST
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# No page takes a file. One that does names its own handler, with a limit, before the body is read.
FILE_UPLOAD_HANDLERS = ["openletter.lib.http.uploads.NoFiles"]

# --- Logs ---------------------------------------------------------------------------------------

LOGGING = logs.CONFIGURATION

if not DEBUG and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the site's hosts; * would allow any.")
if not DEBUG and not IS_HTTPS and not _IS_LOOPBACK:
    raise ImproperlyConfigured(
        "SITE_URL must start with https:// when DEBUG is off: people's names travel through it."
    )
