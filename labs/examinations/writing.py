"""What an expert does with a review: accept or decline it, keep a draft, submit it."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labs.examinations.models import Review, ReviewScore, ReviewStatus
from labs.examinations.rubric import criteria_on, lacking
from labs.examinations.rules import REVIEW, is_expert
from lifecycle.transitions import Unmet, WrongStatus, held


def accept_review(review: Review, *, by: Any, at: datetime.datetime, interests: str = "") -> Review:
    """The expert takes it on and declares their own interests; now they may read the material."""
    with held(review):
        change = {"answered_at": at, "modified_at": at, "interests": interests}
        REVIEW.apply("accept", review, by=by, at=at, change=change)
    return review


def decline_review(review: Review, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = "") -> Review:
    """The expert does not examine it."""
    with held(review):
        change = {"answered_at": at, "modified_at": at}
        REVIEW.apply("decline", review, by=by, at=at, reason=reason, reason_code=reason_code, change=change)
    return review


def save_review(
    review: Review, *, by: Any, at: datetime.datetime, scores: Sequence[dict[str, Any]] = (), comment: str | None = None
) -> Review:
    """Keeps what is written so far: of each criterion the level and the reason. Raises ValidationError for a criterion
    that is not of the rubric, PermissionDenied, WrongStatus.
    """
    with held(review):
        if not is_expert(by, review):
            raise PermissionDenied("save")
        if review.status != ReviewStatus.ACCEPTED:
            raise WrongStatus(review.status, REVIEW.available(review, by))
        _write(review, at, scores, comment)
    return review


def _write(review: Review, at: datetime.datetime, scores: Sequence[dict[str, Any]], comment: str | None) -> None:
    known = {criterion.pk for criterion in criteria_on(timezone.localdate(at))}
    for score in scores:
        if score["criterion"].pk not in known:
            raise ValidationError({"scores": _("Choose criteria of the rubric.")})
        said = {"level": score.get("level"), "reason": score.get("reason", "")}
        ReviewScore.objects.update_or_create(review=review, criterion=score["criterion"], defaults=said)
    review.modified_at = at
    review.comment = review.comment if comment is None else comment
    review.save(update_fields=["modified_at", "comment"])


def submit_review(
    review: Review, *, by: Any, at: datetime.datetime, scores: Sequence[dict[str, Any]] = (), comment: str | None = None
) -> Review:
    """It is said and stays said. Raises Unmet with every line that lacks a level or a reason."""
    with held(review):
        line = REVIEW.permit("submit", review, by)
        _write(review, at, scores, comment)
        unmet = list(lacking(review, timezone.localdate(at)))
        if unmet:
            raise Unmet(unmet)
        REVIEW.apply("submit", review, by=by, at=at, permitted=line, change={"submitted_at": at, "modified_at": at})
    return review
