"""Forms of problems; they check shape and never save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.spelling import LineInput, TextInput
from cooperation.pages.forms import ReasonForm
from labs.laboratories.models import Laboratory
from labs.laboratories.presenting import title_of
from labs.problems.breach import PARAMETERS
from labs.problems.models import OPEN, Problem

LATEST = 200


class RaiseForm(forms.Form):
    """What is wrong and how one knows; a figure that showed it is carried along and read anew when it is sent."""

    laboratory = forms.ChoiceField(label=_("Laboratory"), error_messages={"required": _("Laboratory: choose one.")})
    title = LineInput(
        label=_("Problem"), max_length=300, help_text=_("One line that others recognise"),
        error_messages={"required": _("Problem: say in one line what it is.")},
    )  # fmt: skip
    statement = TextInput(
        label=_("Statement"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is wrong, where, for whom"),
        error_messages={"required": _("Statement: say what is wrong.")},
    )  # fmt: skip
    evidence = TextInput(
        label=_("Evidence"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("How you know: figures, observations, sources"),
        error_messages={"required": _("Evidence: say how you know.")},
    )  # fmt: skip

    def __init__(self, *args: Any, laboratories: list[Laboratory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.laboratories = {each.public_id: each for each in laboratories}
        named = [(key, title_of(each)) for key, each in self.laboratories.items()]
        self.fields["laboratory"].choices = named if len(named) == 1 else [("", _("choose")), *named]  # type: ignore[attr-defined]
        for name in PARAMETERS:
            self.fields[name] = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def content(self) -> dict[str, Any]:
        """As the action takes it."""
        data = self.cleaned_data
        found = {name: data[name] for name in ("title", "statement", "evidence")}
        return {**found, "laboratory": self.laboratories[data["laboratory"]]}


class MergeForm(ReasonForm):
    """Into which other problem of the laboratory, and why."""

    into = forms.ChoiceField(
        label=_("Into which problem"), error_messages={"required": _("Into which problem: choose one.")}
    )
    field_order = ("into", "reason")

    def __init__(self, *args: Any, problem: Problem, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen: Any = Problem.objects.visible_to(user)
        rows = seen.filter(laboratory=problem.laboratory_id, status__in=OPEN).exclude(pk=problem.pk)
        self.others = {each.public_id: each for each in rows.order_by("-modified_at", "-pk")[:LATEST]}
        named = [(key, each.title) for key, each in self.others.items()]
        self.fields["into"].choices = [("", _("choose")), *named]  # type: ignore[attr-defined]


class SolveForm(forms.Form):
    """How it was solved."""

    solution = TextInput(
        label=_("How it was solved"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("How it was solved: say what was done and what changed.")},
    )  # fmt: skip
