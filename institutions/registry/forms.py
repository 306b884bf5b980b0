"""Forms of the registry; they check shape and never save."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.scoped import ScopedForm
from accounts.spelling import LineInput, TextInput
from accounts.typed import DayInput
from institutions.registry.models import Institution, Ownership, SuccessionKind
from institutions.territory.models import Term, Territory


class NamedChoice(forms.ModelChoiceField):
    """A choice among words of a vocabulary or places, by code, shown by name."""

    def __init__(self, queryset: Any, **options: Any) -> None:
        super().__init__(queryset, **{"empty_label": "—", **options})

    def label_from_instance(self, obj: Any) -> str:
        return name_now(obj.names)


def kinds_open() -> Any:
    """Kinds offered for new participants."""
    return Term.objects.filter(vocabulary="participant_kind", valid__endswith__isnull=True).order_by("position", "pk")


class RegisterForm(ScopedForm):
    """An application for a place in the register."""

    name_uz = LineInput(label=_("Name in Uzbek"), max_length=300, required=False)
    name_ru = LineInput(label=_("Name in Russian"), max_length=300, required=False)
    name_en = LineInput(label=_("Name in English"), max_length=300, required=False)
    short_name = LineInput(
        label=_("Short name"), max_length=100, required=False, help_text=_("As people say it, such as an abbreviation")
    )
    kind = NamedChoice(
        queryset=Term.objects.none(),
        to_field_name="code",
        label=_("Kind of organisation"),
        error_messages={"required": _("Kind of organisation: choose one.")},
    )
    territory = NamedChoice(
        queryset=Territory.objects.none(),
        to_field_name="code",
        label=_("District or city"),
        required=False,
    )
    country = forms.RegexField(
        r"^[A-Za-z]{2}$", label=_("Country, where it is another one"), required=False, strip=True,
        help_text=_("Two letters, such as TR or KZ; then the place is left out"),
        error_messages={"invalid": _("Country: two letters, such as TR or KZ.")},
    )  # fmt: skip
    ownership = forms.ChoiceField(label=_("Ownership"), choices=Ownership.choices)
    opened_on = DayInput(
        label=_("Opened on"),
        required=False,
        error_messages={"invalid": _("Opened on: enter a day, for example 01.09.2026.")},
    )
    scheme = forms.ChoiceField(label=_("Register"), required=False)
    external_id = LineInput(label=_("Number in that register"), max_length=64, required=False)
    no_number_because = LineInput(label=_("If there is no number: why"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = kinds_open()  # type: ignore[attr-defined]
        self.fields["territory"].queryset = Territory.objects.filter(depth__gt=0).order_by("lineage")  # type: ignore[attr-defined]
        self.fields["scheme"].choices = [("", "—"), *schemes()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Turns the fields into the keyword arguments of the action."""
        data = dict(self.cleaned_data)
        names = {tag: data.pop(f"name_{tag}", "") for tag in ("uz", "ru", "en")}
        data["names"] = {tag: name for tag, name in names.items() if name}
        if not data["names"]:
            self.add_error("name_uz", ValidationError(_("Name: give it in at least one language."), code="required"))
        data["country"] = (data.get("country") or "").upper()
        if data["country"] and not data.get("territory"):
            data["territory"] = Territory.objects.filter(depth=0).order_by("pk").first()
        if not data.get("territory") and "territory" not in self.errors:
            said = _("District or city: choose where the organisation lies.")
            self.add_error("territory", ValidationError(said, code="required"))
        scheme, number = data.pop("scheme", ""), data.pop("external_id", "")
        if bool(scheme) != bool(number):
            self.add_error(
                "external_id",
                ValidationError(_("Number: choose the register and give the number, or neither."), code="both"),
            )
        if not number and not data.get("no_number_because"):
            self.add_error(
                "external_id", ValidationError(_("Number: give one, or say below why there is none."), code="required")
            )
        data["external_ids"] = [{"scheme": scheme, "value": number}] if scheme and number else []
        return data


class NumberForm(ScopedForm):
    """By which number another register knows it."""

    scheme = forms.ChoiceField(label=_("Register"))
    value = LineInput(label=_("Number in that register"), max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [("", "—"), *schemes()]  # type: ignore[attr-defined]


def schemes() -> list[tuple[str, str]]:
    """Registers that give numbers, by code and name."""
    terms = Term.objects.filter(vocabulary="id_scheme").order_by("position", "pk")
    return [(term.code, name_now(term.names)) for term in terms]


class ReasonForm(ScopedForm):
    """Why."""

    reason = TextInput(
        label=_("Reason"),
        max_length=2000,
        error_messages={"required": _("Reason: say why, the other side will read it.")},
    )
    document = LineInput(
        label=_("Document"), max_length=300, required=False, help_text=_("Number and date of the order")
    )


class VerifyForm(ScopedForm):
    """Likely duplicates were looked at."""

    duplicates_decided = forms.BooleanField(
        label=_("I have looked at the similar organisations: this is another one"), required=False
    )


class ResubmitForm(ScopedForm):
    """Nothing but the wish."""


class CloseForm(ReasonForm):
    """When it closes, why, and who takes over."""

    on = DayInput(
        label=_("First day it is closed"),
        required=False,
        error_messages={"invalid": _("First day it is closed: enter a day, for example 01.09.2026.")},
    )
    heir = LineInput(label=_("Organisation that takes over"), max_length=26, required=False)
    kind = forms.ChoiceField(label=_("How"), choices=SuccessionKind.choices, required=False)

    def clean_heir(self) -> Any:
        """The heir among the visible ones."""
        public_id = self.cleaned_data["heir"]
        if not public_id:
            return None
        found = Institution.objects.visible_to(self.user).filter(public_id=public_id).first()  # type: ignore[attr-defined]
        if found is None:
            raise ValidationError(_("Organisation that takes over: choose one from the list."), code="invalid_choice")
        return found

    def clean(self) -> dict[str, Any]:
        """One heir or none."""
        data = dict(self.cleaned_data)
        heir = data.pop("heir", None)
        return {**data, "heirs": [heir] if heir else [], "kind": data.get("kind") or SuccessionKind.SUCCESSOR}


class ReopenForm(ReasonForm):
    """From which day it is open again."""

    on = DayInput(
        label=_("First day it is open again"),
        required=False,
        error_messages={"invalid": _("First day it is open again: enter a day, for example 01.09.2026.")},
    )


class DatedForm(ReasonForm):
    """A change from a day on."""

    on = DayInput(
        label=_("From which day"),
        error_messages=dict.fromkeys(("required", "invalid"), _("From which day: give the day, such as 01.09.2026.")),
    )


class RenameForm(DatedForm):
    """How it is called from a day on."""

    name_uz = LineInput(label=_("Name in Uzbek"), max_length=300, required=False)
    name_ru = LineInput(label=_("Name in Russian"), max_length=300, required=False)
    name_en = LineInput(label=_("Name in English"), max_length=300, required=False)
    short_name = LineInput(label=_("Short name"), max_length=100, required=False)
    field_order = ("name_uz", "name_ru", "name_en", "short_name", "on", "reason", "document")

    def clean(self) -> dict[str, Any]:
        """The names as one."""
        data = dict(self.cleaned_data)
        names = {tag: data.pop(f"name_{tag}", "") for tag in ("uz", "ru", "en")}
        data["names"] = {tag: name for tag, name in names.items() if name}
        if not data["names"]:
            self.add_error("name_uz", ValidationError(_("Name: give it in at least one language."), code="required"))
        return data


class PlaceForm(DatedForm):
    """Where it lies from a day on."""

    territory = NamedChoice(queryset=Territory.objects.none(), to_field_name="code", label=_("District or city"))
    field_order = ("territory", "on", "reason", "document")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].queryset = Territory.objects.filter(depth__gt=0).order_by("lineage")  # type: ignore[attr-defined]


class KindForm(DatedForm):
    """Of what kind it is from a day on."""

    kind = NamedChoice(queryset=Term.objects.none(), to_field_name="code", label=_("Kind of organisation"))
    field_order = ("kind", "on", "reason", "document")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = kinds_open()  # type: ignore[attr-defined]
