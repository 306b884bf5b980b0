"""The form of one's notice settings: kinds by channels on one screen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exchange.notices.models import Channel, NoticeKind


class WishesForm(forms.Form):
    """A tick for each kind and channel; the field of a kind is named after it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in NoticeKind:
            self.fields[kind.value] = forms.MultipleChoiceField(
                label=kind.label,
                choices=Channel.choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": _("%(label)s: choose among those shown") % {"label": kind.label}},
            )
