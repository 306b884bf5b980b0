"""Who writes, reviews and withdraws what is reviewed, and the one table of its moves (product 3.5).

A reviewer is an administrator of the institution, or the regional officer above it where the administrator wrote it
or is away; never the author. What is reviewed may then be read across the country.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.activities.rules import member_houses
from cooperation.reviewing.models import ReviewStatus as R
from cooperation.reviewing.models import read_by
from lifecycle.transitions import Condition, Lifecycle, Transition


def can_write(user: Any, institution: Any) -> bool:
    """Any member of a verified institution, for their own institution."""
    return institution.pk in member_houses(user)


def is_author(user: Any, thing: Any) -> bool:
    """Who wrote it, as long as they are a member there."""
    return user is not None and user.pk == thing.author_id and thing.institution_id in member_houses(user)


def can_review(user: Any, thing: Any) -> bool:
    """Another person than the author: an administrator there, or the regional officer."""
    if user is None or user.pk == thing.author_id:
        return False
    return read_by(user).filter(pk=thing.institution_id).exists()


def can_withdraw(user: Any, thing: Any) -> bool:
    """The author, the institution's administrators, and the regional officer."""
    return is_author(user, thing) or can_review(user, thing)


def is_own_side(user: Any, thing: Any) -> bool:
    """Who reads the reasons: the author and the reviewers."""
    return user.pk == thing.author_id or can_review(user, thing)


def review_table(subject_type: str, ready: Callable[[Any], Iterable[Condition]], *more: Transition) -> Lifecycle:
    """The table of one kind of thing; `ready` says what it must have before somebody else reads it."""
    return Lifecycle(
        subject_type,
        Transition("submit", (R.DRAFT,), R.IN_REVIEW, is_author, _("Send for review"), must_hold=ready),
        Transition("publish", (R.IN_REVIEW,), R.PUBLISHED, can_review, _("Publish")),
        Transition("return", (R.IN_REVIEW,), R.DRAFT, can_review, _("Return to the author"), needs_reason=True),
        Transition("withdraw", (R.PUBLISHED,), R.WITHDRAWN, can_withdraw, _("Withdraw"), needs_reason=True,
                   dangerous=True),
        *more,
        initial=(R.DRAFT,),
    )  # fmt: skip
