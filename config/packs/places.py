"""The tree of a pack: territories and their dated parents."""

import datetime
from typing import Any

from config.packs.reading import Pack, day, names_of
from config.packs.tally import Tally
from institutions.territory.actions import TerritoryLine, fields_of, load_territories
from institutions.territory.models import Territory

CORRECTED = ("names", "search_key", "sort_key", "data")
AT_THE_ROOT = ("limits", "levels", "superiors", "time_zone")  # what others ask the country about stands in its data


def install_territories(pack: Pack, at: datetime.datetime, tally: Tally) -> None:
    """Create missing places and correct the names of known ones. Where a place lies and since when is left to those
    who keep the register: a pack never moves or removes a place."""
    lines = [line_of(pack, row) for row in pack.rows("territories")]
    known = Territory.objects.in_bulk([line.code for line in lines], field_name="code")
    fresh = [line for line in lines if line.code not in known]
    changed = [known[line.code] for line in lines if line.code in known and _settle(known[line.code], line)]
    if fresh:
        load_territories(fresh, pack=pack.code, at=at)
    Territory.objects.bulk_update(changed, CORRECTED, batch_size=500)
    tally.add("territories", len(fresh), len(changed), len(lines) - len(fresh) - len(changed))


def line_of(pack: Pack, row: dict[str, str]) -> TerritoryLine:
    """A row of territories.csv; a name in a language the product does not speak stands in its data."""
    data: dict[str, Any] = {column: row[column] for column in ("iso", "type", "old_names") if row.get(column)}
    if row.get("name_mi"):
        data["native_name"] = row["name_mi"]
    if not row["parent"]:
        data |= {name: pack.settings[name] for name in AT_THE_ROOT}
    return TerritoryLine(
        code=row["code"], level=row["level"], parent=row["parent"], names=names_of(row),
        valid_from=day(row["valid_from"]), valid_to=day(row.get("valid_to", "")), data=data,
    )  # fmt: skip


def _settle(stored: Territory, line: TerritoryLine) -> bool:
    """Whether what the pack says of a stored place differs from what is stored."""
    wanted = fields_of([line])
    different = [name for name in CORRECTED if getattr(stored, name) != wanted[name]]
    for name in different:
        setattr(stored, name, wanted[name])
    return bool(different)
