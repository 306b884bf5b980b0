"""The form on which a signature on paper is recorded: it checks shape and never saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.spelling import LineInput
from accounts.typed import DayInput
from accounts.wording import UNKNOWN
from cooperation.agreements.forms import A_DAY


class PostChoice(forms.ModelChoiceField):
    """Who may sign for the own organisation: office and name, which its administrators know."""

    default_error_messages = {"invalid_choice": UNKNOWN}

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title}: {obj.person.name}"


class PaperForm(forms.Form):
    """A signature on paper: the code on the page, who signed it, when, and the scan."""

    code = LineInput(
        label=_("Code of the text"), max_length=16, help_text=_("The first eight characters, as they are printed on the page"),
        error_messages={"required": _("Code of the text: type the eight characters from the printed page.")},
    )  # fmt: skip
    position = PostChoice(
        queryset=None, to_field_name="public_id", label=_("Signed by"), empty_label=_("choose"),
        error_messages={"required": _("Signed by: choose who signed.")},
    )  # fmt: skip
    signed_on = DayInput(
        label=_("Signed on"), help_text=A_DAY,
        error_messages={
            "invalid": _("Signed on: enter a day, for example 01.09.2026."),
            "required": _("Signed on: enter the day that stands on the page."),
        },
    )  # fmt: skip
    file = forms.FileField(
        label=_("Scan"), max_length=200, help_text=_("PDF, JPEG or PNG, at most 10 MB"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={"required": _("Scan: choose the file."), "empty": _("Scan: the file is empty.")},
    )  # fmt: skip

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].queryset = posts  # type: ignore[attr-defined]
