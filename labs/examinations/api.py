"""Examinations over the API for their coordinators, reviews for their experts."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now, today
from accounts.doors import StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from exchange.moving import Moving, Reason
from exchange.once import Once
from institutions.territory.fields import TermField
from labs.examinations import actions, presenting, reviewing, writing
from labs.examinations.filters import ExaminationFilters, ReviewFilters
from labs.examinations.models import Decision, Examination, Review, ReviewStatus
from labs.examinations.records import COORDINATORS
from labs.examinations.rubric import CRITERIA
from labs.examinations.rules import EXAMINATION, REVIEW, experts_on, is_its_expert, level_of
from labs.pilots.models import PilotProject


class ScoreFields(StrictSerializer):
    """One line of the rubric as it is sent; a draft may lack either."""

    criterion = TermField(CRITERIA)
    level = serializers.IntegerField(min_value=1, max_value=4, required=False, allow_null=True)
    reason = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class ReviewFields(StrictSerializer):
    """What an expert has written so far."""

    scores = ScoreFields(many=True, required=False, max_length=20)
    comment = serializers.CharField(max_length=8000, required=False, allow_blank=True)


class InterestFields(StrictSerializer):
    """Own interests, declared when accepting."""

    interests = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class OpenExaminationFields(StrictSerializer):
    """Which submitted project is taken up."""

    project = ScopedSlugField(PilotProject)


class InviteFields(StrictSerializer):
    """Whom to ask, until when, and why in spite of a soft conflict."""

    expert = serializers.CharField(max_length=26)
    due_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class DecisionFields(StrictSerializer):
    """What comes of the project."""

    decision = serializers.ChoiceField(choices=Decision.choices)


class TakeBackFields(Reason):
    """Which review does not count, and why."""

    review = serializers.CharField(max_length=26)


class ScoreRow(StrictSerializer):
    """One line of the rubric."""

    criterion = serializers.CharField(read_only=True, source="criterion.code")
    level = serializers.IntegerField(read_only=True, allow_null=True)
    reason = serializers.CharField(read_only=True)


class SaidRow(StrictSerializer):
    """A submitted review without anything that tells who wrote it."""

    number = serializers.IntegerField(read_only=True)
    comment = serializers.CharField(read_only=True)
    scores = serializers.SerializerMethodField()

    def get_scores(self, said: Any) -> list[dict[str, Any]]:
        return list(ScoreRow(in_order(said["review"]), many=True).data)


def in_order(review: Review) -> list[Any]:
    """Its lines in the order of the rubric."""
    return sorted(review.scores.all(), key=lambda each: (each.criterion.position, each.criterion_id))


def said_rows(reviews: list[Review]) -> list[dict[str, Any]]:
    """Submitted reviews by the rank of their number."""
    found = [{"number": rank, "comment": each.comment, "review": each} for rank, each in presenting.ranked(reviews)]
    return list(SaidRow(found, many=True).data)


class ReviewRow(StrictSerializer):
    """A review as its expert reads it: the code and the blind copy, nothing of whose project it is."""

    id = serializers.CharField(read_only=True, source="public_id")
    code = serializers.CharField(read_only=True, source="examination.blind.code")
    title = serializers.CharField(read_only=True, source="examination.blind.title")
    status = serializers.CharField(read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    interests = serializers.CharField(read_only=True)
    comment = serializers.CharField(read_only=True)
    scores = serializers.SerializerMethodField()
    material = serializers.SerializerMethodField()
    others = serializers.SerializerMethodField()
    modified_at = serializers.DateTimeField(read_only=True)

    def get_scores(self, review: Review) -> list[dict[str, Any]]:
        return list(ScoreRow(in_order(review), many=True).data)

    def get_material(self, review: Review) -> dict[str, str] | None:
        """The blind copy, once the review is accepted."""
        return dict(review.examination.blind.content) if review.status in reviewing.OPENED else None

    def get_others(self, review: Review) -> list[dict[str, Any]]:
        """All reviews by number, when everybody has submitted."""
        return said_rows(reviewing.others_of(review))


class ReviewListRow(StrictSerializer):
    """A review in the list of its expert."""

    id = serializers.CharField(read_only=True, source="public_id")
    code = serializers.CharField(read_only=True, source="examination.blind.code")
    title = serializers.CharField(read_only=True, source="examination.blind.title")
    status = serializers.CharField(read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    modified_at = serializers.DateTimeField(read_only=True)


class ConflictRow(StrictSerializer):
    """A conflict as it was found when the expert was asked."""

    kind = serializers.CharField(read_only=True)
    hard = serializers.BooleanField(read_only=True)
    ground = serializers.JSONField(read_only=True)


class AskedRow(StrictSerializer):
    """An expert who was asked, for the coordinator alone."""

    id = serializers.CharField(read_only=True, source="public_id")
    expert = serializers.CharField(read_only=True, source="expert.public_id")
    status = serializers.CharField(read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    note = serializers.CharField(read_only=True)
    interests = serializers.CharField(read_only=True)
    conflicts = serializers.SerializerMethodField()
    level = serializers.SerializerMethodField()

    def get_conflicts(self, review: Review) -> list[dict[str, Any]]:
        return list(ConflictRow(sorted(review.conflicts.all(), key=lambda each: each.pk), many=True).data)

    def get_level(self, review: Review) -> float | None:
        """The mean of its lines, once it is submitted."""
        return round(level_of(review), 2) if review.status == ReviewStatus.SUBMITTED else None


class ExaminationRow(StrictSerializer):
    """An examination for its coordinator."""

    id = serializers.CharField(read_only=True, source="public_id")
    project = serializers.CharField(read_only=True, source="project.public_id")
    code = serializers.CharField(read_only=True, source="blind.code")
    round = serializers.IntegerField(read_only=True)
    status = serializers.CharField(read_only=True)
    decision = serializers.CharField(read_only=True)
    opened_at = serializers.DateTimeField(read_only=True)
    decided_at = serializers.DateTimeField(read_only=True, allow_null=True)
    experts = serializers.SerializerMethodField()
    reviews = serializers.SerializerMethodField()
    modified_at = serializers.DateTimeField(read_only=True)

    def get_experts(self, examination: Examination) -> list[dict[str, Any]]:
        return list(AskedRow(examination.reviews.all(), many=True).data)

    def get_reviews(self, examination: Examination) -> list[dict[str, Any]]:
        return said_rows(list(examination.reviews.all()))


def invite(examination: Examination, *, expert: str, **told: Any) -> Review:
    """The expert of this id."""
    found = experts_on(today()).filter(public_id=expert).first()
    if found is None:
        raise ValidationError({"expert": _("Choose an active expert.")})
    return actions.invite_expert(examination, expert=found, **told)


def take_back(examination: Examination, *, review: str, **told: Any) -> Examination:
    """The review of this id."""
    found = examination.reviews.filter(public_id=review).first()
    if found is None:
        raise ValidationError({"review": _("Choose a review of this round.")})
    return actions.take_back_review(examination, review=found, **told)


class ExaminationViewSet(Scoped, Once, Moving, StrictViewSet):
    """Examinations: the coordinator of the laboratory opens, invites, decides; nobody else comes in."""

    scope = Examination
    allowed_roles = COORDINATORS
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    serializer_class = ExaminationRow
    write_serializers = {"create": OpenExaminationFields}
    filterset_class = ExaminationFilters
    orderings = ("opened_at", "decided_at", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = EXAMINATION
    move_actions = {
        "invite": invite,
        "decide": actions.decide_examination,
        "take_back": take_back,
        "void": actions.void_examination,
    }
    move_serializers = {"invite": InviteFields, "decide": DecisionFields, "take_back": TakeBackFields, "void": Reason}

    def create(self, request: Any) -> Response:
        """Take up a submitted project."""
        made = actions.open_examination(**self.checked(OpenExaminationFields), by=request.user, at=now())
        return self.answer(made, status=201)


class ReviewViewSet(Scoped, Once, Moving, StrictViewSet):
    """Reviews: an expert reads the blind copy and writes; nobody else comes in."""

    scope = Review
    allowed_roles = None
    related = reviewing.RELATED
    prefetch = ("scores__criterion",)
    serializer_class = ReviewRow
    row_serializer_class = ReviewListRow
    write_serializers = {"partial_update": ReviewFields}
    filterset_class = ReviewFilters
    orderings = ("due_on", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = REVIEW
    move_actions = {
        "accept": writing.accept_review,
        "decline": writing.decline_review,
        "submit": writing.submit_review,
    }
    move_serializers = {"accept": InterestFields, "decline": Reason, "submit": ReviewFields}

    def may_change(self, user: Any, subject: Any) -> bool:
        if self.kwargs.get("move") is None:
            return is_its_expert(user, subject)
        return super().may_change(user, subject)

    def partial_update(self, request: Any, **kwargs: Any) -> Response:
        """Keep what is written so far."""
        content = self.checked(ReviewFields, partial=True)
        writing.save_review(self.subject, **content, by=request.user, at=now())
        return self.answer(self.subject)
