"""Asking somebody by a link, and the bearer's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.spelling import LineInput, TextInput
from accounts.wording import UNKNOWN
from cooperation.activities.links import OUTCOMES, Addressee, sides_to_ask
from cooperation.activities.models import Activity

INSIDE = [(role.value, role.label) for role in (Addressee.PARENT, Addressee.STUDENT)]


class SideChoice(forms.ModelChoiceField):
    """An institution that takes part and has not answered, by its name."""

    default_error_messages = {"invalid_choice": UNKNOWN}

    def label_from_instance(self, obj: Any) -> str:
        return name_now(obj.names)


class AskForm(forms.Form):
    """Whom to ask: the side, where several wait; inside one institution as whom; and their address."""

    institution = SideChoice(queryset=None, to_field_name="public_id", label=_("For which organisation"))
    role = forms.ChoiceField(choices=INSIDE, label=_("Whom you ask"), widget=forms.RadioSelect)
    email = forms.EmailField(label=_("E-mail"), max_length=254, help_text=_("Of somebody outside your organisation"))
    name = LineInput(
        label=_("Name and post"), required=False, max_length=200, help_text=_("Only you see it, in this list")
    )

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sides = sides_to_ask(activity)
        inside = [house.pk for house in sides] == [activity.organiser_id]
        self.fields["institution"].queryset = sides
        if len(sides) == 1:
            del self.fields["institution"]
        if not inside:
            del self.fields["role"]


class AnswerForm(forms.Form):
    """The bearer's answer with the seal of the page it was given on; a reason where it was not so."""

    answer = forms.ChoiceField(choices=[(name, name) for name in OUTCOMES])
    seal = forms.CharField(max_length=400)
    reason = TextInput(required=False, max_length=2000)
    thanks = TextInput(required=False, max_length=300)
