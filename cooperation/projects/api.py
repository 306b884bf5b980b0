"""Joint projects over the API: list, draft, save, and the moves of the lead and the partners."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now, today
from accounts.doors import Guarded, StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.activities.models import Activity
from cooperation.agreements.models import Agreement
from cooperation.pages.records import READERS
from cooperation.projects import actions
from cooperation.projects.filters import ProjectFilters
from cooperation.projects.models import JointProject
from cooperation.projects.presenting import late_since
from cooperation.projects.rules import PROJECT, can_lead
from exchange.moving import Moving, NoFields, Reason
from exchange.once import Once
from institutions.registry.models import Institution
from institutions.territory.fields import TermField
from lifecycle.canonical import plain


class ProjectPartnerFields(StrictSerializer):
    """A partner as it is sent."""

    institution = ScopedSlugField(Institution)
    role = TermField("party_role")


class StageFields(StrictSerializer):
    """A stage as it is sent."""

    title = serializers.CharField(max_length=300)
    due_on = serializers.DateField(required=False, allow_null=True)


class OutputFields(StrictSerializer):
    """A planned output as it is sent."""

    kind = TermField("output_kind")
    title = serializers.CharField(max_length=300)


class ProjectFields(StrictSerializer):
    """The content of a project; every part may be left out when saving."""

    title = serializers.CharField(max_length=300)
    goal = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    agreement = ScopedSlugField(Agreement, required=False, allow_null=True)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    budget = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0, required=False, allow_null=True)
    partners = ProjectPartnerFields(many=True, required=False, max_length=50)
    stages = StageFields(many=True, required=False, max_length=100)
    outputs = OutputFields(many=True, required=False, max_length=100)


class ProjectDraftFields(ProjectFields):
    """A new project; `lead` where the caller administers several institutions."""

    lead = ScopedSlugField(Institution, required=False)


class StageDone(StrictSerializer):
    """Which stage, by its place from 0, and when."""

    stage = serializers.IntegerField(min_value=0, max_value=99)
    done_on = serializers.DateField(required=False)


class Delivery(StrictSerializer):
    """Which output, by its place from 0, and where it can be read."""

    output = serializers.IntegerField(min_value=0, max_value=99)
    link = serializers.URLField(max_length=500, required=False, allow_blank=True)


class Drop(Reason):
    """Which output, by its place from 0, will not come, and why."""

    output = serializers.IntegerField(min_value=0, max_value=99)


class Deed(StrictSerializer):
    """The activity that was done for the project."""

    activity = ScopedSlugField(Activity)


class ProjectPartnerRow(StrictSerializer):
    """A partner as it is read."""

    institution = serializers.CharField(read_only=True, source="institution.public_id")
    role = serializers.CharField(read_only=True, source="role.code")
    state = serializers.CharField(read_only=True)
    answered_at = serializers.DateTimeField(read_only=True, allow_null=True)


class StageRow(StrictSerializer):
    """A stage as it is read."""

    title = serializers.CharField(read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    done_on = serializers.DateField(read_only=True, allow_null=True)


class OutputRow(StrictSerializer):
    """An output as it is read."""

    kind = serializers.CharField(read_only=True, source="kind.code")
    title = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    link = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)


class ProjectRow(StrictSerializer):
    """A joint project: what was planned beside what is done."""

    id = serializers.CharField(read_only=True, source="public_id")
    title = serializers.CharField(read_only=True)
    goal = serializers.CharField(read_only=True)
    lead = serializers.CharField(read_only=True, source="lead.public_id")
    agreement = serializers.CharField(read_only=True, allow_null=True, source="agreement.public_id", default=None)
    partners = serializers.SerializerMethodField()
    stages = serializers.SerializerMethodField()
    outputs = serializers.SerializerMethodField()
    activities = serializers.SerializerMethodField()
    starts_on = serializers.DateField(read_only=True, allow_null=True)
    ends_on = serializers.DateField(read_only=True, allow_null=True)
    budget = serializers.SerializerMethodField()
    status = serializers.CharField(read_only=True)
    late = serializers.SerializerMethodField()
    finished_at = serializers.DateTimeField(read_only=True, allow_null=True)
    modified_at = serializers.DateTimeField(read_only=True)

    def get_partners(self, project: JointProject) -> list[dict[str, Any]]:
        return list(ProjectPartnerRow(sorted(project.partners.all(), key=lambda row: row.pk), many=True).data)

    def get_stages(self, project: JointProject) -> list[dict[str, Any]]:
        return list(StageRow(sorted(project.stages.all(), key=lambda row: row.position), many=True).data)

    def get_outputs(self, project: JointProject) -> list[dict[str, Any]]:
        return list(OutputRow(sorted(project.outputs.all(), key=lambda row: row.position), many=True).data)

    def get_activities(self, project: JointProject) -> list[str]:
        return sorted(deed.activity.public_id for deed in project.deeds.all())

    def get_budget(self, project: JointProject) -> str | None:
        return None if project.budget is None else plain(project.budget)

    def get_late(self, project: JointProject) -> bool:
        return late_since(project, today()) is not None


class ProjectViewSet(Scoped, Once, Guarded, Moving, StrictViewSet):
    """Joint projects: administrators of the lead draft and send, partners answer."""

    scope = JointProject
    allowed_roles = READERS
    related = ("lead", "agreement")
    prefetch = ("partners__institution", "partners__role", "stages", "outputs__kind", "deeds__activity")
    serializer_class = ProjectRow
    write_serializers = {"create": ProjectDraftFields, "partial_update": ProjectFields}
    filterset_class = ProjectFilters
    orderings = ("title", "starts_on", "ends_on", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = PROJECT
    move_actions = {
        "propose": actions.propose_project,
        "accept": actions.accept_role,
        "decline": actions.decline_role,
        "finish_stage": actions.finish_stage,
        "deliver": actions.deliver_output,
        "drop": actions.drop_output,
        "add_activity": actions.add_activity,
        "complete": actions.complete_project,
        "confirm": actions.confirm_project,
        "pause": actions.pause_project,
        "resume": actions.resume_project,
        "stop": actions.stop_project,
        "ask_stop": actions.ask_stop,
    }
    move_serializers = {
        "decline": Reason,
        "finish_stage": StageDone,
        "deliver": Delivery,
        "drop": Drop,
        "add_activity": Deed,
        "pause": Reason,
        "resume": NoFields,
        "stop": Reason,
        "ask_stop": Reason,
    }

    def may_change(self, user: Any, subject: Any) -> bool:
        if self.kwargs.get("move") is None and self.subject is not None:
            return can_lead(user, subject)
        return super().may_change(user, subject)

    def create(self, request: Any) -> Response:
        """Draft a joint project."""
        project = actions.draft_project(**self.checked(ProjectDraftFields), by=request.user, at=now())
        return self.answer(project, status=201)

    def partial_update(self, request: Any, **kwargs: Any) -> Response:
        """Save a part of a draft."""
        actions.save_project(self.subject, **self.checked(ProjectFields, partial=True), by=request.user, at=now())
        return self.answer(self.subject)
