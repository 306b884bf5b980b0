"""A problem in words for pages: its standing, facts, votes, what it became, timeline, buttons."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Prefetch
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import day_short, number, period_name
from cooperation.pages.showing import acting, buttons, house_page, timeline, with_reason
from labs.laboratories.presenting import page as laboratory_page
from labs.laboratories.presenting import title_of
from labs.laboratories.rules import coordinates
from labs.problems.models import Problem, ProblemStatus, Vote
from labs.problems.rules import PROBLEM
from lifecycle.models import Event

ROW_RELATED = ("laboratory__site", "institution")
RELATED = (
    "laboratory__site",
    "laboratory__host",
    "laboratory__cluster",
    "institution",
    "indicator",
    "period",
    "merged_into",
)
PREFETCH = (Prefetch("votes", Vote.objects.select_related("institution")),)
TONES = {
    ProblemStatus.RAISED: ("waiting", "clock"),
    ProblemStatus.ACCEPTED: ("ok", "tick"),
    ProblemStatus.IN_WORK: ("ok", "activity"),
    ProblemStatus.SOLVED: ("ok", "tick"),
    ProblemStatus.DECLINED: ("ended", "cross"),
    ProblemStatus.MERGED: ("ended", "right"),
}
EVENTS: dict[str, tuple[Any, str]] = {
    "raise": (gettext_lazy("Raised"), "plus"),
    "vote": (gettext_lazy("Voted for it"), "hand"),
    "accept": (gettext_lazy("Accepted"), "tick"),
    "decline": (gettext_lazy("Declined"), "cross"),
    "merge": (gettext_lazy("Merged into another"), "right"),
    "take_up": (gettext_lazy("Taken up by a project"), "activity"),
    "give_back": (gettext_lazy("Given back: its project ended"), "undo"),
    "solve": (gettext_lazy("Solved"), "tick"),
    "solve_by_project": (gettext_lazy("Solved by a project"), "tick"),
}
MOVES: dict[str, dict[str, Any]] = {
    "vote": {"icon": "hand", "kind": "main", "ask": False},
    "accept": {"icon": "tick", "kind": "main", "ask": False},
    "solve": {"icon": "tick", "kind": "main", "ask": True},
    "merge": {"icon": "right", "kind": "second", "ask": True},
    "decline": {"icon": "cross", "kind": "bad-quiet", "ask": True},
}


def page(problem: Problem, name: str = "detail") -> str:
    """The address of one of the problem's pages."""
    return reverse(f"problem-{name}", args=[problem.public_id])


def standing_of(problem: Problem) -> dict[str, str]:
    """The badge of its status."""
    tone, icon = TONES[ProblemStatus(problem.status)]
    return {"text": str(ProblemStatus(problem.status).label), "tone": tone, "icon": icon}


def facts_of(problem: Problem) -> list[dict[str, Any]]:
    """Where it belongs, who raised it, which figure showed it, what it became."""
    found: list[dict[str, Any]] = [
        {"label": _("Laboratory"), "text": title_of(problem.laboratory), "url": laboratory_page(problem.laboratory)},
        {"label": _("Raised by"), "text": name_now(problem.institution.names),
         "url": house_page(problem.institution.public_id)},
        {"label": _("Raised on"), "text": day_short(problem.raised_at), "number": True},
    ]  # fmt: skip
    if problem.indicator is not None:
        found.append({
            "label": _("Indicator"), "text": name_now(problem.indicator.names),
            "url": f"{reverse('indicator-detail', args=[problem.indicator.code])}{_asked(problem)}",
        })  # fmt: skip
    if problem.period is not None:
        found.append({"label": _("Period"), "text": period_name(problem.period)})
    if problem.merged_into is not None:
        found.append({"label": _("Merged into"), "text": problem.merged_into.title, "url": page(problem.merged_into)})
    return found


def _asked(problem: Problem) -> str:
    place = problem.ground.get("territory", "")
    period = problem.period.code if problem.period else ""
    if house := problem.ground.get("institution"):
        return f"?institution={house}&period={period}"
    return f"?territory={place}&period={period}" if place else ""


def votes_of(problem: Problem) -> list[dict[str, str]]:
    """Which institutions voted for it, the first vote first."""
    rows = sorted(problem.votes.all(), key=lambda vote: (vote.voted_at, vote.pk))
    return [
        {"name": name_now(vote.institution.names), "url": house_page(vote.institution.public_id),
         "when": day_short(vote.voted_at)}
        for vote in rows
    ]  # fmt: skip


def projects_of(problem: Problem, user: Any) -> list[dict[str, str]]:
    """Projects that use it, as far as the reader may see them; they lie above and are reached from the problem."""
    rows: Any = problem.projects.all()
    try:
        return [
            {"title": each.title, "url": reverse("pilot-detail", args=[each.public_id]), "status": each.get_status_display()}
            for each in rows.visible_to(user).order_by("pk")
        ]  # fmt: skip
    except NoReverseMatch:
        return []


def works_of(problem: Problem, user: Any) -> list[dict[str, str]]:
    """Works of the projects that use it, as far as the reader may see both."""
    rows: Any = problem.projects.all()
    found = [
        work
        for project in rows.visible_to(user).order_by("pk")
        for work in project.works.all().visible_to(user).select_related("resource").order_by("pk")
    ]
    return [{"title": each.resource.title, "url": reverse("work-detail", args=[each.public_id])} for each in found]


def timeline_of(problem: Problem, inside: bool) -> list[dict[str, Any]]:
    """What happened, newest first: which institution, never which person. Why it was declined, everybody reads."""
    events = Event.objects.about("problem", problem.public_id).filter(name__in=EVENTS).order_by("-id")
    houses = [problem.institution, problem.laboratory.host, *(vote.institution for vote in problem.votes.all())]
    names = {house.public_id: name_now(house.names) for house in houses}

    def said(event: Event) -> tuple[str, str]:
        words, icon = EVENTS[event.name]
        return icon, with_reason(words, event, inside or event.name == "decline")

    return timeline(events, said, lambda event: names.get(acting(event, ("raise",)), ""))


def buttons_of(problem: Problem, open_now: Collection[str], user: Any) -> list[dict[str, Any]]:
    """The moves of the page that this person may make now, one of them the main one; from an accepted problem, a project."""
    made = buttons(PROBLEM, MOVES, open_now, lambda name: page(problem, name))
    if problem.status == ProblemStatus.ACCEPTED and coordinates(user, problem.laboratory):
        address = f"{reverse('pilot-new')}?problem={problem.public_id}"
        made.append({"text": _("Open a project"), "url": address, "icon": "plus", "kind": "main", "ask": True})
    before = [each for each in made if each["kind"] == "main"][:-1]
    return [{**each, "kind": "second"} if each in before else each for each in made]


def rows_of(problems: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows of the register; each problem knows how many voices it has."""
    return [
        {
            "url": page(each), "title": each.title, "laboratory": title_of(each.laboratory),
            "house": name_now(each.institution.names), "voices": number(each.voices), "standing": standing_of(each),
            "raised": day_short(each.raised_at),
        }
        for each in problems
    ]  # fmt: skip
