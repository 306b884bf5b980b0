"""Tokens of programs: made once, shown once, revoked at once; and what a change of password ends."""

import datetime
import secrets
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, Scope, User
from institutions.people.tokens import secret_hash
from lifecycle.events import record

LONGEST = datetime.timedelta(days=366)
MOST = 50


@transaction.atomic
def create_token(
    *,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime.datetime,
    by: User,
    at: datetime.datetime,
    addresses: Sequence[str] = (),
) -> tuple[ApiToken, str]:
    """A token of one's own and its secret, which nobody sees again. Raises ValidationError."""
    if not at < expires_at <= at + LONGEST:
        message = _("Expires: choose a day within a year from now.")
        raise ValidationError({"expires_at": ValidationError(message, code="out_of_range")})
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown or not scopes:
        raise ValidationError(
            {"scopes": ValidationError(_("Scopes: choose at least one of those offered."), code="unknown")}
        )
    if ApiToken.objects.filter(owner=by, revoked_at__isnull=True, expires_at__gt=at).count() >= MOST:
        raise ValidationError(
            {"name": ValidationError(_("There are fifty living tokens: revoke one first."), code="too_many")}
        )
    secret = "hk_" + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        owner=by, name=name, prefix=secret[:8], secret_hash=secret_hash(secret), scopes=list(dict.fromkeys(scopes)),
        addresses=list(addresses), auth_epoch=by.auth_epoch, created_at=at, expires_at=expires_at,
    )  # fmt: skip
    detail = {"scopes": token.scopes, "expires_at": expires_at.isoformat()}
    record("create", subject_type="token", subject_id=token.public_id, by=by, at=at, detail=detail, members_only=True)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, at: datetime.datetime) -> None:
    """Ends a token with its next use; twice is once."""
    if ApiToken.objects.filter(pk=token.pk, owner=by, revoked_at__isnull=True).update(revoked_at=at):
        record("revoke", subject_type="token", subject_id=token.public_id, by=by, at=at, members_only=True)


def note_sign_in(user: User, *, at: datetime.datetime, name: str = "sign_in") -> None:
    """Somebody signed in or out, or changed a credential."""
    record(name, subject_type="user", subject_id=user.public_id, by=user, at=at, members_only=True)


@transaction.atomic
def change_password(user: User, password: str, *, at: datetime.datetime) -> None:
    """A new password ends every token and every other session."""
    user.set_password(password)
    user.auth_epoch += 1
    user.save(update_fields=["password", "auth_epoch"])
    note_sign_in(user, at=at, name="change_password")
