"""What is told of examinations. Who examines is told nobody but the coordinator's page; a project is told experts by code."""

from collections.abc import Callable, Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from institutions.people.models import Membership
from institutions.registry.scope import Role
from labs.examinations.models import Examination, ExaminationStatus, Review, ReviewStatus
from labs.pilots.models import MemberAnswer
from labs.pilots.reminding import DAY, WEEK
from lifecycle.models import Event


def review_of(event: Event) -> Review | None:
    """The review an act was about, named in its detail or its subject."""
    key = event.detail.get("review", "") if event.subject_type == "examination" else event.subject_id
    return Review.objects.filter(public_id=key).select_related("examination__blind").first()


def the_expert(event: Event) -> Iterable[Told]:
    """Who was asked: the code, and nothing else."""
    review = review_of(event)
    if review is None:
        return []
    return [Told(review.expert_id, {"code": review.examination.blind.code}, ("review", review.public_id))]


def reminded(days: int) -> Callable[[Event], Iterable[Told]]:
    """The expert, of the reminder for so many days."""
    return lambda event: the_expert(event) if event.detail.get("days") == days else []


def coordinators(event: Event) -> Iterable[Told]:
    """Those who coordinate the laboratory and are not of the group: the code, not the expert."""
    review = review_of(event)
    if review is None:
        return []
    examination = review.examination
    lab = examination.project.laboratory
    near = (lab.host_id, lab.site_id, lab.cluster.coordinator_id)
    held = Membership.objects.held_on(timezone.localdate(event.happened_at))
    people = set(held.filter(institution__in=near, role=Role.COORDINATOR).values_list("user_id", flat=True))
    group = set(examination.project.members.values_list("user_id", flat=True))
    told, subject = {"code": examination.blind.code}, ("examination", examination.public_id)
    return [Told(user, told, subject) for user in sorted(people - group - {review.expert_id})]


def authors(event: Event) -> Iterable[Told]:
    """The group: their project by its title."""
    examination = Examination.objects.filter(public_id=event.subject_id).select_related("project").first()
    if examination is None:
        return []
    project = examination.project
    group = project.members.filter(answer=MemberAnswer.AGREED).order_by("user")
    told, subject = {"title": project.title}, ("pilot", project.public_id)
    return [Told(each.user_id, told, subject) for each in group]


def still_asked(notice: Notice) -> bool:
    """Whether the expert has yet to answer."""
    rows = Review.objects.filter(public_id=notice.subject_id, expert=notice.recipient, status=ReviewStatus.INVITED)
    return rows.filter(examination__status=ExaminationStatus.OPEN).exists()


def still_unwritten(notice: Notice) -> bool:
    """Whether the review is still asked for, and this person's."""
    return Review.objects.all().unwritten().filter(public_id=notice.subject_id, expert=notice.recipient).exists()


def still_late(notice: Notice) -> bool:
    """Whether something in the round is still to be written."""
    return Review.objects.all().unwritten().filter(examination__public_id=notice.subject_id).exists()


OPEN, ANSWER, REVIEW = _("Open the examination"), _("Read and answer"), "review-detail"
INVITED = Telling(
    "examination.invited", NoticeKind.YOUR_TURN, _("You are asked to review a project: %(code)s"), ANSWER, REVIEW,
    the_expert, stands=still_asked,
)  # fmt: skip
DECLINED = Telling(
    "review.declined", NoticeKind.PARTNER_ACTED, _("An expert has declined: %(code)s"), OPEN, "examination-detail",
    coordinators,
)  # fmt: skip
SUBMITTED = Telling(
    "review.submitted", NoticeKind.PARTNER_ACTED, _("A review is submitted: %(code)s"), OPEN, "examination-detail",
    coordinators,
)  # fmt: skip
DECIDED = Telling(
    "examination.decided", NoticeKind.PARTNER_ACTED, _("The examination of your project is decided: %(title)s"),
    _("Read the reviews"), "pilot-detail", authors,
)  # fmt: skip
WEEK_LEFT = Telling(
    "review.week", NoticeKind.DEADLINE, _("A review is due within a week: %(code)s"), ANSWER, REVIEW, reminded(WEEK),
    stands=still_unwritten,
)  # fmt: skip
DAY_LEFT = Telling(
    "review.day", NoticeKind.DEADLINE, _("A review is due today or tomorrow: %(code)s"), ANSWER, REVIEW, reminded(DAY),
    urgent=True, stands=still_unwritten,
)  # fmt: skip
OVERDUE = Telling(
    "review.overdue", NoticeKind.OVERDUE, _("The day of a review has passed: %(code)s"), ANSWER, REVIEW, the_expert,
    stands=still_unwritten,
)  # fmt: skip
LATE = Telling(
    "review.late", NoticeKind.OVERDUE, _("An expert is late with a review: %(code)s"), OPEN, "examination-detail",
    coordinators, stands=still_late,
)  # fmt: skip
