"""Conflicts of interest of experts against the group of a project, from the graph of cooperation (product 3.10, LAB-7).

The window is the 36 months up to the day asked about. *Houses* of a person in it: institutions of memberships that were
ever active and of positions, as far as they overlap it, and the home of the person; of a member of the group also the
institution they stand for. Two institutions are the same where one took over from the other, over any number of steps.

Hard: a shared house; a place in the group; a house that works in the laboratory of the project (host, site, coordinator
of its cluster, members in the window) or a place in the group of another of its projects; joint work, which is, each
time for the expert and somebody of the group: both named in one confirmed activity of the window, both named in confirmed
activities of one joint project in the window, or both agreed members of the group of one other pilot project that was
worked at in the window. *Named*: who logged it, for whom it was logged, who confirmed it for a side that stands, and whom
it names. Soft: a house the expert has today and another one the group has today are parties to one agreement in force.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from cooperation.agreements.models import Agreement, AgreementParty
from institutions.people.models import Membership, MembershipStatus, Person, Position
from institutions.registry.models import Institution
from labs.examinations.models import ConflictKind
from labs.laboratories.models import LabMember, Laboratory
from labs.pilots.models import MemberAnswer, PilotMember, PilotProject

YEARS = 3  # 36 months
HELD = (MembershipStatus.ACTIVE, MembershipStatus.ENDED)
Lasting = dict[int, dict[int, datetime.date]]  # of each person: of each house the last day of the window they had it


@dataclass(frozen=True, order=True)
class Finding:
    """One conflict; its ground is what shows it, by type and public id, and the last day it held."""

    kind: str
    hard: bool
    type: str
    id: str
    on: str

    @property
    def ground(self) -> dict[str, str]:
        return {"type": self.type, "id": self.id, "on": self.on}


# Who is named in a confirmed activity of the window: from either side by an index on the person.
NAMED = """
SELECT a.id, a.logged_by_id AS user_id FROM cooperation_activity a
  WHERE a.logged_by_id = ANY(%(people)s) AND a.status = 'confirmed' AND a.starts_on BETWEEN %(since)s AND %(on)s
UNION SELECT a.id, a.on_behalf_of_id FROM cooperation_activity a
  WHERE a.on_behalf_of_id = ANY(%(people)s) AND a.status = 'confirmed' AND a.starts_on BETWEEN %(since)s AND %(on)s
UNION SELECT a.id, p.confirmed_by_id FROM cooperation_participation p JOIN cooperation_activity a ON a.id = p.activity_id
  WHERE p.confirmed_by_id = ANY(%(people)s) AND p.state = 'stands' AND a.status = 'confirmed'
    AND a.starts_on BETWEEN %(since)s AND %(on)s
UNION SELECT a.id, h.user_id FROM cooperation_activityperson n JOIN institutions_person h ON h.id = n.person_id
  JOIN cooperation_activity a ON a.id = n.activity_id
  WHERE h.user_id = ANY(%(people)s) AND a.status = 'confirmed' AND a.starts_on BETWEEN %(since)s AND %(on)s
"""
NAMES_THE_GROUP = """
(a.logged_by_id = ANY(%(group)s) OR a.on_behalf_of_id = ANY(%(group)s)
  OR EXISTS (SELECT 1 FROM cooperation_participation p
             WHERE p.activity_id = a.id AND p.confirmed_by_id = ANY(%(group)s) AND p.state = 'stands')
  OR EXISTS (SELECT 1 FROM cooperation_activityperson n JOIN institutions_person h ON h.id = n.person_id
             WHERE n.activity_id = a.id AND h.user_id = ANY(%(group)s)))
"""
ACTIVITIES = f"""
WITH named AS ({NAMED})
SELECT DISTINCT ON (named.user_id) named.user_id, a.public_id, a.starts_on
FROM named JOIN cooperation_activity a USING (id) WHERE {NAMES_THE_GROUP}
ORDER BY named.user_id, a.starts_on DESC, a.public_id DESC
"""  # noqa: S608 - fixed texts, values as parameters
PROJECTS = f"""
WITH named AS ({NAMED}), worked AS (
  SELECT DISTINCT named.user_id, d.project_id FROM named JOIN cooperation_projectactivity d ON d.activity_id = named.id
), shared AS (
  SELECT d.project_id, max(a.starts_on) AS latest FROM cooperation_projectactivity d
  JOIN cooperation_activity a ON a.id = d.activity_id
  WHERE d.project_id IN (SELECT project_id FROM worked) AND a.status = 'confirmed'
    AND a.starts_on BETWEEN %(since)s AND %(on)s AND {NAMES_THE_GROUP}
  GROUP BY d.project_id
)
SELECT DISTINCT ON (worked.user_id) worked.user_id, j.public_id, shared.latest
FROM worked JOIN shared USING (project_id) JOIN cooperation_jointproject j ON j.id = worked.project_id
ORDER BY worked.user_id, shared.latest DESC, j.public_id DESC
"""  # noqa: S608 - fixed texts, values as parameters
KIN = """
WITH RECURSIVE before AS (
  SELECT unnest(%(houses)s::bigint[]) AS house, unnest(%(houses)s::bigint[]) AS kin
  UNION SELECT b.house, s.predecessor_id FROM before b JOIN institutions_succession s ON s.successor_id = b.kin
), after AS (
  SELECT unnest(%(houses)s::bigint[]) AS house, unnest(%(houses)s::bigint[]) AS kin
  UNION SELECT f.house, s.successor_id FROM after f JOIN institutions_succession s ON s.predecessor_id = f.kin
)
SELECT house, kin FROM before UNION SELECT house, kin FROM after
"""


def months_before(on: datetime.date) -> datetime.date:
    """The first day of the window."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return on.replace(year=on.year - YEARS, day=day)


def conflicts_of(experts: Iterable[User], project: PilotProject, on: datetime.date) -> dict[int, list[Finding]]:
    """Every conflict of each of these people, by their id, hard ones first; as many queries for one as for fifty."""
    people = sorted({expert.pk for expert in experts})
    group = list(PilotMember.objects.filter(project=project).exclude(answer=MemberAnswer.DECLINED).order_by("pk"))
    members = sorted({each.user_id for each in group})
    since = months_before(on)
    had = houses_of({*people, *members}, since, on)
    theirs = {house for member in members for house in had[member]} | {each.institution_id for each in group}
    lab = laboratory_houses(project.laboratory, since, on)
    kin = kin_of({house for person in people for house in had[person]})
    keys = dict(Institution.objects.filter(pk__in=theirs | lab).values_list("pk", "public_id"))
    found: dict[int, set[Finding]] = {person: set() for person in people}
    for person in people:
        if person in members:
            found[person].add(Finding(ConflictKind.GROUP, True, "pilot", project.public_id, on.isoformat()))
        for kind, circle in ((ConflictKind.INSTITUTION, theirs), (ConflictKind.LABORATORY, lab)):
            for house, last in _shared(had[person], kin, circle).items():
                found[person].add(Finding(kind, True, "institution", keys[house], last.isoformat()))
    asked = {"people": people, "group": members, "since": since, "on": on}
    _add_work(found, asked, project)
    now = {each.institution_id for each in group} | {house for member in members for house in today_of(had[member], on)}
    _add_agreements(found, {person: today_of(had[person], on) for person in people}, now, on)
    return {person: sorted(findings, key=lambda each: (not each.hard, each)) for person, findings in found.items()}


def houses_of(people: Collection[int], since: datetime.date, on: datetime.date) -> Lasting:
    """The houses of these people in the window, each with its last day there."""
    window = DateRange(since, on, "[]")
    found: Lasting = defaultdict(dict)
    held = Membership.objects.filter(user__in=people, institution__isnull=False, status__in=HELD, valid__overlap=window)
    posts = Position.objects.filter(person__user__in=people, valid__overlap=window)
    spells = [*held.values_list("user_id", "institution_id", "valid"),
              *posts.values_list("person__user_id", "institution_id", "valid")]  # fmt: skip
    homes = Person.objects.filter(user__in=people, home__isnull=False).values_list("user_id", "home_id")
    lasts = [(person, house, _last_day(valid, on)) for person, house, valid in spells]
    for person, house, last in [*lasts, *((person, house, on) for person, house in homes)]:
        found[person][house] = max(last, found[person].get(house, last))
    return found


def _last_day(valid: DateRange, on: datetime.date) -> datetime.date:
    return on if valid.upper is None else min(on, valid.upper - datetime.timedelta(days=1))


def today_of(lasting: Mapping[int, datetime.date], on: datetime.date) -> set[int]:
    """Those that are had on the very day."""
    return {house for house, last in lasting.items() if last == on}


def laboratory_houses(laboratory: Laboratory, since: datetime.date, on: datetime.date) -> set[int]:
    """Institutions that worked in it in the window."""
    window = DateRange(since, on, "[]")
    members = LabMember.objects.filter(laboratory=laboratory, valid__overlap=window)
    return {laboratory.host_id, laboratory.site_id, laboratory.cluster.coordinator_id,
            *members.values_list("institution_id", flat=True)}  # fmt: skip


def kin_of(houses: Collection[int]) -> dict[int, set[int]]:
    """Of each house itself, all it came from and all that came of it."""
    found: dict[int, set[int]] = defaultdict(set)
    for house, kin in _rows(KIN, {"houses": sorted(houses)}):
        found[house].add(kin)
    return found


def _shared(
    had: Mapping[int, datetime.date], kin: Mapping[int, set[int]], circle: Collection[int]
) -> dict[int, datetime.date]:
    """Institutions of the circle that the person had, by themselves or by kin, with the last day."""
    found: dict[int, datetime.date] = {}
    for house, last in had.items():
        for same in kin[house] & set(circle):
            found[same] = max(last, found.get(same, last))
    return found


def _add_work(found: dict[int, set[Finding]], asked: Mapping[str, Any], project: PilotProject) -> None:
    """Joint activities, joint projects, and groups of other pilot projects."""
    for word, sql in (("activity", ACTIVITIES), ("project", PROJECTS)):
        for person, key, day in _rows(sql, asked):
            found[person].add(Finding(ConflictKind.JOINT_WORK, True, word, key, day.isoformat()))
    seats = PilotMember.objects.filter(user__in=asked["people"]).exclude(project=project)
    day = asked["on"].isoformat()
    beside = seats.filter(project__laboratory=project.laboratory_id).exclude(answer=MemberAnswer.DECLINED)
    for person, key in beside.values_list("user_id", "project__public_id"):
        found[person].add(Finding(ConflictKind.LABORATORY, True, "pilot", key, day))
    other = PilotMember.objects.filter(
        project=OuterRef("project"), user__in=asked["group"], answer=MemberAnswer.AGREED
    ).exclude(user=OuterRef("user"))
    shared = seats.filter(
        Exists(other), answer=MemberAnswer.AGREED, project__modified_at__date__gte=asked["since"],
        project__created_at__date__lte=asked["on"],
    )  # fmt: skip
    for person, key in shared.values_list("user_id", "project__public_id"):
        found[person].add(Finding(ConflictKind.JOINT_WORK, True, "pilot", key, day))


def _add_agreements(
    found: dict[int, set[Finding]], mine: Mapping[int, set[int]], theirs: Collection[int], on: datetime.date
) -> None:
    """The newest agreement in force between a house of the expert and another one of the group."""
    in_force = Agreement.objects.all().in_force_on(on)
    parties = AgreementParty.objects.filter(valid__contains=on)
    beside = parties.filter(agreement=OuterRef("agreement"), institution__in=theirs).filter(
        ~Q(institution=OuterRef("institution"))
    )
    rows = parties.filter(
        Exists(beside), institution__in={house for own in mine.values() for house in own}, agreement__in=in_force
    )
    newest: dict[int, tuple[str, str]] = {}
    told = rows.values_list("institution_id", F("agreement__in_force_from"), "agreement__public_id")
    for house, since, key in told:
        newest[house] = max((since.isoformat(), key), newest.get(house, ("", "")))
    for person, own in mine.items():
        known = [newest[house] for house in own if house in newest]
        if known:
            since, key = max(known)
            found[person].add(Finding(ConflictKind.AGREEMENT, False, "agreement", key, since))


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
