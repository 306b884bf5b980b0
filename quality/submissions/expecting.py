"""From whom figures of a period are expected, and which: the indicators that are entered, by kind and periodicity."""

from collections.abc import Iterable

from django.db.models import QuerySet

from institutions.registry.models import Institution
from institutions.territory.models import Territory
from quality.catalogue.kinds import kinds_of, vocabulary
from quality.catalogue.models import DefinitionVersion, Period, Source


def entered_in(period: Period) -> list[DefinitionVersion]:
    """Definitions of the indicators that institutions enter for a period, in the order of the catalogue."""
    found = DefinitionVersion.objects.filter(
        indicator__source=Source.OBSERVED, levels__contains=["I"], periodicity__contains=[period.kind],
        valid__contains=period.ends_on,
    )  # fmt: skip
    return list(found.select_related("indicator").order_by("indicator__position", "indicator__code"))


def kinds_entered() -> set[str]:
    """Kinds of periods (M, T, A) for which institutions enter anything at all."""
    found = DefinitionVersion.objects.filter(indicator__source=Source.OBSERVED, levels__contains=["I"])
    return {kind for periodicity in found.values_list("periodicity", flat=True) for kind in periodicity}


def required_by_kind(versions: Iterable[DefinitionVersion]) -> dict[int, list[DefinitionVersion]]:
    """For each kind of institution (its id) what is expected of it."""
    words = vocabulary()
    found: dict[int, list[DefinitionVersion]] = {}
    for version in versions:
        for kind in kinds_of(version, *words):
            found.setdefault(kind, []).append(version)
    return found


def required_of(house: Institution, period: Period) -> list[DefinitionVersion]:
    """What this institution is expected to enter for a period."""
    return required_by_kind(entered_in(period)).get(house.kind_id, [])


def reporters(period: Period, place: Territory | None = None) -> QuerySet[Institution]:
    """Institutions from which anything is expected: open on the last day, of a kind that some indicator speaks of.

    They stand where they lie today: it is today's office that answers for them.
    """
    kinds = list(required_by_kind(entered_in(period)))
    found = Institution.objects.all().active_on(period.ends_on).filter(kind__in=kinds, territory__pack=period.pack)
    return found.within(place) if place else found
