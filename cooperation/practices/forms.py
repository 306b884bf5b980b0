"""The form of a practice: few fields, and none for what the product knows. It checks shape and never saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.spelling import TextInput
from accounts.wording import day_short
from cooperation.practices.choosing import activities_for, forms_of_cooperation
from cooperation.practices.models import Practice
from cooperation.reviewing.forms import ContentForm


class PracticeForm(ContentForm):
    """What was done and what came of it; the form of cooperation is that of the activity, unless one is chosen."""

    activity = forms.ChoiceField(
        label=_("Joint activity it came from"), required=False,
        help_text=_("Its form of cooperation is taken over"),
    )  # fmt: skip
    form = forms.ChoiceField(label=_("Form of cooperation"), required=False)
    done = TextInput(
        label=_("What was done"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Step by step, so that others can do it too"),
    )  # fmt: skip
    outcome = TextInput(
        label=_("What came of it"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What changed, and how you know"),
    )  # fmt: skip
    field_order = ("title", "activity", "form", "done", "outcome")

    def __init__(self, *args: Any, user: Any, houses: list[Any], thing: Practice | None = None, **kwargs: Any) -> None:
        if thing is not None:
            kwargs["initial"] = {
                "title": thing.title, "done": thing.done, "outcome": thing.outcome, "version": thing.version,
                "form": thing.form.code if thing.form else "",
                "activity": thing.activity.public_id if thing.activity else "",
            }  # fmt: skip
        super().__init__(*args, user=user, houses=houses, **kwargs)
        self.terms = forms_of_cooperation()
        self.activities = activities_for(user, [house.pk for house in houses], thing)
        words = [(key, f"{name_now(each.type.names)} · {day_short(each.starts_on)}")
                 for key, each in self.activities.items()]  # fmt: skip
        self.fields["activity"].choices = [("", _("none")), *words]  # type: ignore[attr-defined]
        known = [(code, name_now(term.names)) for code, term in self.terms.items()]
        self.fields["form"].choices = [("", _("as the activity")), *known]  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        found = super().content()
        return {
            **found, "form": self.terms.get(found["form"]), "activity": self.activities.get(found["activity"]),
        }  # fmt: skip
