"""Who reports and who confirms that something is used, and the table of moves (product 3.12)."""

import datetime
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cooperation.activities.models import Activity, ActivityStatus, Participation
from cooperation.activities.rules import STANDS, member_houses
from cooperation.adoptions.models import Adoption
from cooperation.adoptions.models import AdoptionStatus as A
from institutions.registry.scope import Role
from lifecycle.transitions import Lifecycle, Transition, by_system

IN_USE = (A.REPORTED, A.CONFIRMED, A.SUSTAINED)


def speaks_for(user: Any) -> set[int]:
    """Verified institutions in whose name the person reports and confirms."""
    return member_houses(user, Role.INSTITUTION_ADMIN)


def uses(user: Any, adoption: Any) -> bool:
    """The administrator of the institution that uses it."""
    return adoption.institution_id in speaks_for(user)


def made(user: Any, adoption: Any) -> bool:
    """The administrator of an institution it comes from."""
    own = speaks_for(user)
    return bool(own and adoption.subject and own & {house.pk for house in adoption.subject.sources})


def uses_or_made(user: Any, adoption: Any) -> bool:
    """Either side."""
    return uses(user, adoption) or made(user, adoption)


def shows_use(institution: Any, sources: Collection[int], since: datetime.date) -> QuerySet[Activity]:
    """Joint work that proves the use: confirmed, not before the use began, both sides stand by it, proof of nothing else.

    Nobody is taken at their own word: the source has logged or confirmed it, and another institution than its writer.
    """
    standing = Participation.objects.standing()
    ours, theirs = (
        standing.filter(institution=institution),
        standing.filter(institution__in=_others(sources, institution)),
    )
    rows = Activity.objects.counted().filter(starts_on__gte=since, adoption__isnull=True)
    return rows.filter(pk__in=ours.values("activity")).filter(pk__in=theirs.values("activity"))


def why_not(activity: Activity, institution: Any, sources: Collection[int], since: datetime.date) -> str:
    """The first thing that an activity lacks to prove the use; empty for nothing."""
    stand = set(activity.participations.filter(state=STANDS).values_list("institution_id", flat=True))
    lacking = {
        _("This activity is not confirmed."): activity.status != ActivityStatus.CONFIRMED,
        _("Your organisation did not take part in this activity."): institution.pk not in stand,
        _("The organisation it comes from did not take part in this activity, or has not confirmed it."): not (
            stand & _others(sources, institution)
        ),
        _("This activity took place before it was in use."): activity.starts_on < since,
        _("This activity confirms another use already."): Adoption.objects.filter(activity=activity).exists(),
    }
    return next((str(words) for words, lacks in lacking.items() if lacks), "")


def _others(sources: Collection[int], institution: Any) -> set[int]:
    return set(sources) - {institution.pk}


ADOPTION = Lifecycle(
    "adoption",
    Transition("report", (A.DROPPED,), A.REPORTED, uses, _("We use this again")),
    Transition("confirm", (A.REPORTED,), A.CONFIRMED, made, _("Confirm the use")),
    Transition("show_work", (A.REPORTED,), None, uses, _("Show joint work")),
    Transition("confirm_by_work", (A.REPORTED,), A.CONFIRMED, by_system, _("Confirmed by joint work")),
    Transition("sustain", (A.CONFIRMED,), A.SUSTAINED, made, _("Confirm that it is still used")),
    Transition("drop", IN_USE, A.DROPPED, uses_or_made, _("No longer used"), needs_reason=True, dangerous=True),
    initial=(A.REPORTED,),
)
