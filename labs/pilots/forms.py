"""The forms of a pilot project: they check shape and never save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.scoped import ScopedForm, ScopedMultipleChoiceField
from accounts.spelling import LineInput, TextInput
from accounts.typed import DayInput
from cooperation.pages.forms import ReasonForm
from cooperation.plans.forms import A_DAY, Draft, words
from institutions.people.colleagues import chosen
from institutions.people.models import Membership
from institutions.territory.models import Term
from labs.pilots.models import PARTS, Part, PilotMember, PilotProject, PilotVersion, Raci, Sense
from labs.pilots.rules import can_open
from labs.problems.models import Problem, ProblemStatus
from quality.catalogue.models import Indicator

CHOOSE = ("", _("choose"))
MOST_GOALS, MOST_PEOPLE = 20, 30
DEADLINE = _("Deadline: enter a day to come, for example 31.08.2027.")


def _prose(label: Any, told: Any, rows: int = 4, hint: Any = "") -> TextInput:
    return TextInput(
        label=label, max_length=10000, help_text=hint, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": told},
    )  # fmt: skip


def _accepted(rows: Any) -> Any:
    return rows.filter(status=ProblemStatus.ACCEPTED).select_related("laboratory__site", "laboratory__cluster")


class OpenForm(ScopedForm):
    """From which problems, under which title."""

    problems = ScopedMultipleChoiceField(
        Problem, narrow=_accepted, label=_("Accepted problems"), widget=forms.CheckboxSelectMultiple,
        help_text=_("One or more of the same laboratory; they are taken up by this project"),
        error_messages={"required": _("Accepted problems: choose at least one.")},
    )  # fmt: skip
    title = LineInput(
        label=_("Title"), required=False, max_length=300, help_text=_("Left empty, the title of the first problem")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.fields["problems"].queryset.order_by("laboratory", "-raised_at", "pk")  # type: ignore[attr-defined]
        self.offered = [row for row in rows if can_open(self.user, row.laboratory)]
        labelled = [(row.public_id, f"{row.title} · {name_now(row.laboratory.site.names)}") for row in self.offered]
        self.fields["problems"].choices = labelled  # type: ignore[attr-defined]


class ObjectForm(forms.Form):
    """What is researched, and how one knows."""

    title = LineInput(
        label=_("Title"), max_length=300, error_messages={"required": _("Title: say in one line what is tried.")}
    )
    object = _prose(
        _("Research object"), _("Research object: say what is researched."), 3,
        _("Whom or what the project looks at: children of which age, which lesson, which practice"),
    )  # fmt: skip
    object_evidence = _prose(
        _("Evidence of the object"), _("Evidence of the object: say how you know that the problem lies there."), 4,
        _("Figures, observations, earlier research"),
    )  # fmt: skip


class DirectionForm(forms.Form):
    """The programme direction, and how the goals fit those of the others; `seen` tells which list was read before."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    direction = forms.ChoiceField(
        label=_("Programme direction"), error_messages={"required": _("Programme direction: choose one.")}
    )
    compatibility = TextInput(
        label=_("How its goals fit the other programmes"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Improving quality is the umbrella: say how the goals serve it, and what follows from each overlap"
                    " or contradiction listed above"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = words("programme_direction")
        offered = [(code, name_now(term.names)) for code, term in self.terms.items()]
        self.fields["direction"].choices = [CHOOSE, *offered]  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"direction": self.terms[data["direction"]], "compatibility": data["compatibility"]}


class GoalRow(forms.Form):
    """A goal, and the indicator it is to move; goals without one cannot be compared."""

    text = LineInput(
        label=_("Goal"), max_length=300, error_messages={"required": _("Goal: say it, or remove the goal.")}
    )
    indicator = forms.ChoiceField(label=_("Indicator"), required=False)
    sense = forms.ChoiceField(label=_("It is to move"), choices=Sense.choices)

    def __init__(self, *args: Any, indicators: dict[str, Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicators = indicators
        offered = [(code, f"{code} {name_now(each.names)}"[:120]) for code, each in indicators.items()]
        self.fields["indicator"].choices = [("", _("without an indicator")), *offered]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any] | None:
        """The goal as the action takes it."""
        data = self.cleaned_data
        if not data.get("text"):
            return None
        return {"text": data["text"], "indicator": self.indicators.get(data["indicator"]), "sense": data["sense"]}


class MemberRow(forms.Form):
    """A person of the group: who, what they bring, what they do."""

    person = forms.CharField(required=False, max_length=64)
    person_text = LineInput(label=_("Full name"), required=False, max_length=200)
    part = forms.ChoiceField(label=_("Part"), choices=[CHOOSE, *Part.choices], required=False)
    field = forms.ChoiceField(label=_("Field of study"), required=False)
    raci = forms.ChoiceField(label=_("Responsibility"), choices=Raci.choices, initial=Raci.RESPONSIBLE, required=False)
    tasks = TextInput(
        label=_("Tasks"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What this person does; they are asked to agree to it"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, people: list[Membership], studies: dict[str, Term], choices: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.studies = people, studies
        self.member: Membership | None = None
        self.fields["field"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        key, text = data.get("person", ""), data.get("person_text", "")
        self.member = chosen(self.people, key, text)
        if not (key or text):
            if data.get("tasks") or data.get("part"):
                self.add_error("person_text", _("Full name: choose a colleague, or remove the row."))
            return data
        if self.member is None:
            self.add_error(
                "person_text", _("Full name: choose somebody who works at an organisation of the laboratory.")
            )
        for name, told in (("part", _("Part: choose one.")), ("field", _("Field of study: choose one."))):
            if not data.get(name):
                self.add_error(name, told)
        return data

    def said(self) -> dict[str, Any] | None:
        """The person as the action takes them."""
        data = self.cleaned_data
        if self.member is None:
            return None
        told = {name: data[name] for name in ("part", "tasks")}
        return {
            "member": self.member,
            **told,
            "raci": data["raci"] or Raci.RESPONSIBLE.value,
            "field": self.studies[data["field"]],
        }


class DeadlineForm(forms.Form):
    """Until when the development is to be complete."""

    deadline = DayInput(
        label=_("Deadline"), help_text=A_DAY, error_messages={"invalid": DEADLINE, "required": DEADLINE}
    )


class ExtendForm(ReasonForm):
    """Until when instead, and why."""

    deadline = DayInput(
        label=_("New deadline"), help_text=A_DAY, error_messages={"invalid": DEADLINE, "required": DEADLINE}
    )
    field_order = ("deadline", "reason")


class VersionForm(forms.Form):
    """The development, part by part; `base` is the version it was written upon."""

    base = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PARTS:
            label = PilotVersion._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            self.fields[name] = TextInput(
                label=label, required=False, max_length=20000, widget=forms.Textarea(attrs={"rows": 6})
            )


def _rows(row: Any, most: int, extra: int) -> Any:
    return forms.formset_factory(
        row, extra=extra, can_delete=True, can_delete_extra=False, max_num=most, validate_max=True
    )


GOALS, GROUP = _rows(GoalRow, MOST_GOALS, 1), _rows(MemberRow, MOST_PEOPLE, 3)


class _NoHead(forms.Form):
    """A form that is rows alone."""

    def content(self) -> dict[str, Any]:
        return {}


class DirectionSheet(Draft):
    """The direction, and the goals as rows with an empty one at the end."""

    def __init__(self, data: Any = None, *, project: PilotProject) -> None:  # the parent's parts are those of plans
        self.refused: dict[str, list[str]] = {}
        direction = project.direction.code if project.direction else ""
        initial = {"direction": direction, "compatibility": project.compatibility}
        self.head = DirectionForm(data, initial=initial)  # type: ignore[assignment]
        indicators = {each.code: each for each in Indicator.objects.order_by("position", "code")}
        goals = [
            {"text": goal.text, "indicator": goal.indicator.code if goal.indicator else "", "sense": goal.sense}
            for goal in sorted(project.goals.all(), key=lambda goal: goal.position)
        ]
        told, rows = {"indicators": indicators}, None if data is not None else goals
        self.parts = {"goals": GOALS(data, prefix="goals", form_kwargs=told, initial=rows)}


class GroupSheet(Draft):
    """The people of the group as rows, with empty ones at the end."""

    def __init__(self, data: Any = None, *, project: PilotProject, people: list[Membership]) -> None:
        self.refused: dict[str, list[str]] = {}
        self.head = _NoHead(data)  # type: ignore[assignment]
        studies = words("isced_f")
        choices = [CHOOSE, *((code, f"{code} {name_now(term.names)}") for code, term in studies.items())]
        told = {"people": people, "studies": studies, "choices": choices}
        rows = None if data is not None else [_row(each, people) for each in project.members.all()]
        self.parts = {"members": GROUP(data, prefix="members", form_kwargs=told, initial=rows)}


def _row(each: PilotMember, people: list[Membership]) -> dict[str, Any]:
    """A person of the group as their row shows them."""
    same = [one for one in people if (one.user_id, one.institution_id) == (each.user_id, each.institution_id)]
    return {
        "person": same[0].public_id if same else "", "person_text": each.user.name, "part": each.part,
        "field": each.field.code, "raci": each.raci, "tasks": each.tasks,
    }  # fmt: skip
