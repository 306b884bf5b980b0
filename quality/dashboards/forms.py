"""What a reader chooses on a dashboard."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.wording import period_name
from quality.dashboards.choice import Choice


class ChoiceForm(forms.Form):
    """Period, kind of organisation and the indicator of the map; an empty choice is the usual one."""

    period = forms.ChoiceField(label=_("Period"), required=False)
    institution_kind = forms.ChoiceField(label=_("Kind of organisation"), required=False)
    indicator = forms.ChoiceField(label=_("Indicator"), required=False)

    def __init__(self, choice: Choice, **options: Any) -> None:
        chosen = {
            "period": choice.period.code if choice.period else "",
            "institution_kind": choice.kind.code if choice.kind else "",
            "indicator": choice.indicator,
        }
        super().__init__(initial=chosen, **options)
        periods = choice.counted.all_periods()
        self.fields["period"].choices = [(period.code, period_name(period)) for period in periods]  # type: ignore[attr-defined]
        kinds = [(term.code, name_now(term.names)) for term in choice.kinds]
        self.fields["institution_kind"].choices = [("", _("All")), *kinds]  # type: ignore[attr-defined]
        versions = choice.counted.versions.items()
        self.fields["indicator"].choices = [  # type: ignore[attr-defined]
            ("", _("The main one")), *((code, name_now(version.indicator.names)) for code, version in versions)
        ]  # fmt: skip


class ScoreForm(ChoiceForm):
    """Period and kind of organisation; every indicator has a row of its own."""

    show = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, choice: Choice, **options: Any) -> None:
        super().__init__(choice, **options)
        del self.fields["indicator"]
        self.initial["show"] = choice.show
