"""The form of every move that says why: it checks shape and never saves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.spelling import TextInput


class ReasonForm(forms.Form):
    """Why."""

    reason = TextInput(
        label=_("Reason"), max_length=2000, help_text=_("The other parties will read it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Reason: say why. The other side will read it.")},
    )  # fmt: skip
