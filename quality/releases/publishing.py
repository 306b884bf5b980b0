"""From frozen content to published rows and files: exactly what was approved, and nothing that is counted later."""

import csv
import datetime
import hashlib
import io
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from exchange.tables import csv_cell
from quality.releases.models import Permalink, PublishedHouse, Release, ReleaseCell, ReleaseFile

COLUMNS = (
    "indicator", "definition_version", "territory", "territory_name", "institution_kind", "period", "basis",
    "numerator", "denominator", "value", "low", "high", "participations", "state", "reporting", "expected",
    "provisional",
)  # fmt: skip
DECIMALS = ("numerator", "denominator", "value", "low", "high")
AT_ONCE = 2_000


def publish_content(release: Release, at: datetime.datetime) -> Permalink:
    """The permalink with all its rows and files; an earlier version of the period is replaced by it."""
    assert release.frozen is not None  # noqa: S101
    text = release.frozen.content
    content = json.loads(text)
    period = content["period"]
    link = Permalink.objects.create(
        release=release, period=period["code"], period_kind=period["kind"], starts_on=period["starts_on"],
        ends_on=period["ends_on"], version=release.version, content_hash=release.frozen.sha256, published_at=at,
        about={name: content[name] for name in ABOUT},
    )  # fmt: skip
    ReleaseCell.objects.bulk_create((_cell(link, line) for line in content["values"]), batch_size=AT_ONCE)
    PublishedHouse.objects.bulk_create((_house(link, told) for told in content["institutions"]), batch_size=AT_ONCE)
    for form, body in (("json", text), ("csv", csv_of(content))):
        raw = body.encode()
        ReleaseFile.objects.create(
            permalink=link, form=form, content=body, size=len(raw), sha256=hashlib.sha256(raw).hexdigest()
        )
    earlier = Permalink.objects.filter(release__period=release.period, replaced_by__isnull=True).exclude(pk=link.pk)
    earlier.update(replaced_by=link)
    return link


ABOUT = ("period", "reason", "changes", "definitions", "territories", "institution_kinds", "words")


def _cell(link: Permalink, line: Mapping[str, Any]) -> ReleaseCell:
    told = {name: Decimal(line[name]) if line[name] is not None else None for name in DECIMALS}
    return ReleaseCell(permalink=link, **{**line, **told})


def _house(link: Permalink, told: Mapping[str, Any]) -> PublishedHouse:
    return PublishedHouse(
        permalink=link, house=told["id"], names=told["names"], kind=told["kind"], territory=told["territory"],
        sort_key=told["sort_key"][:400], figures=told["parts"], stories=told["stories"],
    )  # fmt: skip


def csv_of(content: Mapping[str, Any]) -> str:
    """The values as a table that every program reads: commas, points, codes; a name beside the code of a place."""
    names = {place["code"]: place["names"]["uz"] for place in content["territories"]}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in content["values"]:
        told = {**line, "territory_name": csv_cell(names[line["territory"]])}
        told["provisional"] = str(line["provisional"]).lower()
        writer.writerow(["" if told[name] is None else told[name] for name in COLUMNS])
    return out.getvalue()
