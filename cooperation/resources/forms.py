"""The form of a shared resource. It checks shape and never saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.spelling import TextInput
from cooperation.resources.attaching import ENDINGS
from cooperation.resources.models import Resource, ResourceKind, ResourceRights
from cooperation.reviewing.forms import ContentForm

COLUMNS = ("title", "kind", "rights", "description", "how", "link")


class ResourceForm(ContentForm):
    """What it is, who may use it, and how one gets at it: a file, a link, or words."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("choose")), *ResourceKind.choices],
        error_messages={"required": _("Kind: choose what it is.")},
    )  # fmt: skip
    rights = forms.ChoiceField(
        label=_("Who may use it"), choices=ResourceRights.choices, widget=forms.RadioSelect,
        initial=ResourceRights.PARTNERS, error_messages={"required": _("Who may use it: choose one.")},
    )  # fmt: skip
    description = TextInput(
        label=_("What it is"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody reads this"),
    )  # fmt: skip
    how = TextInput(
        label=_("How to use it"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Place, hours, whom to ask: for those who may use it"),
    )  # fmt: skip
    link = forms.URLField(
        label=_("Link"), required=False, max_length=500, assume_scheme="https",
        error_messages={"invalid": _("Link: enter a web address, for example https://example.org/manual.pdf.")},
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"), required=False, max_length=200, help_text=_("PDF, Office, e-book, picture or ZIP, at most 20 MB"),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in ENDINGS)}),
        error_messages={"empty": _("File: it is empty.")},
    )  # fmt: skip
    without_file = forms.BooleanField(label=_("Take the file away"), required=False)
    field_order = ("title", "kind", "rights", "description", "how", "link", "file", "without_file")

    def __init__(self, *args: Any, user: Any, houses: list[Any], thing: Resource | None = None, **kwargs: Any) -> None:
        if thing is not None:
            kwargs["initial"] = {name: getattr(thing, name) for name in (*COLUMNS, "version")}
        super().__init__(*args, user=user, houses=houses, **kwargs)
        self.known_file = thing.file_name if thing is not None else ""
        if not self.known_file:
            del self.fields["without_file"]

    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in COLUMNS}
