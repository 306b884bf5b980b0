"""Forms of laboratories: few fields, and none for what the founding agreement says. They check shape and never save."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.names import name_now
from accounts.spelling import LineInput, TextInput
from cooperation.agreements.models import Agreement
from cooperation.agreements.statuses import AgreementStatus
from institutions.clusters.models import Cluster
from institutions.territory.models import Term
from labs.laboratories.actions import bound
from labs.laboratories.health import LEVELS, MEANING, word_of
from labs.laboratories.models import SCORES, Laboratory
from labs.laboratories.rules import coordinated_houses

LATEST, MOST_SERVICES = 200, 50
TAGS = ("uz", "ru", "en")
LIVING = (AgreementStatus.CONCLUDED, AgreementStatus.IN_FORCE)


def directions_open() -> list[Term]:
    """The directions of activity in use."""
    rows = Term.objects.filter(vocabulary="activity_direction", valid__endswith__isnull=True)
    return list(rows.order_by("position", "pk"))


class ParticularsForm(forms.Form):
    """What the coordinator keeps: directions, what it does, services, recommendations."""

    directions = forms.MultipleChoiceField(
        label=_("Directions of activity"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Directions of activity: choose at least one.")},
    )  # fmt: skip
    about = TextInput(
        label=_("What it does"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody reads it on the public page"),
    )  # fmt: skip
    services = TextInput(
        label=_("Services"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One service on each line"),
    )  # fmt: skip
    recommendations = TextInput(
        label=_("Recommendations"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What the laboratory advises others to do, with where it can be read"),
    )  # fmt: skip

    def __init__(self, *args: Any, laboratory: Laboratory | None = None, **kwargs: Any) -> None:
        self.known = {each.title: each.form for each in laboratory.services.all()} if laboratory else {}  # type: ignore[attr-defined]
        if laboratory is not None:
            kwargs["initial"] = {
                "directions": [each.code for each in laboratory.directions.all()], "about": laboratory.about,
                "services": "\n".join(each.title for each in laboratory.services.order_by("position")),  # type: ignore[attr-defined]
                "recommendations": laboratory.recommendations,
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.terms = {term.code: term for term in directions_open()}
        self.fields["directions"].choices = [(code, name_now(term.names)) for code, term in self.terms.items()]  # type: ignore[attr-defined]

    def clean_services(self) -> list[dict[str, Any]]:
        """A service that stays keeps the form of cooperation it is counted under."""
        titles = list(
            dict.fromkeys(line.strip() for line in self.cleaned_data["services"].splitlines() if line.strip())
        )
        if len(titles) > MOST_SERVICES or any(len(title) > 300 for title in titles):
            raise ValidationError(_("Services: at most 50, each on one line of at most 300 characters."), code="long")
        return [{"title": title, "form": self.known.get(title)} for title in titles]

    def content(self) -> dict[str, Any]:
        """As the action takes it."""
        data = self.cleaned_data
        found = {name: data[name] for name in ("about", "services", "recommendations")}
        return {**found, "directions": [self.terms[code] for code in data["directions"]]}


class ProposeForm(ParticularsForm):
    """The names of a site and its founding agreement; members are those who signed it."""

    name_uz = LineInput(label=_("Name in Uzbek"), max_length=300, required=False)
    name_ru = LineInput(label=_("Name in Russian"), max_length=300, required=False)
    name_en = LineInput(label=_("Name in English"), max_length=300, required=False)
    host = forms.ChoiceField(label=_("Host"), help_text=_("The laboratory works at this organisation"))
    agreement = forms.ChoiceField(
        label=_("Founding agreement"), help_text=_("Whoever has signed it becomes a member of the laboratory"),
        error_messages={"required": _("Founding agreement: choose the agreement by which the laboratory is founded.")},
    )  # fmt: skip
    cluster = forms.ChoiceField(label=_("Cluster"), required=False)
    field_order = ("name_uz", "name_ru", "name_en", "host", "agreement", "cluster", "directions", "about", "services",
                   "recommendations")  # fmt: skip

    def __init__(self, *args: Any, user: Any, houses: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.houses = {house.public_id: house for house in houses}
        if len(houses) > 1:
            self.fields["host"].choices = [(key, name_now(house.names)) for key, house in self.houses.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["host"]
        own = coordinated_houses(user)
        rows = (
            Agreement.objects.all()
            .visible_to(user)
            .filter(  # type: ignore[attr-defined]
                status__in=LIVING, parties__institution__in=own, parties__signs=True
            )
        )
        self.agreements = {each.public_id: each for each in rows.distinct().order_by("-number", "-pk")[:LATEST]}
        offered = [(key, f"{each.number} · {each.title}"[:120]) for key, each in self.agreements.items()]
        self.fields["agreement"].choices = [("", _("choose")), *offered]  # type: ignore[attr-defined]
        seen = Cluster.objects.all().visible_to(user)  # type: ignore[attr-defined]
        joined = seen.filter(members__institution__in=own, members__valid__contains=today())
        self.clusters = {each.public_id: each for each in joined.distinct().order_by("-modified_at", "-pk")[:LATEST]}
        named = [(key, name_now(each.names)) for key, each in self.clusters.items()]
        self.fields["cluster"].choices = [("", _("a new one, founded by the same agreement")), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(data.get(f"name_{tag}") for tag in TAGS):
            self.add_error("name_uz", ValidationError(_("Name: give it in at least one language."), code="required"))
        return data

    def content(self) -> dict[str, Any]:
        data = self.cleaned_data
        host = self.houses[data["host"]] if "host" in self.fields else next(iter(self.houses.values()))
        return {
            **super().content(), "names": {tag: data[f"name_{tag}"] for tag in TAGS if data[f"name_{tag}"]},
            "host": host, "agreement": self.agreements[data["agreement"]],
            "cluster": self.clusters.get(data["cluster"]),
        }  # fmt: skip


class TakeInForm(forms.Form):
    """Which institution joins; those are offered that are bound to the laboratory by an agreement in force."""

    institution = forms.ChoiceField(
        label=_("Organisation"), error_messages={"required": _("Organisation: choose one.")},
        help_text=_("Organisations that have signed an agreement in force with the host or the site"),
    )  # fmt: skip

    def __init__(self, *args: Any, laboratory: Laboratory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside = laboratory.members.on().values("institution")  # type: ignore[attr-defined]
        rows = bound(laboratory, today()).exclude(pk__in=inside).order_by("sort_key", "pk")[:LATEST]
        self.houses = {house.public_id: house for house in rows}
        named = [(key, name_now(house.names)) for key, house in self.houses.items()]
        self.fields["institution"].choices = [("", _("choose")), *named]  # type: ignore[attr-defined]


class HealthForm(forms.Form):
    """Five scores and a note."""

    note = TextInput(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What changed since the last time; those who work in the laboratory read it"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for score in SCORES:
            word = word_of(score)
            self.fields[score] = forms.TypedChoiceField(
                label=word, coerce=int, choices=list(LEVELS.items()), widget=forms.RadioSelect,
                help_text=MEANING[score],
                error_messages={"required": _("%(score)s: choose one of the four levels.") % {"score": word}},
            )  # fmt: skip
        self.order_fields([*SCORES, "note"])
