"""Pilot projects over the API: list, the project with all its parts, opening, saving the open part, and its moves."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now, today
from accounts.doors import Guarded, StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.pages.records import READERS
from exchange.moving import Moving, Reason
from exchange.once import Once
from institutions.people.colleagues import posts_of
from institutions.people.models import Membership
from institutions.territory.fields import TermField
from labs.laboratories.rules import coordinates, member_houses_of
from labs.pilots import actions, developing, group
from labs.pilots.compatibility import clashes_of, goals_in
from labs.pilots.describing import is_inside
from labs.pilots.filters import PilotFilters
from labs.pilots.models import PARTS, Part, PilotProject, Raci, Sense
from labs.pilots.presenting import late_by
from labs.pilots.rules import PILOT
from labs.pilots.stages import OF_STATUS
from labs.problems.models import Problem
from quality.catalogue.models import Indicator


class MemberField(ScopedSlugField):
    """Somebody who works at an organisation of the laboratory, whether or not the caller could read that membership."""

    def get_queryset(self) -> Any:
        houses = member_houses_of(self.context["view"].subject.laboratory)
        return posts_of(houses, today())


class GoalFields(StrictSerializer):
    """A goal as it is sent."""

    text = serializers.CharField(max_length=300)
    indicator = ScopedSlugField(Indicator, slug_field="code", required=False, allow_null=True, default=None)
    sense = serializers.ChoiceField(choices=Sense.choices, default=Sense.UP.value)


class PilotMemberFields(StrictSerializer):
    """A person of the group as they are sent; they are asked to agree."""

    member = MemberField(Membership)
    part = serializers.ChoiceField(choices=Part.choices)
    field = TermField("isced_f")
    raci = serializers.ChoiceField(choices=Raci.choices, default=Raci.RESPONSIBLE.value)
    tasks = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class OpenPilotFields(StrictSerializer):
    """From which accepted problems, under which title."""

    problems = ScopedSlugField(Problem, many=True, allow_empty=False)
    title = serializers.CharField(max_length=300, required=False)


class ObjectFields(StrictSerializer):
    """What is researched, and how one knows."""

    object = serializers.CharField(max_length=10000)
    object_evidence = serializers.CharField(max_length=10000)
    title = serializers.CharField(max_length=300, required=False)


class DirectionFields(StrictSerializer):
    """The direction, the goals, and how they fit those of the cluster (see `clashes`)."""

    direction = TermField("programme_direction")
    goals = GoalFields(many=True, max_length=20)
    compatibility = serializers.CharField(max_length=4000)


class PilotFields(StrictSerializer):
    """The open part; what is left out stays. `members` is the whole group."""

    title = serializers.CharField(max_length=300, required=False)
    object = serializers.CharField(max_length=10000, required=False)
    object_evidence = serializers.CharField(max_length=10000, required=False)
    direction = TermField("programme_direction", required=False)
    goals = GoalFields(many=True, required=False, max_length=20)
    compatibility = serializers.CharField(max_length=4000, required=False)
    members = PilotMemberFields(many=True, required=False, max_length=30)


class Deadline(StrictSerializer):
    """Until when the development is to be complete."""

    deadline = serializers.DateField()


class NewDeadline(Reason):
    """Until when instead, and why."""

    deadline = serializers.DateField()


class VersionFields(StrictSerializer):
    """The development, part by part."""

    aim = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    method = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    resources = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    expected = serializers.CharField(max_length=20000, required=False, allow_blank=True)


class PilotRow(StrictSerializer):
    """A pilot project in the list."""

    id = serializers.CharField(read_only=True, source="public_id")
    title = serializers.CharField(read_only=True)
    laboratory = serializers.CharField(read_only=True, source="laboratory.public_id")
    direction = serializers.CharField(read_only=True, allow_null=True, source="direction.code", default=None)
    stage = serializers.SerializerMethodField()
    status = serializers.CharField(read_only=True)
    first_deadline = serializers.DateField(read_only=True, allow_null=True)
    deadline = serializers.DateField(read_only=True, allow_null=True)
    days_late = serializers.SerializerMethodField()
    submitted_at = serializers.DateTimeField(read_only=True, allow_null=True)
    published_at = serializers.DateTimeField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    modified_at = serializers.DateTimeField(read_only=True)

    def get_stage(self, project: PilotProject) -> int | None:
        return OF_STATUS[project.status] or None  # type: ignore[index]

    def get_days_late(self, project: PilotProject) -> int:
        return late_by(project, today())


class PilotDetailRow(PilotRow):
    """A pilot project with all its parts; names of people are not part of it."""

    object = serializers.CharField(read_only=True)
    object_evidence = serializers.CharField(read_only=True)
    compatibility = serializers.CharField(read_only=True)
    problems = serializers.SerializerMethodField()
    goals = serializers.SerializerMethodField()
    clashes = serializers.SerializerMethodField()
    members = serializers.SerializerMethodField()
    approvals = serializers.SerializerMethodField()
    versions = serializers.SerializerMethodField()
    extensions = serializers.SerializerMethodField()

    def reader(self) -> Any:
        return self.context["request"].user

    def get_problems(self, project: PilotProject) -> list[str]:
        rows = Problem.objects.visible_to(self.reader()).filter(projects=project)
        return sorted(rows.values_list("public_id", flat=True))

    def get_goals(self, project: PilotProject) -> list[dict[str, Any]]:
        return [
            {"text": goal.text, "indicator": goal.indicator.code if goal.indicator else None, "sense": goal.sense}
            for goal in sorted(project.goals.all(), key=lambda goal: goal.position)
        ]

    def get_clashes(self, project: PilotProject) -> list[dict[str, Any]]:
        """Goals of others in the cluster on the same indicators, for those inside."""
        if not is_inside(project, self.reader()):
            return []
        return [
            {"indicator": clash.goal.indicator.code if clash.goal.indicator else None, "sense": clash.goal.sense,
             "against": clash.against, "umbrella": clash.umbrella,
             "project": clash.project.public_id if clash.is_open else None,
             "laboratory": clash.project.laboratory.public_id}
            for clash in clashes_of(project, goals_in(project), self.reader())
        ]  # fmt: skip

    def get_members(self, project: PilotProject) -> list[dict[str, Any]]:
        return [
            {"institution": each.institution.public_id, "part": each.part, "field": each.field.code,
             "raci": each.raci, "tasks": each.tasks, "answer": each.answer}
            for each in project.members.all()
        ]  # fmt: skip

    def get_approvals(self, project: PilotProject) -> list[dict[str, Any]]:
        return [
            {"institution": each.institution.public_id, "approved_at": each.approved_at.isoformat()}
            for each in project.approvals.all()
        ]

    def get_versions(self, project: PilotProject) -> list[dict[str, Any]]:
        """What was written, for those inside."""
        if not is_inside(project, self.reader()):
            return []
        return [
            {"number": each.number, **{name: getattr(each, name) for name in PARTS}, "sha256": each.sha256,
             "written_at": each.written_at.isoformat()}
            for each in project.versions.order_by("number")
        ]  # fmt: skip

    def get_extensions(self, project: PilotProject) -> list[dict[str, Any]]:
        return [
            {"number": each.number, "old": each.old.isoformat(), "new": each.new.isoformat()}
            for each in project.extensions.order_by("number")
        ]


def _save_version(project: PilotProject, **said: Any) -> None:
    developing.save_version(project, **said)


class PilotViewSet(Scoped, Once, Guarded, Moving, StrictViewSet):
    """Pilot projects: the coordinator opens and describes, people agree for themselves, the group develops."""

    scope = PilotProject
    allowed_roles = READERS
    related = ("laboratory__cluster", "direction")
    prefetch = ("members__institution", "members__field", "approvals__institution", "goals__indicator")
    serializer_class = PilotDetailRow
    row_serializer_class = PilotRow
    write_serializers = {"create": OpenPilotFields, "partial_update": PilotFields}
    filterset_class = PilotFilters
    orderings = ("title", "deadline", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = PILOT
    move_actions: dict[str, Callable[..., Any]] = {  # type: ignore[misc]
        "define_object": actions.define_object,
        "set_direction": actions.set_direction,
        "agree": group.agree,
        "decline_part": group.decline,
        "approve_group": group.approve_group,
        "start_development": developing.start_development,
        "save_version": _save_version,
        "extend": developing.extend,
        "submit": developing.submit_project,
        "stop": actions.stop_project,
    }
    move_serializers = {
        "define_object": ObjectFields,
        "set_direction": DirectionFields,
        "start_development": Deadline,
        "save_version": VersionFields,
        "extend": NewDeadline,
    }

    def public_moves(self) -> list[str]:
        """Those with an action here; the rooms above add theirs (`PilotViewSet.move_actions`)."""
        return [name for name in super().public_moves() if name in self.move_actions]

    def moves_for(self, subject: Any, request: Any) -> list[str]:
        return [name for name in super().moves_for(subject, request) if name in self.move_actions]

    def may_change(self, user: Any, subject: Any) -> bool:
        if self.kwargs.get("move") is None and self.subject is not None:
            return coordinates(user, subject.laboratory)
        return super().may_change(user, subject)

    def create(self, request: Any) -> Response:
        """Open a project upon accepted problems."""
        project = actions.open_project(**self.checked(OpenPilotFields), by=request.user, at=now())
        return self.answer(project, status=201)

    def partial_update(self, request: Any, **kwargs: Any) -> Response:
        """Save a part of what is still open."""
        data = self.checked(PilotFields)
        members = data.pop("members", None)
        if members is not None:
            group.save_group(self.subject, members=members, by=request.user, at=now())
        if data:
            actions.save_project(self.subject, **data, by=request.user, at=now())
        return self.answer(self.subject)
