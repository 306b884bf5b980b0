"""Which cell an address names: the same words for the page and the API."""

import datetime
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from institutions.registry.models import Institution
from institutions.territory.models import Term, Territory
from quality.catalogue.models import DefinitionVersion, Indicator, Method, Period
from quality.rollups.bases import AS_WAS, Asked
from quality.rollups.models import Basis, Tally
from quality.values.rows import DENOMINATOR, NUMERATOR, REST, Behind
from quality.values.series import Shown
from quality.values.shown import Reading

PARTS = (NUMERATOR, DENOMINATOR, REST)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


class UnknownChoice(ValueError):
    """The address asks for something that is not there; names the parameter."""

    def __init__(self, parameter: str) -> None:
        super().__init__(parameter)
        self.parameter = parameter


def basis(params: Mapping[str, str], today: datetime.date) -> Asked:
    """By which hierarchy: that of each row's own day, today's, or that of the day `as_of`. Raises UnknownChoice."""
    named, text = params.get("basis") or "", params.get("as_of") or ""
    asked = named or (Basis.AS_OF if text else Basis.AS_WAS)
    if asked not in Basis.values:
        raise UnknownChoice("basis")
    if bool(text) != (asked == Basis.AS_OF):
        raise UnknownChoice("as_of")
    if asked != Basis.AS_OF:
        return Asked(Basis.AS_IS, today) if asked == Basis.AS_IS else AS_WAS
    return Asked(Basis.AS_OF, day("as_of", text))


def day(name: str, text: str) -> datetime.date:
    """An ISO date. Raises UnknownChoice."""
    try:
        return datetime.date.fromisoformat(text if DAY.match(text) else "")
    except ValueError:
        raise UnknownChoice(name) from None


def cell(params: Mapping[str, str], indicator: Indicator, user: Any, today: datetime.date) -> Behind | None:
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
    asked = basis(params, today)
    if found is None:
        return None
    return Behind(found.version, found.period, found.day, territory, institution, kind, part, asked=asked)


def state_of(behind: Behind, user: Any) -> str:
    """The state of the cell as this reader may see it; of one institution it is always open to who sees it."""
    return str(Shown(behind, Reading(user)).of_period.state) if behind.territory else "value"


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
    countries = list(Territory.objects.filter(depth=0).order_by("pk"))
    return next((place for place in countries if place.pack == settings.COUNTRY_PACK), next(iter(countries), None))


def _pack_of(institution: Institution | None) -> str:
    return institution.territory.pack if institution else ""
