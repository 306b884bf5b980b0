"""The form of one head count; it checks shape and never saves."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.typed import DayInput
from institutions.headcounts.models import Category


class HeadcountForm(forms.Form):
    """Who was counted, when, how many: only of categories that no register tells."""

    category = forms.ChoiceField(
        label=_("Who is counted"), error_messages={"required": _("Who is counted: choose one.")}
    )
    on_date = DayInput(
        label=_("Counted on"),
        error_messages={
            "required": _("Counted on: enter a day, for example 01.09.2026."),
            "invalid": _("Counted on: enter a day, for example 01.09.2026."),
        },
    )
    number = forms.IntegerField(
        label=_("Number"),
        min_value=0,
        max_value=9_999_999,
        error_messages={
            name: _("Number: enter a whole number, not below zero.") for name in ("required", "invalid", "min_value")
        },
    )

    def __init__(self, *args: Any, known: set[str], today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["category"].choices = [pair for pair in Category.choices if pair[0] not in known]  # type: ignore[attr-defined]

    def clean_on_date(self) -> datetime.date:
        """A count is of the past."""
        day: datetime.date = self.cleaned_data["on_date"]
        if not datetime.date(1900, 1, 1) <= day <= self.today:
            raise ValidationError(_("The day of a count is not in the future, nor before 1900."), code="future")
        return day
