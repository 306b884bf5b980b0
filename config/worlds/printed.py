"""What a world prints: addresses, logins and keys, in the shape outside clients rely on; and its note in the record."""

import datetime
from typing import Any

from django.conf import settings

from config.worlds.cast import Cast, address, password, phone_of, token
from config.worlds.naming import Namer
from lifecycle.events import record
from lifecycle.models import Event

SUBJECT = "world"
KEPT = ("seed", "scale", "institutions", "territories", "counts")


def world_made() -> Event | None:
    """The note left by the world that is in this database."""
    return Event.objects.filter(subject_type=SUBJECT, name="seed").order_by("-id").first()


def note(printed: dict[str, Any], at: datetime.datetime) -> None:
    """Remember what was made; keys and the password can be made again from the seed and are not kept."""
    detail = {**{name: printed[name] for name in KEPT}, "users": list(printed["users"])}
    subject = f"{printed['scale']}-{printed['seed']}"
    record("seed", subject_type=SUBJECT, subject_id=subject, by=None, at=at, detail=detail, members_only=True)


def printed_of(scale: str, cast: Cast, **made: Any) -> dict[str, Any]:
    """The JSON of a world just made, with its institutions, territories and counts."""
    return _printed(cast.namer, {"seed": cast.seed, "scale": scale, "users": list(cast.users), **made})


def printed_again(made: Event, namer: Namer) -> dict[str, Any]:
    """The same JSON for a world that is here already, from its note."""
    return _printed(namer, made.detail)


def _printed(namer: Namer, said: dict[str, Any]) -> dict[str, Any]:
    seed, keys = said["seed"], said["users"]
    return {
        "base_url": settings.SITE_URL,
        "seed": seed,
        "scale": said["scale"],
        "password": password(seed),
        "users": {key: {"username": address(key, namer), "token": token(seed, key)} for key in keys},
        **{name: said[name] for name in ("institutions", "territories", "counts")},
        # personal values, each of which occurs once: wherever else one is found, something leaked
        "canaries": {
            key: {"name": namer.person(number), "email": address(key, namer), "phone": phone_of(number)}
            for number, key in enumerate(keys)
        },
    }
