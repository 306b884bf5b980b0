"""Submissions over the API: begun by who reports or approves, moved by the table of the life cycle."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from exchange.moving import Moving, NoFields, Reason
from exchange.once import Once
from institutions.registry.entering import OFFICES
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from institutions.territory.models import Territory
from quality.catalogue.figures import plain
from quality.catalogue.models import Period
from quality.checks.actions import submit_figures
from quality.checks.models import Breach
from quality.reports.filters import SubmissionFilters
from quality.submissions import actions
from quality.submissions.expecting import entered_in
from quality.submissions.models import Submission, SubmissionStatus
from quality.submissions.rules import SUBMISSION, seat_over

OPENING = {Role.INSTITUTION_ADMIN, *OFFICES}
MOST = 100


class RemarkRow(StrictSerializer):
    """What the office says of one number."""

    indicator = serializers.CharField(source="version.indicator.code", read_only=True)
    text = serializers.CharField(read_only=True)
    made_at = serializers.DateTimeField(read_only=True)
    settled_at = serializers.DateTimeField(read_only=True, allow_null=True)


class BreachRow(StrictSerializer):
    """What broke a rule or stood out when it was last submitted; `breach` is the rule's or the indicator's code."""

    breach = serializers.CharField(source="key", read_only=True)
    left = serializers.SerializerMethodField()
    right = serializers.SerializerMethodField()
    explanation = serializers.CharField(read_only=True)
    explained_at = serializers.DateTimeField(read_only=True)

    def get_left(self, row: Breach) -> str | None:
        return plain(row.left)

    def get_right(self, row: Breach) -> str | None:
        return plain(row.right)


class SubmissionRow(StrictSerializer):
    """The figures of an institution (or the approval of a place) for a period: status, when, what is missing."""

    id = serializers.CharField(source="public_id", read_only=True)
    institution = serializers.CharField(source="institution.public_id", read_only=True, default=None, allow_null=True)
    territory = serializers.CharField(source="territory.code", read_only=True, default=None, allow_null=True)
    period = serializers.CharField(source="period.code", read_only=True)
    status = serializers.ChoiceField(choices=SubmissionStatus.choices, read_only=True)
    provisional = serializers.SerializerMethodField()
    on_time = serializers.BooleanField(read_only=True, allow_null=True)
    first_submitted_at = serializers.DateTimeField(read_only=True, allow_null=True)
    submitted_at = serializers.DateTimeField(read_only=True, allow_null=True)
    approved_at = serializers.DateTimeField(read_only=True, allow_null=True)
    approved_for = serializers.SerializerMethodField()
    locked_at = serializers.DateTimeField(read_only=True, allow_null=True)
    gaps = serializers.ListField(child=serializers.CharField(), read_only=True)
    modified_at = serializers.DateTimeField(read_only=True)

    def get_provisional(self, row: Submission) -> bool:
        return row.status != SubmissionStatus.LOCKED

    def get_approved_for(self, row: Submission) -> str | None:
        """The place whose office approved: known to that level and all above."""
        user = self.context["request"].user
        above = row.approved_for is not None and seat_over(user, row) in row.approved_for.lineage
        return row.approved_for.code if above and row.approved_for else None


class SubmissionPage(SubmissionRow):
    """The same with what the office said and what was explained."""

    remarks = RemarkRow(many=True, read_only=True)
    breaches = serializers.SerializerMethodField()

    def get_breaches(self, row: Submission) -> list[dict[str, Any]]:
        return list(BreachRow([each for each in row.breaches.all() if each.stands], many=True).data)


class SubmissionFields(StrictSerializer):
    """Which figures: of an `institution`, or of a whole `territory`, for a `period`."""

    institution = ScopedSlugField(Institution, required=False)
    territory = ScopedSlugField(Territory, slug_field="code", required=False)
    period = serializers.CharField(max_length=24)


class Explanation(StrictSerializer):
    """Why a breach stands: `breach` is the code of the rule, or of the indicator that stood out."""

    breach = serializers.CharField(max_length=48)
    text = serializers.CharField(max_length=2000)


class SubmitFields(StrictSerializer):
    """Explanations of what is not corrected."""

    explanations = Explanation(many=True, required=False, max_length=MOST)


class Comment(StrictSerializer):
    """What is wrong with one number."""

    indicator = serializers.CharField(max_length=16)
    text = serializers.CharField(max_length=2000)


class ReturnFields(Reason):
    """Why, and a comment for each number it is about."""

    comments = Comment(many=True, required=False, max_length=MOST)


class ApproveFields(StrictSerializer):
    """For a place: the ids of all institutions that have no approved figures."""

    gaps = serializers.ListField(child=serializers.CharField(max_length=26), required=False, max_length=100_000)


def submit(submission: Submission, *, explanations: Any = (), **how: Any) -> Submission:
    """The explanations by what they explain."""
    return submit_figures(submission, explanations={each["breach"]: each["text"] for each in explanations}, **how)


def send_back(submission: Submission, *, comments: Any = (), **how: Any) -> Submission:
    """The comments by the definition of their indicator; each indicator is asked for in this period, once."""
    versions = {version.indicator.code: version for version in entered_in(submission.period)}
    unknown = [at for at, each in enumerate(comments) if each["indicator"] not in versions]
    codes = [each["indicator"] for each in comments]
    twice = [at for at, code in enumerate(codes) if code in codes[:at]]
    if unknown or twice:
        told = serializers.ErrorDetail("An indicator of this period, once.", "does_not_exist")
        raise serializers.ValidationError(
            {"comments": {str(at): {"indicator": [told]} for at in sorted({*unknown, *twice})}}
        )
    pairs = [(versions[each["indicator"]], each["text"]) for each in comments]
    return actions.return_submission(submission, comments=pairs, **how)


class SubmissionViewSet(Scoped, Once, Moving, StrictViewSet):
    """Submissions of the institutions one oversees, and approvals of places one answers for."""

    scope = Submission
    related = ("institution__territory", "territory", "period", "approved_for")
    prefetch = ("remarks__version__indicator", "breaches__rule", "breaches__version__indicator")
    serializer_class = SubmissionPage
    row_serializer_class = SubmissionRow
    write_serializers = {"create": SubmissionFields}
    filterset_class = SubmissionFilters
    orderings = ("modified_at", "period__starts_on")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = SUBMISSION
    move_actions = {
        "submit": submit,
        "return": send_back,
        "approve": actions.approve_submission,
        "lock": actions.lock_submission,
        "reopen": actions.reopen_submission,
    }
    move_serializers = {
        "submit": SubmitFields, "return": ReturnFields, "approve": ApproveFields, "lock": NoFields, "reopen": Reason,
    }  # fmt: skip

    def enter(self, request: Any) -> None:
        """Beginning one belongs to administrators and offices."""
        self.allowed_roles = OPENING if request.method == "POST" and "move" not in self.kwargs else None
        super().enter(request)

    def create(self, request: Any) -> Response:
        """Begin the submission of an institution or a place; the one there is, where it was begun."""
        data = self.checked(SubmissionFields)
        found = actions.open_submission(**{**data, "period": self.period_of(data)}, by=request.user, at=now())
        return self.answer(found, status=201)

    def period_of(self, data: dict[str, Any]) -> Period:
        """The period of this code in the country of the place."""
        house, place = data.get("institution"), data.get("territory")
        where = house.territory if house else place
        rows = Period.objects.filter(code=data["period"], **({"pack": where.pack} if where else {}))
        found = rows.order_by("pk").first()
        if found is None:
            raise serializers.ValidationError(
                {"period": [serializers.ErrorDetail("There is no such period.", "does_not_exist")]}
            )
        return found
