"""An examination in words: for its coordinator with names, for authors and experts by number only."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.names import name_now
from accounts.wording import day_short, number
from cooperation.pages.showing import buttons, timeline, with_reason
from institutions.people.models import Membership
from institutions.registry.scope import Role
from labs.examinations.conflicts import Finding, conflicts_of
from labs.examinations.models import ConflictKind, Decision, Examination, ExaminationStatus, Review, ReviewStatus
from labs.examinations.rubric import levels_on
from labs.examinations.rules import EXAMINATION, judges_of, level_of
from labs.pilots.models import PARTS, PilotVersion
from lifecycle.models import Event

RELATED = ("project__laboratory__site", "project__laboratory__cluster", "source", "blind")
ROW_PREFETCH = ("reviews", "project__members")
REVIEWS = Prefetch(
    "reviews", Review.objects.select_related("expert").prefetch_related("scores__criterion", "conflicts").order_by("pk")
)
PREFETCH = (REVIEWS, "project__members")
MOST = 50  # candidates shown at once
TONES = {
    ExaminationStatus.OPEN: ("waiting", "clock"), ExaminationStatus.DECIDED: ("ok", "tick"),
    ExaminationStatus.VOID: ("ended", "stop"), ReviewStatus.INVITED: ("waiting", "clock"),
    ReviewStatus.ACCEPTED: ("turn", "pencil"), ReviewStatus.DECLINED: ("ended", "cross"),
    ReviewStatus.SUBMITTED: ("ok", "tick"),
}  # fmt: skip
DECISIONS = {
    Decision.ACCEPTED: ("ok", "tick"), Decision.CHANGES_REQUIRED: ("warn", "warning"), Decision.REJECTED: ("bad", "cross"),
}  # fmt: skip
EVENTS: dict[str, tuple[Any, str]] = {
    "open": (gettext_lazy("Opened"), "circle"),
    "invite": (gettext_lazy("An expert was invited"), "hand"),
    "take_back": (gettext_lazy("A review was taken back"), "stop"),
    "decide": (gettext_lazy("Decided"), "tick"),
    "void": (gettext_lazy("The round is void"), "stop"),
}
MOVES: dict[str, dict[str, Any]] = {"void": {"icon": "stop", "kind": "bad-quiet", "ask": True}}


@dataclass(frozen=True)
class Taken:
    """How far the reviews of a round have come."""

    asked: int
    submitted: int


def taken_of(examination: Examination) -> Taken:
    found = [each.status for each in examination.reviews.all() if each.status != ReviewStatus.VOID]
    return Taken(len(found), found.count(ReviewStatus.SUBMITTED))


def badge_of(thing: Any) -> dict[str, str]:
    """The status of a round or a review; of a decided round its decision."""
    if getattr(thing, "decision", ""):
        decision = Decision(thing.decision)
        if thing.status == ExaminationStatus.DECIDED:
            tone, icon = DECISIONS[decision]
            return {"tone": tone, "icon": icon, "text": str(decision.label)}
    status = (ExaminationStatus if isinstance(thing, Examination) else ReviewStatus)(thing.status)
    tone, icon = TONES.get(status, ("ended", "stop"))
    return {"tone": tone, "icon": icon, "text": str(status.label)}


def page(examination: Examination, name: str = "detail", **place: Any) -> str:
    return reverse(f"examination-{name}", kwargs={"public_id": examination.public_id, **place})


def rows_of(examinations: Iterable[Examination]) -> list[dict[str, Any]]:
    """Rows of the list."""
    found = []
    for each in examinations:
        taken = taken_of(each)
        told = {"done": number(taken.submitted), "asked": number(taken.asked)}
        found.append({
            "url": page(each), "code": each.blind.code, "title": each.project.title, "round": number(each.round),
            "laboratory": name_now(each.project.laboratory.site.names), "badge": badge_of(each),
            "reviews": _("%(done)s of %(asked)s") % told, "opened": day_short(each.opened_at),
            "decided": day_short(each.decided_at) if each.decided_at else "",
        })  # fmt: skip
    return found


def ranked(reviews: Iterable[Review]) -> list[tuple[int, Review]]:
    """Submitted reviews by the rank of their number, which is all that anybody but the coordinator knows."""
    found = [each for each in reviews if each.status == ReviewStatus.SUBMITTED]
    return list(enumerate(sorted(found, key=lambda each: each.number), start=1))


def expert_name(rank: int) -> str:
    return _("Expert %(number)s") % {"number": number(rank)}


def side_by_side(reviews: Iterable[Review]) -> dict[str, Any]:
    """Submitted reviews beside each other, line by line of the rubric; no name, no moment."""
    columns = ranked(reviews)
    lines: dict[int, dict[str, Any]] = {}
    for rank, review in columns:
        for score in review.scores.all():
            line = lines.setdefault(score.criterion_id, {
                "criterion": name_now(score.criterion.names), "place": (score.criterion.position, score.criterion_id), "said": {},
            })  # fmt: skip
            line["said"][rank] = {"level": number(score.level), "reason": score.reason, "expert": expert_name(rank)}
    return {
        "experts": [{"name": expert_name(rank), "level": number(round(level_of(review), 2)), "comment": review.comment}
                    for rank, review in columns],
        "lines": [{"criterion": line["criterion"], "said": [line["said"][rank] for rank, _r in columns if rank in line["said"]]}
                  for line in sorted(lines.values(), key=lambda line: line["place"])],
    }  # fmt: skip


def facts_of(examination: Examination) -> list[dict[str, Any]]:
    """What is examined, by name: for the coordinator alone."""
    project = examination.project
    return [
        {"label": _("Project"), "text": project.title, "url": reverse("pilot-detail", args=[project.public_id])},
        {"label": _("Laboratory"), "text": name_now(project.laboratory.site.names)},
        {"label": _("Code experts know it by"), "text": examination.blind.code},
        {"label": _("Version"), "text": number(examination.source.number), "number": True},
        {"label": _("Round"), "text": number(examination.round), "number": True},
        {"label": _("Names taken out"), "text": number(examination.blind.masked), "number": True},
        {"label": _("Opened on"), "text": day_short(examination.opened_at), "number": True},
    ]  # fmt: skip


def finding_words(findings: Iterable[Any]) -> list[dict[str, Any]]:
    """Each kind of conflict once, hard ones first."""
    kinds = {each.kind: each.hard for each in sorted(findings, key=lambda each: not each.hard)}
    return [{"text": str(ConflictKind(kind).label), "tone": "bad" if hard else "warn"} for kind, hard in kinds.items()]


def experts_of(examination: Examination, open_now: Collection[str]) -> list[dict[str, Any]]:
    """Who was asked, for the coordinator alone."""
    ranks = {review.pk: expert_name(rank) for rank, review in ranked(examination.reviews.all())}
    ends = (ReviewStatus.DECLINED, ReviewStatus.VOID)
    return [
        {
            "name": each.expert.name, "number": ranks.get(each.pk, ""), "badge": badge_of(each), "note": each.note,
            "interests": each.interests, "due": day_short(each.due_on) if each.due_on else "",
            "findings": finding_words(each.conflicts.all()),
            "take_back": page(examination, "take-back", place=place)
            if "take_back" in open_now and each.status not in ends else "",
        }
        for place, each in enumerate(examination.reviews.all())
    ]  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """An expert who may be asked, or may not, and why."""

    expert: User
    houses: str
    findings: list[Finding]

    @property
    def is_free(self) -> bool:
        return not any(each.hard for each in self.findings)

    @property
    def words(self) -> list[dict[str, Any]]:
        return finding_words(self.findings)

    @property
    def label(self) -> str:
        """Name, institutions, and what has to be noted."""
        return " · ".join(filter(None, [self.expert.name, self.houses, *(each["text"] for each in self.words)]))


def candidates_of(examination: Examination, experts: Any, on: datetime.date) -> list[Candidate]:
    """Experts not asked in this round and on no panel of the project, with their conflicts; as many queries for one as for fifty."""
    asked = examination.reviews.values("expert")
    people = list(
        experts.exclude(pk__in=asked).exclude(pk__in=judges_of(examination.project)).order_by("name", "pk")[:MOST]
    )
    found = conflicts_of(people, examination.project, on)
    names = defaultdict(list)
    held = Membership.objects.held_on(on).filter(user__in=people, institution__isnull=False, role=Role.EXPERT)
    for each in held.select_related("institution").order_by("pk"):
        if each.institution is not None:
            names[each.user_id].append(name_now(each.institution.names))
    made = [Candidate(each, ", ".join(dict.fromkeys(names[each.pk])), found[each.pk]) for each in people]
    return sorted(made, key=lambda each: (not each.is_free, bool(each.findings)))


def material_of(review: Review) -> list[dict[str, str]]:
    """The blind copy part by part."""
    content = review.examination.blind.content
    return [
        {"label": str(part.verbose_name), "text": content.get(part.name, "")}
        for part in PilotVersion._meta.concrete_fields
        if part.name in PARTS
    ]


def level_words(on: datetime.date) -> list[tuple[str, str]]:
    """Each level with what it means."""
    return [(term.code, f"{term.code}: {name_now(term.names)}") for term in levels_on(on)]


def history_of(examination: Examination) -> list[dict[str, Any]]:
    """What happened, newest first, for the coordinator alone."""
    events = Event.objects.about("examination", examination.public_id).filter(name__in=EVENTS).order_by("-id")

    def said(event: Event) -> tuple[str, str]:
        words, icon = EVENTS[event.name]
        return icon, with_reason(words, event, True)

    return timeline(events, said)


def buttons_of(examination: Examination, open_now: Collection[str]) -> list[dict[str, Any]]:
    return buttons(EXAMINATION, MOVES, open_now, lambda name: page(examination, name))
