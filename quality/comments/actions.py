"""What happens to a comment: received without an account, looked into, answered for everybody to read."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.sealing import sealed
from lifecycle.events import record
from lifecycle.transitions import held
from quality.comments.models import PublicComment
from quality.comments.rules import COMMENT
from quality.comments.subjects import find_about

REMEMBERED = datetime.timedelta(days=90)  # so long after the answer is known whom it was mailed to


@transaction.atomic
def receive_comment(
    *, at: datetime.datetime, address: str, text: str, form_key: str, language: str, contact: str = ""
) -> PublicComment:
    """What a reader says is wrong with the public page at this address; a form that is sent twice is one comment.

    Raises ValidationError for an address that is no public page.
    """
    found = find_about(address)
    if found is None or found[1].place is None:
        raise ValidationError({"page": _("There is no public page at this address.")}, code="does_not_exist")
    page, about = found
    said = {
        "page": page, "address": address, "title": about.title[:300], "institution": about.institution,
        "territory": about.place, "text": text, "contact": sealed(contact.strip()), "language": language,
        "received_at": at,
    }  # fmt: skip
    comment, is_new = PublicComment.objects.get_or_create(form_key=form_key, defaults=said)
    if is_new:
        record(
            "receive", subject_type=COMMENT.subject_type, subject_id=comment.public_id, status_after=comment.status,
            by=None, at=at, **comment.audience(),
        )  # fmt: skip
    return comment


def acknowledge_comment(comment: PublicComment, *, by: Any, at: datetime.datetime) -> PublicComment:
    """Somebody looks into it; whoever wrote it reads that."""
    COMMENT.apply("acknowledge", comment, by=by, at=at)
    return comment


def answer_comment(comment: PublicComment, **said: Any) -> PublicComment:
    """The page is right, and why."""
    return _close(comment, "answer", **said)


def correct_comment(comment: PublicComment, **said: Any) -> PublicComment:
    """The page was wrong: what was corrected, and where."""
    return _close(comment, "correct", **said)


def decline_comment(comment: PublicComment, **said: Any) -> PublicComment:
    """It is no remark on this page, and why it is not."""
    return _close(comment, "decline", **said)


def _close(
    comment: PublicComment, move: str, *, by: Any, at: datetime.datetime, reason: str, is_told: bool = True
) -> PublicComment:
    """The answer (`reason`), which everybody reads. `is_told`: what was said stands beside it; not where it names a
    person.
    """
    with held(comment):
        change = {"answer": reason.strip(), "closed_at": at, "answered_by": by, "is_told": is_told}
        COMMENT.apply(move, comment, by=by, at=at, reason=reason, change=change)
    return comment


def forget_contacts(at: datetime.datetime) -> int:
    """Addresses of writers whose answer was mailed long ago: nobody needs them any more. How many."""
    old = PublicComment.objects.filter(closed_at__lt=at - REMEMBERED).exclude(contact="")
    return old.update(contact="")
