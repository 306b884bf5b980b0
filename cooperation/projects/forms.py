"""The small forms of moves: they check shape and never save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedChoiceField, ScopedForm
from accounts.typed import DayInput
from cooperation.activities.models import Activity


class StageForm(forms.Form):
    """When the stage was done; today where nothing is said."""

    done_on = DayInput(
        label=_("Done on"), required=False,
        error_messages={"invalid": _("Done on: enter a day, for example 21.11.2026.")},
    )  # fmt: skip


class DeliveryForm(forms.Form):
    """Where the output can be read."""

    link = forms.URLField(
        label=_("Link"), required=False, max_length=500, assume_scheme="https",
        error_messages={"invalid": _("Link: enter a web address, for example https://example.org/manual.pdf.")},
    )  # fmt: skip


class DeedForm(ScopedForm):
    """Which activity was done for the project."""

    activity = ScopedChoiceField(
        Activity, label=_("Activity"), error_messages={"required": _("Activity: choose one.")},
    )  # fmt: skip

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].choices = [("", _("choose")), *offered]  # type: ignore[attr-defined]
