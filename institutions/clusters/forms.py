"""The form of a member that leaves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.spelling import TextInput


class LeaveForm(forms.Form):
    """Why."""

    reason = TextInput(
        label=_("Reason"), max_length=2000, help_text=_("The other members will read it"),
        error_messages={"required": _("Reason: say why, the other side will read it.")},
    )  # fmt: skip
