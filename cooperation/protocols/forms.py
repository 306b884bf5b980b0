"""A protocol as a form: its head and its rows. It checks shape and never saves; what is missing is said on signing."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.spelling import LineInput, TextInput
from accounts.typed import DayInput
from cooperation.protocols.content import OFFICES
from institutions.people.colleagues import chosen
from institutions.people.models import Membership

OF_A_SIDE = _("Choose somebody who works at an organisation of the activity.")


def _prose(label: Any, rows: int = 2) -> TextInput:
    return TextInput(label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}))


class HeadForm(forms.Form):
    """Number, day, place, the two who sign, and what came of it."""

    number = LineInput(
        label=_("Number"), required=False, max_length=40, help_text=_("As your organisation numbers them")
    )
    held_on = DayInput(
        label=_("Date"), required=False,
        error_messages={"invalid": _("Date: enter a day, for example 21.11.2026.")},
    )  # fmt: skip
    place = LineInput(label=_("Place"), required=False, max_length=300)
    chair = forms.CharField(required=False, max_length=64)
    chair_text = LineInput(label=_("Chair"), required=False, max_length=200)
    chair_position = LineInput(label=_("Position of the chair"), required=False, max_length=200)
    secretary = forms.CharField(required=False, max_length=64)
    secretary_text = LineInput(label=_("Secretary"), required=False, max_length=200)
    secretary_position = LineInput(label=_("Position of the secretary"), required=False, max_length=200)
    result = _prose(_("Result"), 3)

    def __init__(self, *args: Any, people: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.members: dict[str, Membership | None] = {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, *_words in OFFICES:
            key, text = data.get(name, ""), data.get(f"{name}_text", "")
            self.members[name] = chosen(self.people, key, text)
            if (key or text) and self.members[name] is None:
                self.add_error(f"{name}_text", ValidationError(OF_A_SIDE, code="none"))
        return data

    def content(self) -> dict[str, Any]:
        """The head, as the action takes it."""
        data = self.cleaned_data
        found = {name: data[name] for name in ("number", "held_on", "place", "result")}
        for name, *_words in OFFICES:
            found[name] = {"member": self.members[name], "position": data[f"{name}_position"]}
        return found


class PresentRow(forms.Form):
    """Somebody who was there, in which position."""

    name = LineInput(
        label=_("Full name"), max_length=200, error_messages={"required": _("Full name: type it, or remove the row.")}
    )
    position = LineInput(label=_("Position"), required=False, max_length=300)


class ItemRow(forms.Form):
    """What was dealt with: an item of the agenda, or somebody's work."""

    title = LineInput(
        label=_("Title"), max_length=300, error_messages={"required": _("Title: type it, or remove the row.")}
    )
    author = LineInput(label=_("Author or speaker"), required=False, max_length=300)
    remarks = _prose(_("Questions and remarks"))
    decision = _prose(_("Decision"))


class PlaceRow(forms.Form):
    """Who took which place in a contest."""

    place = forms.IntegerField(
        label=_("Place taken"), min_value=1, max_value=999,
        error_messages={name: _("Place taken: enter a whole number, for example 1.") for name in ("required", "invalid")},
    )  # fmt: skip
    name = LineInput(
        label=_("Who"), max_length=300, error_messages={"required": _("Full name: type it, or remove the row.")}
    )


def _rows(row: Any, extra: int) -> Any:
    return forms.formset_factory(
        row, extra=extra, can_delete=True, can_delete_extra=False, max_num=100, validate_max=True
    )


PARTS = {"present": _rows(PresentRow, 3), "items": _rows(ItemRow, 1), "places": _rows(PlaceRow, 3)}


class Sheet:
    """The whole form: the head, and lists of rows with empty ones at the end; only contests have places."""

    def __init__(
        self, data: Any = None, *, content: dict[str, Any], head: dict[str, Any], people: list[Membership], contest: bool
    ) -> None:  # fmt: skip
        self.head = HeadForm(data, people=people, initial=head)
        self.parts = {
            name: formset(data, prefix=name, initial=None if data is not None else content[name])
            for name, formset in PARTS.items()
            if name != "places" or contest
        }

    def is_valid(self) -> bool:
        """Asks all of them, so that every error is shown at once."""
        return all([self.head.is_valid(), *(part.is_valid() for part in self.parts.values())])

    def content(self) -> dict[str, Any]:
        """Everything, as the action takes it."""
        rows = {name: [_said(row) for row in _kept(part)] for name, part in self.parts.items()}
        return {**self.head.content(), **rows}

    def refuse(self, error: ValidationError) -> None:
        """What the action refused, at the field it speaks of."""
        for name, told in error.error_dict.items():
            place = f"{name}_text" if f"{name}_text" in self.head.fields else name
            self.head.add_error(place if place in self.head.fields else None, told)

    def errors(self) -> list[dict[str, str]]:
        """All errors, each with the place it leads to."""
        bound = [self.head, *(row for part in self.parts.values() for row in part.forms)] if self.head.is_bound else []
        return [
            {"text": message, "url": f"#{form[name].id_for_label}" if name in form.fields else "#main"}
            for form in bound
            for name, told in form.errors.items()
            for message in told
        ]


def _kept(part: Any) -> list[Any]:
    return [row for row in part.forms if row not in part.deleted_forms and row.has_changed() | bool(row.initial)]


def _said(row: Any) -> dict[str, Any]:
    return {name: row.cleaned_data.get(name, "") for name in row.fields if name != "DELETE"}
