"""The form of a draft: its head, its partners, stages and outputs as rows. It checks shape and never saves."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.scoped import ScopedForm
from accounts.spelling import LineInput, TextInput
from accounts.typed import DayInput, NumberInput
from accounts.wording import UNKNOWN, day_short, number
from cooperation.agreements.models import Agreement
from cooperation.agreements.statuses import AgreementStatus
from cooperation.projects.models import JointProject
from institutions.registry.models import Institution
from institutions.territory.models import Term

FEW, LATEST = 7, 200
LIVING = (AgreementStatus.CONCLUDED, AgreementStatus.IN_FORCE)
A_DAY = _("for example 31.08.2027")


def words(vocabulary: str) -> dict[str, Term]:
    """The words of a vocabulary that are in use, by code."""
    rows = Term.objects.filter(vocabulary=vocabulary, valid__endswith__isnull=True).order_by("position", "pk")
    return {term.code: term for term in rows}


def project_roles() -> dict[str, Term]:
    """The roles a partner of a joint project can have."""
    return {
        code: term for code, term in words("party_role").items() if "project" in term.data.get("context", ["project"])
    }


def _agreements(rows: Any) -> Any:
    return rows.filter(status__in=LIVING).order_by("-number", "-pk")[:LATEST]


class HeadForm(ScopedForm):
    """What it is to reach, from when to when, for how much."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = LineInput(
        label=_("Title"), max_length=300, help_text=_("One line that all partners recognise"),
        error_messages={"required": _("Title: say in one line what the project is.")},
    )  # fmt: skip
    goal = TextInput(
        label=_("Goal"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What will be different when it is done"),
    )  # fmt: skip
    lead = forms.ChoiceField(label=_("Lead"), required=False)
    starts_on = DayInput(
        label=_("Starts"), required=False, help_text=_("for example 01.09.2026"),
        error_messages={"invalid": _("Starts: enter a day, for example 01.09.2026.")},
    )  # fmt: skip
    ends_on = DayInput(
        label=_("Ends"), required=False, help_text=A_DAY,
        error_messages={"invalid": _("Ends: enter a day, for example 31.08.2027.")},
    )  # fmt: skip
    budget = NumberInput(
        label=_("Budget in the national currency"), required=False, min_value=0, max_digits=18, decimal_places=2,
        error_messages={
            name: _("Budget: enter an amount, for example 12 000 000.")
            for name in ("invalid", "min_value", "max_digits", "max_whole_digits", "max_decimal_places")
        },
    )  # fmt: skip
    agreement = forms.ChoiceField(label=_("Agreement"), required=False, help_text=_("The agreement it is a part of"))

    def __init__(self, *args: Any, houses: list[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.houses = {house.public_id: house for house in houses}
        if len(houses) > 1:
            self.fields["lead"].choices = [(key, name_now(house.names)) for key, house in self.houses.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["lead"]
        rows = Agreement.objects.visible_to(self.user)  # type: ignore[attr-defined]
        self.agreements = {each.public_id: each for each in _agreements(rows)}
        self.keep(self.initial.get("agreement"))
        self._offer()

    def keep(self, public_id: str | None) -> None:
        """An agreement that was chosen once stays a choice, whatever became of it."""
        if public_id and public_id not in self.agreements:
            rows = Agreement.objects.visible_to(self.user).filter(public_id=public_id)  # type: ignore[attr-defined]
            self.agreements |= {each.public_id: each for each in rows}

    def _offer(self) -> None:
        offered = [(key, f"{each.number} · {each.title}"[:120]) for key, each in self.agreements.items()]
        self.fields["agreement"].choices = [("", _("without an agreement")), *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            message = _("Ends: enter a day after the start date, for example 31.08.2027.")
            self.add_error("ends_on", ValidationError(message, code="order"))
        return data

    def content(self) -> dict[str, Any]:
        """The columns, as the action takes them."""
        data = self.cleaned_data
        found = {name: data[name] for name in ("title", "goal", "starts_on", "ends_on", "budget")}
        return {**found, "agreement": self.agreements.get(data["agreement"])}


class PartnerRow(forms.Form):
    """One partner and its role; the organisation is chosen from the search box, or typed where there is no script."""

    institution = forms.CharField(label=_("Partner"), required=False, max_length=64)
    institution_text = LineInput(label=_("Partner"), required=False, max_length=300)
    role = forms.ChoiceField(label=_("Role of the partner"), required=False)

    def __init__(self, *args: Any, user: Any, terms: dict[str, Term], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.terms = user, terms
        self.found: Institution | None = None
        self.choices: list[Institution] = []
        offered = [(code, name_now(term.names)) for code, term in terms.items()]
        self.fields["role"].choices = [("", _("choose")), *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        key, text = data.get("institution", ""), data.get("institution_text", "")
        if key or text:
            self._look_for(key, text)
            if not data.get("role") and "role" not in self.errors:
                self.add_error("role", ValidationError(_("Role of the partner: choose one."), code="required"))
        elif data.get("role"):
            self.add_error("institution", ValidationError(_("Partner: type the name."), code="required"))
        return data

    def _look_for(self, key: str, text: str) -> None:
        seen = Institution.objects.visible_to(self.user)  # type: ignore[attr-defined]
        if key:
            self.found = seen.filter(public_id=key).first()
            if self.found is None:
                self.add_error("institution", ValidationError(UNKNOWN, code="invalid_choice"))
            return
        self.choices = list(seen.filter(status="verified").search(text)[:FEW]) if len(text) > 1 else []
        if len(self.choices) == 1:
            self.found = self.choices[0]
            return
        several = _("Several organisations fit. Choose one of them.")
        message = several if self.choices else _("No organisation has this name. Try another spelling.")
        self.add_error("institution", ValidationError(message, code="several" if self.choices else "none"))

    def said(self) -> dict[str, Any] | None:
        """The partner as the action takes it; None for a row that was left empty."""
        role = self.terms.get(self.cleaned_data.get("role", ""))
        return {"institution": self.found, "role": role} if self.found and role else None


class StageRow(forms.Form):
    """A stage and its deadline."""

    title = LineInput(
        label=_("Stage"), max_length=300,
        error_messages={"required": _("Stage: give it a name, or remove the stage.")},
    )  # fmt: skip
    due_on = DayInput(
        label=_("Deadline"), required=False,
        error_messages={"invalid": _("Deadline: enter a day, for example 31.08.2027.")},
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, terms: dict[str, Term], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def said(self) -> dict[str, Any] | None:
        """The stage as the action takes it."""
        data = self.cleaned_data
        return {"title": data["title"], "due_on": data["due_on"]} if data.get("title") else None


class OutputRow(forms.Form):
    """Something that the project is to leave behind."""

    title = LineInput(
        label=_("Output"), max_length=300,
        error_messages={"required": _("Output: give it a name, or remove the output.")},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind of output"), error_messages={"required": _("Kind of output: choose one.")},
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, terms: dict[str, Term], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = terms
        offered = [(code, name_now(term.names)) for code, term in terms.items()]
        self.fields["kind"].choices = [("", _("choose")), *offered]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any] | None:
        """The output as the action takes it."""
        data = self.cleaned_data
        return {"title": data["title"], "kind": self.terms[data["kind"]]} if data.get("title") else None


def _rows(row: Any, most: int) -> Any:
    return forms.formset_factory(
        row, extra=1, can_delete=True, can_delete_extra=False, max_num=most, absolute_max=most + 5, validate_max=True
    )


PARTS: dict[str, Any] = {
    "partners": _rows(PartnerRow, 50), "stages": _rows(StageRow, 100), "outputs": _rows(OutputRow, 100),
}  # fmt: skip


class Draft:
    """The whole page of a draft: the head and three lists of rows, each with an empty one at the end."""

    def __init__(
        self, data: Any = None, *, user: Any, houses: list[Institution], project: JointProject | None = None
    ) -> None:
        initial = initial_of(project) if project else {}
        self.refused: dict[str, list[str]] = {}
        self.head = HeadForm(data, user=user, houses=houses, initial=initial.get("head"))
        terms: dict[str, Any] = {"partners": project_roles(), "stages": {}, "outputs": words("output_kind")}
        self.parts = {
            name: formset(
                data, prefix=name, form_kwargs={"user": user, "terms": terms[name]},
                initial=None if data is not None else initial.get(name),
            )
            for name, formset in PARTS.items()
        }  # fmt: skip

    def is_valid(self) -> bool:
        """Whether head and rows can be read; asks all of them, so that every error is shown at once."""
        return all([self.head.is_valid(), *(part.is_valid() for part in self.parts.values())])

    def content(self) -> dict[str, Any]:
        """Everything, as the action takes it."""
        return {**self.head.content(), **{name: list(self._said(name)) for name in self.parts}}

    def _said(self, name: str) -> Iterator[dict[str, Any]]:
        formset = self.parts[name]
        for row in formset.forms:
            if row not in formset.deleted_forms and (said := row.said()):
                yield said

    def refuse(self, error: ValidationError) -> None:
        """What the action refused, at the field or the list it speaks of."""
        told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, messages in told.items():
            if name in self.head.fields:
                self.head.add_error(name, messages)
            else:
                self.refused.setdefault(name, []).extend(messages)

    def errors(self) -> list[dict[str, str]]:
        """All errors, each with the place it leads to."""
        found = [(message, f"#{name}" if name else "#main") for name, told in self.refused.items() for message in told]
        forms_of = [self.head, *(row for part in self.parts.values() for row in part.forms)]
        for form in forms_of if self.head.is_bound else ():
            for name, messages in form.errors.items():
                found += [(message, f"#{form[name].id_for_label}" if name in form.fields else "#main")
                          for message in messages]  # fmt: skip
        for name, part in self.parts.items():
            found += [(message, f"#{name}") for message in part.non_form_errors()]
        return [{"text": message, "url": url} for message, url in found]


def initial_of(project: JointProject) -> dict[str, Any]:
    """What stands in the draft, by field and row."""
    columns = ("title", "goal", "starts_on", "ends_on", "version")
    budget = None if project.budget is None else f"{project.budget.normalize():f}"
    return {
        "head": {
            **{name: getattr(project, name) for name in columns}, "budget": budget,
            "agreement": project.agreement.public_id if project.agreement else "",
        },
        "partners": [
            {"institution": each.institution.public_id, "institution_text": name_now(each.institution.names),
             "role": each.role.code}
            for each in sorted(project.partners.all(), key=lambda each: each.pk)
        ],
        "stages": [
            {"title": each.title, "due_on": each.due_on}
            for each in sorted(project.stages.all(), key=lambda each: each.position)
        ],
        "outputs": [
            {"title": each.title, "kind": each.kind.code}
            for each in sorted(project.outputs.all(), key=lambda each: each.position)
        ],
    }  # fmt: skip


def differences(project: JointProject, draft: Draft) -> list[dict[str, str]]:
    """Field by field what two editors wrote: what is stored now, and what this one sent."""
    content = draft.content()
    labels: dict[str, Any] = {
        **{name: field.label for name, field in draft.head.fields.items()},
        "partners": _("Partners"), "stages": _("Stages"), "outputs": _("Outputs"),
    }  # fmt: skip
    stored: dict[str, Any] = {name: getattr(project, name) for name in content if name not in draft.parts}
    stored |= {
        "partners": [{"institution": each.institution, "role": each.role} for each in project.partners.all()],
        "stages": [{"title": each.title, "due_on": each.due_on} for each in project.stages.all()],
        "outputs": [{"title": each.title, "kind": each.kind} for each in project.outputs.all()],
    }
    both = [(labels[name], _shown(stored[name]), _shown(said)) for name, said in content.items()]
    return [{"label": str(label), "before": old, "after": new} for label, old, new in both if old != new]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(" · ".join(filter(None, map(_shown, row.values()))) for row in value)
    if isinstance(value, datetime.date):
        return day_short(value)
    if isinstance(value, Decimal):
        return number(value)
    if hasattr(value, "names"):
        return name_now(value.names)
    return "" if value is None else str(value)
