"""Forms of releases: what is drafted, when it appears, why it goes back. They check shape and never save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.scoped import ScopedForm
from accounts.spelling import TextInput
from accounts.wording import period_name
from quality.catalogue.models import Period
from quality.releases.models import UNDERWAY, Release
from quality.rollups.models import Tally

MOST = 60


class DraftForm(ScopedForm):
    """Which period, and for a correction why and what changed."""

    period = forms.ChoiceField(
        label=_("Period"), error_messages={"required": _("Period: choose which figures are published.")}
    )
    reason = TextInput(
        label=_("Reason for the correction"), required=False, max_length=2000,
        help_text=_("Only where figures of this period are public already"), widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    changes = TextInput(
        label=_("What changed"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        underway = Release.objects.visible_to(self.user).filter(status__in=UNDERWAY).values("period")
        rows = Period.objects.filter(pk__in=Tally.objects.values("period"), ends_on__lt=today()).exclude(
            pk__in=underway
        )
        self.periods = {each.code: each for each in rows.order_by("-ends_on", "kind", "pk")[:MOST]}
        offered = [("", _("choose")), *((code, period_name(each)) for code, each in self.periods.items())]
        self.fields["period"].choices = offered  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        """What the action takes."""
        return {**self.cleaned_data, "period": self.periods[self.cleaned_data["period"]]}


class ApproveForm(ScopedForm):
    """On which day it appears."""

    publish_on = forms.DateField(
        label=_("Publish on"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave it empty to publish at once"),
        error_messages={"invalid": _("Publish on: enter a day, for example 2026-12-01.")},
    )  # fmt: skip


class WhyForm(ScopedForm):
    """Why it goes back, or why it does not hold any more."""

    reason = TextInput(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Reason: say why.")},
    )  # fmt: skip
