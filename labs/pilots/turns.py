"""Whose turn it is with a pilot project, as rows: for the inbox, the list and what is said on the page."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from institutions.registry.scope import Role, active_houses
from labs.laboratories.models import LabMember
from labs.laboratories.rules import coordinated_houses
from labs.pilots.models import GroupApproval, MemberAnswer, PilotMember, PilotProject, Raci
from labs.pilots.models import PilotStatus as S
from labs.pilots.rules import OPEN_GROUP

OF_COORDINATOR = (S.PROBLEM_IDENTIFIED, S.OBJECT_DEFINED, S.SUBMITTED, S.ACCEPTED)
OF_LEAD = (S.GROUP_APPROVED, S.IN_DEVELOPMENT, S.REVISION_REQUIRED, S.PROGRAMME_APPROVED)


def _members(**said: Any) -> Exists:
    return Exists(PilotMember.objects.filter(project=OuterRef("pk"), **said))


def _coordinated(user: Any) -> Q:
    own = coordinated_houses(user)
    near = Q(laboratory__host__in=own) | Q(laboratory__site__in=own) | Q(laboratory__cluster__coordinator__in=own)
    return near if own else Q(pk__in=())


def asked_to_agree(user: Any) -> Q:
    """The person is asked to agree to their tasks."""
    return Q(_members(user=user.pk, answer=MemberAnswer.INVITED), status__in=OPEN_GROUP)


def to_approve(user: Any) -> Q:
    """Everybody agreed, and neither the person nor their institution has approved the group."""
    own = active_houses(user, Role.INSTITUTION_ADMIN, Role.COORDINATOR)
    if not own:
        return Q(pk__in=())
    works = Exists(LabMember.objects.on().filter(laboratory=OuterRef("laboratory"), institution__in=own))
    given = GroupApproval.objects.filter(project=OuterRef("pk"))
    said = Exists(given.filter(Q(approved_by=user.pk) | Q(institution__in=own)))
    named = _members(answer=MemberAnswer.AGREED)
    near = Q(works) | Q(laboratory__host__in=own) | _coordinated(user)
    return near & Q(named, ~_members(answer=MemberAnswer.INVITED), ~said, status=S.DIRECTION_SET)


def to_lead(user: Any) -> Q:
    """The person leads the group, and the development is theirs."""
    return Q(_members(user=user.pk, raci=Raci.ACCOUNTABLE, answer=MemberAnswer.AGREED), status__in=OF_LEAD)


def to_coordinate(user: Any) -> Q:
    """The coordinator has to take the next step."""
    nobody = Q(~_members(answer__in=(MemberAnswer.INVITED, MemberAnswer.AGREED)), status=S.DIRECTION_SET)
    return _coordinated(user) & (Q(status__in=OF_COORDINATOR) | nobody)


def waiting_for(rows: QuerySet[PilotProject], user: Any) -> QuerySet[PilotProject]:
    """Projects that wait for this person."""
    return rows.filter(asked_to_agree(user) | to_approve(user) | to_lead(user) | to_coordinate(user))
