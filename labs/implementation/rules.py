"""Who works on the steps of a programme, and the table of their moves (product 3.9: steps become tasks)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from institutions.registry.scope import Role, active_houses
from labs.implementation.models import BEFORE_APPROVED
from labs.implementation.models import StepStatus as T
from labs.pilots.rules import leads_or_coordinates
from lifecycle.transitions import Lifecycle, Transition


def own_houses(user: Any) -> set[int]:
    """Institutions whose tasks the person does."""
    return active_houses(user, Role.INSTITUTION_ADMIN, Role.COORDINATOR) if user is not None else set()


def owns(user: Any, step: Any) -> bool:
    """A member of the institution that owns it, in administration or coordination, once the programme is approved."""
    ready = step.project.status not in BEFORE_APPROVED
    return ready and step.owner_id in own_houses(user)


def accepts(user: Any, step: Any) -> bool:
    """The group's lead or the coordinator says that it is done."""
    return step.project.status not in BEFORE_APPROVED and leads_or_coordinates(user, step.project)


def can_write_programme(user: Any, project: Any) -> bool:
    """The group's lead or the coordinator, while the project is accepted and its programme not approved."""
    return project.status == "accepted" and leads_or_coordinates(user, project)


def can_write_plan(user: Any, project: Any) -> bool:
    """The group's lead or the coordinator, before the pre-registration is locked."""
    return project.status == "programme_approved" and leads_or_coordinates(user, project)


def site_to_answer(user: Any, project: Any) -> Any:
    """The site for which its head may still say whether it takes part; None where there is none."""
    own = active_houses(user, Role.INSTITUTION_ADMIN) if user is not None and project.status == "accepted" else set()
    return next((each for each in project.sites.all() if each.institution_id in own and is_open(each)), None)


def is_open(site: Any) -> bool:
    """Nobody has answered for it yet."""
    return site.joined_at is None and site.declined_at is None


def heads_site(user: Any, project: Any) -> bool:
    """The head of an institution that is or was asked."""
    own = active_houses(user, Role.INSTITUTION_ADMIN) if user is not None else set()
    return any(each.institution_id in own for each in project.sites.all())


STEP = Lifecycle(
    "step",
    Transition("begin", (T.NEW, T.RETURNED), T.IN_PROGRESS, owns, _("Begin")),
    Transition("submit", (T.IN_PROGRESS,), T.SUBMITTED, owns, _("Report as done")),
    Transition("return", (T.SUBMITTED,), T.RETURNED, accepts, _("Return"), needs_reason=True),
    Transition("accept", (T.SUBMITTED,), T.DONE, accepts, _("Accept as done")),
    Transition("cancel", (T.NEW, T.IN_PROGRESS, T.RETURNED), T.CANCELLED, accepts, _("Cancel"), needs_reason=True,
               dangerous=True),
    initial=(T.NEW,),
)  # fmt: skip
