"""All settings in one file, read top to bottom; the environment fills them in (HK_… save for the usual URLs)."""

import sys
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.assets import BOOTSTRAP
from config.embedded.broker import EmbeddedValkey
from config.embedded.postgres import EmbeddedPostgres

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env("HK_VAR", default=str(BASE_DIR / "var"))).resolve()
DEBUG = env.bool("HK_DEBUG", default=False)
DEMO = env.bool("HK_DEMO", default=True)
EPHEMERAL = env.bool("HK_EPHEMERAL", default=False)  # test clusters: fast, may be lost


def secret(name: str, demo: str) -> str:
    """A secret from the environment; only a demonstration may go without one."""
    value = env(name, default="")
    if value:
        return value
    if DEMO or DEBUG:
        return demo
    raise ImproperlyConfigured(f"{name} has no value: set it, or set HK_DEMO=1 for a demonstration")


SECRET_KEY = secret("HK_SECRET_KEY", "demonstration-only-key-never-used-with-real-data-0123456789abcdef")
# signs the heads of the record and the seals of the acts; workers only, never the web server
SEAL_KEY = env("HK_SEAL_KEY", default="") or ("5ea1" * 16 if DEMO or DEBUG else "")
# a PEM file with key and certificate: the platform's signature on papers, given to what hands them out
PAPER_KEY = env("HK_PAPER_KEY", default="")
HEAD_READERS = env.list("HK_HEAD_READERS", default=[])  # who keeps the daily signed head of the record, by mail
PAPER_DEMO = DEMO or DEBUG  # without the file, a key everybody knows, whose certificate says so
ALLOWED_HOSTS = env.list("HK_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "testserver"])
SITE_URL = env("HK_SITE_URL", default="http://127.0.0.1:8000")
HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
COUNTRY_PACK = env("HK_COUNTRY_PACK", default="uz")
AGREEMENT_PREFIX = env("HK_AGREEMENT_PREFIX", default="SH")  # numbers of agreements: SH-2026-00001

INSTALLED_APPS = [
    "labs",
    "cooperation",
    "quality",
    "institutions",
    "exchange",
    "lifecycle",
    "accounts",
    "config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.assets.StaticFiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "config.edge.RateHeaders",
    "config.edge.RefuseUnsafeText",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.edge.CompressUnguarded",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.edge.ReaderLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.refusals.TellRefusals",
    "config.edge.SignInRequired",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "exchange.notices.reading.ReadByOpening",
    "config.errors.PageAnswers",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "config.edge.page_frame",
            ]
        },
    }
]

# --- backups: where they are kept, and the public key of age that they are encrypted to ------------------------------
BACKUP_HOME = env("HK_BACKUP", default="")
BACKUP_RECIPIENT = env("HK_BACKUP_RECIPIENT", default="")

# --- facts: PostgreSQL and Redis -----------------------------------------------------------------------------------
DATABASE_NAME = env("HK_DATABASE", default="hamkorlik")
EMBEDDED_POSTGRES: EmbeddedPostgres | None = None
if env("DATABASE_URL", default=""):
    DATABASES = {"default": env.db("DATABASE_URL")}
    if "HK_DATABASE" in env.ENVIRON:  # another database of the same server, as the tests' template
        DATABASES["default"]["NAME"] = DATABASE_NAME
else:
    EMBEDDED_POSTGRES = EmbeddedPostgres(
        env("HK_PG_HOME", default=str(VAR / "pg18")), durable=not EPHEMERAL, archive=bool(BACKUP_HOME)
    )
    DATABASES = {"default": EMBEDDED_POSTGRES.django(DATABASE_NAME)}
SERVING_ROLE = env("HK_ROLE", default="")  # hk_web or hk_worker, taken by each process; empty: the owner
# where the server's archive_command puts finished pieces of its log
WAL_SPOOL = env("HK_WAL_SPOOL", default="") or (str(EMBEDDED_POSTGRES.spool) if EMBEDDED_POSTGRES else "")
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 2,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 2000,
    **({"assume_role": SERVING_ROLE} if SERVING_ROLE else {}),
    **({"options": env("HK_DB_OPTIONS")} if env("HK_DB_OPTIONS", default="") else {}),
}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("HK_CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

EMBEDDED_BROKER: EmbeddedValkey | None = None
if env("REDIS_URL", default=""):
    BROKER_URL = env("REDIS_URL")
    CACHE_URL = env("CACHE_URL", default=BROKER_URL)
else:
    EMBEDDED_BROKER = EmbeddedValkey(env("HK_REDIS_HOME", default=str(VAR / "valkey")))
    BROKER_URL = EMBEDDED_BROKER.broker_url()
    CACHE_URL = EMBEDDED_BROKER.redis_url()
CACHES = {
    "default": {
        "BACKEND": "config.edge.ForgivingCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
TESTING = "pytest" in sys.modules
if TESTING:  # no test may depend on what another one left in a cache, nor need a broker
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

# --- people who sign in --------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = False  # htmx sends it in a header
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "institutions.people.adapter.Adapter"
ACCOUNT_FORMS = {"login": "institutions.people.forms.SignInForm"}
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"

# --- words ---------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "uz"
LANGUAGES = [("uz", "Oʻzbekcha"), ("uz-cyrl", "Ўзбекча"), ("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = USE_TZ = True
USE_THOUSAND_SEPARATOR = False
TIME_ZONE = env("HK_TIME_ZONE", default="Asia/Tashkent")

# --- files and mail ------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("HK_STATIC_ROOT", default=str(VAR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static", BOOTSTRAP]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.assets.Assets"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_MAX_AGE = 31_536_000 if not DEBUG else 0
MEDIA_ROOT = Path(env("HK_MEDIA_ROOT", default=str(VAR / "media")))
EMAIL_BACKEND = env("EMAIL_BACKEND", default="django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = env("EMAIL_FILE_PATH", default=str(VAR / "mail"))
EMAIL_TIMEOUT = 15  # below the lease of a message: a mail server that hangs must not keep it beyond
TELEGRAM_TOKEN = env("HK_TELEGRAM_TOKEN", default="")  # without token and name there is no bot
TELEGRAM_BOT = env("HK_TELEGRAM_BOT", default="")  # its name, as in t.me/<name>
TELEGRAM_URL = env("HK_TELEGRAM_URL", default="https://api.telegram.org")
TELEGRAM_PHOTO_BYTES = 400_000  # of the sizes a photo comes in, the largest within this is taken
EIMZO_URL = env("HK_EIMZO_URL", default="")  # what checks signatures made with a key; without it there are none
EGRESS_INSIDE = env.list("HK_EGRESS_INSIDE", default=[])  # host:port of the operator's own that may be called
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# --- the browser's rules -------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REDIRECT_EXEMPT = ["^livez$", "^readyz$"]  # asked by machines inside
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("HK_BEHIND_PROXY", default=False) else None

# --- the API -------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "institutions.people.tokens.TokenSignIn",
        "institutions.people.tokens.PageSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["accounts.strict.StrictJSON"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "config.schema.Described",
    "DEFAULT_THROTTLE_CLASSES": ["config.throttle.CallerThrottle"],
    "DEFAULT_THROTTLE_RATES": {"caller": env("HK_RATE", default="600/min")},
    "EXCEPTION_HANDLER": "config.errors.problem",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DATETIME_FORMAT": "iso-8601",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Hamkorlik API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ResourceKindEnum": "cooperation.resources.models.ResourceKind",
        "WorkKindEnum": "labs.works.models.WorkKind",
        "VerdictValueEnum": "labs.verdicts.models.Value",
        "CommentStatusEnum": "quality.comments.models.CommentStatus",
        "SubmissionStatusEnum": "quality.submissions.models.SubmissionStatus",
        "JobStatusEnum": "exchange.jobs.models.JobStatus",
        "ValueStateEnum": "quality.observations.models.ValueState",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "config.schema.add_problem"],
}

# --- operation -----------------------------------------------------------------------------------------------------
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mail is unique by a constraint on its lower-case form
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.Json"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("HK_LOG_LEVEL", default="WARNING")},
}
# what files may bring in, what lists hand out, and where the search page looks: objects of the things, read when asked for
FILE_KINDS = [
    "institutions.registry.sheets.INSTITUTIONS",
    "institutions.territory.sheets.TERRITORIES",
    "institutions.headcounts.sheets.HEADCOUNTS",
    "quality.observations.sheets.OBSERVATIONS",
    "cooperation.activities.sheets.ACTIVITIES",
    "cooperation.intakes.sheets.AGREEMENTS",
]
FILE_EXPORTS = [
    "institutions.registry.sheets.INSTITUTION_LIST",
    "institutions.clusters.sheets.FILE",
    "cooperation.agreements.listing.FILE",
    "cooperation.intakes.listing.FILE",
    "cooperation.activities.listing.FILE",
    "cooperation.projects.listing.FILE",
    "labs.implementation.listing.FILE",
    "labs.pilots.listing.FILE",
    "cooperation.practices.listing.FILE",
    "cooperation.resources.listing.FILE",
    "cooperation.resources.uses.FILE",
    "cooperation.programmes.listing.FILE",
    "cooperation.adoptions.listing.FILE",
    "cooperation.obligations.listing.FILE",
    "labs.examinations.listing.FILE",
    "quality.values.sheets.VALUES",
    "quality.values.sheets.CHANGES",
    "quality.discrepancies.sheets.FILE",
    "quality.office.listing.FILE",
    "quality.releases.sheets.RELEASES",
    "quality.targets.sheets.TARGETS",
    "quality.comments.sheets.COMMENTS",
    "cooperation.audit.listing.AUDIT",
    "labs.laboratories.listing.FILE",
    "labs.problems.listing.FILE",
    "labs.works.listing.FILE",
]
# what institutions may say they use too (cooperation/adoptions/subjects.py)
ADOPTABLE = [
    "cooperation.practices.adopting.SUBJECT",
    "cooperation.programmes.adopting.VERSIONS",
    "labs.spread.adopting.SUBJECT",
]
# public pages below which readers may say that something is wrong (quality/comments/subjects.py)
COMMENTABLE = [
    "quality.releases.commenting.INDICATOR",
    "quality.releases.commenting.PLACE",
    "quality.releases.commenting.HOUSE",
    "quality.releases.commenting.RELEASE",
    "cooperation.register.commenting.AGREEMENT",
    "labs.spread.commenting.LABORATORY",
    "labs.spread.commenting.PILOT",
]
# what follows, in the same transaction, from a move of a thing below: called with the row and the Event
FOLLOWERS = {
    "agreement": ["cooperation.obligations.following.agreement_moved"],
    "activity": ["cooperation.obligations.following.activity_moved"],
}
# what may be shown as evidence of an obligation (cooperation/obligations/proofs.py)
PROOFS = [
    "cooperation.obligations.proofs.ACTIVITY",
    "cooperation.obligations.proofs.ADOPTION",
    "cooperation.resources.proving.PROOF",
    "cooperation.practices.proving.PROOF",
    "labs.works.proving.PROOF",
]
FIGURE_ACTS = [
    "labs.problems.breach.ACT"
]  # what may be done about a figure below its target (quality/values/acting.py)
NOTICES = "config.notices.BOOK"  # which acts are told to whom, and when
SEARCH_SOURCES = [
    "institutions.registry.search.SOURCE",
    "cooperation.agreements.finding.SOURCE",
    "cooperation.projects.finding.SOURCE",
    "labs.pilots.finding.SOURCE",
    "cooperation.programmes.finding.SOURCE",
    "cooperation.practices.finding.SOURCE",
    "cooperation.resources.finding.SOURCE",
    "labs.laboratories.finding.SOURCE",
    "labs.problems.finding.SOURCE",
    "labs.trials.finding.SOURCE",
    "labs.works.finding.SOURCE",
    "quality.catalogue.finding.SOURCE",
    "config.navigation.PLACES",
]
LANGUAGE_NAMES = {"uz": _("Uzbek"), "uz-cyrl": _("Uzbek (Cyrillic)"), "ru": _("Russian"), "en": _("English")}
