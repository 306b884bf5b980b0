"""What an expert's page tells: nothing but the code, the blind copy, their own words, and later others by number."""

from typing import Any

from accounts.clock import today
from accounts.wording import day_short
from labs.examinations.models import Review, ReviewStatus
from labs.examinations.presenting import badge_of, material_of, ranked, side_by_side
from labs.examinations.rules import all_in

RELATED = ("examination__blind",)
OPENED = (ReviewStatus.ACCEPTED, ReviewStatus.SUBMITTED)


def told_of(review: Review) -> dict[str, Any]:
    """The page of a review; the material opens when it is accepted."""
    opened = review.status in OPENED
    return {
        "review": review, "code": review.examination.blind.code, "name": review.examination.blind.title,
        "badge": badge_of(review), "due": day_short(review.due_on) if review.due_on else "",
        "late": bool(review.due_on and review.due_on < today()), "material": material_of(review) if opened else [],
        "said": side_by_side([review]) if review.status == ReviewStatus.SUBMITTED else None,
        "others": side_by_side(found) if (found := others_of(review)) else None,
        "rank": next((rank for rank, each in ranked(found) if each.pk == review.pk), None),
    }  # fmt: skip


def others_of(review: Review) -> list[Review]:
    """All reviews of the round, when everybody has submitted; before, none."""
    if review.status != ReviewStatus.SUBMITTED or not all_in(review.examination):
        return []
    rows = review.examination.reviews.filter(status=ReviewStatus.SUBMITTED)
    return list(rows.prefetch_related("scores__criterion").order_by("number"))
