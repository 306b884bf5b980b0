"""Indicators of a pack with their definition versions."""

from typing import Any

from config.packs.reading import Pack, day, names_of, span
from config.packs.tally import Tally
from institutions.territory.models import Term
from quality.catalogue.declared import counted_codes
from quality.catalogue.models import DefinitionVersion, Indicator, Source


def install_indicators(pack: Pack, tally: Tally) -> None:
    """Create missing indicators and versions; a version is immutable once used, so a known one stays as it is."""
    rows = pack.indicators()
    known = Indicator.objects.in_bulk([row["code"] for row in rows], field_name="code")
    fresh = [_indicator(row, at) for at, row in enumerate(rows, 1) if row["code"] not in known]
    Indicator.objects.bulk_create(fresh)
    changed = [known[row["code"]] for row in rows if row["code"] in known and _settle(known[row["code"]], row)]
    Indicator.objects.bulk_update(changed, ["names", "source"])
    tally.add("indicators", len(fresh), len(changed), len(rows) - len(fresh) - len(changed))
    _install_versions(rows, {**known, **{found.code: found for found in fresh}}, pack, tally)


def _source(row: dict[str, str]) -> str:
    """Counted by the engine, entered and imported, or not collected by anything yet."""
    if row["code"] in counted_codes():
        return Source.COMPUTED
    return Source.OBSERVED if row["source"] == "import" else Source.PENDING


def _indicator(row: dict[str, str], position: int) -> Indicator:
    return Indicator(
        code=row["code"], names=names_of(row), aspect=row["kind"], more_is_better=row["direction"] != "down",
        is_core=row["core"] == "yes", source=_source(row), follows=row["follows"], position=position,
    )  # fmt: skip


def _settle(stored: Indicator, row: dict[str, str]) -> bool:
    wanted: dict[str, Any] = {"names": {**names_of(row), **stored.names}, "source": _source(row)}
    different = [name for name, value in wanted.items() if getattr(stored, name) != value]
    for name in different:
        setattr(stored, name, wanted[name])
    return bool(different)


def _say_counting(version: DefinitionVersion, counting: dict[str, dict[str, str]]) -> bool:
    """Which others it is made of and whether it counts events; whether that says something new."""
    row = counting.get(version.indicator.code, {})
    was = version.made_of, version.counts_events
    version.made_of, version.counts_events = row.get("made_of", "").split(), row.get("events") == "yes"
    return was != (version.made_of, version.counts_events)


def _install_versions(rows: list[dict[str, str]], indicators: dict[str, Indicator], pack: Pack, tally: Tally) -> None:
    known = set(DefinitionVersion.objects.values_list("indicator__code", "version"))
    missing = [row for row in rows if (row["code"], int(row["version"])) not in known]
    flags, counting = _flags(), pack.counting()
    made = [_version(row, indicators[row["code"]], flags) for row in missing]
    for version in made:
        _say_counting(version, counting)
    DefinitionVersion.objects.bulk_create(made)
    stored = [found for found in DefinitionVersion.objects.select_related("indicator").order_by("pk")
              if found.indicator.code in indicators and _say_counting(found, counting)]  # fmt: skip
    DefinitionVersion.objects.bulk_update(stored, ["made_of", "counts_events"])
    tally.add("definitions", len(missing), 0, len(rows) - len(missing))


def _version(row: dict[str, str], indicator: Indicator, flags: dict[str, list[str]]) -> DefinitionVersion:
    wanted = row["reference"].split()
    kinds = [] if wanted == ["E"] else [kind for word in wanted for kind in flags.get(word, [word])]
    return DefinitionVersion(
        indicator=indicator, version=int(row["version"]), valid=span(day(row["valid_from"]), None),
        numerator=names_of(row, "numerator"), denominator=names_of(row, "denominator"), unit=names_of(row, "unit"),
        method=row["method"], across=row["across_periods"], levels=row["levels"].split("|"),
        periodicity=row["periodicity"].split("|"), kinds=kinds,
        factor=100 if row["unit_en"] in ("%", "per 100 staff") else 1,
        decimals=int(row["decimals"]), person_based=row["person_based"] == "yes",
    )  # fmt: skip


def _flags() -> dict[str, list[str]]:
    """Kinds of participants by the letter of a flag."""
    found: dict[str, list[str]] = {}
    for term in Term.objects.of("participant_kind").order_by("position", "pk"):
        for flag in term.data.get("flags", ()):
            found.setdefault(flag, []).append(term.code)
    return found
