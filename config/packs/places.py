"""The tree of a pack: territories and their dated parents, whole levels at a time."""

from accounts.names import name_in, search_text
from accounts.spelling import search_key, sort_key
from config.packs.reading import Pack, day, names_of, span
from config.packs.tally import Tally
from institutions.territory.models import Territory, TerritoryParent

DATA_COLUMNS = ("iso", "type", "old_names")


def install_territories(pack: Pack, tally: Tally) -> None:
    """Create missing places from the top down, bring known ones to the file's form; places are never removed."""
    rows = pack.rows("territories")
    known = Territory.objects.in_bulk([row["code"] for row in rows], field_name="code")
    fresh, changed = [], []
    for row in rows:
        place = _place(pack, row)
        if row["code"] not in known:
            fresh.append(place)
        elif _settle(known[row["code"]], place):
            changed.append(known[row["code"]])
    Territory.objects.bulk_create(fresh, batch_size=2000)
    Territory.objects.bulk_update(changed, ["names", "search_key", "sort_key", "data"], batch_size=500)
    tally.add("territories", len(fresh), len(changed), len(rows) - len(fresh) - len(changed))
    _hang(pack, rows, {**known, **{place.code: place for place in fresh}})


def _place(pack: Pack, row: dict[str, str]) -> Territory:
    names = names_of(row)
    data = {column: row[column] for column in DATA_COLUMNS if row.get(column)}
    if row.get("name_mi"):
        data["native_name"] = row["name_mi"]
    also = [*data.get("old_names", "").split("; "), data.get("native_name", "")]
    key = " ".join([search_text(names), *filter(None, map(search_key, also))])
    levels = [level["code"] for level in pack.settings["levels"]]
    return Territory(
        code=row["code"], level=row["level"], depth=levels.index(row["level"]), names=names, search_key=key,
        sort_key=sort_key(name_in(names, "uz"))[:400], valid=span(day(row["valid_from"]), day(row.get("valid_to", ""))),
        pack=pack.code, data=data,
    )  # fmt: skip


def _settle(stored: Territory, wanted: Territory) -> bool:
    """Whether names or data differ; dates of a stored place belong to those who keep the register."""
    fields = [
        name for name in ("names", "search_key", "sort_key", "data") if getattr(stored, name) != getattr(wanted, name)
    ]
    for name in fields:
        setattr(stored, name, getattr(wanted, name))
    return bool(fields)


def _hang(pack: Pack, rows: list[dict[str, str]], places: dict[str, Territory]) -> None:
    """Parents for places that have none yet, and today's path for places whose path is not written."""
    held = set(TerritoryParent.objects.filter(child__in=places.values()).values_list("child_id", flat=True))
    TerritoryParent.objects.bulk_create(
        [
            TerritoryParent(child=places[row["code"]], parent=places[row["parent"]], valid=places[row["code"]].valid)
            for row in rows
            if row["parent"] and places[row["code"]].pk not in held
        ],
        batch_size=2000,
    )
    unwritten = []
    for row in rows:  # parents stand before their children in the file
        place = places[row["code"]]
        if not place.lineage:
            above = places[row["parent"]].lineage if row["parent"] else []
            place.lineage = [*above, place.pk]
            unwritten.append(place)
    Territory.objects.bulk_update(unwritten, ["lineage"], batch_size=500)
