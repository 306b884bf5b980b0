"""Users and the tokens of integrators."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Line


class Theme(models.TextChoices):
    DEVICE = "device", _("As on the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserManager(BaseUserManager["User"]):
    """Makes users; e-mail addresses are kept case-folded so that one person has one account."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().casefold(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().casefold())


class User(Identified, AbstractBaseUser, PermissionsMixin):
    """Someone, or some program (`is_service`), who signs in. What they may do is said by memberships, not here."""

    email = models.EmailField(_("E-mail"), max_length=254)
    phone = models.CharField(_("Phone"), max_length=32, blank=True)
    name = Line(_("Name"), max_length=200)
    language = models.CharField(_("Language"), max_length=8, blank=True)
    theme = models.CharField(_("Colours"), max_length=8, choices=Theme, default=Theme.DEVICE)
    is_service = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    auth_epoch = models.PositiveIntegerField(default=0)  # raised to end every session and token at once
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    disclosure = Disclosure(
        institution=("id", "public_id", "language", "theme", "is_service", "is_active", "is_staff", "is_superuser",
                     "joined_at", "last_login", "groups", "user_permissions"),
        personal=("email", "phone", "name"),
        secret=("password", "auth_epoch"),
        subject="self",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message=_("This e-mail address is already in use."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Changes with the password and with `auth_epoch`, so that raising it ends every session."""
        return salted_hmac(
            "accounts.User.session", f"{self.password}:{self.auth_epoch}", algorithm="sha256"
        ).hexdigest()

    def get_session_auth_fallback_hash(self) -> list[str]:
        return []


class Scope(models.TextChoices):
    """What a token may be used for; a token never sees more than its owner."""

    READ = "read", _("Read")
    WRITE = "write", _("Write")
    SIGN = "sign", _("Sign")
    IMPORT = "import", _("Import files")


class ApiToken(Identified):
    """A bearer token: shown once, stored as SHA-256; `prefix` lets its owner tell tokens apart."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    name = Line(_("Name"), max_length=100)
    prefix = models.CharField(max_length=12)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope))
    addresses = ArrayField(models.GenericIPAddressField(), default=list, blank=True)
    auth_epoch = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("Expires"))
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    disclosure = Disclosure(
        institution=("id", "public_id", "owner", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"),
        secret=("secret_hash", "auth_epoch", "addresses"),
    )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
