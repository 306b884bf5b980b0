"""The platform's own signature under heads and seals: Ed25519, with a key that only workers are given."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from lifecycle.verify_audit import signed_part


def signed(statement: dict[str, Any]) -> dict[str, Any]:
    """The statement with the public key and the signature over all the rest. Raises ImproperlyConfigured."""
    if not settings.SEAL_KEY:
        raise ImproperlyConfigured("HK_SEAL_KEY has no value: 64 hexadecimal characters, known to workers only")
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.SEAL_KEY))
    told = {**statement, "key": key.public_key().public_bytes_raw().hex()}
    return {**told, "signature": key.sign(signed_part(told)).hex()}
