"""The form of an implementation programme: steps and sites as rows. It checks shape and never saves."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.spelling import LineInput, TextInput
from accounts.typed import DayInput
from cooperation.plans.forms import A_DAY, Draft, PartnerRow
from institutions.registry.models import Institution
from labs.implementation.models import Arm
from labs.laboratories.rules import member_houses_of
from labs.pilots.models import PilotProject

CHOOSE = ("", _("choose"))
MOST = 100


class Head(forms.Form):
    """The version of the project that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def content(self) -> dict[str, Any]:
        return {}


class StepRow(forms.Form):
    """What is done, who does it, with what, from when to when."""

    title = LineInput(
        label=_("Step"), max_length=300, error_messages={"required": _("Step: say what is done, or remove the step.")}
    )
    institution = forms.ChoiceField(
        label=_("Who does it"), error_messages={"required": _("Who does it: choose an organisation.")}
    )
    resources = TextInput(
        label=_("Resources"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("People, rooms, materials, money: what it takes"),
    )  # fmt: skip
    starts_on = DayInput(
        label=_("Starts"), help_text=A_DAY,
        error_messages={
            "invalid": _("Starts: enter a day, for example 01.09.2026."),
            "required": _("Starts: enter the first day of the step."),
        },
    )  # fmt: skip
    due_on = DayInput(
        label=_("Until"), help_text=A_DAY,
        error_messages={
            "invalid": _("Until: enter a day, for example 31.08.2027."),
            "required": _("Until: enter the last day of the step."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, owners: dict[str, Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = owners
        offered = [(key, name_now(house.names)) for key, house in owners.items()]
        self.fields["institution"].choices = [CHOOSE, *offered]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any] | None:
        """The step as the action takes it; None for a row that was left empty."""
        data = self.cleaned_data
        if not data.get("title"):
            return None
        told = {name: data[name] for name in ("title", "resources", "starts_on", "due_on")}
        return {**told, "owner": self.owners[data["institution"]]}


class SiteRow(PartnerRow):
    """An institution that is asked, and in which part."""

    role = forms.ChoiceField(label=_("Part in the trial"), required=False, choices=[CHOOSE, *Arm.choices])

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, terms={}, **kwargs)
        self.fields["institution"].label = _("Organisation")
        self.fields["role"].choices = [CHOOSE, *Arm.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = forms.Form.clean(self) or {}
        key, text = data.get("institution", ""), data.get("institution_text", "")
        if key or text:
            self._look_for(key, text)
            if not data.get("role"):
                self.add_error("role", ValidationError(_("Part in the trial: choose one."), code="required"))
        elif data.get("role"):
            self.add_error("institution", ValidationError(_("Organisation: type the name."), code="required"))
        return data

    def said(self) -> dict[str, Any] | None:
        """The site as the action takes it."""
        arm = self.cleaned_data.get("role")
        return {"institution": self.found, "arm": arm} if self.found and arm else None


def _rows(row: Any) -> Any:
    return forms.formset_factory(
        row, extra=1, can_delete=True, can_delete_extra=False, max_num=MOST, absolute_max=MOST + 5, validate_max=True
    )


STEPS, SITES = _rows(StepRow), _rows(SiteRow)
FIRST_STEPS, FIRST_SITES = 3, 2  # empty rows of a programme that nobody has begun


class ProgrammeSheet(Draft):
    """The whole programme: steps and sites as rows, each with an empty one at the end."""

    def __init__(self, data: Any = None, *, user: Any, project: PilotProject) -> None:  # other parts than a plan's
        self.refused: dict[str, list[str]] = {}
        self.head = Head(data, initial={"version": project.version})  # type: ignore[assignment]
        initial = {"steps": None, "sites": None} if data is not None else initial_of(project)
        owners = owners_of(project, user)
        self.parts = {
            "steps": STEPS(data, prefix="steps", form_kwargs={"owners": owners}, initial=initial["steps"]),
            "sites": SITES(data, prefix="sites", form_kwargs={"user": user}, initial=initial["sites"]),
        }

        if not project.steps.exists():
            self.parts["steps"].extra, self.parts["sites"].extra = FIRST_STEPS, FIRST_SITES

    def refuse(self, error: ValidationError) -> None:
        """What the action refused of a row stands at its field."""
        for name, messages in error.message_dict.items():
            part, *place = name.split("/")
            if place and part in self.parts:
                said = [row for row in self.parts[part].forms if row not in self.parts[part].deleted_forms]
                field = "institution" if place[1] == "owner" else place[1]
                said[int(place[0])].add_error(field, messages)
            else:
                self.refused.setdefault(part, []).extend(messages)


def owners_of(project: PilotProject, user: Any) -> dict[str, Institution]:
    """Who may own a step: the organisations of the laboratory, the sites, and whoever owns one already."""
    named = {each.institution_id for each in project.sites.all()} | {each.owner_id for each in project.steps.all()}
    keys = named | member_houses_of(project.laboratory) - {project.laboratory.site_id}
    rows = Institution.objects.visible_to(user).filter(pk__in=keys).order_by("sort_key", "pk")  # type: ignore[attr-defined]
    return {house.public_id: house for house in rows}


def initial_of(project: PilotProject) -> dict[str, Any]:
    """What stands in the programme, row by row."""
    columns = ("title", "resources", "starts_on", "due_on")
    steps = project.steps.select_related("owner").order_by("position")
    sites = project.sites.select_related("institution").order_by("pk")
    return {
        "steps": [
            {**{name: getattr(each, name) for name in columns}, "institution": each.owner.public_id}
            for each in steps
        ],
        "sites": [
            {"institution": each.institution.public_id, "institution_text": name_now(each.institution.names),
             "role": each.arm}
            for each in sites
        ],
    }  # fmt: skip
