"""The programme, the pre-registration and the steps of a pilot project over the API."""

from decimal import Decimal
from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Door, Guarded, StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.pages.records import READERS
from exchange.moving import Moving, NoFields, Reason
from exchange.once import Once
from institutions.registry.models import Institution
from labs.implementation import actions, plan
from labs.implementation.filters import StepFilters
from labs.implementation.locking import code_of, verify
from labs.implementation.models import Arm, ImplementationStep, Preregistration
from labs.implementation.rules import STEP
from labs.implementation.soundness import problems_of
from labs.pilots.models import PilotProject
from labs.pilots.rules import leads_or_coordinates
from lifecycle.canonical import plain

MOST = 100


def _text(most: int) -> Any:
    return serializers.CharField(max_length=most, required=False, allow_blank=True)


def _choice(choices: Any) -> Any:
    return serializers.ChoiceField(choices.choices, required=False, allow_blank=True)


class Threshold(serializers.DecimalField):
    """A number that is kept as text, as it was meant."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=16, decimal_places=4, required=False, allow_null=True, **options)

    def to_internal_value(self, data: Any) -> Any:
        return plain(Decimal(super().to_internal_value(data)))


class Day(serializers.DateField):
    """A day that is kept as ISO text."""

    def to_internal_value(self, value: Any) -> Any:
        return super().to_internal_value(value).isoformat()


class OutcomeFields(StrictSerializer):
    """What is measured: a share (numerator is part of the denominator) or a mean (a sum over a number of people)."""

    code = _text(32)
    name = _text(300)
    indicator = _text(16)
    instrument = _text(2000)
    unit = _text(100)
    kind = _choice(plan.Kind)
    direction = _choice(plan.Direction)


class CriterionFields(StrictSerializer):
    """A success criterion; thresholds on shares are in per cent."""

    outcome = _text(32)
    measure = _choice(plan.Measure)
    bound = _choice(plan.Bound)
    threshold = Threshold()


class HarmFields(StrictSerializer):
    """What would be harm."""

    outcome = _text(32)
    measure = _choice(plan.Measure)
    worse_than = Threshold()


class ComparisonFields(StrictSerializer):
    """With whom one compares; sites by the ids of their institutions."""

    rule = _choice(plan.Comparison)
    sites = serializers.ListField(child=serializers.CharField(max_length=26), required=False, max_length=MOST)


WINDOW = {"from": Day(required=False, allow_null=True), "until": Day(required=False, allow_null=True)}
WindowFields = type("WindowFields", (StrictSerializer,), {"__doc__": "From the first day to the last.", **WINDOW})


class AnalysisFields(StrictSerializer):
    """How the figures are put together."""

    compare = _choice(plan.Compare)
    weigh = _choice(plan.Weigh)


class PlanFields(StrictSerializer):
    """The parts of a pre-registration."""

    hypothesis = _text(4000)
    outcomes = OutcomeFields(many=True, required=False, max_length=plan.MOST_OUTCOMES)
    criteria = CriterionFields(many=True, required=False, max_length=plan.MOST_CRITERIA)
    harm = HarmFields(required=False)
    comparison = ComparisonFields(required=False)
    treated = serializers.ListField(child=serializers.CharField(max_length=26), required=False, max_length=MOST)
    baseline = WindowFields(required=False)
    endline = WindowFields(required=False)
    minimum_sample = Threshold()
    fidelity = Threshold()
    exclusions = _text(4000)
    analysis = AnalysisFields(required=False)


class PreregistrationRow(StrictSerializer):
    """A pre-registration: its plan, the code over it, what keeps it from being locked, and whether a lock is whole."""

    id = serializers.CharField(read_only=True, source="public_id")
    pilot = serializers.CharField(read_only=True, source="project.public_id")
    number = serializers.IntegerField(read_only=True)
    plan = serializers.JSONField(read_only=True)
    content_hash = serializers.SerializerMethodField()
    locked_at = serializers.DateTimeField(read_only=True, allow_null=True)
    whole = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()

    def get_content_hash(self, found: Preregistration) -> str:
        return found.content_hash or code_of(found)

    def get_whole(self, found: Preregistration) -> bool | None:
        return verify(found) if found.locked_at else None

    def get_problems(self, found: Preregistration) -> list[dict[str, str]]:
        if found.locked_at:
            return []
        lacking = problems_of(plan.read_plan(found.plan), found.project)
        return [{"code": each.code, "detail": str(each.message), "pointer": each.pointer} for each in lacking]


class StepFields(StrictSerializer):
    """A step as it is sent."""

    title = serializers.CharField(max_length=300)
    owner = ScopedSlugField(Institution)
    resources = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    starts_on = serializers.DateField()
    due_on = serializers.DateField()


class SiteFields(StrictSerializer):
    """An institution that is asked to take part, and in which arm."""

    institution = ScopedSlugField(Institution)
    arm = serializers.ChoiceField(Arm.choices)


class ProgrammeFields(StrictSerializer):
    """Steps and sites; a list that is not given stays."""

    steps = StepFields(many=True, required=False, max_length=MOST)
    sites = SiteFields(many=True, required=False, max_length=MOST)


class StepRow(StrictSerializer):
    """A step: what, by whom, with what, from when to when, and how far it is."""

    id = serializers.CharField(read_only=True, source="public_id")
    pilot = serializers.CharField(read_only=True, source="project.public_id")
    position = serializers.IntegerField(read_only=True)
    title = serializers.CharField(read_only=True)
    owner = serializers.CharField(read_only=True, source="owner.public_id")
    resources = serializers.CharField(read_only=True)
    starts_on = serializers.DateField(read_only=True)
    due_on = serializers.DateField(read_only=True)
    status = serializers.CharField(read_only=True)
    modified_at = serializers.DateTimeField(read_only=True)


class PilotSiteRow(StrictSerializer):
    """A site and its answer."""

    institution = serializers.CharField(read_only=True, source="institution.public_id")
    arm = serializers.CharField(read_only=True)
    joined_at = serializers.DateTimeField(read_only=True, allow_null=True)
    declined_at = serializers.DateTimeField(read_only=True, allow_null=True)


class PilotProgrammeRow(StrictSerializer):
    """The implementation programme of a project."""

    pilot = serializers.CharField(read_only=True, source="public_id")
    steps = serializers.SerializerMethodField()
    sites = serializers.SerializerMethodField()

    def get_steps(self, project: PilotProject) -> list[dict[str, Any]]:
        rows = project.steps.select_related("owner", "project").order_by("position")
        return list(StepRow(rows, many=True).data)

    def get_sites(self, project: PilotProject) -> list[dict[str, Any]]:
        rows = project.sites.select_related("institution").order_by("pk")
        return list(PilotSiteRow(rows, many=True).data)


class OfPilot(Scoped, Once, Guarded, Door):
    """What lies below a pilot project; writes name the version of the project they are based on."""

    scope = PilotProject
    allowed_roles = READERS
    related = ("laboratory__cluster",)
    row: Any = None

    def may_change(self, user: Any, subject: Any) -> bool:
        return leads_or_coordinates(user, subject)

    def present(self, subject: Any, context: dict[str, Any]) -> dict[str, Any]:
        return dict(self.row(subject).data)

    def again(self, subject: Any) -> Any:
        return subject

    def told(self) -> Response:
        self.subject.refresh_from_db()
        return Response(self.present(self.subject, {}), headers={"ETag": self.etag(self.subject)})


class PilotProgrammeDoor(OfPilot):
    """The implementation programme of a project."""

    http_method_names = ["get", "head", "put"]
    row = PilotProgrammeRow
    write_serializers = {"put": ProgrammeFields}
    read_serializers = {"get": PilotProgrammeRow, "put": PilotProgrammeRow}

    def get(self, request: Any, public_id: str) -> Response:
        """The steps and the sites."""
        return self.told()

    def put(self, request: Any, public_id: str) -> Response:
        """Write the steps and the sites."""
        actions.save_programme(self.subject, by=request.user, at=now(), **self.checked(ProgrammeFields))
        return self.told()


class PilotPlanDoor(OfPilot):
    """The latest pre-registration of a project."""

    http_method_names = ["get", "head", "put"]
    write_serializers = {"put": PlanFields}
    read_serializers = {"get": PreregistrationRow, "put": PreregistrationRow}

    def present(self, subject: Any, context: dict[str, Any]) -> dict[str, Any]:
        found = subject.preregistrations.select_related("frozen", "project").order_by("-number").first()
        return dict(PreregistrationRow(found).data) if found else {}

    def get(self, request: Any, public_id: str) -> Response:
        """The plan, open or locked."""
        if not self.subject.preregistrations.exists():
            raise Http404
        return self.told()

    def put(self, request: Any, public_id: str) -> Response:
        """Write the plan as far as it goes; it is locked by a move of its own."""
        actions.save_plan(self.subject, by=request.user, at=now(), plan=self.checked(PlanFields))
        return self.told()


class PilotSiteDoor(Scoped, Once, Door):
    """The answer of a site that was asked."""

    scope = PilotProject
    allowed_roles = READERS
    related = ("laboratory__cluster",)
    http_method_names = ["post"]
    read_serializers = {"post": PilotProgrammeRow}

    def check_subject(self, request: Any) -> None:
        actions.permit_answer(self.subject, request.user)


class JoinDoor(PilotSiteDoor):
    """A site takes part."""

    write_serializers = {"post": NoFields}

    def post(self, request: Any, public_id: str) -> Response:
        """Take part, of one's own free will."""
        self.checked(NoFields)
        return Response(PilotProgrammeRow(actions.join_site(self.subject, by=request.user, at=now())).data)


class DeclineDoor(PilotSiteDoor):
    """A site does not take part."""

    write_serializers = {"post": Reason}

    def post(self, request: Any, public_id: str) -> Response:
        """Do not take part, and say why."""
        done = actions.decline_site(self.subject, by=request.user, at=now(), **self.checked(Reason))
        return Response(PilotProgrammeRow(done).data)


class StepViewSet(Scoped, Once, Moving, StrictViewSet):
    """Steps of implementation programmes: their owners do them, the lead or the coordinator accepts."""

    scope = ImplementationStep
    allowed_roles = READERS
    related = ("project__laboratory__cluster", "owner")
    serializer_class = StepRow
    filterset_class = StepFilters
    orderings = ("due_on", "modified_at")
    default_ordering = "due_on"
    modified_field = "modified_at"
    lifecycle = STEP
    move_actions = actions.STEP_MOVES
