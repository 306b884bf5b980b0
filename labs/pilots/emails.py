"""What is told of pilot projects. Nobody who only teaches is asked for an act: they are told, and decide (M10)."""

from collections.abc import Callable, Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.pages.telling import administrators
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from institutions.people.models import Membership
from labs.laboratories.rules import COORDINATORS, member_houses_of
from labs.pilots.models import MemberAnswer, PilotProject, Raci
from labs.pilots.models import PilotStatus as S
from labs.pilots.reminding import DAY, WEEK
from labs.pilots.rules import can_approve_group, coordinates_it, near_houses
from lifecycle.models import Event

Those = Callable[[PilotProject, Event], set[int]]


def coordinators(project: PilotProject, event: Event) -> set[int]:
    """Accounts of those who coordinate its laboratory on the day of the act."""
    held = Membership.objects.held_on(timezone.localdate(event.happened_at))
    rows = held.filter(institution__in=near_houses(project), role__in=COORDINATORS)
    return set(rows.values_list("user_id", flat=True))


def group(project: PilotProject, event: Event) -> set[int]:
    """Those who are in the group and have not declined."""
    return set(project.members.exclude(answer=MemberAnswer.DECLINED).values_list("user_id", flat=True))


def lead(project: PilotProject, event: Event) -> set[int]:
    """Who leads the group."""
    return set(project.members.agreed().filter(raci=Raci.ACCOUNTABLE).values_list("user_id", flat=True))


def asked(project: PilotProject, event: Event) -> set[int]:
    """Whom this act asked anew to agree to their tasks."""
    rows = project.members.filter(public_id__in=event.detail.get("asked", ()), answer=MemberAnswer.INVITED)
    return set(rows.values_list("user_id", flat=True))


def approvers(project: PilotProject, event: Event) -> set[int]:
    """Once everybody agreed: administrators of the laboratory's organisations, and its coordinators."""
    last = Event.objects.about("pilot", project.public_id).filter(name="agree").last()
    open_now = project.status == S.DIRECTION_SET and last is not None and last.pk == event.pk
    if not open_now or project.members.filter(answer=MemberAnswer.INVITED).exists():
        return set()
    return administrators(member_houses_of(project.laboratory), event) | coordinators(project, event)


def those(*who: Those, days: int | None = None) -> Callable[[Event], Iterable[Told]]:
    """Everybody of these, never who did it; of a reminder only the one for so many days."""

    def told(event: Event) -> list[Told]:
        project = PilotProject.objects.filter(public_id=event.subject_id).select_related("laboratory__cluster").first()
        if project is None or (days is not None and event.detail.get("days") != days):
            return []
        found = {user for each in who for user in each(project, event)} - {event.actor_id}
        return [Told(user, {"title": project.title}) for user in sorted(found)]

    return told


def _subject(notice: Notice, *statuses: str) -> PilotProject | None:
    return PilotProject.objects.filter(public_id=notice.subject_id, status__in=statuses).first()


def still_to_approve(notice: Notice) -> bool:
    """Whether the group waits for a word of this person's institution."""
    project = _subject(notice, S.DIRECTION_SET)
    return project is not None and can_approve_group(notice.recipient, project)


def still_submitted(notice: Notice) -> bool:
    """Whether it waits for experts, and this person coordinates it."""
    project = _subject(notice, S.SUBMITTED)
    return project is not None and coordinates_it(notice.recipient, project)


def still_developed(notice: Notice) -> bool:
    """Whether it is not submitted yet."""
    return _subject(notice, S.IN_DEVELOPMENT) is not None


PAGE, OPEN, WHY = "pilot-detail", _("Open the project"), _("See why")
ACTED, DEADLINE = NoticeKind.PARTNER_ACTED, NoticeKind.DEADLINE
NAMED = Telling(
    "pilot.named", ACTED, _("You are named in the group of a pilot project and decide whether you take part: %(title)s"),
    _("Read your tasks"), PAGE, those(asked),
)  # fmt: skip
TO_APPROVE = Telling(
    "pilot.to_approve", NoticeKind.YOUR_TURN, _("The group of a pilot project waits for approval: %(title)s"),
    _("Read and answer"), PAGE, those(approvers), stands=still_to_approve,
)  # fmt: skip
DECLINED = Telling(
    "pilot.declined", ACTED, _("A person declined to take part in a pilot project: %(title)s"), WHY, PAGE,
    those(coordinators),
)  # fmt: skip
APPROVED = Telling(
    "pilot.approved", ACTED, _("The group of a pilot project is approved: %(title)s"), OPEN, PAGE,
    those(group, coordinators),
)  # fmt: skip
STARTED = Telling(
    "pilot.started", ACTED, _("The development of a pilot project has started: %(title)s"), OPEN, PAGE,
    those(group, coordinators),
)  # fmt: skip
EXTENDED = Telling(
    "pilot.extended", ACTED, _("The deadline of a pilot project was put off: %(title)s"), WHY, PAGE, those(group)
)
SUBMITTED = Telling(
    "pilot.submitted", NoticeKind.YOUR_TURN, _("A pilot project waits for its examination: %(title)s"), OPEN, PAGE,
    those(coordinators), stands=still_submitted,
)  # fmt: skip
ACCEPTED = Telling(
    "pilot.accepted", ACTED, _("The examination accepted a pilot project: %(title)s"), OPEN, PAGE, those(group)
)
CHANGES = Telling(
    "pilot.changes", ACTED, _("The examination asks for changes in a pilot project: %(title)s"), WHY, PAGE, those(group)
)
REJECTED = Telling(
    "pilot.rejected", ACTED, _("The examination rejected a pilot project: %(title)s"), WHY, PAGE, those(group)
)
STOPPED = Telling(
    "pilot.stopped", ACTED, _("A pilot project was stopped: %(title)s"), WHY, PAGE, those(group, coordinators)
)
IN_A_WEEK, TOMORROW = (
    _("The deadline of a pilot project is within a week: %(title)s"),
    _("The deadline of a pilot project is today or tomorrow: %(title)s"),
)
HAS_PASSED = _("The deadline of a pilot project has passed: %(title)s")
WEEK_LEFT = Telling(
    "pilot.week", DEADLINE, IN_A_WEEK, OPEN, PAGE, those(coordinators, days=WEEK), stands=still_developed
)
DAY_LEFT = Telling(
    "pilot.day", DEADLINE, TOMORROW, OPEN, PAGE, those(coordinators, days=DAY), urgent=True, stands=still_developed
)
OVERDUE = Telling(
    "pilot.overdue", NoticeKind.OVERDUE, HAS_PASSED, OPEN, PAGE, those(coordinators), stands=still_developed
)
LEAD_WEEK = Telling("pilot.lead_week", ACTED, IN_A_WEEK, OPEN, PAGE, those(lead, days=WEEK), stands=still_developed)
LEAD_DAY = Telling("pilot.lead_day", ACTED, TOMORROW, OPEN, PAGE, those(lead, days=DAY), stands=still_developed)
LEAD_OVERDUE = Telling("pilot.lead_overdue", ACTED, HAS_PASSED, OPEN, PAGE, those(lead), stands=still_developed)
