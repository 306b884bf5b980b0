"""Reading figures as they are given, by a program or a file: ids found set by set, everything wrong said at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from institutions.registry.models import Institution
from institutions.registry.reading import houses_named
from institutions.territory.models import Territory
from quality.catalogue.declared import ENTRIES
from quality.catalogue.models import DefinitionVersion, Method, Period
from quality.observations.models import ValueState

NUMBER = re.compile(r"[0-9]{1,14}([.,][0-9]{1,4})?\Z")
THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+\Z")  # 1,234: a thousand here, one and a bit there
GROUPED = re.compile(r"[0-9]{1,3}(\s[0-9]{3})+([.,][0-9]{1,4})?\Z")  # 6 246 491, with any kind of blank
WITHHELD = re.compile(r"(?:\*+|[<≤]\s?[0-9]{1,4})\Z")  # how sources print a figure that they do not tell
NOTHING = ("-", "–", "—", "…", ".")  # how tables print that there is no figure; a minus may be a mask as well
FIELDS = ("indicator", "institution", "territory", "period", "numerator", "denominator", "published", "state")
DIVIDED = (Method.SHARE, Method.RATIO)
PRINTED = (ValueState.VALUE, ValueState.MISSING)  # of a total whose two figures are not told, the print may be


@dataclass(frozen=True)
class Given:
    """One figure for one place, ready to be written."""

    version: DefinitionVersion
    period: Period
    place: Institution | Territory
    numerator: Decimal | None
    denominator: Decimal | None
    state: str
    published: str = ""

    @cached_property
    def key(self) -> tuple[int, int, int | None, int | None]:
        house = isinstance(self.place, Institution)
        return self.version.pk, self.period.pk, self.place.pk if house else None, None if house else self.place.pk


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one field of a row."""

    field: str
    code: str
    message: Any


class Intake:
    """Finds what rows name, in as many queries for one row as for fifty thousand."""

    def __init__(self, rows: Sequence[Mapping[str, str]], user: Any) -> None:
        self.versions = self._versions({row.get("indicator") or "" for row in rows})
        codes = {row.get("period") or "" for row in rows}
        self.periods = {(found.pack, found.code): found for found in Period.objects.filter(code__in=codes)}
        names = {row.get("institution") or "" for row in rows} - {""}
        self.houses = houses_named(names, user)
        codes = {row.get("territory") or "" for row in rows} - {""}
        self.places = {found.code: found for found in Territory.objects.filter(code__in=codes)}

    @staticmethod
    def _versions(codes: set[str]) -> dict[str, list[DefinitionVersion]]:
        found: dict[str, list[DefinitionVersion]] = {}
        versions = DefinitionVersion.objects.filter(indicator__code__in=codes).select_related("indicator")
        for version in versions.order_by("version"):
            found.setdefault(version.indicator.code, []).append(version)
        return found

    def read(self, row: Mapping[str, str]) -> Given | list[Wrong]:
        """The figure of a row, or everything that is wrong with it."""
        wrong: list[Wrong] = []
        place = self._place(row, wrong)
        period = self._period(row, place, wrong)
        version = self._version(row, period, wrong)
        state, numerator, denominator = self._numbers(row, version, wrong)
        published = self._published(row, version, state, wrong)
        if wrong or version is None or period is None or place is None:
            return wrong
        return Given(version, period, place, numerator, denominator, state, published)

    def _place(self, row: Mapping[str, str], wrong: list[Wrong]) -> Institution | Territory | None:
        house, code = row.get("institution") or "", row.get("territory") or ""
        if bool(house) == bool(code):
            wrong.append(Wrong("institution", "one_place", _("Name one place: an institution or a territory.")))
            return None
        found = self.houses.get(house) if house else self.places.get(code)
        if found is None:
            wrong.append(Wrong("institution" if house else "territory", "does_not_exist", _("There is no such id.")))
        return found

    def _period(self, row: Mapping[str, str], place: Any, wrong: list[Wrong]) -> Period | None:
        code = row.get("period") or ""
        if place is None:
            known = next((found for (_pack, own), found in self.periods.items() if own == code), None)
        else:
            pack = place.territory.pack if isinstance(place, Institution) else place.pack
            known = self.periods.get((pack, code))
        if known is None:
            wrong.append(Wrong("period", "does_not_exist", _("There is no such period.")))
        return known

    def _version(self, row: Mapping[str, str], period: Period | None, wrong: list[Wrong]) -> DefinitionVersion | None:
        code = row.get("indicator") or ""
        versions = self.versions.get(code)
        if not versions:
            wrong.append(Wrong("indicator", "does_not_exist", _("There is no such indicator.")))
            return None
        if code in ENTRIES:
            wrong.append(Wrong("indicator", "computed", _("This indicator is counted from records, nobody enters it.")))
            return None
        found = next((version for version in versions if period is None or period.ends_on in version.valid), None)
        if found is None:
            wrong.append(Wrong("period", "not_defined", _("The indicator had no definition in this period.")))
        elif period and period.kind not in found.periodicity:
            wrong.append(Wrong("period", "wrong_kind", _("The indicator is not kept for periods of this kind.")))
        return found

    def _numbers(
        self, row: Mapping[str, str], version: DefinitionVersion | None, wrong: list[Wrong]
    ) -> tuple[str, Decimal | None, Decimal | None]:
        state = row.get("state") or state_of(row)
        if state not in ValueState.values:
            known = _("Write value, missing, suppressed or not_applicable.")
            wrong.append(Wrong("state", "invalid_choice", known))
        texts = {name: row.get(name) or "" for name in ("numerator", "denominator")}
        if state == ValueState.SUPPRESSED:
            texts = {name: "" if WITHHELD.match(text) else text for name, text in texts.items()}
            texts = dict.fromkeys(texts, "") if not row.get("state") else texts
        top, base = (self._number(name, text, wrong) for name, text in texts.items())
        if state != ValueState.VALUE:
            if top is not None or base is not None:
                wrong.append(Wrong("numerator", "not_empty", _("What is no value has no figures.")))
            return state, None, None
        if not row.get("numerator"):
            wrong.append(Wrong("numerator", "required", _("A figure is expected, for instance 125 or 12.5.")))
        if version is not None:
            wrong.extend(_fractions(version, top, base, row))
        return state, top, base

    @staticmethod
    def _published(row: Mapping[str, str], version: DefinitionVersion | None, state: str, wrong: list[Wrong]) -> str:
        """The quotient as it is printed, with its decimals; only where there is one."""
        text = (row.get("published") or "").removesuffix("%").rstrip().replace(",", ".")
        if not text:
            return ""
        if not NUMBER.match(text):
            message = _("A number of at most 14 digits and 4 decimals is expected, not below zero.")
            wrong.append(Wrong("published", "invalid", message))
        elif state not in PRINTED or (version is not None and version.method not in DIVIDED):
            wrong.append(Wrong("published", "not_empty", _("Only a quotient is printed beside its two figures.")))
        elif state == ValueState.MISSING and not row.get("territory"):
            message = _("Of an organisation the two figures are expected, not the printed value alone.")
            wrong.append(Wrong("published", "alone", message))
        return text

    @staticmethod
    def _number(name: str, text: str, wrong: list[Wrong]) -> Decimal | None:
        if GROUPED.match(text):
            text = "".join(text.split())
        if not text:
            return None
        if THOUSANDS.match(text):
            message = _("Is this a thousand or a part of one? Write 1234 or 1.234.")
            wrong.append(Wrong(name, "ambiguous", message))
            return None
        if WITHHELD.match(text) or text[:1] in NOTHING:
            message = _("This is no number: write missing under “state”, or suppressed where the source withholds it.")
            wrong.append(Wrong(name, "invalid", message))
            return None
        if not NUMBER.match(text):
            wrong.append(
                Wrong(name, "invalid", _("A number of at most 14 digits and 4 decimals is expected, not below zero."))
            )
            return None
        return Decimal(text.replace(",", "."))


def state_of(row: Mapping[str, str]) -> str:
    """What a row without a state is: withheld where its source prints a mask, known by its print alone, else a value."""
    texts = [row.get(name) or "" for name in ("numerator", "denominator")]
    if any(WITHHELD.match(text) for text in texts):
        return str(ValueState.SUPPRESSED)
    if row.get("published") and row.get("territory") and not any(texts):
        return str(ValueState.MISSING)
    return str(ValueState.VALUE)


def _fractions(
    version: DefinitionVersion, top: Decimal | None, base: Decimal | None, row: Mapping[str, str]
) -> list[Wrong]:
    """What a method demands of numerator and denominator."""
    if version.method in DIVIDED and not row.get("denominator"):
        return [Wrong("denominator", "required", _("This indicator is a quotient: give the denominator too."))]
    if version.method not in DIVIDED and base is not None:
        return [Wrong("denominator", "not_empty", _("This indicator is a count: it has no denominator."))]
    if version.method == Method.SHARE and top is not None and base is not None and top > base:
        return [Wrong("numerator", "above_denominator", _("The numerator of a share is not above its denominator."))]
    return []
