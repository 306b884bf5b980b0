"""Text that only this site reads: sealed with its secret key, so that a copy of the database alone tells nothing."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _ring() -> MultiFernet:
    """The present key first, then those it replaced."""
    keys = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    made = (hashlib.sha256(b"accounts.sealing:" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(each)) for each in made])


def sealed(text: str) -> str:
    """The text for the database; nothing for nothing."""
    return _ring().encrypt(text.encode()).decode() if text else ""


def unsealed(token: str) -> str:
    """The text again; empty where no key of the site opens it."""
    try:
        return _ring().decrypt(token.encode()).decode() if token else ""
    except InvalidToken:
        return ""
