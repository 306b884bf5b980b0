"""The form of a work; it checks shape and never saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.spelling import LineInput, TextInput
from cooperation.resources.models import Resource, ResourceKind
from labs.laboratories.models import Laboratory
from labs.laboratories.presenting import title_of
from labs.pilots.models import PilotProject
from labs.works.citing import doi_of
from labs.works.models import Work, WorkKind

LATEST = 200
NEW_ONLY = ("citation", "resource", "laboratory", "title", "link", "description")


class WorkForm(forms.Form):
    """A record pasted from a library fills what is left empty; who chooses a resource types no title."""

    laboratory = forms.ChoiceField(label=_("Laboratory"), error_messages={"required": _("Laboratory: choose one.")})
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("choose")), *WorkKind.choices],
        error_messages={"required": _("Kind: choose what it is.")},
    )  # fmt: skip
    project = forms.ChoiceField(label=_("Pilot project"), required=False)
    citation = TextInput(
        label=_("Record of a library or a journal"), required=False, max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("BibTeX, RIS or a DOI: what it says need not be typed below"),
    )  # fmt: skip
    resource = forms.ChoiceField(
        label=_("A resource you share already"),
        required=False,
        help_text=_("Its title, link and file are taken from there"),
    )
    title = LineInput(label=_("Title"), required=False, max_length=300)
    authors = TextInput(
        label=_("Authors"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One name a line, in the order of the work"),
    )  # fmt: skip
    year = forms.IntegerField(
        label=_("Year"), required=False, min_value=1900, max_value=2100,
        error_messages={each: _("Year: four digits, for example 2026.") for each in ("invalid", "min_value", "max_value")},
    )  # fmt: skip
    published_in = LineInput(
        label=_("Published in"), required=False, max_length=300, help_text=_("Journal or publisher")
    )
    doi = LineInput(label="DOI", required=False, max_length=200)
    link = forms.URLField(
        label=_("Link"), required=False, max_length=500, assume_scheme="https",
        error_messages={"invalid": _("Link: enter a web address, for example https://example.org/manual.pdf.")},
    )  # fmt: skip
    description = TextInput(
        label=_("What it is"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, *args: Any, user: Any, laboratories: list[Laboratory], work: Work | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.laboratories = {each.public_id: each for each in laboratories}
        seen: Any = PilotProject.objects.visible_to(user)
        rows = seen.filter(laboratory__in=laboratories).order_by("-modified_at", "-pk")[:LATEST]
        self.projects = {each.public_id: each for each in rows}
        self.fields["project"].choices = _choices({key: each.title for key, each in self.projects.items()})  # type: ignore[attr-defined]
        if work is not None:
            for name in NEW_ONLY:
                del self.fields[name]
            return
        own = Resource.objects.visible_to(user).filter(author=user.pk, kind=ResourceKind.DIGITAL)
        self.resources = {each.public_id: each for each in own.order_by("-modified_at", "-pk")[:LATEST]}
        self.fields["resource"].choices = _choices({key: each.title for key, each in self.resources.items()})  # type: ignore[attr-defined]
        named = {key: title_of(each) for key, each in self.laboratories.items()}
        self.fields["laboratory"].choices = list(named.items()) if len(named) == 1 else _choices(named)  # type: ignore[attr-defined]

    def clean_doi(self) -> str:
        """A DOI, alone or with its address."""
        told: str = self.cleaned_data["doi"]
        if told and not doi_of(told):
            raise forms.ValidationError(_("DOI: it begins with 10. and has a slash, for example 10.1000/182."))
        return told

    def content(self) -> dict[str, Any]:
        """As the action takes it."""
        data = {**self.cleaned_data}
        data["project"] = self.projects.get(data["project"])
        data["authors"] = [line.strip() for line in data["authors"].splitlines() if line.strip()]
        if "laboratory" in data:
            data["laboratory"] = self.laboratories[data["laboratory"]]
            data["resource"] = self.resources.get(data["resource"])
        return data


def _choices(named: dict[str, str]) -> list[tuple[str, Any]]:
    return [("", _("choose")), *named.items()]
