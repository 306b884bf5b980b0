"""The forms of a trial: figures of a wave, what was done of the steps, a change that is asked for."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedChoiceField, ScopedForm
from accounts.spelling import TextInput
from accounts.typed import NumberInput
from cooperation.pages.forms import ReasonForm
from institutions.registry.models import Institution
from labs.implementation.models import Arm, ImplementationStep
from labs.implementation.plan import Plan
from labs.trials.models import AmendmentKind, Done, Measurement, StepLog
from lifecycle.canonical import plain

CHOOSE = ("", _("choose"))
PARTS = ("numerator", "denominator", "reason")


def _number(label: Any) -> NumberInput:
    told = _("%(label)s: enter a number, for example 45.")
    names = ("invalid", "max_digits", "max_whole_digits", "max_decimal_places")
    message = told % {"label": label}
    return NumberInput(
        label=label, required=False, max_digits=20, decimal_places=4, error_messages=dict.fromkeys(names, message)
    )


class FigureForm(forms.Form):
    """Two numbers for each outcome of the plan, or why they are missing."""

    def __init__(self, *args: Any, plan: Plan, known: Iterable[Measurement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan, said = plan, {each.outcome: each for each in known}
        for outcome in plan.outcomes:
            labels = (
                (_("How many of them: %(unit)s"), _("Out of how many: %(unit)s")) if outcome.is_share
                else (_("Sum"), _("Of how many: %(unit)s"))
            )  # fmt: skip
            upper, lower = (label % {"unit": outcome.unit} for label in labels)
            found = said.get(outcome.code)
            for name, field in (
                ("numerator", _number(upper)), ("denominator", _number(lower)),
                ("reason", TextInput(
                    label=_("Or why it is missing"), required=False, max_length=2000,
                    widget=forms.Textarea(attrs={"rows": 2}),
                )),
            ):  # fmt: skip
                value = getattr(found, name, None)
                field.initial = plain(value) if value is not None and name != "reason" else value
                self.fields[f"{outcome.code}-{name}"] = field

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The fields by outcome."""
        return [
            {"name": each.name, "fields": [self[f"{each.code}-{name}"] for name in PARTS]}
            for each in self.plan.outcomes
        ]

    def figures(self) -> list[dict[str, Any]]:
        """What was said of each outcome, in the order of the plan."""
        return [
            {"outcome": each.code, **{name: self.cleaned_data.get(f"{each.code}-{name}") for name in PARTS}}
            for each in self.plan.outcomes
        ]

    def refuse(self, error: ValidationError) -> None:
        """What the action refused, at the field it speaks of."""
        for name, messages in error.message_dict.items():
            _figures, place, part = name.split("/")
            code = self.plan.outcomes[int(place)].code
            self.add_error(f"{code}-{part}" if part in PARTS else None, messages)


class LogForm(forms.Form):
    """What a site did of each step; a row that is left as it was adds nothing."""

    def __init__(
        self, *args: Any, steps: list[ImplementationStep], known: Mapping[int, StepLog], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.steps, self.known = steps, known
        for step in steps:
            said = known.get(step.pk)
            self.fields[f"done-{step.position}"] = forms.ChoiceField(
                label=_("Done"), required=False, choices=[CHOOSE, *Done.choices], initial=said.done if said else "",
            )  # fmt: skip
            self.fields[f"deviation-{step.position}"] = TextInput(
                label=_("Deviation"), required=False, max_length=4000, initial=said.deviation if said else "",
                widget=forms.Textarea(attrs={"rows": 2}), help_text=_("What was done instead, and why"),
            )  # fmt: skip

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The fields by step."""
        return [
            {"name": step.title, "fields": [self[f"done-{step.position}"], self[f"deviation-{step.position}"]]}
            for step in self.steps
        ]

    def said(self) -> list[tuple[ImplementationStep, str, str]]:
        """(step, done, deviation) of what is new."""
        found = []
        for step in self.steps:
            done, deviation = (self.cleaned_data[f"{name}-{step.position}"] for name in ("done", "deviation"))
            known = self.known.get(step.pk)
            if done and (known is None or (known.done, known.deviation) != (done, deviation)):
                found.append((step, done, deviation))
        return found


class ChangeForm(ScopedForm, ReasonForm):
    """What shall change: words as they are and as they shall be, or a site that joins or leaves."""

    kind = forms.ChoiceField(
        label=_("What changes"), choices=[CHOOSE, *AmendmentKind.choices],
        help_text=_("Criteria, outcomes, comparison and days never change: that is another pre-registration."),
        error_messages={"required": _("What changes: choose one.")},
    )  # fmt: skip
    old = TextInput(
        label=_("As it was"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Of directions, resources and mechanisms"),
    )  # fmt: skip
    new = TextInput(
        label=_("As it shall be"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Of directions, resources and mechanisms"),
    )  # fmt: skip
    institution = ScopedChoiceField(
        Institution, label=_("Organisation"), required=False, help_text=_("Of a site that joins or leaves")
    )
    arm = forms.ChoiceField(
        label=_("Part in the trial"),
        required=False,
        choices=[CHOOSE, *Arm.choices],
        help_text=_("Of a site that joins"),
    )
    field_order = ("kind", "old", "new", "institution", "arm", "reason")

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].choices = [CHOOSE, *offered]  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        """The change as the action takes it."""
        data = dict(self.cleaned_data)
        arm = data.pop("arm")
        if data["kind"] == AmendmentKind.JOINS:
            data["new"] = arm
        return data
