"""What tests of personal links share: asking, opening the page, answering."""

import itertools
import re
from typing import Any

from django.test import Client

from accounts.clock import now
from cooperation.activities.links import ask_by_link
from cooperation.activities.models import Activity
from lifecycle.models import SignedLink

URL = "/api/v1/activities/"
KEYS = itertools.count(1)
SEAL = re.compile(r'name="seal" value="([^"]+)"')


def post(client: Any, path: str, body: Any = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or f"link-{next(KEYS)}"}
    return client.post(path, body or {}, format="json", headers=headers)


def asked(activity: Activity, **fields: Any) -> tuple[SignedLink, str]:
    fields = {"email": "boss@firm.example", **fields}
    link, token = ask_by_link(activity, by=activity.logged_by, at=now(), **fields)
    return link, f"/i/{token}/"


def opened(address: str, client: Client | None = None) -> tuple[Any, str]:
    """The page and its seal."""
    page = (client or Client()).get(address)
    found = SEAL.search(page.content.decode())
    return page, found.group(1) if found else ""


def answered(address: str, answer: str = "confirm", **fields: str) -> Any:
    _page, seal = opened(address)
    return Client(enforce_csrf_checks=True).post(address, {"answer": answer, "seal": seal, **fields})


def standing(activity: Activity) -> tuple[str, list[str]]:
    activity.refresh_from_db()
    rows = activity.participations.exclude(institution=activity.organiser).order_by("pk")
    return activity.status, list(rows.values_list("state", flat=True))
