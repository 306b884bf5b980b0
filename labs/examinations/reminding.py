"""Reviews that fall due: the expert is told a week and a day before, and once it is late; nothing else happens."""

import datetime

from django.db import transaction

from labs.examinations.models import Review
from labs.examinations.rules import REVIEW
from labs.pilots.reminding import last_near, tell_once


def remind(on: datetime.date, *, at: datetime.datetime) -> int:
    """Leaves an Event for each asked or accepted review that is near its day or past it; a missed run is made up for."""
    near = Review.objects.all().unwritten().filter(due_on__lte=last_near(on))
    return sum(_tell(pk, on, at) for pk in near.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _tell(pk: int, on: datetime.date, at: datetime.datetime) -> bool:
    """Whether it was told now, and not before."""
    rows = Review.objects.all().unwritten().select_for_update(of=("self",)).select_related("examination__blind")
    review = rows.filter(pk=pk).first()
    return review is not None and tell_once(REVIEW, review, review.due_on, on, at)
