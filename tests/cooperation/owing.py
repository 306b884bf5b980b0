"""Agreements with promises, signed on a day of the past, and work that is logged and confirmed under them."""

import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from cooperation.activities import actions as activities
from cooperation.activities.models import Activity
from cooperation.agreements import actions, signing
from cooperation.agreements.calendar import start_and_end
from cooperation.agreements.models import Agreement
from cooperation.obligations.models import Obligation
from tests.cooperation.concluded import noon
from tests.factories import a_member, a_signatory, a_term, a_territory, an_institution

START, END = datetime.date(2026, 1, 1), datetime.date(2027, 12, 31)
DUE = datetime.date(2026, 10, 31)


def sides(count: int = 2) -> SimpleNamespace:
    """Institutions with an administrator who signs and a teacher who logs; and the words of promises."""
    place = a_territory("9")
    houses = [an_institution(place) for _house in range(count)]
    people = [a_member("institution_admin", house) for house in houses]
    for person, house in zip(people, houses, strict=True):
        a_signatory(person, house)
    for form in ("F2", "F39"):
        a_term("cooperation_form", form)
    a_term("activity_type", "open_lesson", form="F2")
    return SimpleNamespace(
        houses=houses, people=people, teachers=[a_member("teacher", house) for house in houses],
        kind=a_term("agreement_kind", "cluster", min_parties=2),
        memorandum=a_term("agreement_kind", "memorandum", min_parties=2, is_memorandum=True),
    )  # fmt: skip


def promise(
    stage: SimpleNamespace, kind: str = "events", gives: int | None = 0, takes: int | None = 1, **more: Any
) -> Any:
    """A term as actions take it; two events by the end of October unless something else is said."""
    said: dict[str, Any] = {"quantity": Decimal(2), "unit": kind, "due_on": DUE, **more}
    if isinstance(said.get("form"), str):
        said["form"] = a_term("cooperation_form", said["form"])
    return {
        "kind": a_term("obligation_kind", kind), "from_": None if gives is None else stage.houses[gives],
        "to": None if takes is None else stage.houses[takes], **said,
    }  # fmt: skip


def agree(stage: SimpleNamespace, *terms: Any, on: datetime.date = START, **content: Any) -> Agreement:
    """Drafted, proposed and signed by all on that day."""
    at, people = noon(on), stage.people
    draft = actions.draft_agreement(
        by=people[0], at=at,
        **{
            "title": "Together", "kind": stage.kind, "starts_on": on, "ends_on": END, "notice_days": 0,
            "parties": [{"institution": house} for house in stage.houses], "terms": list(terms), **content,
        },
    )  # fmt: skip
    actions.propose_agreement(draft, by=people[0], at=at)
    return sign_all(stage, draft, on)


def sign_all(stage: SimpleNamespace, agreement: Agreement, on: datetime.date) -> Agreement:
    for person in stage.people:
        fresh = Agreement.objects.get(pk=agreement.pk)
        signing.approve_agreement(fresh, content_hash=fresh.shown.content_hash, by=person, at=noon(on))
    return Agreement.objects.get(pk=agreement.pk)


def log(
    stage: SimpleNamespace, agreement: Agreement | None, day: datetime.date, who: int = 0, late: int = 0, **more: Any
) -> Activity:
    """Logged by a teacher of one side, so many days after it took place."""
    partners = [house for place, house in enumerate(stage.houses) if place != who]
    return activities.log_activity(
        by=stage.teachers[who], at=noon(day + datetime.timedelta(days=late)), type_=a_term("activity_type", "open_lesson"),
        starts_on=day, organiser=stage.houses[who], agreement=agreement, **{"partners": partners, **more},
    )  # fmt: skip


def confirm(stage: SimpleNamespace, activity: Activity, who: int = 1) -> Activity:
    """By another side, on the day after it was logged."""
    at = noon(activity.logged_on + datetime.timedelta(days=1))
    return activities.confirm_activity(activity, by=stage.people[who], at=at)


def work(stage: SimpleNamespace, agreement: Agreement | None, day: datetime.date, **more: Any) -> Activity:
    """Logged by the first side and confirmed by the second."""
    return confirm(stage, log(stage, agreement, day, **more))


def owed(agreement: Agreement, **where: Any) -> Obligation:
    found: Obligation = Obligation.objects.select_related("agreement").get(agreement=agreement, **where)
    return found


def statuses(agreement: Agreement) -> list[str]:
    rows = Obligation.objects.filter(agreement=agreement).order_by("due_on", "pk")
    return list(rows.values_list("status", flat=True))


def days_pass(agreement: Agreement, on: datetime.date) -> Agreement:
    """The calendar of agreements has run on that day."""
    start_and_end(on, at=noon(on))
    return Agreement.objects.get(pk=agreement.pk)
