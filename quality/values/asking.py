"""Which cell an address names: the same words for the page and the API."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from institutions.registry.models import Institution
from institutions.territory.models import Term, Territory
from quality.catalogue.models import DefinitionVersion, Indicator, Method, Period
from quality.rollups.models import Rollup, Tally
from quality.values.rows import DENOMINATOR, NUMERATOR, REST, Behind
from quality.values.shown import Reading

PARTS = (NUMERATOR, DENOMINATOR, REST)


class UnknownChoice(ValueError):
    """The address asks for something that is not there; names the parameter."""

    def __init__(self, parameter: str) -> None:
        super().__init__(parameter)
        self.parameter = parameter


def cell(params: Mapping[str, str], indicator: Indicator, user: Any) -> Behind | None:
    """The cell asked for, None where nothing was ever counted; raises UnknownChoice with the parameter's name."""
    institution = _institution(params, user)
    territory = _territory(params) if params.get("territory") or institution is None else None
    pack = territory.pack if territory else _pack_of(institution)
    tallies = Tally.objects.filter(version__indicator=indicator, period__pack=pack)
    tally = tallies.select_related("version__indicator", "period").order_by(
        "-period__starts_on", "period__ends_on", "-pk"
    )
    if code := params.get("period"):
        if not Period.objects.filter(code=code).exists():
            raise UnknownChoice("period")
        tally = tally.filter(period__code=code)
    found = tally.first()
    kind, part = _kind(params), _part(params, found.version if found else None)
    if found is None:
        return None
    return Behind(found.version, found.period, found.day, territory, institution, kind, part)


def state_of(behind: Behind, user: Any) -> str:
    """The state of the cell as this reader may see it; of one institution it is always open to who sees it."""
    if behind.territory is None:
        return "value"
    rows = Rollup.objects.filter(
        version=behind.version, period=behind.period, territory=behind.territory, institution_kind=behind.kind,
        basis="as_was",
    ).select_related("version", "territory")  # fmt: skip
    row = rows.first()
    return str(Reading(user).shown(row).state) if row else "missing"


def _part(params: Mapping[str, str], version: DefinitionVersion | None) -> str:
    part = params.get("part") or NUMERATOR
    single = version is not None and version.method not in (Method.SHARE, Method.RATIO)
    if (
        part not in PARTS
        or (single and part != NUMERATOR)
        or (part == REST and version and version.method != Method.SHARE)
    ):
        raise UnknownChoice("part")
    return part


def _kind(params: Mapping[str, str]) -> Term | None:
    code = params.get("institution_kind")
    found = Term.objects.filter(vocabulary="participant_kind", code=code).first() if code else None
    if code and found is None:
        raise UnknownChoice("institution_kind")
    return found


def _institution(params: Mapping[str, str], user: Any) -> Institution | None:
    code = params.get("institution")
    if not code:
        return None
    found = Institution.objects.visible_to(user).filter(public_id=code).select_related("territory").first()
    if found is None:
        raise UnknownChoice("institution")
    return found


def _territory(params: Mapping[str, str]) -> Territory:
    code = params.get("territory")
    found = Territory.objects.filter(code=code).first() if code else root()
    if found is None:
        raise UnknownChoice("territory")
    return found


def root() -> Territory | None:
    """The country of the pack this site is for, else the only one there is."""
    countries = Territory.objects.filter(depth=0).order_by("pk")
    return countries.filter(pack=settings.COUNTRY_PACK).first() or countries.first()


def _pack_of(institution: Institution | None) -> str:
    return institution.territory.pack if institution else ""
