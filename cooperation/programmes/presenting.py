"""A joint programme in words for pages: whose turn, its versions, its working group, timeline, buttons."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import day_short
from cooperation.adoptions.models import Adoption
from cooperation.adoptions.showing import panel_of
from cooperation.pages.showing import acting, buttons, house_page, timeline, with_reason
from cooperation.programmes.adopting import CODE
from cooperation.programmes.models import (
    SETTLED,
    WITH_IT,
    GroupMember,
    JointProgramme,
    MemberState,
    ProgrammeStatus,
    ProgrammeVersion,
    VersionState,
)
from cooperation.programmes.rules import PROGRAMME
from lifecycle.models import Event

RELATED = ("lead", "level", "agreement", "project")
GROUP = Prefetch("versions__members", GroupMember.objects.select_related("institution", "role"))
PREFETCH = ("fields_of_study", GROUP)
SHORT = 8
TONES = {
    ProgrammeStatus.DRAFT: ("neutral", "pencil"),
    ProgrammeStatus.IN_WORK: ("waiting", "clock"),
    ProgrammeStatus.APPROVED: ("ok", "tick"),
    ProgrammeStatus.RETIRED: ("ended", "stop"),
}
VERSION_TONES = {
    VersionState.OPEN: ("waiting", "clock"),
    VersionState.APPROVED: ("ok", "tick"),
    VersionState.SUPERSEDED: ("ended", "circle"),
    VersionState.DROPPED: ("ended", "stop"),
}
ANSWERS: dict[str, tuple[Any, str, str]] = {
    MemberState.INVITED: (gettext_lazy("Not answered yet"), "waiting", "clock"),
    MemberState.ACCEPTED: (gettext_lazy("Takes part"), "waiting", "people"),
    MemberState.CONFIRMED: (gettext_lazy("Confirmed the content"), "ok", "tick"),
    MemberState.DECLINED: (gettext_lazy("Declined"), "bad", "cross"),
}
EVENTS: dict[str, tuple[Any, str]] = {
    "draft": (gettext_lazy("Draft prepared"), "pencil"),
    "start": (gettext_lazy("The working group was invited"), "people"),
    "accept": (gettext_lazy("Takes part"), "hand"),
    "decline": (gettext_lazy("Declined"), "cross"),
    "change": (gettext_lazy("The content was changed"), "pencil"),
    "confirm": (gettext_lazy("Confirmed the content"), "tick"),
    "approve": (gettext_lazy("Version approved"), "tick"),
    "revise": (gettext_lazy("A new version was begun"), "plus"),
    "revert": (gettext_lazy("The new version was given up"), "undo"),
    "retire": (gettext_lazy("Retired"), "stop"),
}
LEADS = ("draft", "start", "change", "approve", "revise", "revert", "retire")
MOVES: dict[str, dict[str, Any]] = {
    "accept": {"icon": "hand", "kind": "main", "ask": False},
    "start": {"icon": "people", "kind": "main", "ask": False},
    "approve": {"icon": "tick", "kind": "main", "ask": False},
    "revise": {"icon": "plus", "kind": "second", "ask": False},
    "decline": {"icon": "cross", "kind": "bad-quiet", "ask": True},
    "revert": {"icon": "undo", "kind": "bad-quiet", "ask": True},
    "retire": {"icon": "stop", "kind": "bad-quiet", "ask": True},
}


def page(programme: JointProgramme, name: str = "detail") -> str:
    """The address of one of the programme's pages."""
    return reverse(f"programme-{name}", args=[programme.public_id])


def versions_for(programme: JointProgramme) -> list[ProgrammeVersion]:
    """The versions that this reader may see, the newest first."""
    seen = [each for each in programme.versions.all() if programme.inside or each.state in SETTLED]
    return sorted(seen, key=lambda each: -each.number)


def members_in(version: ProgrammeVersion | None, *states: str) -> list[Any]:
    """Members of its group in one of these states, in the order they were named."""
    found = version.members.all() if version else []
    return sorted((each for each in found if each.state in states), key=lambda each: each.pk)


def standing_of(programme: JointProgramme, own: Collection[int]) -> dict[str, Any]:
    """Its status, the version in force, and whose turn it is."""
    tone, icon = TONES[ProgrammeStatus(programme.status)]
    turn, mine = turn_of(programme, own)
    return {
        "text": str(ProgrammeStatus(programme.status).label), "tone": tone, "icon": icon, "turn": turn, "is_mine": mine,
    }  # fmt: skip


def turn_of(programme: JointProgramme, own: Collection[int]) -> tuple[str, bool]:
    """Whose turn it is in words, for those inside, and whether it is this reader's."""
    if programme.status != ProgrammeStatus.IN_WORK or not programme.inside:
        return "", False
    version = programme.open
    asked = members_in(version, MemberState.INVITED, MemberState.ACCEPTED)
    mine = any(each.institution_id in own for each in asked)
    if not asked and members_in(version, MemberState.CONFIRMED):
        mine = programme.lead_id in own
        return (_("Waiting for you") if mine else _("Waiting for the lead")), mine
    if not asked:
        return "", False
    return (_("Waiting for you") if mine else _("Waiting for the working group")), mine


def facts_of(programme: JointProgramme) -> list[dict[str, Any]]:
    """Which field and level it is for, who leads it, and what it is a part of."""
    agreement, project = programme.agreement, programme.project
    return [
        {"label": _("Fields of study"), "text": "; ".join(fields_of(programme))},
        {"label": _("Level of education"), "text": name_now(programme.level.names) if programme.level else ""},
        {"label": _("Lead"), "text": name_now(programme.lead.names), "url": house_page(programme.lead.public_id)},
        {
            "label": _("Agreement"), "text": f"{agreement.number} · {agreement.title}" if agreement else "",
            "url": reverse("agreement-detail", args=[agreement.public_id]) if agreement else "",
        },
        {
            "label": _("Joint project"), "text": project.title if project else "",
            "url": reverse("project-detail", args=[project.public_id]) if project else "",
        },
    ]  # fmt: skip


def fields_of(programme: JointProgramme) -> list[str]:
    """Its fields of study by code and name."""
    terms = sorted(programme.fields_of_study.all(), key=lambda term: term.code)
    return [f"{term.code} {name_now(term.names)}" for term in terms]


def group_of(version: ProgrammeVersion) -> list[dict[str, Any]]:
    """Each member with its role and its word."""
    found = []
    for each in members_in(version, *MemberState.values):
        words, tone, icon = ANSWERS[each.state]
        when = each.confirmed_at or each.answered_at
        found.append({
            "name": name_now(each.institution.names), "url": house_page(each.institution.public_id),
            "role": name_now(each.role.names), "words": words, "tone": tone, "icon": icon,
            "when": day_short(when) if when else "",
        })  # fmt: skip
    return found


def version_of(version: ProgrammeVersion, user: Any) -> dict[str, Any]:
    """A version as its part of the page: what changed, where it is, who stands by it, who uses it."""
    tone, icon = VERSION_TONES[VersionState(version.state)]
    settled = version.state in SETTLED
    return {
        "number": version.number, "words": VersionState(version.state).label, "tone": tone, "icon": icon,
        "contents": version.contents, "changes": version.changes, "link": version.link,
        "approved": day_short(version.approved_on) if version.approved_on else "",
        "hash": version.content_hash[:SHORT], "group": group_of(version), "is_open": version.state == VersionState.OPEN,
        "users": panel_of(user, CODE, version) if settled else None,
    }  # fmt: skip


def timeline_of(programme: JointProgramme, with_reasons: bool) -> list[dict[str, Any]]:
    """What happened, newest first: which institution, never which person; what is in work and reasons for those inside."""
    names = EVENTS if programme.inside else ("approve", "retire")
    events = Event.objects.about("programme", programme.public_id).filter(name__in=names).order_by("-id")
    houses = {programme.lead, *(each.institution for one in programme.versions.all() for each in one.members.all())}
    by_id = {house.public_id: name_now(house.names) for house in houses}

    def said(event: Event) -> tuple[str, str]:
        words, icon = EVENTS[event.name]
        return icon, with_reason(words, event, with_reasons)

    return timeline(events, said, lambda event: by_id.get(acting(event, LEADS), ""))


def buttons_of(programme: JointProgramme, open_now: Collection[str]) -> list[dict[str, Any]]:
    """The moves of the page as a whole that this person may make now; going back only where there is a way back."""
    offered = [name for name in open_now if name != "revert" or programme.in_force]
    return buttons(PROGRAMME, MOVES, offered, lambda name: page(programme, name))


def rows_of(programmes: Iterable[JointProgramme], own: Collection[int]) -> list[dict[str, Any]]:
    """Rows of the list: what, who, which version is in force, and how many use it."""
    found = list(programmes)
    in_force = {each.pk: each.in_force for each in found}
    ids = [version.public_id for version in in_force.values() if version]
    rows: Any = Adoption.objects.filter(subject_type=CODE, subject_id__in=ids)
    used = Counter(rows.in_use().values_list("subject_id", flat=True))
    return [row_of(each, in_force[each.pk], used, own) for each in found]


def row_of(
    programme: JointProgramme, version: ProgrammeVersion | None, used: Counter[str], own: Collection[int]
) -> dict[str, Any]:
    """One row of the list."""
    shown = version or (programme.open if programme.inside else None)
    return {
        "url": page(programme), "title": programme.title, "lead": name_now(programme.lead.names),
        "members": [name_now(each.institution.names) for each in members_in(shown, *WITH_IT)],
        "fields": fields_of(programme), "level": name_now(programme.level.names) if programme.level else "",
        "standing": standing_of(programme, own),
        "version": _("Version %(number)s") % {"number": version.number} if version else "",
        "approved": day_short(version.approved_on) if version and version.approved_on else "",
        "used": used[version.public_id] if version else 0,
    }  # fmt: skip
