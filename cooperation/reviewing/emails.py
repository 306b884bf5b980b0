"""What is told of everything that is reviewed: reviewers learn what waits for them, the author what became of it.

The author may be a teacher, of whom no act is asked: they are told an answer, not given a task.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.pages.telling import administrators
from cooperation.reviewing.models import Reviewed, ReviewStatus
from cooperation.reviewing.rules import can_review
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Table, Telling, Told
from institutions.people.models import Membership
from institutions.registry.scope import Role
from lifecycle.models import Event


def reviewers(thing: Reviewed, event: Event) -> set[int]:
    """The other administrators of its institution; where there is none, the officers of the regions it lies in."""
    near = administrators({thing.institution_id}, event) - {thing.author_id}
    if near:
        return near
    held = Membership.objects.held_on(timezone.localdate(event.happened_at)).filter(role=Role.REGIONAL_OFFICER)
    above = held.filter(territory__in=thing.institution.territory.lineage)
    return set(above.values_list("user_id", flat=True)) - {thing.author_id, event.actor_id}


def table_of(model: type[Reviewed]) -> Table:
    """The lines of one kind of thing."""
    word, rows = model.subject_type, model.objects.select_related("institution__territory")
    page = f"{word}-detail"

    def to_review(event: Event) -> list[Told]:
        thing = rows.filter(public_id=event.subject_id, status=ReviewStatus.IN_REVIEW).first()
        said = {"title": thing.title, "partner": thing.institution.names} if thing else {}
        return [Told(user, said) for user in sorted(reviewers(thing, event))] if thing else []

    def still_waits(notice: Notice) -> bool:
        thing = rows.filter(public_id=notice.subject_id, status=ReviewStatus.IN_REVIEW).first()
        return thing is not None and can_review(notice.recipient, thing)

    def author(event: Event) -> list[Told]:
        thing = rows.filter(public_id=event.subject_id).exclude(author=event.actor_id).first()
        return [Told(thing.author_id, {"title": thing.title})] if thing else []

    def answer(code: str, line: Any, button: Any) -> tuple[Telling, ...]:
        return (Telling(f"{word}.{code}", NoticeKind.FEEDBACK, line, button, page, author),)

    submitted = Telling(
        f"{word}.to_review", NoticeKind.YOUR_TURN, _("To be reviewed before it is published: %(title)s, %(partner)s"),
        _("Read and answer"), page, to_review, stands=still_waits,
    )  # fmt: skip
    return {
        (word, "submit"): (submitted,),
        (word, "publish"): answer("published", _("What you wrote is published: %(title)s"), _("Open it")),
        (word, "return"): answer("returned", _("What you wrote came back with a remark: %(title)s"), _("See why")),
        (word, "withdraw"): answer("withdrawn", _("What you wrote was withdrawn: %(title)s"), _("See why")),
    }
