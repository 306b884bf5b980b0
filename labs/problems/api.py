"""Problems over the API: the register, raising one, and the moves of members and coordinators."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now, today
from accounts.doors import StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.pages.records import READERS
from exchange.moving import Moving, Reason
from exchange.once import Once
from labs.laboratories.models import Laboratory
from labs.problems import actions
from labs.problems.breach import PARAMETERS, figure_of
from labs.problems.filters import ProblemFilters
from labs.problems.models import Problem
from labs.problems.presenting import PREFETCH
from labs.problems.rules import PROBLEM
from quality.values.asking import UnknownChoice


class ProblemFields(StrictSerializer):
    """A new problem; `indicator` with `territory` and `period` name the figure that showed it, read when it is sent."""

    laboratory = ScopedSlugField(Laboratory)
    title = serializers.CharField(max_length=300)
    statement = serializers.CharField(max_length=4000)
    evidence = serializers.CharField(max_length=4000)
    indicator = serializers.CharField(max_length=64, required=False)
    territory = serializers.CharField(max_length=64, required=False)
    period = serializers.CharField(max_length=64, required=False)
    institution = serializers.CharField(
        max_length=64, required=False, help_text="Whose figure it is, instead of a place."
    )


class Merging(Reason):
    """Into which other open problem of the laboratory, and why."""

    into = ScopedSlugField(Problem)


class Solving(StrictSerializer):
    """How it was solved."""

    solution = serializers.CharField(max_length=4000)


class VoteRow(StrictSerializer):
    """The vote of an institution."""

    institution = serializers.CharField(read_only=True, source="institution.public_id")
    voted_at = serializers.DateTimeField(read_only=True)


class ProblemRow(StrictSerializer):
    """A problem: what is wrong, how one knows, who asks for it, what became of it."""

    id = serializers.CharField(read_only=True, source="public_id")
    laboratory = serializers.CharField(read_only=True, source="laboratory.public_id")
    title = serializers.CharField(read_only=True)
    statement = serializers.CharField(read_only=True)
    evidence = serializers.CharField(read_only=True)
    indicator = serializers.CharField(read_only=True, allow_null=True, source="indicator.code", default=None)
    period = serializers.CharField(read_only=True, allow_null=True, source="period.code", default=None)
    ground = serializers.JSONField(read_only=True, help_text="The figure as it stood: value, target, place.")
    institution = serializers.CharField(read_only=True, source="institution.public_id")
    votes = serializers.SerializerMethodField()
    merged_into = serializers.CharField(read_only=True, allow_null=True, source="merged_into.public_id", default=None)
    solution = serializers.CharField(read_only=True)
    status = serializers.CharField(read_only=True)
    raised_at = serializers.DateTimeField(read_only=True)
    modified_at = serializers.DateTimeField(read_only=True)

    def get_votes(self, problem: Problem) -> list[dict[str, Any]]:
        """One for each institution, the first first."""
        rows = sorted(problem.votes.all(), key=lambda vote: (vote.voted_at, vote.pk))
        return list(VoteRow(rows, many=True).data)


class ProblemViewSet(Scoped, Once, Moving, StrictViewSet):
    """The register of problems: members raise and vote, the coordinator settles."""

    scope = Problem
    allowed_roles = READERS
    related = ("laboratory__host", "laboratory__site", "laboratory__cluster", "indicator", "period", "institution",
               "merged_into")  # fmt: skip
    prefetch = PREFETCH
    serializer_class = ProblemRow
    write_serializers = {"create": ProblemFields}
    filterset_class = ProblemFilters
    orderings = ("title", "raised_at", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = PROBLEM
    move_actions = {
        "vote": actions.vote_for,
        "accept": actions.accept_problem,
        "decline": actions.decline_problem,
        "merge": actions.merge_problem,
        "solve": actions.solve_problem,
    }
    move_serializers = {"decline": Reason, "merge": Merging, "solve": Solving}

    def create(self, request: Any) -> Response:
        """Raise a problem."""
        data = self.checked(ProblemFields)
        asked = {name: data.pop(name) for name in PARAMETERS if name in data}
        try:
            figure = figure_of(asked, request.user, today())
        except UnknownChoice as unknown:
            raise serializers.ValidationError({unknown.parameter: [_("There is no such id.")]}) from unknown
        made = actions.raise_problem(by=request.user, at=now(), figure=figure.kept if figure else None, **data)
        return self.answer(made, status=201)
