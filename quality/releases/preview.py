"""What was frozen, for the eyes of those who approve it: the country's figures, and how many are hidden."""

import json
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.names import name_now
from quality.releases.models import Release, ReleaseCell
from quality.releases.public import heads, row_of
from quality.releases.reading import definitions_of

DECIMALS = ("numerator", "denominator", "value", "low", "high")


def frozen_of(release: Release) -> dict[str, Any]:
    """The content that was sent; nothing for a draft that was never sent."""
    return json.loads(release.frozen.content) if release.frozen else {}


def summary_of(content: dict[str, Any]) -> dict[str, int]:
    """How many values there are, and how many of them a reader must know more about."""
    if not content:
        return {}
    values = content["values"]
    return {
        "values": len(values),
        "suppressed": sum(line["state"] == "suppressed" for line in values),
        "provisional": sum(line["provisional"] for line in values),
    }


def preview_of(content: dict[str, Any]) -> dict[str, Any] | None:
    """The figures of the country as the public page will show them."""
    if not content or not content["territories"]:
        return None
    root = min(content["territories"], key=lambda place: (place["depth"], place["code"]))
    known = definitions_of(content)
    rows = []
    for line in content["values"]:
        if line["territory"] == root["code"] and not line["institution_kind"]:
            told = {name: Decimal(line[name]) if line[name] is not None else None for name in DECIMALS}
            version = known[line["indicator"], line["definition_version"]]
            first = {"text": name_now(version.indicator.names)}
            rows.append(row_of(version, ReleaseCell(**{**line, **told}), first))
    return {"caption": name_now(root["names"]), "columns": heads(_("Indicator")), "rows": rows}
