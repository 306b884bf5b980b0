"""The form with which a party shows what it did; it checks shape and never saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.spelling import TextInput
from accounts.typed import NumberInput
from cooperation.obligations.actions import ENDINGS, MOST_BYTES


class EvidenceForm(forms.Form):
    """One thing: something of this site, a link, or a file; how much it shows, and a word to it."""

    subject = forms.ChoiceField(
        label=_("Something of this site"), required=False,
        help_text=_("Confirmed activities, published materials and uses of your organisation"),
    )  # fmt: skip
    link = forms.URLField(
        label=_("Link"), required=False, max_length=500, assume_scheme="https",
        error_messages={"invalid": _("Link: enter a web address, for example https://example.org/report.pdf.")},
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"), required=False, max_length=200, help_text=_("PDF, Office, picture or ZIP, at most 20 MB"),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in ENDINGS)}),
        error_messages={"empty": _("File: it is empty.")},
    )  # fmt: skip
    quantity = NumberInput(
        label=_("How much it shows"), required=False, max_digits=18, decimal_places=4, min_value=0,
        help_text=_("Empty means one"),
        error_messages={"invalid": _("How much it shows: enter a number, for example 12.")},
    )  # fmt: skip
    note = TextInput(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, offered: list[tuple[str, list[tuple[str, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [("", _("choose")), *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        given = [name for name in ("subject", "link", "file") if data.get(name)]
        if len(given) != 1 and not self.errors:
            self.add_error(
                given[-1] if given else "link", _("Give one thing: something of this site, a link, or a file.")
            )
        if data.get("quantity") == 0:
            self.add_error("quantity", _("How much it shows: enter a number above nought."))
        return data

    def said(self) -> dict[str, Any]:
        """What was shown, as the action takes it."""
        data = self.cleaned_data
        kind, _colon, key = data["subject"].partition(":")
        sent = data["file"]
        return {
            "subject_type": kind, "subject": key, "link": data["link"], "quantity": data["quantity"], "note": data["note"],
            "file": (sent.name, sent.read(MOST_BYTES + 1)) if sent else None,
        }  # fmt: skip
