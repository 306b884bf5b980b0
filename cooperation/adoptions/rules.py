"""Who reports and who confirms that something is used, and the table of moves (product 3.12)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.activities.rules import member_houses
from cooperation.adoptions.models import AdoptionStatus as A
from institutions.registry.scope import Role
from lifecycle.transitions import Lifecycle, Transition

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


ADOPTION = Lifecycle(
    "adoption",
    Transition("report", (A.DROPPED,), A.REPORTED, uses, _("We use this again")),
    Transition("confirm", (A.REPORTED,), A.CONFIRMED, made, _("Confirm the use")),
    Transition("sustain", (A.CONFIRMED,), A.SUSTAINED, made, _("Confirm that it is still used")),
    Transition("drop", IN_USE, A.DROPPED, uses_or_made, _("No longer used"), needs_reason=True, dangerous=True),
    initial=(A.REPORTED,),
)
