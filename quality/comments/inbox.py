"""What waits for a person among remarks: those they may answer, the oldest first."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lifecycle.waiting import Line, Queue, waits
from quality.comments.models import PublicComment
from quality.comments.showing import RELATED, own_page


def to_answer(user: Any) -> QuerySet[PublicComment]:
    """Open remarks on pages of the person's organisation or below their office."""
    rows: QuerySet[PublicComment] = PublicComment.objects.visible_to(user).open()
    return rows.select_related(*RELATED).order_by("received_at", "pk")


def comment_line(comment: PublicComment, user: Any) -> Line:
    """A remark by the page it speaks of."""
    return Line(title=comment.title, action=gettext("Answer"), url=own_page(comment), since=comment.received_at)


waits(Queue("comments.answer", _("Remarks of readers"), to_answer, comment_line, "/comments/?status=received"))
