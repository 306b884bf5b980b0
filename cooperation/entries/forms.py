"""The quick log as a form, and its correction: they check shape and never save."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.spelling import LineInput, TextInput
from accounts.typed import DayInput, NumberInput
from cooperation.activities.models import Activity
from cooperation.entries.choosing import AGREEMENT, INSIDE, OTHER, PARTNER, Choices
from institutions.people.models import Membership
from institutions.registry.models import Institution

NOTE, MOST_PEOPLE, A_DAY = 2000, 100_000, 86_400
NO_NAME, NO_FORM = _("Organisation: type its name."), _("Choose the form of cooperation.")
SEVERAL = _("Several organisations fit. Choose one of them.")
NONE_FITS = _("No organisation has this name. Try another spelling.")


class EntryForm(forms.Form):
    """Five things, two of them required: what, with whom; how many, when, and a note."""

    type = forms.ChoiceField(
        label=_("What was it?"), widget=forms.RadioSelect,
        error_messages={"required": _("What was it: choose one."), "invalid_choice": _("What was it: choose one.")},
    )  # fmt: skip
    form = forms.ChoiceField(label=_("Form of cooperation"), required=False)
    cooperation = forms.ChoiceField(
        label=_("With whom?"),
        error_messages={
            "required": _("With whom: choose a cooperation."), "invalid_choice": _("With whom: choose a cooperation."),
        },
    )  # fmt: skip
    partner = forms.CharField(label=_("Organisation"), required=False, max_length=64)
    partner_text = LineInput(label=_("Organisation"), required=False, max_length=300)
    number = NumberInput(
        label=_("How many took part"), required=False, min_value=0, max_value=MOST_PEOPLE, decimal_places=0,
        max_digits=9,
        error_messages={
            name: _("How many took part: enter a whole number, for example 25.")
            for name in ("invalid", "min_value", "max_value", "max_decimal_places", "max_digits", "max_whole_digits")
        },
    )  # fmt: skip
    category = forms.ChoiceField(label=_("Who took part"), required=False)
    starts_on = DayInput(
        label=_("Date"), required=False,
        error_messages={"invalid": _("Date: enter a day, for example 21.11.2026.")},
    )  # fmt: skip
    note = TextInput(label=_("Note"), required=False, max_length=NOTE, widget=forms.Textarea(attrs={"rows": 2}))
    photo = forms.FileField(
        label=_("Photo"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"}),
    )  # fmt: skip
    on_behalf_of = forms.ChoiceField(label=_("For whom"), required=False)
    organiser = forms.ChoiceField(label=_("For which organisation"), required=False)
    opened = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, user: Any, offered: Choices, members: list[Membership] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.offered = user, offered
        self.members = {each.public_id: each for each in members or []}
        self.houses = {house.public_id: house for house in offered.houses}
        self.choices: list[Institution] = []
        self.partners: list[Institution] | None = None
        self._offer()

    def _offer(self) -> None:
        offered = self.offered

        def words(terms: Any) -> list[tuple[str, str]]:
            return [(term.code, name_now(term.names)) for term in terms]

        options: dict[str, list[tuple[str, Any]]] = {
            "type": words(offered.types),
            "form": [("", _("choose")), *words(offered.forms)],
            "cooperation": list(offered.cooperations),
            "category": words(offered.categories),
            "on_behalf_of": [("", _("Myself")), *((key, each.name) for key, each in self.members.items())],  # type: ignore[attr-defined]
            "organiser": [
                ("", _("As in the agreement")),
                *((key, name_now(h.names)) for key, h in self.houses.items()),
            ],
        }
        for name, found in options.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = data.get("cooperation", "")
        if chosen == OTHER:
            self._look_for(data.get("partner", ""), data.get("partner_text", ""))
        elif chosen.startswith(PARTNER):
            self.partners = [self.offered.partners[chosen.removeprefix(PARTNER)]]
        elif chosen == INSIDE:
            self.partners = []
        if data.get("number") and not data.get("category"):
            self.add_error("category", ValidationError(_("Who took part: choose one."), code="required"))
        return data

    def _look_for(self, key: str, text: str) -> None:
        """The organisation that was chosen, or without a script the one that fits what was typed."""
        seen = Institution.objects.visible_to(self.user).filter(status="verified")  # type: ignore[attr-defined]
        if key:
            found = list(seen.filter(public_id=key))
        else:
            found = list(seen.search(text)[:7]) if len(text) > 1 else []
        if len(found) == 1:
            self.partners = found
            return
        self.choices = found
        message, code = (SEVERAL, "several") if found else (NONE_FITS, "none")
        if not (key or text):
            message, code = NO_NAME, "required"
        self.add_error("partner", ValidationError(message, code=code))

    def told(self) -> dict[str, str]:
        """What is said of a field that is missing or cannot be read, for the script that keeps entries on the phone."""
        codes = {"type": "required", "cooperation": "required", "number": "invalid", "starts_on": "invalid"}
        found = {name: str(self.fields[name].error_messages[code]) for name, code in codes.items()}
        return {**found, "partner": str(NO_NAME), "form": str(NO_FORM)}

    def content(self) -> dict[str, Any]:
        """What was done, in the words of the action."""
        data, offered = self.cleaned_data, self.offered
        types = {term.code: term for term in offered.types}
        found: dict[str, Any] = {"type_": types[data["type"]], "note": data["note"]}
        if data["form"] and not types[data["type"]].data.get("form"):
            found["form"] = next(term for term in offered.forms if term.code == data["form"])
        if data["cooperation"].startswith(AGREEMENT):
            found["agreement"] = offered.agreements[data["cooperation"].removeprefix(AGREEMENT)]
        elif self.partners is not None:
            found["agreement"], found["partners"] = None, self.partners
        if data["number"]:
            category = next(term for term in offered.categories if term.code == data["category"])
            found["counts"] = {category: int(data["number"])}
        if data["starts_on"]:
            found["starts_on"] = data["starts_on"]
        return found

    def who(self, moment: datetime.datetime) -> dict[str, Any]:
        """For whom it is entered, for which organisation, and how long that took."""
        data = self.cleaned_data
        member = self.members.get(data["on_behalf_of"])
        opened = data.get("opened")
        seconds = int(moment.timestamp()) - opened if opened else None
        return {
            "on_behalf_of": member.user if member else None,
            "organiser": self.houses.get(data["organiser"]) or (member.institution if member else None),
            "entry_seconds": seconds if seconds is not None and 0 <= seconds <= A_DAY else None,
        }


class CorrectionForm(EntryForm):
    """The same fields for what stands there already, with every category of participants and the hours."""

    hours = NumberInput(
        label=_("Hours"), required=False, min_value=0, max_value=1000, decimal_places=2, max_digits=6,
        error_messages={
            name: _("Hours: enter a number, for example 1.5.") for name in ("invalid", "min_value", "max_value")
        },
    )  # fmt: skip
    KEPT = "kept"

    def __init__(self, *args: Any, activity: Activity, kept: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.activity = activity
        for name in ("photo", "on_behalf_of", "organiser", "opened", "number", "category"):
            del self.fields[name]
        self.fields["cooperation"].choices = [(self.KEPT, kept), *self.offered.cooperations]  # type: ignore[attr-defined]
        standing = {row.category.code: row.number for row in activity.counts.all()}
        for term in self.offered.categories:
            self.fields[f"count_{term.code}"] = forms.IntegerField(
                label=name_now(term.names), required=False, min_value=0, max_value=MOST_PEOPLE,
                initial=standing.get(term.code),
                error_messages={
                    name: _("How many took part: enter a whole number, for example 25.")
                    for name in ("invalid", "min_value", "max_value")
                },
            )  # fmt: skip

    @property
    def count_fields(self) -> list[forms.BoundField]:
        return [self[f"count_{term.code}"] for term in self.offered.categories]

    def content(self) -> dict[str, Any]:
        """What is given replaces what stands; the cooperation stays unless another one was chosen."""
        data = self.cleaned_data
        data["number"] = None
        found = super().content()
        if found["type_"] != self.activity.type:
            found.setdefault("form", None)  # the usual one of what it turned out to be
        found["hours"] = data["hours"] or None
        counted = {term: data.get(f"count_{term.code}") for term in self.offered.categories}
        found["counts"] = {term: number for term, number in counted.items() if number}
        if "agreement" in found and found["agreement"] is not None:
            found["partners"] = None
        return found
