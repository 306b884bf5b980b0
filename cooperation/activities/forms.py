"""The form of confirming: it checks shape and never saves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.spelling import TextInput


class ConfirmForm(forms.Form):
    """What was read, and a kind word that nobody asks for."""

    content_hash = forms.CharField(required=False, max_length=64)
    thanks = TextInput(
        label=_("Thanks"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only whoever logged it reads it"),
    )  # fmt: skip
