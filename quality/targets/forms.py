"""Forms of targets: what is to be reached, and why one is declined. They check shape and never save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.names import name_now
from accounts.scoped import ScopedForm
from accounts.spelling import TextInput
from accounts.wording import period_name
from institutions.registry.scope import Role, offices
from institutions.territory.models import Territory
from quality.catalogue.models import Indicator, Period

MOST = 40


class TargetForm(ScopedForm):
    """Which indicator shall reach what, where and until when."""

    indicator = forms.ChoiceField(
        label=_("Indicator"), error_messages={"required": _("Indicator: choose what is to be reached.")}
    )
    territory = forms.CharField(
        label=_("Territory code"), max_length=32, help_text=_("Of the country, a region or a district"),
        error_messages={"required": _("Territory: enter the code of a place.")},
    )  # fmt: skip
    period = forms.ChoiceField(
        label=_("Period"), error_messages={"required": _("Period: choose by when it is to be reached.")}
    )
    baseline = forms.DecimalField(
        label=_("Baseline"), required=False, max_digits=18, decimal_places=4, help_text=_("Where it began, if known")
    )
    value = forms.DecimalField(
        label=_("Target"), max_digits=18, decimal_places=4,
        error_messages={"required": _("Target: enter the value that is to be reached.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Indicator.objects.visible_to(self.user).order_by("position", "pk")
        self.indicators = {each.code: each for each in rows}
        codes = [(code, f"{code} · {name_now(each.names)}") for code, each in self.indicators.items()]
        self.fields["indicator"].choices = [("", _("choose")), *codes]  # type: ignore[attr-defined]
        seats = Territory.objects.filter(pk__in=offices(self.user, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER))
        packs = list(seats.order_by("pk").values_list("pack", flat=True))
        periods = Period.objects.filter(ends_on__gte=today(), pack__in=packs).order_by("starts_on", "-ends_on", "pk")
        self.periods = {each.code: each for each in periods[:MOST]}
        offered = [(code, period_name(each)) for code, each in self.periods.items()]
        self.fields["period"].choices = [("", _("choose")), *offered]  # type: ignore[attr-defined]

    def clean_territory(self) -> Territory:
        """A place by its code."""
        found = Territory.objects.filter(code=self.cleaned_data["territory"].strip()).order_by("pk").first()
        if found is None:
            raise forms.ValidationError(_("Territory: there is no place with this code."), code="does_not_exist")
        return found

    def content(self) -> dict[str, Any]:
        """What the action takes."""
        told = self.cleaned_data
        return {**told, "indicator": self.indicators[told["indicator"]], "period": self.periods[told["period"]]}


class DeclineForm(ScopedForm):
    """Why it does not hold."""

    reason = TextInput(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Reason: say why.")},
    )  # fmt: skip
