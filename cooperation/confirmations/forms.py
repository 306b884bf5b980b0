"""Asking somebody by a link, and the bearer's answer."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.spelling import LineInput, TextInput
from accounts.wording import UNKNOWN
from cooperation.activities.links import OUTCOMES, Addressee
from cooperation.obligations import links as acceptance
from institutions.registry.models import Institution

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

    def __init__(self, *args: Any, sides: QuerySet[Institution], inside: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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


class AcceptanceForm(forms.Form):
    """The bearer's answer to what was done for them, with the seal of the page; a reason where something is missing."""

    answer = forms.ChoiceField(choices=[(name, name) for name in acceptance.OUTCOMES])
    seal = forms.CharField(max_length=400)
    reason = TextInput(required=False, max_length=2000)


class AskToSignForm(forms.Form):
    """Whom to ask for a signature: the partner, the person, their position and address."""

    institution = SideChoice(queryset=None, to_field_name="public_id", label=_("For which organisation"))
    name = LineInput(
        label=_("Signatory"), max_length=200, help_text=_("The name of whoever may sign for that organisation"),
        error_messages={"required": _("Signatory: enter the name of whoever is to sign.")},
    )  # fmt: skip
    position = LineInput(
        label=_("Position"), max_length=200, help_text=_("For example director"),
        error_messages={"required": _("Position: enter the position of whoever is to sign.")},
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("Their own address: a code is sent there before they sign"),
        error_messages={
            "required": _("E-mail: enter the address of whoever is to sign."),
            "invalid": _("E-mail: enter an address, for example director@school.uz."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, sides: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].queryset = sides
        if len(sides) == 1:
            del self.fields["institution"]


class SignAnswerForm(forms.Form):
    """The answer with the seal of the page and the code from the mailbox; a reason where the answer is no."""

    answer = forms.ChoiceField(choices=[(name, name) for name in ("sign", "decline", "code", "fresh")])
    seal = forms.CharField(max_length=400)
    code = forms.RegexField(
        r"^\s*[0-9]{3}\s?[0-9]{3}\s*$", label=_("Code from the letter"), strip=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
        error_messages={
            "required": _("Code: type the six figures from the letter."),
            "invalid": _("Code: type the six figures from the letter."),
        },
    )  # fmt: skip
    reason = TextInput(
        label=_("Reason"), required=False, max_length=2000, help_text=_("The other parties will read it"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def answer_given(self) -> str:
        """The button that was pressed, before anything else is looked at."""
        return str(self.data.get("answer", ""))

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == "decline" and not (data.get("reason") or "").strip():
            self.add_error("reason", forms.ValidationError(_("Reason: say why. The other side will read it.")))
        return data
