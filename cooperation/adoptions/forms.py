"""The forms with which an institution says that it uses something, and shows it; they check shape and never save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.scoped import ScopedChoiceField, ScopedForm
from accounts.spelling import TextInput
from accounts.typed import DayInput
from cooperation.activities.models import Activity
from institutions.registry.models import Institution


class UseForm(forms.Form):
    """Since when and how; and which institution, where the person speaks for several."""

    institution = forms.ChoiceField(label=_("Organisation"))
    since = DayInput(
        label=_("In use since"), required=False, help_text=_("Empty means today"),
        error_messages={"invalid": _("In use since: enter a day, for example 01.09.2026.")},
    )  # fmt: skip
    note = TextInput(
        label=_("How it is used"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In which classes or groups, with what changes"),
    )  # fmt: skip

    def __init__(self, *args: Any, houses: list[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.houses = {house.public_id: house for house in houses}
        if len(houses) > 1:
            self.fields["institution"].choices = [(key, name_now(house.names)) for key, house in self.houses.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["institution"]

    def said(self) -> dict[str, Any]:
        """What was said, as the action takes it."""
        data = self.cleaned_data
        house = self.houses.get(data.get("institution", ""), next(iter(self.houses.values())))
        return {"institution": house, "since": data["since"], "note": data["note"]}


class WorkForm(ScopedForm):
    """Which confirmed work of both sides shows the use."""

    activity = ScopedChoiceField(
        Activity, label=_("Activity"), error_messages={"required": _("Activity: choose one.")},
        help_text=_("Confirmed activities of your organisation and of the one it comes from, since you use it"),
    )  # fmt: skip

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].choices = [("", _("choose")), *offered]  # type: ignore[attr-defined]
