"""Naming somebody: it checks shape and never saves."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.spelling import LineInput
from accounts.typed import NumberInput
from cooperation.activities.models import Activity
from cooperation.trainings.models import HOSTED
from cooperation.trainings.rules import sides
from institutions.people.colleagues import chosen
from institutions.people.models import Membership


class PersonForm(forms.Form):
    """A colleague from the search box or a name as it is typed, where they work, for how many hours."""

    person = forms.CharField(required=False, max_length=64)
    person_text = LineInput(label=_("Full name"), required=False, max_length=200)
    home = forms.ChoiceField(label=_("Works at"), required=False)
    host = forms.ChoiceField(label=_("Taught at"), required=False)
    hours = NumberInput(
        label=_("Hours"), required=False, min_value=0, max_value=1000, decimal_places=2, max_digits=6,
        help_text=_("Empty means all hours of the activity"),
        error_messages={
            name: _("Hours: enter a number, for example 1.5.")
            for name in ("invalid", "min_value", "max_value", "max_digits", "max_whole_digits", "max_decimal_places")
        },
    )  # fmt: skip

    def __init__(self, *args: Any, colleagues: list[Membership], activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues, self.member = colleagues, None
        self.houses = {house.public_id: house for house in sides(activity)}
        offered = [(key, name_now(house.names)) for key, house in self.houses.items()]
        self.fields["home"].choices = offered  # type: ignore[attr-defined]
        self.fields["home"].initial = activity.organiser.public_id
        if activity.type.code == HOSTED and len(offered) > 1:
            self.fields["host"].choices = [("", _("choose")), *offered]  # type: ignore[attr-defined]
        else:
            del self.fields["host"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        key, text = data.get("person", ""), data.get("person_text", "")
        if not (key or text):
            self.add_error(
                "person_text", ValidationError(_("Full name: type it, or choose a colleague."), code="required")
            )
        self.member = chosen(self.colleagues, key, text)
        return data

    def content(self) -> dict[str, Any]:
        """Who, in the words of the action."""
        data = self.cleaned_data
        return {
            "name": data["person_text"], "member": self.member, "hours": data["hours"] or None,
            "home": self.houses.get(data["home"]), "host": self.houses.get(data.get("host", "")),
        }  # fmt: skip
