"""The form of the settings page."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Theme


class LookForm(forms.Form):
    """Colours, text size, contrast and pictures; each may be sent alone, as the theme switch does."""

    theme = forms.ChoiceField(label=_("Colours"), choices=Theme.choices, widget=forms.RadioSelect, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, required=False)
    text = forms.ChoiceField(
        label=_("Text size"),
        choices=[("", _("Usual")), ("large", _("Large"))],
        widget=forms.RadioSelect,
        required=False,
    )
    contrast = forms.ChoiceField(
        label=_("Contrast"),
        choices=[("", _("Usual")), ("high", _("High"))],
        widget=forms.RadioSelect,
        required=False,
    )
    images = forms.ChoiceField(
        label=_("Pictures"),
        choices=[("", _("Shown")), ("none", _("Not shown"))],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = _("%(label)s: choose one of the answers shown") % {
                "label": field.label
            }
