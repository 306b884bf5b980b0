"""Public ids: opaque, sortable by time of making, 26 characters of Crockford's base 32 (the ULID layout)."""

import secrets
import time

from django.db import models

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def encode_id(milliseconds: int, randomness: int) -> str:
    """48 bits of time and 80 bits of randomness as 26 characters."""
    number = (milliseconds & (2**48 - 1)) << 80 | (randomness & (2**80 - 1))
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def new_public_id() -> str:
    """A fresh id; the clock only makes it sortable, nothing relies on it."""
    return encode_id(time.time_ns() // 1_000_000, secrets.randbits(80))


class Identified(models.Model):
    """A row the outside may name."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)

    class Meta:
        abstract = True
