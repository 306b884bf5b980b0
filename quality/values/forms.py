"""By which boundaries a reader wants figures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quality.rollups.models import Basis

KEPT = ("territory", "institution_kind", "period")


class BasisForm(forms.Form):
    """That of each period itself, today's, or that of a day; kept in the address."""

    basis = forms.ChoiceField(
        label=_("Boundaries"), required=False,
        choices=[(Basis.AS_WAS, _("Of that time")), (Basis.AS_IS, _("Of today")), (Basis.AS_OF, _("Of a day"))],
    )  # fmt: skip
    as_of = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    @property
    def keep(self) -> list[dict[str, str]]:
        """What else stands in the address."""
        return [{"name": name, "value": value} for name in KEPT if (value := self.data.get(name))]

    @property
    def chosen(self) -> dict[str, str]:
        """The address without what is wrong: a day counts only where one is asked for."""
        params = {name: value for name, value in self.data.items() if name not in ("basis", "as_of")}
        day = self.cleaned_data.get("as_of") if self.is_valid() else None
        named = self.data.get("basis") or (Basis.AS_OF if day else "")
        if named == Basis.AS_IS or (named == Basis.AS_OF and day):
            params["basis"] = named
        return {**params, **({"as_of": day.isoformat()} if day and named == Basis.AS_OF else {})}

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("basis") == Basis.AS_OF and not self.data.get("as_of"):
            self.add_error("as_of", forms.ValidationError(_("Say by the boundaries of which day."), code="required"))
        return self.cleaned_data
