"""What waits for a person among targets: those that somebody else has set and this person may approve."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from institutions.registry.scope import Role, offices
from lifecycle.waiting import Line, Queue, waits
from quality.targets.models import Target, TargetStatus
from quality.targets.showing import RELATED, named, page


def to_approve(user: Any) -> QuerySet[Target]:
    """Targets set by others at places of this person's office, longest waiting first."""
    waiting: QuerySet[Target] = Target.objects.visible_to(user).filter(status=TargetStatus.PROPOSED)
    ministry, region = (offices(user, role) for role in (Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER))
    theirs = Q(institution__territory__lineage__overlap=[*ministry, *region]) | Q(territory__lineage__overlap=ministry)
    inside = Q(territory__lineage__overlap=region) & ~Q(territory__in=region)
    found = waiting.filter(theirs | inside).exclude(set_by=user)
    return found.select_related(*RELATED).order_by("set_at", "pk")


def target_line(target: Target, user: Any) -> Line:
    """A target by what is to be reached."""
    return Line(title=named(target), action=gettext("Approve"), url=page(target), since=target.set_at)


waits(Queue("targets.approve", _("Targets"), to_approve, target_line, "/targets/?status=proposed"))
