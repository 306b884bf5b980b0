"""The form of a practice: few fields, and none for what the product knows. It checks shape and never saves."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.spelling import TextInput
from accounts.wording import day_short
from cooperation.activities.models import Activity, ActivityStatus, Participation
from cooperation.practices.models import Practice
from cooperation.reviewing.forms import ContentForm
from institutions.territory.models import Term

LATEST = 50


def forms_of_cooperation() -> dict[str, Term]:
    """Those in use, by code."""
    rows = Term.objects.filter(vocabulary="cooperation_form", valid__endswith__isnull=True)
    return {term.code: term for term in rows.order_by("position", "pk")}


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
        self.activities = self._activities(thing)
        words = [(key, f"{name_now(each.type.names)} · {day_short(each.starts_on)}")
                 for key, each in self.activities.items()]  # fmt: skip
        self.fields["activity"].choices = [("", _("none")), *words]  # type: ignore[attr-defined]
        known = [(code, name_now(term.names)) for code, term in self.terms.items()]
        self.fields["form"].choices = [("", _("as the activity")), *known]  # type: ignore[attr-defined]

    def _activities(self, thing: Practice | None) -> dict[str, Activity]:
        """The latest confirmed ones of the institution, and the one that was chosen once."""
        houses = [house.pk for house in self.houses.values()]
        named = Participation.objects.filter(activity=OuterRef("pk"), institution__in=houses)
        seen: Any = Activity.objects.visible_to(self.user).filter(Exists(named))  # type: ignore[attr-defined]
        confirmed = seen.filter(status=ActivityStatus.CONFIRMED).select_related("type")
        found = list(confirmed.order_by("-starts_on", "-pk")[:LATEST])
        if thing is not None and thing.activity is not None:
            found.append(thing.activity)
        return {each.public_id: each for each in found}

    def content(self) -> dict[str, Any]:
        found = super().content()
        return {
            **found, "form": self.terms.get(found["form"]), "activity": self.activities.get(found["activity"]),
        }  # fmt: skip
