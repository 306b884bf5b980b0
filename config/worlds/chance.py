"""Everything a world leaves to chance comes from its seed: choices, public ids, secrets."""

import datetime
import hmac
import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.conf import settings

from accounts import identity

ID_EPOCH_MS = 1_700_000_000_000  # ids of a world do not depend on the day it is made


class SeededIds:
    """Stands in for the clock and the randomness of public ids: one millisecond further at each id."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"ids {seed}")  # noqa: S311 the ids of a demonstration are no secrets
        self._at = ID_EPOCH_MS

    def time_ns(self) -> int:
        self._at += 1
        return self._at * 1_000_000

    def randbits(self, bits: int) -> int:
        return self._random.getrandbits(bits)


@contextmanager
def seeded_ids(seed: int) -> Iterator[None]:
    """While it lasts, new rows get the public ids of this seed, in the order they are made."""
    source = SeededIds(seed)
    with mock.patch.object(identity, "time", source), mock.patch.object(identity, "secrets", source):
        yield


def dice(seed: int, purpose: str) -> random.Random:
    """Chance of its own for each part of a world, so that a change in one part leaves the others as they are."""
    return random.Random(f"{purpose} {seed}")  # noqa: S311 a demonstration, not cryptography


def secret(seed: int, purpose: str, length: int = 40) -> str:
    """A secret that this installation can make again from the seed, and nobody else."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{purpose} {seed}".encode(), "sha256").hexdigest()[:length]


def some_day(random_: random.Random, first: datetime.date, last: datetime.date) -> datetime.date:
    """A day from the first to the last, both included."""
    return first + datetime.timedelta(days=random_.randint(0, max(0, (last - first).days)))
