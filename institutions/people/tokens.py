"""How the API knows its caller: a bearer token of a program, or the session of a page."""

import hashlib
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, ParseError

from accounts.clock import now
from accounts.models import ApiToken, User
from institutions.registry.scope import belongs_to_the_living

SECRET_PARAMETERS = ("token", "access_token", "api_key", "apikey", "authorization", "bearer")
DEAD = _("The token is unknown, expired or revoked.")
SEEN_EVERY = 60  # seconds between two notes of the last use


def secret_hash(secret: str) -> str:
    """What is kept of a token's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class TokenSignIn(BaseAuthentication):
    """`Authorization: Bearer …`; owner, institution, expiry, epoch and address are asked at every request."""

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="api"'

    def authenticate(self, request: Any) -> tuple[User, ApiToken] | None:
        if any(name.lower() in SECRET_PARAMETERS for name in request.query_params):
            raise ParseError(
                _("A token does not belong in an address. Send the header Authorization."), code="token_in_address"
            )
        scheme, _space, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer" or not 20 <= len(secret) <= 200 or not secret.isascii():
            raise AuthenticationFailed(DEAD)
        token = self._living(secret, request.META.get("REMOTE_ADDR", ""))
        self._note_use(token)
        return token.owner, token

    def _living(self, secret: str, address: str) -> ApiToken:
        alive = ApiToken.objects.filter(
            secret_hash=secret_hash(secret),
            revoked_at__isnull=True,
            expires_at__gt=now(),
            owner__is_active=True,
            auth_epoch=F("owner__auth_epoch"),
        )
        token = alive.select_related("owner").first()
        if (
            token is None
            or (token.addresses and address not in token.addresses)
            or not belongs_to_the_living(token.owner)
        ):
            raise AuthenticationFailed(DEAD)
        return token

    def _note_use(self, token: ApiToken) -> None:
        at = now()
        if token.last_used_at is None or (at - token.last_used_at).total_seconds() > SEEN_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


class PageSession(SessionAuthentication):
    """The session of the pages, with its CSRF check."""

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="api"'
