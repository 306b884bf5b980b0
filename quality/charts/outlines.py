"""Outlines of territories: the file of the country pack, projected once in a process."""

import json
from functools import lru_cache
from typing import Any

from django.conf import settings

from quality.charts import maps


@lru_cache(maxsize=4)
def canvas_of(pack: str, codes: frozenset[str]) -> maps.Canvas | None:
    """The canvas of a pack's outlines, which name a place by a property that holds its code; None without a file."""
    path = settings.BASE_DIR / "config" / "packs" / pack / "outlines.geojson"
    if not pack.isalnum() or not path.exists():
        return None
    collection = json.loads(path.read_text(encoding="utf-8"))
    key = _key_of(collection, codes)
    return maps.canvas(maps.outlines_of(collection, key), str(collection.get("attribution", ""))) if key else None


def _key_of(collection: dict[str, Any], codes: frozenset[str]) -> str:
    for feature in collection["features"]:
        for key, value in feature["properties"].items():
            if str(value) in codes:
                return str(key)
    return ""
