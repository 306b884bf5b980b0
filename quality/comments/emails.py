"""What is told of remarks: a new one to those who answer; the answer to whoever wrote it and left an address."""

import datetime
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.sealing import unsealed
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from institutions.people.models import Membership
from institutions.registry.scope import Role
from lifecycle.models import Event
from quality.comments.models import CLOSED, OPEN, PublicComment
from quality.comments.showing import public_page, standing

AT_ONCE = 50


def answerers(event: Event) -> Iterable[Told]:
    """Administrators of the organisation; of a page of a place the offices of that very place and of its region."""
    comment = PublicComment.objects.filter(public_id=event.subject_id).select_related("territory").first()
    if comment is None:
        return []
    held = Membership.objects.held_on(timezone.localdate(event.happened_at))
    if comment.institution_id:
        whose = Q(role=Role.INSTITUTION_ADMIN, institution=comment.institution_id)
    else:
        offices = (Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)
        whose = Q(role__in=offices, territory__in=comment.territory.lineage[-2:])
    people = set(held.filter(whose).values_list("user_id", flat=True))
    return [Told(user, {"title": comment.title}) for user in sorted(people)]


def is_open(notice: Notice) -> bool:
    """Whether it still waits for an answer."""
    return PublicComment.objects.filter(public_id=notice.subject_id, status__in=OPEN).exists()


RECEIVED = Telling(
    "comment.received", NoticeKind.YOUR_TURN, gettext_lazy("A reader says that something is wrong: %(title)s"),
    gettext_lazy("Read and answer"), "comment-detail", answerers, stands=is_open,
)  # fmt: skip


def mail_answers(at: datetime.datetime) -> int:
    """Sends every answer to whoever left an address; what the mail server refuses is tried again by the next tick."""
    waiting = PublicComment.objects.filter(status__in=CLOSED, mailed_at__isnull=True).exclude(contact="")
    sent = 0
    for comment in waiting.order_by("pk")[:AT_ONCE]:
        address = unsealed(comment.contact)
        known = comment.language if comment.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with override(known):
            body = render_to_string("emails/comment_answered.txt", {
                "title": comment.title, "answer": comment.answer, "standing": standing(comment)["text"],
                "address": settings.SITE_URL + public_page(comment),
            })  # fmt: skip
            subject = _("The answer to your remark")
        try:
            sent += send_mail(subject, body, None, [address]) if address else 0
        except OSError:
            break
        PublicComment.objects.filter(pk=comment.pk).update(mailed_at=at)
    return sent
