"""Published totals and rolls of a pack as observations."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from config.packs.reading import Pack
from config.packs.tally import Tally
from institutions.registry.models import ExternalId
from institutions.territory.models import Territory
from quality.catalogue.models import DefinitionVersion, Period
from quality.observations.models import Observation


def install_figures(pack: Pack, at: datetime.datetime, tally: Tally) -> None:
    """Create observations for keys that have none; a figure once there is corrected by people, not by a pack."""
    versions = {
        version.indicator.code: version
        for version in DefinitionVersion.objects.select_related("indicator").order_by("version")
    }
    periods = {period.code: period for period in Period.objects.filter(pack=pack.code)}
    rows = [*_totals(pack, versions, periods, at), *_rolls(pack, versions, periods, at)]
    known = set(
        Observation.objects.filter(period__in=periods.values()).values_list(
            "version", "period", "institution", "territory"
        )
    )
    fresh = [row for row in rows if (row.version_id, row.period_id, row.institution_id, row.territory_id) not in known]
    Observation.objects.bulk_create(fresh, batch_size=5000)
    tally.add("observations", len(fresh), 0, len(rows) - len(fresh))


def _totals(
    pack: Pack, versions: dict[str, Any], periods: dict[str, Period], at: datetime.datetime
) -> Iterator[Observation]:
    """Figures published for places."""
    rows = pack.rows("observations")
    places = Territory.objects.in_bulk({row["territory"] for row in rows}, field_name="code")
    for row in rows:
        yield Observation(
            version=versions[row["indicator"]], period=periods[row["period"]], territory=places[row["territory"]],
            numerator=Decimal(row["numerator"]),
            denominator=Decimal(row["denominator"]) if row["denominator"] else None,
            published=row["published"], source=pack.settings["figures_source"], entered_at=at,
        )  # fmt: skip


def _rolls(
    pack: Pack, versions: dict[str, Any], periods: dict[str, Period], at: datetime.datetime
) -> Iterator[Observation]:
    """Heads counted at each institution, one column a year."""
    rows = pack.rows("rolls")
    if not rows:
        return
    version = versions[pack.settings["rolls_indicator"]]
    known = ExternalId.objects.filter(scheme=pack.settings["external_scheme"])
    institutions = dict(known.values_list("value", "institution_id"))
    for row in rows:
        for year, heads in row.items():
            if heads and year != "external_id":
                yield Observation(
                    version=version, period=periods[year], institution_id=institutions[row["external_id"]],
                    numerator=Decimal(heads), source=pack.settings["figures_source"], entered_at=at,
                )  # fmt: skip
