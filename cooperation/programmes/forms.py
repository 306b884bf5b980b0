"""The form of the version in work: what the programme is, what it holds, who writes it. It checks shape and never saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.scoped import ScopedForm
from accounts.spelling import LineInput, TextInput
from cooperation.agreements.models import Agreement
from cooperation.plans.forms import PARTS, Draft, project_roles, words
from cooperation.programmes.models import JointProgramme, ProgrammeVersion
from cooperation.projects.models import JointProject, ProjectStatus
from institutions.registry.models import Institution
from institutions.territory.models import Term

LATEST, FIELDS = 200, 3
BROAD = 2  # characters of the code of a broad field


class ProgrammeForm(ScopedForm):
    """Everything of a programme but its group; a later version leaves out what the programme is."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = LineInput(
        label=_("Title"), max_length=300, error_messages={"required": _("Title: say what the programme is called.")}
    )
    lead = forms.ChoiceField(label=_("Lead"), required=False)
    level = forms.ChoiceField(label=_("Level of education"), required=False)
    contents = TextInput(
        label=_("Contents"), required=False, max_length=10000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What is taught, in which order, and what learners can do afterwards"),
    )  # fmt: skip
    changes = TextInput(
        label=_("What changed"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Against the version that is in force"),
    )  # fmt: skip
    link = forms.URLField(
        label=_("Document"), required=False, max_length=500, assume_scheme="https",
        help_text=_("Where the full text can be read"),
        error_messages={"invalid": _("Document: enter a web address, for example https://example.org/programme.pdf.")},
    )  # fmt: skip
    agreement = forms.ChoiceField(label=_("Agreement"), required=False, help_text=_("The agreement it is a part of"))
    project = forms.ChoiceField(label=_("Joint project"), required=False, help_text=_("The project it is a part of"))

    def __init__(self, *args: Any, houses: list[Institution], number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.houses = {house.public_id: house for house in houses}
        self.levels, self.studies = words("isced_level"), words("isced_f")
        self.agreements = self._known(Agreement.objects.visible_to(self.user), "agreement")  # type: ignore[attr-defined]
        projects = JointProject.objects.visible_to(self.user).exclude(status=ProjectStatus.DRAFT)  # type: ignore[attr-defined]
        self.projects = self._known(projects, "project")
        self._choices("lead", [(key, name_now(house.names)) for key, house in self.houses.items()])
        self._choices("level", [("", _("choose")), *((code, name_now(one.names)) for code, one in self.levels.items())])
        agreed = [(key, f"{each.number} · {each.title}"[:120]) for key, each in self.agreements.items()]
        self._choices("agreement", [("", _("without an agreement")), *agreed])
        planned = [(key, each.title[:120]) for key, each in self.projects.items()]
        self._choices("project", [("", _("without a project")), *planned])
        self.study_names = [f"field_{place}" for place in range(max(FIELDS, len(self.initial.get("studies", ())) + 1))]
        for place, name in enumerate(self.study_names):
            self.fields[name] = self._study_field(place)
        self._leave_out(number)

    def _choices(self, name: str, offered: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = offered  # type: ignore[attr-defined]

    def _known(self, rows: Any, name: str) -> dict[str, Any]:
        """The latest ones, and the one that was chosen once."""
        found = {each.public_id: each for each in rows.order_by("-modified_at", "-pk")[:LATEST]}
        if (chosen := self.initial.get(name)) and chosen not in found:
            found |= {each.public_id: each for each in rows.filter(public_id=chosen)}
        return found

    def _study_field(self, place: int) -> forms.ChoiceField:
        """One field of study, grouped by the broad one it belongs to."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for code, term in self.studies.items():
            broad = self.studies.get(code[:BROAD])
            told = f"{code[:BROAD]} {name_now(broad.names)}" if broad else code[:BROAD]
            groups.setdefault(told, []).append((code, f"{code} {name_now(term.names)}"))
        label = _("Field of study") if place == 0 else _("One more field of study")
        initial = dict(enumerate(self.initial.get("studies", ()))).get(place, "")
        offered: list[Any] = [("", _("choose")), *groups.items()]
        return forms.ChoiceField(label=label, required=False, choices=offered, initial=initial)

    def _leave_out(self, number: int) -> None:
        """A person of one institution is not asked which one leads; a first version has changed nothing."""
        gone = [*(["lead"] if len(self.houses) < 2 else [])]
        gone += ["changes"] if number == 1 else ["title", "level", *self.study_names]
        self.study_names = self.study_names if number == 1 else []
        for name in gone:
            del self.fields[name]

    @property
    def studies_shown(self) -> list[Any]:
        """The boxes for fields of study."""
        return [self[name] for name in self.study_names]

    def content(self) -> dict[str, Any]:
        """The columns, as the action takes them."""
        data = self.cleaned_data
        found = {name: data[name] for name in ("title", "contents", "changes", "link") if name in data}
        found["agreement"] = self.agreements.get(data["agreement"])
        found["project"] = self.projects.get(data["project"])
        if self.study_names:
            codes = dict.fromkeys(data[name] for name in self.study_names if data[name])
            found |= {
                "level": self.levels.get(data["level"]),
                "fields_of_study": [self.studies[code] for code in codes],
            }
        return found


class ProgrammeDraft(Draft):
    """The whole page of a version in work: the head, and the working group as rows with an empty one at the end."""

    def __init__(  # the parent's parts are those of projects
        self, data: Any = None, *, user: Any, houses: list[Institution], programme: JointProgramme | None = None
    ) -> None:
        version = programme.open if programme else None
        initial = initial_of(programme, version) if programme and version else {"head": {}, "members": []}
        self.refused: dict[str, list[str]] = {}
        self.number = version.number if version else 1
        self.head = ProgrammeForm(data, user=user, houses=houses, number=self.number, initial=initial["head"])  # type: ignore[assignment]
        rows = None if data is not None else initial["members"]
        told = {"user": user, "terms": project_roles()}
        self.parts = {"members": PARTS["partners"](data, prefix="members", form_kwargs=told, initial=rows)}


def initial_of(programme: JointProgramme, version: ProgrammeVersion) -> dict[str, Any]:
    """What stands in the version in work, by field and row."""
    return {
        "head": {
            "version": programme.version, "title": programme.title, "contents": version.contents,
            "changes": version.changes, "link": version.link,
            "level": programme.level.code if programme.level else "",
            "studies": sorted(term.code for term in programme.fields_of_study.all()),
            "agreement": programme.agreement.public_id if programme.agreement else "",
            "project": programme.project.public_id if programme.project else "",
        },
        "members": [
            {"institution": each.institution.public_id, "institution_text": name_now(each.institution.names),
             "role": each.role.code}
            for each in sorted(version.members.all(), key=lambda each: each.pk)
        ],
    }  # fmt: skip


def differences(programme: JointProgramme, draft: ProgrammeDraft) -> list[dict[str, str]]:
    """Field by field what two editors wrote: what is stored now, and what this one sent."""
    version = programme.open
    stored = {
        **{name: getattr(programme, name) for name in ("title", "level", "agreement", "project")},
        **{name: getattr(version, name, "") for name in ("contents", "changes", "link")},
        "fields_of_study": sorted(programme.fields_of_study.all(), key=lambda term: term.code),
        "members": [] if version is None else [
            {"institution": each.institution, "role": each.role}
            for each in sorted(version.members.all(), key=lambda each: each.pk)
        ],
    }  # fmt: skip
    labels = {"fields_of_study": _("Fields of study"), "members": _("Working group")}
    found = []
    for name, said in draft.content().items():
        label = labels.get(name) or draft.head.fields[name].label
        before, after = _shown(stored[name]), _shown(said)
        if before != after:
            found.append({"label": str(label), "before": before, "after": after})
    return found


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(_shown(each) for each in value)
    if isinstance(value, dict):
        return " · ".join(_shown(each) for each in value.values())
    if isinstance(value, Term | Institution):
        return name_now(value.names)
    return str(value or "")
