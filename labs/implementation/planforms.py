"""The form of a pre-registration, part by part; what is not yet known may be left open until it is locked."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import count
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.spelling import LineInput, TextInput
from accounts.typed import DayInput, NumberInput
from cooperation.plans.forms import A_DAY, Draft
from labs.implementation import plan as parts
from labs.implementation.models import Arm
from labs.pilots.models import PilotProject
from lifecycle.canonical import plain
from lifecycle.transitions import Condition
from quality.catalogue.models import Indicator

PER_CENT = _("On a share in per cent or percentage points, else in the unit of the outcome")
PRIMARY = _("the primary outcome")


def _prose(label: Any, hint: Any, rows: int = 3) -> TextInput:
    return TextInput(
        label=label, required=False, max_length=4000, help_text=hint, widget=forms.Textarea(attrs={"rows": rows})
    )


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", _("choose")), *choices.choices])


def _number(label: Any, told: Any, hint: Any = "") -> NumberInput:
    names = ("invalid", "max_digits", "max_whole_digits", "max_decimal_places")
    return NumberInput(
        label=label, required=False, max_digits=16, decimal_places=4, help_text=hint,
        error_messages=dict.fromkeys(names, told),
    )  # fmt: skip


def _day(label: Any, told: Any) -> DayInput:
    return DayInput(label=label, required=False, help_text=A_DAY, error_messages={"invalid": told})


class PlanForm(forms.Form):
    """Everything but outcomes and criteria. A field is named as its part is addressed: `harm_measure`."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    hypothesis = _prose(_("Hypothesis"), _("What you expect to happen, with whom, and why"))
    harm_outcome = LineInput(label=_("Outcome"), required=False, max_length=32, widget=forms.Select)
    harm_measure = _choice(_("Measure"), parts.Measure)
    harm_worse_than = _number(
        _("Harm is done when it is worse than"),
        _("Harm is done when it is worse than: enter a number, for example −2."), PER_CENT,
    )  # fmt: skip
    comparison_rule = _choice(_("With whom you compare"), parts.Comparison)
    baseline_from = _day(_("Baseline from"), _("Baseline from: enter a day, for example 01.09.2026."))
    baseline_until = _day(_("Baseline until"), _("Baseline until: enter a day, for example 15.09.2026."))
    endline_from = _day(_("Endline from"), _("Endline from: enter a day, for example 01.05.2027."))
    endline_until = _day(_("Endline until"), _("Endline until: enter a day, for example 31.05.2027."))
    minimum_sample = _number(
        _("Minimum sample"), _("Minimum sample: enter a whole number, for example 60."),
        _("How many must be measured of the primary outcome at the endline, on each side"),
    )  # fmt: skip
    fidelity = _number(
        _("Fidelity threshold in per cent"), _("Fidelity threshold: enter a number from 0 to 100."),
        _("Which share of the steps the sites must have done"),
    )  # fmt: skip
    exclusions = _prose(_("Exclusions"), _("Who is left out of the figures, or that nobody is"), 2)
    analysis_compare = _choice(_("What is compared"), parts.Compare)
    analysis_weigh = _choice(_("How sites are put together"), parts.Weigh)

    def content(self) -> dict[str, Any]:
        """The parts as they are stored."""
        said = {name: _stored(value) for name, value in self.cleaned_data.items()}
        return {
            **{name: said[name] for name in ("hypothesis", "minimum_sample", "fidelity", "exclusions")},
            "harm": {name: said[f"harm_{name}"] for name in ("outcome", "measure", "worse_than")},
            "comparison": {"rule": said["comparison_rule"]},
            "baseline": {name: said[f"baseline_{name}"] for name in ("from", "until")},
            "endline": {name: said[f"endline_{name}"] for name in ("from", "until")},
            "analysis": {name: said[f"analysis_{name}"] for name in ("compare", "weigh")},
        }


def _stored(value: Any) -> Any:
    """Numbers and days as text; what is not said is empty."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


class OutcomeRow(forms.Form):
    """What is measured at each site, before and after; the first one decides."""

    code = LineInput(required=False, max_length=32, widget=forms.HiddenInput)
    name = LineInput(label=_("What is measured"), required=False, max_length=300)
    kind = _choice(_("Kind of figure"), parts.Kind)
    unit = LineInput(label=_("What is counted"), required=False, max_length=100, help_text=_("for example pupils"))
    direction = _choice(_("What is better"), parts.Direction)
    indicator = forms.ChoiceField(label=_("Indicator"), required=False)
    instrument = _prose(_("Instrument"), _("How it is measured, where it is no indicator"), 2)

    def __init__(self, *args: Any, indicators: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [("", _("without an indicator")), *indicators]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any] | None:
        """The outcome as it is stored; None for a row that was left empty."""
        data = {name: self.cleaned_data.get(name, "") for name in self.fields if name != "DELETE"}
        return data if any(data.values()) else None


class CriterionRow(forms.Form):
    """What counts as success; the first one is on the primary outcome."""

    outcome = LineInput(label=_("Outcome"), required=False, max_length=32, widget=forms.Select)
    measure = _choice(_("Measure"), parts.Measure)
    bound = _choice(_("At least or at most"), parts.Bound)
    threshold = _number(_("Threshold"), _("Threshold: enter a number, for example 5."), PER_CENT)

    def said(self) -> dict[str, Any] | None:
        data = {name: _stored(self.cleaned_data.get(name)) for name in self.fields if name != "DELETE"}
        return data if any(data.values()) else None


def _rows(row: Any, most: int) -> Any:
    return forms.formset_factory(row, extra=1, can_delete=True, can_delete_extra=False, max_num=most, validate_max=True)


OUTCOMES, CRITERIA = _rows(OutcomeRow, parts.MOST_OUTCOMES), _rows(CriterionRow, parts.MOST_CRITERIA)


class PlanSheet(Draft):
    """The whole plan; the sites are those that joined, each in its arm."""

    def __init__(self, data: Any = None, *, project: PilotProject, stored: Any = None) -> None:
        self.refused: dict[str, list[str]] = {}
        known = stored if stored is not None else begun(project)
        initial = {**initial_of(known), "version": project.version}
        told = {"indicators": [(each.code, f"{each.code} {name_now(each.names)}"[:120]) for each in _indicators()]}
        rows: dict[str, Any] = {name: None if data is not None else known.get(name) for name in _LISTS}
        self.project = project
        self.head = PlanForm(data, initial=initial)  # type: ignore[assignment]
        self.parts = {
            "outcomes": OUTCOMES(data, prefix="outcomes", form_kwargs=told, initial=rows["outcomes"]),
            "criteria": CRITERIA(data, prefix="criteria", initial=rows["criteria"]),
        }
        self.offer(_sent_outcomes(data) if data is not None else known.get("outcomes") or [])

    def offer(self, outcomes: list[dict[str, Any]]) -> None:
        """The outcomes by name, to be chosen where a criterion speaks of one."""
        choices = [("", PRIMARY), *((each["code"], each.get("name") or each["code"]) for each in coded(outcomes))]
        fields = [self.head.fields["harm_outcome"], *(row.fields["outcome"] for row in self.parts["criteria"].forms)]
        for field in fields:
            field.widget.choices = choices

    def content(self) -> dict[str, Any]:
        """The plan as it is stored."""
        said, sites = super().content(), sites_of(self.project)
        said["outcomes"] = coded(said["outcomes"])
        primary = said["outcomes"][0]["code"] if said["outcomes"] else ""
        for rule in [*said["criteria"], *([said["harm"]] if any(said["harm"].values()) else [])]:
            rule["outcome"] = rule["outcome"] or primary
        said["comparison"]["sites"] = sites[Arm.COMPARISON]
        return {**said, "treated": sites[Arm.TREATED]}

    def tell(self, conditions: Iterable[Condition]) -> None:
        """What keeps the plan from being locked, at the field it speaks of."""
        for each in conditions:
            part, *place = each.pointer.strip("/").split("/")
            name = "_".join([part, *place])
            if part in self.parts and len(place) == len(("row", "field")):
                self.parts[part].forms[int(place[0])].add_error(place[1], str(each.message))
            elif name in self.head.fields:
                self.head.add_error(name, str(each.message))
            else:
                self.refused.setdefault("sites" if part in ("treated", "comparison") else part, []).append(
                    str(each.message)
                )


_LISTS = ("outcomes", "criteria")


def coded(outcomes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outcomes, those without a code with the first that is free: nobody has to invent one."""
    rows = list(outcomes)
    taken = {each["code"] for each in rows}
    free = (code for number in count(1) if (code := f"outcome{number}") not in taken)
    return [each if each["code"] else {**each, "code": next(free)} for each in rows]


def _sent_outcomes(data: Any) -> list[dict[str, Any]]:
    """Code and name of the outcomes in a form that was sent, those without any word left out."""
    places = [place for place in range(parts.MOST_OUTCOMES + 1) if data.get(f"outcomes-{place}-name")]
    return [{name: data.get(f"outcomes-{place}-{name}", "") for name in ("code", "name")} for place in places]


def begun(project: PilotProject) -> dict[str, Any]:
    """A plan nobody has written yet, begun with what the project has said already: its aim and its goals."""
    version = project.versions.order_by("-number").first()
    outcomes = [
        {"code": "", "name": goal.text[:300], "direction": str(goal.sense),
         "indicator": goal.indicator.code if goal.indicator else ""}
        for goal in sorted(project.goals.select_related("indicator"), key=lambda goal: goal.position)
    ]  # fmt: skip
    return {"hypothesis": version.aim if version else "", "outcomes": coded(outcomes)[: parts.MOST_OUTCOMES]}


def _indicators() -> Any:
    return Indicator.objects.order_by("position", "code")


def sites_of(project: PilotProject) -> dict[str, list[str]]:
    """The sites that joined, by arm."""
    found: dict[str, list[str]] = {arm: [] for arm in Arm.values}
    for site in project.sites.filter(joined_at__isnull=False).select_related("institution").order_by("pk"):
        found[site.arm].append(site.institution.public_id)
    return found


def initial_of(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored plan by the names of the fields."""
    found = {name: stored.get(name) or "" for name in ("hypothesis", "minimum_sample", "fidelity", "exclusions")}
    for part in ("harm", "comparison", "baseline", "endline", "analysis"):
        found |= {f"{part}_{name}": value for name, value in (stored.get(part) or {}).items()}
    plan = parts.read_plan(stored)
    for part, window in (("baseline", plan.baseline), ("endline", plan.endline)):
        for name, day in (("from", window.first), ("until", window.last)):
            found[f"{part}_{name}"] = f"{day:%d.%m.%Y}" if day else ""
    return found


def as_sent(stored: dict[str, Any], version: int) -> QueryDict:
    """A stored plan as if its form had been sent: so that what it lacks can be said at the fields."""
    sent = QueryDict(mutable=True)
    sent.update({name: str(value or "") for name, value in {**initial_of(stored), "version": version}.items()})
    for name in _LISTS:
        rows = stored.get(name) or []
        sent.update({f"{name}-TOTAL_FORMS": str(len(rows) + 1), f"{name}-INITIAL_FORMS": str(len(rows))})
        sent.update(dict(_cells(name, rows)))
    return sent


def _cells(name: str, rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for place, row in enumerate(rows):
        yield from ((f"{name}-{place}-{field}", str(value or "")) for field, value in row.items())
