"""What the forms of everything that is reviewed share: they check shape and never save."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.spelling import LineInput
from institutions.registry.models import Institution
from lifecycle.transitions import Unmet


class ContentForm(forms.Form):
    """A title, and the institution where the person belongs to several; `version` is what was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = LineInput(
        label=_("Title"), max_length=300, help_text=_("One line by which others recognise it"),
        error_messages={"required": _("Title: say in one line what it is.")},
    )  # fmt: skip
    institution = forms.ChoiceField(label=_("Organisation"))

    def __init__(self, *args: Any, user: Any, houses: list[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.houses = user, {house.public_id: house for house in houses}
        if len(houses) > 1:
            self.fields["institution"].choices = [(key, name_now(house.names)) for key, house in self.houses.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["institution"]

    @property
    def house(self) -> Institution:
        """The institution in whose name it is written."""
        return self.houses.get(self.cleaned_data.get("institution", ""), next(iter(self.houses.values())))

    def content(self) -> dict[str, Any]:
        """The columns, as the action takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "institution")}

    def refuse(self, error: ValidationError) -> None:
        """What the action did not take, at its field."""
        for name, told in error.message_dict.items():
            self.add_error(name if name in self.fields else None, told)

    def lacks(self, unmet: Unmet) -> None:
        """What is missing before somebody else can read it, at its field."""
        for condition in unmet.conditions:
            self.add_error(condition.pointer.strip("/"), ValidationError(condition.message, code=condition.code))
