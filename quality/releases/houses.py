"""Educational organisations in a release: name, place, what is told of it, and whether it counts in an indicator."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from institutions.registry.models import Institution
from quality.catalogue.declared import ENTRIES, Span
from quality.catalogue.kinds import kinds_of, vocabulary
from quality.catalogue.models import DefinitionVersion, Method, Period
from quality.releases.telling import shortened, stories_of
from quality.rollups.models import Tally

AT_ONCE = 2_000
Sums = dict[int, list[Any]]  # by organisation: code, version, numerator, denominator


def houses_of(
    period: Period, versions: Iterable[DefinitionVersion]
) -> tuple[list[dict[str, Any]], dict[str, Mapping[str, str]]]:
    """Verified organisations by id, with the kind and place they have now, their own part in each indicator and what is
    told of them; and the words that are used in it by their codes.
    """
    found, stories = _sums(period, versions), stories_of(Span(period.starts_on, period.ends_on, period.ends_on))
    rows = Institution.objects.filter(
        status="verified", territory__pack=period.pack, kind__data__flags__contains="E"
    ).order_by("public_id")
    asked = rows.values_list("pk", "public_id", "names", "kind__code", "territory__code", "sort_key")
    published = frozenset(rows.values_list("public_id", flat=True))
    words: dict[str, Mapping[str, str]] = {}
    told = [
        {
            "id": public_id, "names": names, "kind": kind, "territory": territory, "sort_key": sort_key,
            "parts": found.get(pk, []),
            "stories": {
                code: [shortened(line, published, words) for line in lines]
                for code, lines in stories.get(pk, {}).items()
            },
        }
        for pk, public_id, names, kind, territory, sort_key in asked.iterator(AT_ONCE)
    ]  # fmt: skip
    return told, {code: words[code] for code in sorted(words)}


def _sums(period: Period, versions: Iterable[DefinitionVersion]) -> Sums:
    """One pass over the rows of each indicator that asks every organisation the same; never one that counts people."""
    found: Sums = {}
    tallies = {tally.version_id: tally for tally in Tally.objects.filter(period=period)}
    words = vocabulary()
    for version in versions:
        entry = ENTRIES.get(version.indicator.code)
        if entry is None or not entry.of_reference or entry.shared or version.person_based:
            continue
        if version.method != Method.SHARE:
            continue
        span = Span(period.starts_on, period.ends_on, tallies[version.pk].day)
        kinds = set(kinds_of(version, *words))
        wanted = set(Institution.objects.filter(kind__in=kinds).values_list("pk", flat=True))
        for row in entry.contributions(span):
            if row["house"] in wanted:
                top, base = (str(Decimal(row[name] or 0).normalize()) for name in ("numerator", "denominator"))
                found.setdefault(row["house"], []).append([version.indicator.code, version.version, top, base])
    return found
