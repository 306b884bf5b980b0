"""The form of a list's questions: what is left unanswered stays asked."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.spelling import LineInput
from cooperation.intakes.questions import NOBODY, OTHER, Asked
from cooperation.intakes.terms import as_answer, lasting_of
from exchange.sheets import day_of
from institutions.matching.suggesting import Matcher
from institutions.registry.models import Institution
from institutions.registry.reading import houses_named


class QuestionsForm(forms.Form):
    """One field of choices for each question, and a box where another answer is possible."""

    def __init__(self, *args: Any, asked: Sequence[Asked], user: Any, matcher: Matcher | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked, self.user, self.matcher = asked, user, matcher
        self.answers: dict[str, str] = {}
        self.picks: dict[str, Institution | None] = {}
        for each in asked:
            self.fields[each.name] = forms.ChoiceField(
                label=each.words, help_text=each.in_rows, choices=each.choices, widget=forms.RadioSelect,
                required=False,
            )  # fmt: skip
            if each.takes_other:
                label = OTHER_LABELS.get(each.about, OTHER_DAY)
                self.fields[f"{each.name}_other"] = LineInput(label=label, max_length=100, required=False)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The questions with their bound fields."""
        return [
            {"asked": each, "field": self[each.name], "other": self[f"{each.name}_other"] if each.takes_other else None}
            for each in self.asked
        ]

    def clean(self) -> dict[str, Any]:
        """What was answered, in `answers` and `picks`; a box that was filled in without its choice counts as chosen."""
        found: dict[str, Any] = super().clean() or {}
        for each in self.asked:
            chosen, other = found.get(each.name) or "", found.get(f"{each.name}_other") or ""
            if other and not chosen:
                chosen = OTHER
            if chosen and each.about == "party":
                self._picked(each, chosen, other)
            elif chosen:
                self._answered(each, chosen, other)
        if not self.errors and not self.answers and not self.picks:
            raise forms.ValidationError(_("Answer at least one question."), code="required")
        return found

    def _picked(self, each: Asked, chosen: str, other: str) -> None:
        if chosen == NOBODY:
            self.picks[each.said] = None
            return
        wanted = other if chosen == OTHER else chosen
        found = houses_named({wanted}, self.user).get(wanted) if wanted else None
        if found is None and self.matcher is not None and wanted:
            found = self.matcher.known(wanted)
        if found is None:
            message = _("There is no such organisation: give its full name, its id or register:number.")
            self.add_error(f"{each.name}_other", forms.ValidationError(message, code="does_not_exist"))
        else:
            self.picks[each.said] = found

    def _answered(self, each: Asked, chosen: str, other: str) -> None:
        if chosen != OTHER:
            self.answers[each.key] = chosen
            return
        lasting = lasting_of(other) if each.about == "until" else None
        if lasting is not None:
            self.answers[each.key] = as_answer(lasting[0], renews=lasting[1])
            return
        try:
            day: datetime.date | None = day_of(other)
        except ValueError:
            day = None
        if day is None:
            message = _("Write the day as 2026-09-01.")
            self.add_error(f"{each.name}_other", forms.ValidationError(message, code="invalid"))
        else:
            self.answers[each.key] = day.isoformat()


OTHER_HOUSE = gettext_lazy("Its full name, its id or register:number")
OTHER_DAY = gettext_lazy("A day such as 2026-09-01 or 01.09.2026")
OTHER_LABELS = {"party": OTHER_HOUSE, "until": gettext_lazy("A day such as 01.09.2026, or how long: 2 years")}
