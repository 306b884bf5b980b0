"""Random graphs of cooperation around a project, and conflicts of interest searched in them row by row."""

import datetime
import itertools
import random
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import User
from cooperation.activities.models import Activity, Participation
from cooperation.agreements.models import Agreement, AgreementParty
from cooperation.projects.models import JointProject, ProjectActivity
from cooperation.trainings.models import ActivityPerson
from institutions.people.models import Membership, Person, Position
from institutions.registry.models import Institution, Succession
from labs.models import LabMember, MemberAnswer, PilotMember, PilotProject
from tests.factories import a_term, a_user, an_institution
from tests.labs.making import a_laboratory, a_project, past_guards
from tests.quality.figures import in_force

ON = datetime.date(2026, 11, 21)
SINCE = datetime.date(2023, 11, 21)
_numbers = itertools.count(1)
Found = set[tuple[str, bool, str, str, str]]


def a_day(dice: random.Random) -> datetime.date:
    """A day up to five years ago; often one beside the edge of the window."""
    if dice.random() < 0.3:
        return SINCE + datetime.timedelta(days=dice.choice((-1, 0, 1)))
    return ON - datetime.timedelta(days=dice.randrange(5 * 365))


def a_span(dice: random.Random) -> DateRange:
    """A time that may be over and may not have begun in the window."""
    start = a_day(dice) - datetime.timedelta(days=dice.randrange(400))
    end = None if dice.random() < 0.4 else max(a_day(dice), start + datetime.timedelta(days=1))
    return DateRange(start, end, "[)")


def confirmed(
    by: User, *houses: Institution, on: datetime.date, for_: User | None = None, confirmer: User | None = None,
    status: str = "confirmed", state: str = "stands",
) -> Activity:  # fmt: skip
    """An activity of these houses, and who confirmed it for the last of them."""
    now = timezone.now()
    made = Activity.objects.create(
        type=a_term("activity_type", "lesson"), form=a_term("cooperation_form", "F1"), starts_on=on, organiser=houses[0],
        status=status, content_hash=f"{next(_numbers):064d}", logged_by=by, on_behalf_of=for_, logged_on=ON, logged_at=now,
        confirmed_at=now if status == "confirmed" else None, modified_at=now,
    )  # fmt: skip
    for place, house in enumerate(dict.fromkeys(houses)):
        last = place == len(houses) - 1 and confirmer is not None and confirmer != by
        said = (
            {"confirmed_by": confirmer, "confirmed_at": now, "confirmed_hash": "h", "method": "account"} if last else {}
        )
        Participation.objects.create(activity=made, institution=house, on_date=on, state=state, logged_by=by, **said)
    return made


def a_graph(world: Any, dice: random.Random) -> tuple[PilotProject, list[User]]:  # noqa: C901 - one die for each tie
    """A project with its group, experts around it, and everything that could tie them, at random."""
    houses = [an_institution(world.near) for _each in range(9)]
    for before, after in dice.sample(list(itertools.combinations(houses, 2)), 3):  # an order without cycles
        Succession.objects.create(predecessor=before, successor=after, kind="successor", happened_on=a_day(dice))
    lab = a_laboratory(houses[0], *dice.sample(houses[1:], 2))
    LabMember.objects.filter(laboratory=lab).exclude(institution=lab.host).update(valid=a_span(dice))
    project, other, far = a_project(lab), a_project(lab), a_project(a_laboratory(houses[8]))
    with past_guards():
        long_ago = timezone.now() - datetime.timedelta(days=2000)
        changed = timezone.now() - datetime.timedelta(days=dice.randrange(1800))
        PilotProject.objects.filter(pk=far.pk).update(modified_at=changed, created_at=long_ago)
    people = [a_user() for _each in range(10)]
    experts, group = people[:6], people[5:]  # one may be both
    persons = [Person.objects.create(user=each, name="n", home=dice.choice([None, None, *houses])) for each in people]
    for user, person in zip(people, persons, strict=True):
        if dice.random() < 0.6:
            Membership.objects.create(
                user=user, institution=dice.choice(houses), role=dice.choice(("teacher", "expert")), valid=a_span(dice),
                status=dice.choice(("active", "ended", "lapsed")),
            )  # fmt: skip
        if dice.random() < 0.3:
            Position.objects.create(person=person, institution=dice.choice(houses), title="t", valid=a_span(dice))
    for where, users in ((project, group), (other, people), (far, people)):
        for user in dice.sample(users, 3 if where is project else 2):
            answer = dice.choice(MemberAnswer.values)
            PilotMember.objects.create(
                project=where, user=user, institution=dice.choice(houses), field=a_term("isced_f", "0111"), part="researcher",
                answer=answer, answered_at=None if answer == "invited" else timezone.now(),
            )  # fmt: skip
    joint = JointProject.objects.create(
        title="j", lead=houses[0], created_at=timezone.now(), modified_at=timezone.now()
    )
    for _each in range(12):
        logger, second, third = dice.sample(range(10), 3)
        made = confirmed(
            people[logger], *dice.sample(houses, 2), on=a_day(dice), for_=dice.choice([None, people[second]]),
            confirmer=dice.choice([None, people[third]]), status=dice.choice(("confirmed", "confirmed", "logged")),
            state=dice.choice(("stands", "stands", "named")),
        )  # fmt: skip
        if dice.random() < 0.4:
            ActivityPerson.objects.create(
                activity=made, person=dice.choice(persons), home=houses[0], hours=1, named_at=timezone.now()
            )
        if dice.random() < 0.4:
            ProjectActivity.objects.create(project=joint, activity=made, added_by=people[logger])
    for _each in range(3):
        in_force(*dice.sample(houses, 2), since=a_day(dice).isoformat())
    return project, experts


def same_line(one: int, two: int) -> bool:
    """Whether one institution came of the other."""
    steps = list(Succession.objects.values_list("predecessor_id", "successor_id"))

    def reaches(start: int, end: int) -> bool:
        return start == end or any(reaches(after, end) for before, after in steps if before == start)

    return reaches(one, two) or reaches(two, one)


def had(user: User) -> list[tuple[Institution, datetime.date]]:
    """Where somebody was in the window, with the last day."""
    spells = [(row.institution, row.valid) for row in Membership.objects.filter(user=user)
              if row.institution and row.status in ("active", "ended")]  # fmt: skip
    spells += [(row.institution, row.valid) for row in Position.objects.filter(person__user=user)]
    found = []
    for house, valid in spells:
        last = ON if valid.upper is None else min(ON, valid.upper - datetime.timedelta(days=1))
        if valid.lower <= ON and last >= SINCE:
            found.append((house, last))
    return found + [(row.home, ON) for row in Person.objects.filter(user=user) if row.home]


def named_in(activity: Activity) -> set[int]:
    """The people an activity tells of."""
    found = {activity.logged_by_id, activity.on_behalf_of_id}
    found |= {row.confirmed_by_id for row in activity.participations.all() if row.state == "stands"}
    return (found | {row.person.user_id for row in activity.people.all()}) - {None}


def searched(expert: User, project: PilotProject) -> Found:
    """Every conflict of one expert, by looking at every row."""
    group = [each for each in project.members.all() if each.answer != "declined"]
    members = {each.user_id for each in group}
    found: Found = set()
    if expert.pk in members:
        found.add(("group", True, "pilot", project.public_id, ON.isoformat()))
    lab = project.laboratory
    inside = {row.institution for row in LabMember.objects.filter(laboratory=lab)
              if row.valid.lower <= ON and (row.valid.upper is None or row.valid.upper > SINCE)}  # fmt: skip
    circles = {
        "institution": {house for each in group for house, _last in had(each.user)}
        | {each.institution for each in group},
        "laboratory": inside | {lab.host, lab.site, lab.cluster.coordinator},
    }
    for kind, circle in circles.items():
        for theirs in circle:
            lasts = [last for house, last in had(expert) if same_line(house.pk, theirs.pk)]
            if lasts:
                found.add((kind, True, "institution", theirs.public_id, max(lasts).isoformat()))
    return found | _work(expert, members, project) | _agreements(expert, group)


def _work(expert: User, members: set[int], project: PilotProject) -> Found:
    deeds = [each for each in Activity.objects.all() if each.status == "confirmed" and SINCE <= each.starts_on <= ON]
    own = [each for each in deeds if expert.pk in named_in(each)]
    theirs = [each for each in deeds if named_in(each) & members]
    found: Found = set()
    shared = [(each.starts_on.isoformat(), each.public_id) for each in own if each in theirs]
    if shared:
        found.add(("joint_work", True, "activity", max(shared)[1], max(shared)[0]))
    project_of = {row.activity_id: row.project for row in ProjectActivity.objects.all()}
    mine = {project_of[each.pk] for each in own if each.pk in project_of}
    days = [
        (each.starts_on.isoformat(), project_of[each.pk].public_id)
        for each in theirs
        if project_of.get(each.pk) in mine
    ]
    if days:
        found.add(("joint_work", True, "project", max(days)[1], max(days)[0]))
    for other in PilotProject.objects.exclude(pk=project.pk):
        seats = {row.user_id: row.answer for row in other.members.all()}
        if other.laboratory == project.laboratory and seats.get(expert.pk, "declined") != "declined":
            found.add(("laboratory", True, "pilot", other.public_id, ON.isoformat()))
        agreed = {user for user, answer in seats.items() if answer == "agreed"}
        lately = timezone.localdate(other.modified_at) >= SINCE
        if lately and expert.pk in agreed and (agreed & members) - {expert.pk}:
            found.add(("joint_work", True, "pilot", other.public_id, ON.isoformat()))
    return found


def _agreements(expert: User, group: list[PilotMember]) -> Found:
    own = {house for house, last in had(expert) if last == ON}
    theirs = {house for each in group for house, last in had(each.user) if last == ON}
    theirs |= {each.institution for each in group}
    shared = []
    for agreement in Agreement.objects.all():
        if not agreement.in_force_from or agreement.in_force_from > ON:
            continue
        if agreement.in_force_until is not None and agreement.in_force_until <= ON:
            continue
        parties = {row.institution for row in AgreementParty.objects.filter(agreement=agreement)
                   if row.valid.lower <= ON and (row.valid.upper is None or row.valid.upper > ON)}  # fmt: skip
        if any(mine in parties and his in parties and mine != his for mine in own for his in theirs):
            shared.append((agreement.in_force_from.isoformat(), agreement.public_id))
    return {("agreement", False, "agreement", max(shared)[1], max(shared)[0])} if shared else set()
