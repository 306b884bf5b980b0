"""What a dashboard is asked for: the period, the kind of institution, the indicator of the map; all in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from institutions.territory.models import Term, Territory
from quality.catalogue.models import DefinitionVersion, Indicator, Period, Source
from quality.rollups.checked import Checked, beside, read
from quality.rollups.models import Tally
from quality.values.asking import UnknownChoice

SERIES = 8
PARAMETERS = ("period", "institution_kind", "form", "indicator", "ordering", "show")


@dataclass(frozen=True)
class Counted:
    """What has been counted in a country: indicators by code with their periods, newest last.

    `tallies` by code and period say by which definition and when; `checked` how the last comparison of figures went.
    """

    versions: Mapping[str, DefinitionVersion]
    periods: Mapping[str, Sequence[Period]]
    tallies: Mapping[tuple[str, int], Tally]
    checked: Checked | None = None

    def nearest(self, code: str, period: Period) -> Period | None:
        """The indicator's own period that stands for another: the same, the one around its end, or the last before."""
        own = [found for found in self.periods.get(code, ()) if found.starts_on <= period.ends_on]
        same = [found for found in own if found.pk == period.pk]
        around = [found for found in own if found.ends_on >= period.ends_on]
        return next(iter(same or around), None) or (own[-1] if own else None)

    def series(self, code: str, period: Period) -> list[Period]:
        """The last eight periods of the same kind up to this one, oldest first."""
        own = [p for p in self.periods.get(code, ()) if p.kind == period.kind and p.ends_on <= period.ends_on]
        return own[-SERIES:]

    def all_periods(self) -> list[Period]:
        """Every period in which anything was counted, newest first."""
        found = {period.pk: period for own in self.periods.values() for period in own}
        return sorted(found.values(), key=lambda p: (-p.ends_on.toordinal(), -p.starts_on.toordinal(), p.pk))


def counted_in(pack: str) -> Counted:
    """What has been counted for the places of one country pack, in one query."""
    versions: dict[str, DefinitionVersion] = {}
    periods: dict[str, list[Period]] = {}
    known: dict[tuple[str, int], Tally] = {}
    tallies = Tally.objects.filter(period__pack=pack).select_related("version__indicator", "period")
    told = None
    for tally in tallies.annotate(checked=beside()).order_by(
        "version__indicator__position", "period__ends_on", "version__version", "pk"
    ):
        code = tally.version.indicator.code
        versions[code] = tally.version
        periods.setdefault(code, []).append(tally.period)
        known[code, tally.period_id] = tally
        told = tally.checked
    return Counted(versions, periods, known, read(told))


@dataclass(frozen=True)
class Choice:
    """One reading of the address."""

    counted: Counted
    period: Period | None
    kind: Term | None
    form: Term | None
    indicator: str
    ordering: str
    show: str
    kinds: Sequence[Term] = field(default_factory=tuple)

    def query(self, **changes: Any) -> str:
        """The query string with some parts changed; empty parts are left out."""
        parts = {
            "period": self.period.code if self.period else "",
            "institution_kind": self.kind.code if self.kind else "",
            "form": self.form.code if self.form else "",
            "indicator": self.indicator,
            "ordering": self.ordering,
            "show": self.show,
            **changes,
        }
        kept = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


def choose(params: Mapping[str, str], territory: Territory) -> Choice:
    """Read the address for one place; raises UnknownChoice."""
    counted = counted_in(territory.pack)
    wanted = Q(vocabulary="participant_kind") | Q(vocabulary="cooperation_form", code=params.get("form") or "")
    terms = list(Term.objects.filter(wanted).order_by("position", "pk"))
    kinds = {term.code: term for term in terms if term.vocabulary == "participant_kind"}
    forms = {term.code: term for term in terms if term.vocabulary != "participant_kind"}
    periods = {period.code: period for period in counted.all_periods()}
    indicator = _picked(params, "indicator", counted.versions)
    main = indicator.indicator.code if indicator else main_of(counted)
    period = _picked(params, "period", periods) or _latest(counted, main)
    return Choice(
        counted=counted,
        period=period,
        kind=_picked(params, "institution_kind", kinds),
        form=_picked(params, "form", forms),
        indicator=params.get("indicator") or "",
        ordering=params.get("ordering") or "",
        show=params.get("show") or "",
        kinds=[term for term in kinds.values() if "E" in (term.data.get("flags") or ())],
    )


def _picked(params: Mapping[str, str], name: str, offered: Mapping[str, Any]) -> Any:
    code = params.get(name) or ""
    if code and code not in offered:
        raise UnknownChoice(name)
    return offered.get(code)


def main_of(counted: Counted) -> str:
    """The indicator that map and table show unless another is asked for: the first core one."""
    core = [code for code, version in counted.versions.items() if version.indicator.is_core]
    return next(iter(core or counted.versions), "")


def _latest(counted: Counted, code: str) -> Period | None:
    """The period that began last of those in which the indicator was counted."""
    return max(counted.periods.get(code, ()), key=lambda period: (period.starts_on, -period.pk), default=None)


def pending() -> list[Indicator]:
    """Core indicators that nothing collects yet."""
    return list(Indicator.objects.filter(source=Source.PENDING, is_core=True).order_by("position", "pk"))
