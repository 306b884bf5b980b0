"""The forms of moves: they check shape and never save."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.spelling import TextInput


class ReasonForm(forms.Form):
    """Why."""

    reason = TextInput(
        label=_("Reason"), max_length=2000, help_text=_("All named organisations will read it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Reason: say why. The other side will read it.")},
    )  # fmt: skip


class ConfirmForm(forms.Form):
    """What was read, and a kind word that nobody asks for."""

    content_hash = forms.CharField(required=False, max_length=64)
    thanks = TextInput(
        label=_("Thanks"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only whoever logged it reads it"),
    )  # fmt: skip
