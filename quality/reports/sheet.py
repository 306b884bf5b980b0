"""The figures of an institution for a period as one sheet: what is asked, what is there, what was typed now."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from accounts.names import name_now
from institutions.registry.entering import Entering
from institutions.registry.models import Institution
from quality.catalogue.figures import plain
from quality.catalogue.models import DefinitionVersion, Period
from quality.checks.actions import explained
from quality.checks.finding import Found, breaches_of
from quality.observations.intake import Given, Intake
from quality.observations.models import Observation, ValueState
from quality.reports.forms import SheetForm
from quality.submissions.expecting import required_of
from quality.submissions.models import CLOSED, Submission

Typed = dict[str, str]


@dataclass
class Sheet:
    """One institution, one period, one reader."""

    house: Institution
    period: Period
    user: Any
    found: list[Found] = field(default_factory=list)

    @cached_property
    def versions(self) -> list[DefinitionVersion]:
        """What is asked of this institution, and what it gave beside that."""
        asked = required_of(self.house, self.period)
        known = {version.pk for version in asked}
        return asked + [row.version for row in self.rows if row.version_id not in known]

    @cached_property
    def rows(self) -> list[Observation]:
        """What is stored."""
        rows = Observation.objects.filter(institution=self.house, period=self.period)
        return list(rows.select_related("version__indicator").order_by("version__indicator__position", "pk"))

    @cached_property
    def stored(self) -> dict[str, Observation]:
        return {row.version.indicator.code: row for row in self.rows}

    @cached_property
    def submission(self) -> Submission | None:
        rows = Submission.objects.filter(institution=self.house, period=self.period)
        return rows.select_related("institution__territory", "territory", "period", "approved_for").first()

    @property
    def is_closed(self) -> bool:
        return self.submission is not None and self.submission.status in CLOSED

    @cached_property
    def may_enter(self) -> bool:
        """Whether the reader may write figures here now."""
        return not self.is_closed and Entering(self.user).may(self.house)

    def look(self) -> None:
        """Run the rules over what is stored."""
        self.found = breaches_of(self.house, self.period)

    def form(self, data: Any = None) -> SheetForm:
        """The form, filled with what is stored or with what was typed."""
        before = explained(self.submission, self.found, {}) if self.submission else {}
        return SheetForm(data, versions=self.versions, stored=self.stored, found=self.found, told=before)

    def read(self, form: SheetForm, code: str = "") -> list[Given]:
        """The figures typed, or only that of one indicator; what is wrong is said in the form."""
        wanted = {version.indicator.code: name_now(version.indicator.names) for version in self.versions}
        typed = {each: self._row(form, each) for each in wanted if not code or each == code}
        given = {each: row for each, row in typed.items() if form.asks(each) and self._says(row, each)}
        intake = Intake(list(given.values()), self.user)
        intake.houses = {self.house.public_id: self.house}
        found = []
        for each, row in given.items():
            answer = intake.read(row)
            if not isinstance(answer, Given):
                for wrong in answer:
                    name = f"{each}-{wrong.field}"
                    form.add_error(name if name in form.fields else None, f"{wanted[each]}: {wrong.message}")
            elif late := self._overtaken(form, each, answer):
                form.add_error(f"{each}-numerator", f"{wanted[each]}: {late}")
            else:
                found.append(answer)
        return found

    def _row(self, form: SheetForm, code: str) -> Typed:
        typed = form.typed(code)
        if typed["state"] != ValueState.VALUE:
            typed = {**typed, "numerator": "", "denominator": ""}
        return {"indicator": code, "institution": self.house.public_id, "period": self.period.code, **typed}

    def _says(self, row: Typed, code: str) -> bool:
        """An empty line where nothing is stored says nothing."""
        empty = row["state"] == ValueState.VALUE and not row["numerator"] and not row["denominator"]
        return not empty or code in self.stored

    def _overtaken(self, form: SheetForm, code: str, given: Given) -> str:
        """What to say where somebody else changed the figure since this form was read; a second save insists."""
        row = self.stored.get(code)
        was = form.data.get(f"{code}-was")
        if row is None or was is None or was == stamp(row):
            return ""
        if (row.numerator, row.denominator, row.state) == (given.numerator, given.denominator, given.state):
            return ""
        there = plain(row.numerator) if row.numerator is not None else ValueState(row.state).label
        return _("somebody else entered %(value)s meanwhile. Save again to put yours instead.") % {"value": there}


def stamp(row: Observation | None) -> str:
    """What a form was based on."""
    return row.entered_at.isoformat() if row else ""
