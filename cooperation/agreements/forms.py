"""The five steps of the wizard, the page of a change, and the forms of moves: they check shape and never save.

Each step reads a revision into its fields (`initial_of`) and hands over its part of the content (`content`).
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.scoped import ScopedForm
from accounts.spelling import LineInput, TextInput
from accounts.typed import DayInput, NumberInput
from accounts.wording import UNKNOWN
from cooperation.agreements.models import Revision
from cooperation.agreements.statuses import FURTHER
from institutions.registry.models import Institution
from institutions.territory.models import Term

RENEWALS = [
    ("none", _("Ends on its last day")),
    ("by_decision", _("May be renewed by a joint decision")),
    ("automatic", _("Is renewed by itself unless a party gives notice")),
]
PARTY = ("institution", "unit", "role", "responsibility")
A_DAY = _("for example 31.08.2027")


class TermChoice(forms.ModelChoiceField):
    """A word of a vocabulary, by code, shown by its name in the reader's language."""

    default_error_messages = {"invalid_choice": UNKNOWN}

    def __init__(self, vocabulary: str, **options: Any) -> None:
        rows = Term.objects.filter(vocabulary=vocabulary, valid__endswith__isnull=True).order_by("position", "pk")
        super().__init__(queryset=rows, to_field_name="code", **options)

    def label_from_instance(self, obj: Any) -> str:
        return name_now(obj.names)


def agreement_role(**options: Any) -> TermChoice:
    """A role a party can have in an agreement."""
    field = TermChoice("party_role", required=False, empty_label=_("not stated"), **options)
    field.queryset = field.queryset.filter(data__context__contains=["agreement"])
    return field


class Step(ScopedForm):
    """A step of the wizard: everything may be left empty until the draft is sent."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, revision: Revision | None = None, **kwargs: Any) -> None:
        self.revision = revision
        super().__init__(*args, **kwargs)

    @classmethod
    def initial_of(cls, revision: Revision) -> dict[str, Any]:
        """What stands in the revision, by field."""
        return {name: getattr(revision, name) for name in cls.base_fields if name != "version"}

    def content(self) -> dict[str, Any]:
        """What the step says, as the action takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class PartiesStep(Step):
    """Who: the kind of agreement, the own role, and the partners one by one."""

    kind = TermChoice("agreement_kind", label=_("Kind of agreement"), required=False, empty_label=_("choose"))
    own_role = agreement_role(label=_("Role of your organisation"))
    partner = forms.CharField(label=_("Partner"), required=False, max_length=64)
    partner_text = LineInput(label=_("Partner"), required=False, max_length=300)
    partner_role = agreement_role(label=_("Role of the partner"))
    remove = forms.CharField(required=False, max_length=26, widget=forms.HiddenInput)

    @classmethod
    def initial_of(cls, revision: Revision) -> dict[str, Any]:
        own = next((p for p in revision.parties.all() if p.institution_id == revision.drafted_for_id), None)
        return {
            "kind": revision.kind.code if revision.kind else None,
            "own_role": own.role.code if own and own.role else None,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        key, text = data.get("partner"), data.get("partner_text")
        self.choices: list[Institution] = []
        if key:
            data["found"] = Institution.objects.visible_to(self.user).filter(public_id=key).first()  # type: ignore[attr-defined]
            if data["found"] is None:
                self.add_error("partner", ValidationError(UNKNOWN, code="invalid_choice"))
        elif text:
            self._look_for(text, data)
        return data

    def _look_for(self, text: str, data: dict[str, Any]) -> None:
        """Without a script the name was only typed: one organisation that fits is taken, several are offered."""
        self.choices = list(Institution.objects.visible_to(self.user).search(text)[:7])  # type: ignore[attr-defined]
        if len(self.choices) == 1:
            data["found"] = self.choices[0]
        elif self.choices:
            self.add_error(
                "partner", ValidationError(_("Several organisations fit. Choose one of them."), code="several")
            )
        else:
            self.add_error(
                "partner", ValidationError(_("No organisation has this name. Try another spelling."), code="none")
            )

    def content(self) -> dict[str, Any]:
        data, revision = self.cleaned_data, self.revision
        parties = [] if revision is None else [
            {name: getattr(each, name) for name in PARTY}
            for each in sorted(revision.parties.all(), key=lambda party: party.position)
            if each.institution.public_id != data.get("remove")
        ]  # fmt: skip
        found = data.get("found")
        for party in parties:
            if revision is not None and party["institution"].pk == revision.drafted_for_id:
                party["role"] = data.get("own_role")
            elif found is not None and party["institution"].pk == found.pk:
                party["role"] = data.get("partner_role")
        if found is not None and all(party["institution"].pk != found.pk for party in parties):
            parties.append({"institution": found, "role": data.get("partner_role")})
        return {"kind": data.get("kind"), "parties": parties}


class WithTexts(Step):
    """A form with the text in further languages beside that of the state."""

    text_ru = TextInput(label=_("Text in Russian"), required=False, max_length=100_000)
    text_en = TextInput(label=_("Text in English"), required=False, max_length=100_000)

    @classmethod
    def initial_of(cls, revision: Revision) -> dict[str, Any]:
        further = {f"text_{language}": revision.texts.get(language, "") for language in FURTHER}
        named = [name for name in cls.base_fields if name != "version" and name not in further]
        return {**{name: getattr(revision, name) for name in named}, **further}

    def content(self) -> dict[str, Any]:
        found = super().content()
        found["texts"] = {language: found.pop(f"text_{language}") for language in FURTHER}
        return found


class SubjectStep(WithTexts):
    """What about."""

    title = LineInput(
        label=_("Subject"), required=False, max_length=300, help_text=_("One line that both sides recognise")
    )
    text = TextInput(
        label=_("Text of the agreement"),
        required=False,
        max_length=100_000,
        help_text=_("What the parties do together and how"),
    )
    text.widget.attrs["rows"] = 12


class DatesStep(Step):
    """From when to when."""

    starts_on = DayInput(
        label=_("Starts"),
        required=False,
        help_text=A_DAY,
        error_messages={"invalid": _("Starts: enter a day, for example 01.09.2026.")},
    )
    ends_on = DayInput(
        label=_("Ends"),
        required=False,
        help_text=_("The last day; empty for an agreement without an end"),
        error_messages={"invalid": _("Ends: enter a day, for example 31.08.2027.")},
    )
    notice_days = forms.IntegerField(
        label=_("Notice in days"),
        min_value=0,
        max_value=3650,
        required=False,
        initial=90,
        help_text=_("How long before leaving a party says so"),
        error_messages={"invalid": _("Notice in days: enter a whole number, for example 90.")},
    )

    def content(self) -> dict[str, Any]:
        found = super().content()
        if found["notice_days"] is None:
            del found["notice_days"]
        return found


def months_field() -> forms.IntegerField:
    """By how long an agreement is renewed by itself."""
    return forms.IntegerField(
        label=_("Renewed by months"), min_value=1, max_value=600, required=False,
        help_text=_("Only for an agreement that is renewed by itself, for example 12"),
        error_messages={"invalid": _("Renewed by months: enter a whole number, for example 12.")},
    )  # fmt: skip


def survives_field() -> forms.BooleanField:
    """Whether the others go on when one leaves."""
    return forms.BooleanField(
        label=_("Goes on when one party leaves"), required=False,
        help_text=_("As long as at least two parties stay"),
    )  # fmt: skip


class DocumentStep(Step):
    """How it goes on at the end, and when one leaves."""

    renewal = forms.ChoiceField(
        label=_("After the last day"), choices=RENEWALS, required=False, widget=forms.RadioSelect
    )
    renewal_months = months_field()
    survives_exit = survives_field()

    def content(self) -> dict[str, Any]:
        return {**super().content(), "renewal": self.cleaned_data.get("renewal") or "none"}


class PartyChoice(forms.ChoiceField):
    """One of the parties of the agreement, by public id."""


class TermForm(forms.Form):
    """One obligation: who does how much of what for whom until when."""

    key = forms.CharField(required=False, max_length=26, widget=forms.HiddenInput)
    kind = TermChoice(
        "obligation_kind",
        label=_("What is promised"),
        empty_label=_("choose"),
        error_messages={"required": _("What is promised: choose one.")},
    )
    form = TermChoice("cooperation_form", label=_("Form of cooperation"), required=False, empty_label=_("not stated"))
    from_ = PartyChoice(label=_("Who does it"), required=False)
    to = PartyChoice(label=_("For whom"), required=False)
    quantity = NumberInput(
        label=_("How much"),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=4,
        error_messages={"invalid": _("How much: enter a number, for example 12.")},
    )
    due_on = DayInput(
        label=_("Until"), required=False, error_messages={"invalid": _("Until: enter a day, for example 31.08.2027.")}
    )
    not_yet_defined = forms.BooleanField(
        label=_("Not yet defined"), required=False, help_text=_("Can be sent, and signed once it is defined")
    )

    def __init__(self, *args: Any, houses: dict[str, Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", _("not stated")), *((key, name_now(house.names)) for key, house in houses.items())]
        for name in ("from_", "to"):
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        self.houses = houses

    def term(self) -> dict[str, Any]:
        """The obligation as the action takes it; its unit is the first one its kind is counted in."""
        data = self.cleaned_data
        units = data["kind"].data.get("units") or [""]
        return {
            **{name: data[name] for name in ("kind", "form", "quantity", "due_on", "not_yet_defined")},
            "key": data["key"], "unit": units[0],
            "from_": self.houses.get(data["from_"]), "to": self.houses.get(data["to"]),
        }  # fmt: skip


class Terms(forms.BaseFormSet):  # type: ignore[type-arg]
    """Obligations as rows of a form, with an empty one at the end."""

    def __init__(self, *args: Any, revision: Revision, user: Any = None, **kwargs: Any) -> None:
        houses = {
            each.institution.public_id: each.institution
            for each in revision.parties.select_related("institution").order_by("position")
        }
        self.revision = revision
        kwargs.setdefault("form_kwargs", {"houses": houses})
        kwargs.setdefault("prefix", "terms")
        super().__init__(*args, **kwargs)

    @staticmethod
    def initial_of(revision: Revision) -> list[dict[str, Any]]:
        """The obligations that stand in the revision."""
        terms = revision.terms.select_related("kind", "form", "from_institution", "to_institution").order_by(
            "position", "pk"
        )
        return [
            {
                "key": each.key, "kind": each.kind.code, "form": each.form.code if each.form else None,
                "from_": each.from_institution.public_id if each.from_institution else "",
                "to": each.to_institution.public_id if each.to_institution else "",
                "quantity": None if each.quantity is None else f"{each.quantity.normalize():f}", "due_on": each.due_on,
                "not_yet_defined": each.not_yet_defined,
            }
            for each in terms
        ]  # fmt: skip

    def content(self) -> dict[str, Any]:
        """All rows that say something and were not struck out."""
        kept = [form for form in self.forms if form.has_changed() or form.initial]
        return {
            "terms": [
                form.term() for form in kept if not form.cleaned_data.get("DELETE") and form.cleaned_data.get("kind")
            ]
        }


TermsStep = forms.formset_factory(TermForm, formset=Terms, extra=1, can_delete=True, max_num=50, absolute_max=60)
STEPS: dict[str, Any] = {
    "parties": PartiesStep, "subject": SubjectStep, "dates": DatesStep, "terms": TermsStep, "document": DocumentStep,
}  # fmt: skip


class ChangeForm(WithTexts):
    """What may be changed in a proposal beside its obligations."""

    title = LineInput(
        label=_("Subject"),
        max_length=300,
        error_messages={"required": _("Subject: say in one line what the agreement is about.")},
    )
    text = TextInput(label=_("Text of the agreement"), required=False, max_length=100_000)
    starts_on = DayInput(
        label=_("Starts"),
        error_messages={
            "invalid": _("Starts: enter a day, for example 01.09.2026."),
            "required": _("Starts: enter the first day of the agreement."),
        },
    )
    ends_on = DayInput(
        label=_("Ends"), required=False, error_messages={"invalid": _("Ends: enter a day, for example 31.08.2027.")}
    )
    notice_days = forms.IntegerField(
        label=_("Notice in days"),
        min_value=0,
        max_value=3650,
        error_messages={
            "invalid": _("Notice in days: enter a whole number, for example 90."),
            "required": _("Notice in days: enter a whole number, for example 90."),
        },
    )
    renewal = forms.ChoiceField(label=_("After the last day"), choices=RENEWALS, widget=forms.RadioSelect)
    renewal_months = months_field()
    survives_exit = survives_field()


class SignForm(forms.Form):
    """The hash that was read, and the password again."""

    content_hash = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    password = forms.CharField(
        label=_("Your password"), max_length=1024, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Your password: enter it to sign.")},
    )  # fmt: skip
