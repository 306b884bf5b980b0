"""Loading the tree of territories, set-based and repeatable; moving a place in the tree."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import clean_names, name_in, search_text
from accounts.spelling import search_key, sort_key
from institutions.territory.models import Territory, TerritoryParent
from lifecycle.events import record

LOCK = "institutions_territoryparent"


@dataclass(frozen=True)
class TerritoryLine:
    """A place as a file says it; several lines of one code say under which places it lay one after the other."""

    code: str
    level: str
    parent: str
    names: Mapping[str, str]
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def spans_of(lines: Sequence[TerritoryLine]) -> list[tuple[str, DateRange]]:
    """Parents of one place with their days; an open end stops where the next line begins."""
    ordered = sorted(lines, key=lambda line: line.valid_from or datetime.date.min)
    ends = [line.valid_from for line in ordered[1:]] + [None]
    return [
        (line.parent, DateRange(line.valid_from, line.valid_to or after, "[)"))
        for line, after in zip(ordered, ends, strict=True)
    ]


def refusals(lines: Iterable[TerritoryLine], known: Mapping[str, str]) -> dict[str, list[tuple[str, str, str]]]:
    """What is wrong with the shape of a tree, by code: (column, code, sentence). `known` is today's code → parent.

    A parent neither here nor known, a second root, a place within itself, a chain that closes (named whole).
    """
    lines = list(lines)
    found: dict[str, list[tuple[str, str, str]]] = {}
    here = {line.code for line in lines}
    roots = sorted({line.code for line in lines if not line.parent})
    parents: dict[str, set[str]] = {code: {parent} for code, parent in known.items() if code not in here}
    for line in lines:
        if line.parent:
            parents.setdefault(line.code, set()).add(line.parent)
        if line.parent and line.parent not in here and line.parent not in known:
            message = gettext("There is no territory with the code %(code)s, here or in the register.") % {
                "code": line.parent
            }
            found.setdefault(line.code, []).append(("parent", "unknown", message))
        if not line.parent and len(roots) > 1:
            message = gettext("A tree has one root; without a parent are: %(codes)s.") % {
                "codes": ", ".join(roots[:10])
            }
            found.setdefault(line.code, []).append(("parent", "two_roots", message))
    for code, chain in _cycles(here, parents).items():
        message = gettext("The places lie within each other: %(chain)s.") % {"chain": " → ".join(chain)}
        found.setdefault(code, []).append(("parent", "cycle", message))
    return found


def _cycles(codes: set[str], parents: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """For every place that lies within itself by way of others, the whole chain."""
    found: dict[str, list[str]] = {}
    done: set[str] = set()
    for start in sorted(codes):
        path: list[str] = []
        stack = [(start, 0)]
        while stack:
            code, depth = stack.pop()
            del path[depth:]
            if code in path:
                chain = [*path[path.index(code) :], code]
                found.update({each: chain for each in chain if each in codes and each not in found})
                continue
            if code in done:
                continue
            path.append(code)
            above = parents.get(code, set())
            stack.extend((parent, depth + 1) for parent in above)
            if not above:
                done.update(path)
    return found


@transaction.atomic
def load_territories(
    lines: Iterable[TerritoryLine], *, pack: str = "", at: datetime.datetime, by: Any = None
) -> dict[str, int]:
    """Writes places in any order; known ones are corrected. Raises ValidationError for a tree that is none."""
    lines = list(lines)
    _lock_tree()
    _check(lines)
    grouped: dict[str, list[TerritoryLine]] = {}
    for line in lines:
        grouped.setdefault(line.code, []).append(line)
    known = {place.code: place for place in Territory.objects.filter(code__in=grouped)}
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    new: list[Territory] = []
    changed: list[Territory] = []
    for code, standing in known.items():
        grouped[code] = [kept(line, standing) for line in grouped[code]]
    for code, group in grouped.items():
        place, said = known.get(code), fields_of(group)
        if place is None:
            new.append(Territory(code=code, pack=pack, depth=0, **said))
        elif any(getattr(place, name) != value for name, value in said.items()):
            for name, value in said.items():
                setattr(place, name, value)
            changed.append(place)
    Territory.objects.bulk_create(new, batch_size=500)
    Territory.objects.bulk_update(
        changed, ["level", "names", "search_key", "sort_key", "valid", "data"], batch_size=500
    )
    moved = _write_parents(grouped)
    refresh_lineage()
    _inherit_pack(new)
    touched = ({place.code for place in changed} | moved) - {place.code for place in new}
    counts |= {"created": len(new), "changed": len(touched), "unchanged": len(grouped) - len(new) - len(touched)}
    if new or touched:
        record("load", subject_type="territory", subject_id=min(grouped), by=by, at=at, detail=dict(counts))
    return counts


def _lock_tree() -> None:
    """One writer of the tree at a time, so that the check and the writing see the same tree."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])


def known_parents(on: datetime.date | None = None) -> dict[str, str]:
    """Every place of the register with the code of its parent on a day, or of the last one it had."""
    rows = TerritoryParent.objects.order_by("child_id", "valid")
    if on is not None:
        rows = rows.filter(valid__contains=on)
    above = dict(rows.values_list("child__code", "parent__code"))
    return {code: above.get(code, "") for code in Territory.objects.values_list("code", flat=True)}


def _check(lines: Sequence[TerritoryLine]) -> None:
    errors = refusals(lines, known_parents())
    if errors:
        raise ValidationError([message for entries in errors.values() for _column, _code, message in entries], "tree")


def kept(line: TerritoryLine, place: Territory) -> TerritoryLine:
    """What a file leaves out of a known place stays as it is: other languages, data of its pack, the first day."""
    start = line.valid_from or (place.valid.lower if place.valid else None)
    names, data = {**place.names, **line.names}, {**place.data, **line.data}
    return replace(line, names=names, data=data, valid_from=start)


def fields_of(group: Sequence[TerritoryLine]) -> dict[str, Any]:
    """The columns of a place, from all its lines; the last line says how it is called now."""
    ordered = sorted(group, key=lambda line: line.valid_from or datetime.date.min)
    last = ordered[-1]
    names = clean_names(last.names)
    also = [*str(last.data.get("old_names", "")).split("; "), str(last.data.get("native_name", ""))]
    also += [name for line in ordered[:-1] for name in line.names.values() if name not in names.values()]
    return {
        "level": last.level,
        "names": names,
        "search_key": " ".join([search_text(names), *filter(None, dict.fromkeys(map(search_key, also)))]),
        "sort_key": sort_key(name_in(names, "uz"))[:400],
        "valid": DateRange(ordered[0].valid_from, last.valid_to, "[)"),
        "data": dict(last.data),
    }


def _write_parents(grouped: Mapping[str, Sequence[TerritoryLine]]) -> set[str]:
    """Replaces the dated parents of the places named; returns the codes for which they differ."""
    ids = dict(Territory.objects.values_list("code", "pk"))
    wanted = {
        ids[code]: [(ids[parent], span) for parent, span in spans_of(group) if parent]
        for code, group in grouped.items()
    }
    standing: dict[int, list[tuple[int, Any]]] = {}
    rows = TerritoryParent.objects.filter(child__in=wanted).order_by("valid")
    for child, parent, span in rows.values_list("child_id", "parent_id", "valid"):
        standing.setdefault(child, []).append((parent, span))
    differing = [child for child, spans in wanted.items() if spans != standing.get(child, [])]
    TerritoryParent.objects.filter(child__in=differing).delete()
    new = [
        TerritoryParent(child_id=child, parent_id=parent, valid=span)
        for child in differing
        for parent, span in wanted[child]
    ]
    TerritoryParent.objects.bulk_create(new, batch_size=1000)
    codes = {pk: code for code, pk in ids.items()}
    return {codes[child] for child in differing}


LINEAGE = """
WITH RECURSIVE latest AS (
  SELECT DISTINCT ON (child_id) child_id, parent_id FROM institutions_territoryparent
  ORDER BY child_id, upper(valid) DESC NULLS FIRST, lower(valid) DESC NULLS LAST
), line(id, lineage) AS (
  SELECT place.id, ARRAY[place.id] FROM institutions_territory place
  WHERE NOT EXISTS (SELECT 1 FROM latest WHERE child_id = place.id)
  UNION ALL
  SELECT latest.child_id, line.lineage || latest.child_id FROM latest JOIN line ON line.id = latest.parent_id
)
UPDATE institutions_territory place SET lineage = line.lineage, depth = cardinality(line.lineage) - 1
FROM line WHERE line.id = place.id AND (place.lineage <> line.lineage OR place.depth <> cardinality(line.lineage) - 1)
"""


def refresh_lineage() -> int:
    """Today's path of every place from its latest parents; returns how many moved."""
    with connection.cursor() as cursor:
        cursor.execute(LINEAGE)
        return int(cursor.rowcount)


def _inherit_pack(places: Sequence[Territory]) -> None:
    """Places that came without a pack follow the words and the calendar of their root's, else of this site's."""
    for place in Territory.objects.filter(pk__in=[place.pk for place in places], pack=""):
        root = Territory.objects.filter(pk=place.lineage[0]).exclude(pack="").values_list("pack", flat=True).first()
        Territory.objects.filter(pk=place.pk).update(pack=root or settings.COUNTRY_PACK)


@transaction.atomic
def place_territory(
    territory: Territory, *, parent: Territory, on: datetime.date, by: Any, at: datetime.datetime, document: str = ""
) -> None:
    """From a day on the place lies under another one; what was before stays. Raises ValidationError."""
    _lock_tree()
    if territory.pk in parent.lineage:
        raise ValidationError({"parent": ValidationError(_("A territory cannot lie within itself."), "cycle")})
    later = territory.parents.filter(valid__startswith__gte=on)
    if later.exists():
        raise ValidationError(
            {"on": ValidationError(_("On or after this day the place already has another parent."), "overlap")}
        )
    for row in territory.parents.filter(valid__contains=on):
        TerritoryParent.objects.filter(pk=row.pk).update(valid=DateRange(row.valid.lower, on, "[)"))
    TerritoryParent.objects.create(child=territory, parent=parent, valid=DateRange(on, None, "[)"), document=document)
    refresh_lineage()
    territory.refresh_from_db()
    record(
        "place",
        subject_type="territory",
        subject_id=territory.code,
        by=by,
        at=at,
        detail={"parent": parent.code, "on": on.isoformat()},
    )
