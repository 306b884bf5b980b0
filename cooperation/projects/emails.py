"""What is told of joint projects: a role to answer, an end to confirm, and what the others did. To administrators alone."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext_lazy as _

from cooperation.pages.telling import names_of, told_houses, who_caused
from cooperation.projects.models import JointProject, PartnerState, ProjectStatus
from cooperation.projects.rules import can_answer, is_partner
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from lifecycle.models import Event

STANDING = (PartnerState.INVITED, PartnerState.ACCEPTED)


def subject_of(event: Event) -> JointProject | None:
    return JointProject.objects.filter(public_id=event.subject_id).select_related("lead").first()


def partners_in(*states: str, lead: bool = False) -> Callable[[Event], Iterable[Told]]:
    """The partners in one of these states, and the lead where it is to know too.

    The line names the partner whose answer the act was, else the lead.
    """

    def who(event: Event) -> list[Told]:
        project = subject_of(event)
        if project is None:
            return []
        houses = set(project.partners.filter(state__in=states).values_list("institution_id", flat=True))
        partner = names_of(event.detail.get("institution", "")) or project.lead.names
        told = told_houses(houses | ({project.lead_id} if lead else set()), event, title=project.title, partner=partner)
        return told if event.actor_id else [each for each in told if each.user_id != who_caused(event)]

    return who


def still_invited(notice: Notice) -> bool:
    """Whether this person's institution has yet to answer."""
    project = JointProject.objects.filter(public_id=notice.subject_id, status=ProjectStatus.PROPOSED).first()
    return project is not None and can_answer(notice.recipient, project)


def still_ending(notice: Notice) -> bool:
    """Whether the end waits for a partner, and this person speaks for one."""
    ended = JointProject.objects.filter(status=ProjectStatus.RUNNING, finished_at__isnull=False)
    project = ended.filter(public_id=notice.subject_id).first()
    return project is not None and is_partner(notice.recipient, project)


PAGE, OPEN = "project-detail", _("Open the project")
PROPOSED = Telling(
    "project.proposed", NoticeKind.YOUR_TURN, _("A joint project waits for your answer: %(title)s, %(partner)s"),
    _("Read and answer"), PAGE, partners_in(PartnerState.INVITED), stands=still_invited,
)  # fmt: skip
ACCEPTED = Telling(
    "project.accepted", NoticeKind.PARTNER_ACTED, _("A partner takes part in a joint project: %(title)s, %(partner)s"),
    OPEN, PAGE, partners_in(lead=True),
)  # fmt: skip
DECLINED = Telling(
    "project.declined", NoticeKind.PARTNER_ACTED, _("A partner declined a joint project: %(title)s, %(partner)s"),
    _("See why"), PAGE, partners_in(lead=True),
)  # fmt: skip
STARTED = Telling(
    "project.started", NoticeKind.PARTNER_ACTED, _("A joint project has started: %(title)s, %(partner)s"), OPEN, PAGE,
    partners_in(PartnerState.ACCEPTED, lead=True),
)  # fmt: skip
TO_CONFIRM = Telling(
    "project.to_confirm", NoticeKind.YOUR_TURN,
    _("The end of a joint project waits for your confirmation: %(title)s, %(partner)s"), _("Read and answer"), PAGE,
    partners_in(PartnerState.ACCEPTED), stands=still_ending,
)  # fmt: skip
COMPLETED = Telling(
    "project.completed", NoticeKind.PARTNER_ACTED, _("A joint project is completed: %(title)s, %(partner)s"), OPEN,
    PAGE, partners_in(PartnerState.ACCEPTED, lead=True),
)  # fmt: skip
PAUSED = Telling(
    "project.paused", NoticeKind.PARTNER_ACTED, _("A joint project rests for a while: %(title)s, %(partner)s"),
    _("See why"), PAGE, partners_in(PartnerState.ACCEPTED),
)  # fmt: skip
RESUMED = Telling(
    "project.resumed", NoticeKind.PARTNER_ACTED, _("A joint project goes on: %(title)s, %(partner)s"), OPEN, PAGE,
    partners_in(PartnerState.ACCEPTED),
)  # fmt: skip
STOP_ASKED = Telling(
    "project.stop_asked", NoticeKind.PARTNER_ACTED, _("A partner asks to stop a joint project: %(title)s, %(partner)s"),
    _("See why"), PAGE, partners_in(PartnerState.ACCEPTED, lead=True),
)  # fmt: skip
STOPPED = Telling(
    "project.stopped", NoticeKind.PARTNER_ACTED, _("A joint project was stopped: %(title)s, %(partner)s"),
    _("See why"), PAGE, partners_in(*STANDING, lead=True),
)  # fmt: skip
