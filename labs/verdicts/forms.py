"""Forms of the assessment; they check shape and never save."""

from typing import Any

from django import forms
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.spelling import TextInput
from accounts.typed import DayInput
from labs.verdicts.models import Value
from labs.verdicts.rules import NOBODY


class PanelForm(forms.Form):
    """Who sits on the panel: experts who may are offered, others are named by their address."""

    experts = forms.MultipleChoiceField(
        label=_("Experts"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("At least one. Who was asked to examine the project is not offered: they do not know whose it is."),
    )  # fmt: skip
    others = TextInput(
        label=_("Other people"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("E-mail addresses of people with an account, one a line; nobody of the group, nobody who was asked to examine it"),
    )  # fmt: skip

    def __init__(self, *args: Any, offered: dict[str, User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.fields["experts"].choices = [(key, str(person)) for key, person in offered.items()]  # type: ignore[attr-defined]

    def clean_others(self) -> list[User]:
        """The people behind the addresses; an unknown address is named."""
        told = [line.strip().casefold() for line in self.cleaned_data["others"].splitlines() if line.strip()]
        people = User.objects.filter(is_active=True).annotate(address=Lower("email")).filter(address__in=told)
        known = {person.email.casefold(): person for person in people}
        if missing := [each for each in told if each not in known]:
            raise forms.ValidationError(NOBODY, params={"address": missing[0]})
        return [known[each] for each in told]

    def people(self) -> list[User]:
        """Everybody named, each once."""
        chosen = [self.offered[key] for key in self.cleaned_data["experts"]]
        return list({person.pk: person for person in [*chosen, *self.cleaned_data["others"]]}.values())


class WordsForm(forms.Form):
    """What the verdict shall be."""

    value = forms.ChoiceField(
        label=_("Verdict"), choices=Value.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Verdict: choose one of the four.")},
    )  # fmt: skip
    reason = TextInput(
        label=_("Reason"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Needed where the verdict differs from what the figures give; everybody reads it"),
    )  # fmt: skip
    embargo_until = DayInput(
        label=_("Held back until"), required=False, help_text=_("Twelve months at most; empty publishes it at once"),
        error_messages={"invalid": _("Held back until: enter a day, for example 01.09.2027.")},
    )  # fmt: skip


class AgreeForm(forms.Form):
    """To exactly these words."""

    words_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
