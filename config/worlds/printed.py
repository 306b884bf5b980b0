"""What a world prints: addresses, logins and keys, in the shape outside clients rely on; and the note that it was made."""

import datetime
from typing import Any

from django.conf import settings

from config.worlds.cast import Cast, address, canaries, password, phone_of
from config.worlds.chance import secret
from config.worlds.naming import Namer
from institutions.registry.models import Institution
from lifecycle.events import record
from lifecycle.models import Event

SUBJECT = "world"


def world_made() -> Event | None:
    """The note left by the world that is in this database."""
    return Event.objects.filter(subject_type=SUBJECT, name="seed").order_by("-id").first()


def note(seed: int, scale: str, printed: dict[str, Any], at: datetime.datetime) -> None:
    """Remember what was made; keys and the password can be made again from the seed and are not kept."""
    kept = {name: printed[name] for name in ("institutions", "territories", "counts")}
    kept["users"] = list(printed["users"])
    record(
        "seed",
        subject_type=SUBJECT,
        subject_id=f"{scale}-{seed}",
        by=None,
        at=at,
        detail={"seed": seed, "scale": scale, **kept},
        members_only=True,
    )


def printed_of(
    seed: int,
    scale: str,
    cast: Cast,
    houses: dict[str, Institution],
    territories: dict[str, str],
    counts: dict[str, int],
) -> dict[str, Any]:
    """The JSON of a world just made."""
    return {
        "base_url": settings.SITE_URL,
        "seed": seed,
        "scale": scale,
        "password": cast.password,
        "users": {key: {"username": user.email, "token": cast.tokens[key]} for key, user in cast.users.items()},
        "institutions": {key: house.public_id for key, house in houses.items()},
        "territories": territories,
        "counts": counts,
        "canaries": canaries(cast),
    }


def printed_again(made: Event, namer: Namer) -> dict[str, Any]:
    """The same JSON for a world that is here already, from its note and its seed."""
    said = made.detail
    seed, keys = said["seed"], said["users"]
    people = {
        key: {"name": namer.person(number), "email": address(key, namer), "phone": phone_of(number)}
        for number, key in enumerate(keys)
    }
    return {
        "base_url": settings.SITE_URL,
        "seed": seed,
        "scale": said["scale"],
        "password": password(seed),
        "users": {
            key: {"username": address(key, namer), "token": f"hk_{secret(seed, 'token ' + key)}"} for key in keys
        },
        "institutions": said["institutions"],
        "territories": said["territories"],
        "counts": said["counts"],
        "canaries": people,
    }
