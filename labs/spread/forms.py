"""The form that says whom a proven practice is meant for; it checks shape and never saves."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.typed import DayInput
from institutions.territory.models import Term, Territory


class SpreadForm(forms.Form):
    """Kinds of organisations in a territory, and until when reach is reported."""

    territory = forms.ChoiceField(
        label=_("Territory"), error_messages={"required": _("Territory: choose where it is to be spread.")}
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of organisations it is meant for"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Kinds: choose at least one.")},
    )  # fmt: skip
    window_ends_on = DayInput(
        label=_("Reach is reported until"),
        error_messages={
            "required": _("Reach is reported until: enter a day, for example 01.09.2027."),
            "invalid": _("Reach is reported until: enter a day, for example 01.09.2027."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, on: datetime.date, pack: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Territory.objects.filter(pack=pack, depth__lte=1, valid__contains=on).order_by(
            "depth", "sort_key", "pk"
        )
        self.places = {place.code: place for place in places}
        kinds = Term.objects.filter(vocabulary="participant_kind", valid__contains=on).order_by("position", "pk")
        self.kinds = {kind.code: kind for kind in kinds if "E" in (kind.data.get("flags") or ())}
        self.fields["territory"].choices = [(code, name_now(place.names)) for code, place in self.places.items()]  # type: ignore[attr-defined]
        self.fields["kinds"].choices = [(code, name_now(kind.names)) for code, kind in self.kinds.items()]  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        """What the action takes."""
        told = self.cleaned_data
        return {
            "territory": self.places[told["territory"]], "kinds": [self.kinds[code] for code in told["kinds"]],
            "window_ends_on": told["window_ends_on"],
        }  # fmt: skip
