"""Forms of comments: what is wrong, and the answer. They check shape and never save."""

from typing import Any

from django import forms
from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedForm
from accounts.spelling import TextInput

OPEN_FOR = 24 * 60 * 60  # seconds in which a form may be sent
SALT = "quality.comments"


def form_seal(address: str, key: str) -> str:
    """The hidden field: this form was opened here, for this page. No cookie lends a right, so none is needed."""
    return TimestampSigner(salt=SALT).sign_object({"address": address, "key": key})


class CommentForm(forms.Form):
    """What is wrong, and where the answer shall go."""

    seal = forms.CharField(widget=forms.HiddenInput, max_length=1000, required=False)
    text = TextInput(
        label=_("What is wrong?"), max_length=2000, min_length=10, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Say what stands there, what is right, and how you know. Leave out names of people."),
        error_messages={
            "required": _("What is wrong: say it in a sentence."),
            "min_length": _("What is wrong: say a little more, at least 10 characters."),
        },
    )  # fmt: skip
    contact = forms.EmailField(
        label=_("E-mail for the answer"), required=False, max_length=254,
        help_text=_("Not needed. Nobody else sees it; it is forgotten 90 days after the answer."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("E-mail: write it as name@example.org, or leave it empty.")},
    )  # fmt: skip

    def clean_seal(self) -> dict[str, str]:
        """What was sealed when the form was opened."""
        try:
            said: dict[str, str] = TimestampSigner(salt=SALT).unsign_object(self.cleaned_data["seal"], max_age=OPEN_FOR)
        except (BadSignature, ValueError):
            raise forms.ValidationError(
                _("This form was open for very long. Send it once more."), code="expired"
            ) from None
        return said


class AnswerForm(ScopedForm):
    """What everybody will read."""

    reason = TextInput(
        label=_("Your answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Everybody reads it. Leave out names of people."),
        error_messages={"required": _("Answer: say what is right, and why.")},
    )  # fmt: skip
    is_told = forms.BooleanField(
        label=_("Show what was said beside the answer"), required=False, initial=True,
        help_text=_("Untick it where a person is named."),
    )  # fmt: skip

    def content(self) -> dict[str, Any]:
        """What the action takes."""
        return dict(self.cleaned_data)
