"""The forms of figures and of the moves upon them; they check shape and never save."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.spelling import TextInput
from accounts.typed import read_number
from quality.catalogue.figures import plain
from quality.catalogue.models import DefinitionVersion, Method
from quality.checks.finding import Found
from quality.observations.models import Observation, ValueState

QUOTIENTS = (Method.SHARE, Method.RATIO)
STATES = (
    (ValueState.VALUE, gettext_lazy("A figure")),
    (ValueState.MISSING, ValueState.MISSING.label),
    (ValueState.NOT_APPLICABLE, ValueState.NOT_APPLICABLE.label),
)
PARTS = ("numerator", "denominator", "state")


class SheetForm(forms.Form):
    """A numerator, a denominator where there is one, and a state for each indicator; an explanation for each breach."""

    def __init__(
        self, *args: Any, versions: Iterable[DefinitionVersion], stored: Mapping[str, Observation],
        found: Iterable[Found] = (), told: Mapping[str, str] | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        for version in versions:
            code = version.indicator.code
            self._ask(version, code, stored.get(code))
        for each in found:
            self.fields[f"explain-{each.key}"] = TextInput(
                label=f"{each.weight}: {each.said}", required=False, max_length=2000, initial=(told or {}).get(each.key, ""),
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def _ask(self, version: DefinitionVersion, code: str, row: Observation | None) -> None:
        name, described = name_now(version.indicator.names), {"aria-describedby": f"state-{code}"}
        labels = {
            "numerator": _("%(name)s: figure"),
            "denominator": _("%(name)s: out of"),
            "state": _("%(name)s: state"),
        }
        for part in PARTS:
            attrs = {**described, "aria-label": labels[part] % {"name": name}}
            label = attrs["aria-label"]
            if part == "state":
                kind = ValueState(row.state) if row else ValueState.VALUE
                self.fields[f"{code}-state"] = forms.ChoiceField(
                    label=label, choices=STATES, initial=kind, required=False, widget=forms.Select(attrs=attrs)
                )
            elif part == "numerator" or version.method in QUOTIENTS:
                self.fields[f"{code}-{part}"] = forms.CharField(
                    label=label, max_length=32, required=False, initial=plain(getattr(row, part)) if row else "",
                    widget=forms.TextInput(attrs={**attrs, "inputmode": "decimal", "autocomplete": "off"}),
                )  # fmt: skip

    def asks(self, code: str) -> bool:
        """Whether anything of this indicator was sent at all."""
        return any(f"{code}-{part}" in self.data for part in PARTS)

    def typed(self, code: str) -> dict[str, str]:
        """What was typed for an indicator, numbers as programs write them where they are numbers."""
        found = {part: str(self.data.get(f"{code}-{part}", "")).strip() for part in PARTS}
        for part in ("numerator", "denominator"):
            try:
                found[part] = f"{read_number(found[part]):f}" if found[part] else ""
            except ValueError:
                continue
        return {**found, "state": found["state"] or ValueState.VALUE.value}

    def explanations(self) -> dict[str, str]:
        """What was written about breaches, by what it explains."""
        asked = (name for name in self.data if name.startswith("explain-"))
        return {name.removeprefix("explain-"): str(self.data[name])[:2000] for name in asked}


class ReasonForm(forms.Form):
    """Why; the other side reads it."""

    reason = TextInput(
        label=gettext_lazy("Reason"), max_length=2000, help_text=gettext_lazy("The other parties will read it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Reason: say why. The other side will read it.")},
    )  # fmt: skip


class ReturnForm(ReasonForm):
    """Why, and a comment for each number it is about."""

    def __init__(self, *args: Any, versions: Iterable[DefinitionVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = list(versions)
        for version in self.versions:
            self.fields[f"about-{version.indicator.code}"] = TextInput(
                label=name_now(version.indicator.names), required=False, max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def comments(self) -> list[tuple[DefinitionVersion, str]]:
        """What is said, by number."""
        told = ((version, self.cleaned_data[f"about-{version.indicator.code}"]) for version in self.versions)
        return [(version, text) for version, text in told if text]
