"""Forms of examinations: they check shape and never save."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.spelling import TextInput
from accounts.typed import DayInput
from institutions.territory.models import Term
from labs.examinations.models import Decision, Review
from labs.examinations.presenting import Candidate, level_words
from labs.pilots.models import PilotProject


class OpenForm(forms.Form):
    """Which submitted project is taken up."""

    project = forms.ChoiceField(
        label=_("Submitted project"), widget=forms.RadioSelect, error_messages={"required": _("Submitted project: choose one.")}
    )  # fmt: skip

    def __init__(self, *args: Any, projects: list[PilotProject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {each.public_id: each for each in projects}
        self.fields["project"].choices = [(key, each.title) for key, each in self.known.items()]  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """Whom to ask, until when, and why in spite of a soft conflict."""

    expert = forms.ChoiceField(
        label=_("Expert"), widget=forms.RadioSelect, error_messages={"required": _("Expert: choose one.")}
    )
    due_on = DayInput(
        label=_("Review until"), required=False,
        error_messages={"invalid": _("Review until: enter a day, for example 21.12.2026.")},
    )  # fmt: skip
    note = TextInput(
        label=_("Note on a soft conflict"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where institutions have an agreement in force"),
    )  # fmt: skip

    def __init__(self, *args: Any, candidates: list[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {each.expert.public_id: each for each in candidates if each.is_free}
        self.fields["expert"].choices = [(key, each.label) for key, each in self.known.items()]  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """What comes of the project."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=Decision.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Decision: choose one.")},
    )  # fmt: skip


class AcceptForm(forms.Form):
    """Own interests, declared before anything is read."""

    interests = TextInput(
        label=_("Own interests"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What could make you partial; empty means that there is nothing. The coordinator reads it."),
    )  # fmt: skip


class RubricForm(forms.Form):
    """A level and a reason for every criterion; nothing is required of a draft."""

    comment = TextInput(
        label=_("For the authors"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What would make it better. The authors read it without your name."),
    )  # fmt: skip

    def __init__(self, *args: Any, review: Review, criteria: list[Term], on: datetime.date, **kwargs: Any) -> None:
        said = {score.criterion_id: score for score in review.scores.all()}
        kwargs["initial"] = {"comment": review.comment}
        super().__init__(*args, **kwargs)
        self.criteria, levels = criteria, level_words(on)
        for each in criteria:
            score, name = said.get(each.pk), name_now(each.names)
            self.fields[f"level_{each.code}"] = forms.ChoiceField(
                label=name, choices=levels, required=False, widget=forms.RadioSelect,
                initial=str(score.level or "") if score else "",
                error_messages={"invalid_choice": _("%(name)s: choose a level from 1 to 4.") % {"name": name}},
            )  # fmt: skip
            self.fields[f"reason_{each.code}"] = TextInput(
                label=_("Reason"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
                initial=score.reason if score else "",
            )  # fmt: skip

    def lines(self) -> list[dict[str, Any]]:
        """The fields criterion by criterion."""
        return [
            {"level": self[f"level_{each.code}"], "reason": self[f"reason_{each.code}"], "name": name_now(each.names)}
            for each in self.criteria
        ]

    def scores(self) -> list[dict[str, Any]]:
        """What was given, as the action takes it."""
        given = self.cleaned_data
        return [
            {
                "criterion": each,
                "level": int(given[f"level_{each.code}"] or 0) or None,
                "reason": given[f"reason_{each.code}"],
            }
            for each in self.criteria
        ]
