"""The laboratory of the cast with its problems, made by the product's own actions from an agreement of three sides."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import User
from config.worlds.ground import Ground
from config.worlds.plans import terms_by_code
from cooperation.agreements.models import Agreement
from institutions.registry.models import ExternalId, Institution
from labs.laboratories import actions as laboratories
from labs.laboratories.models import SCORES, Laboratory
from labs.problems import actions as problems
from labs.problems.models import Problem

DAY = datetime.timedelta(days=1)
STEPS: dict[str, Callable[..., Problem]] = {"accept": problems.accept_problem, "decline": problems.decline_problem}


def play_laboratories(
    here: Ground, data: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]
) -> None:
    """Each laboratory of the pack's list and the problems of the first; a pack without a list has none."""
    told = data.get("laboratories")
    if told is None:
        return
    made = [laboratory for plan in told["made"] if (laboratory := found(here, plan, houses, users))]
    for plan in told["problems"] if made else ():
        name(here, told, plan, made[0], users)


def found(
    here: Ground, plan: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]
) -> Laboratory | None:
    """Proposed and opened by its founding agreement, if its founders have one in force."""
    agreements = Agreement.objects.filter(status="in_force")
    for key in plan["founders"]:
        agreements = agreements.filter(parties__institution=houses[key], parties__signs=True)
    agreement = agreements.order_by("pk").first()
    if agreement is None:
        return None
    at, words = here.now - plan["ago"] * DAY, terms_by_code("activity_direction")
    content = {key: plan[key] for key in ("names", "about", "recommendations")}
    made = laboratories.propose_laboratory(
        by=users["coordinator"], at=at, agreement=agreement, host=Institution.objects.get(pk=houses[plan["host"]].pk),
        directions=[words["activity_direction", code] for code in plan["directions"]],
        services=[{"title": title, "form": None} for title in plan["services"]], **content,
    )  # fmt: skip
    Institution.objects.filter(pk=made.site_id).update(is_demo=True)
    ExternalId.objects.create(
        institution=made.site, scheme="demo", value=plan["number"], valid=DateRange(at.date(), None)
    )
    laboratories.open_laboratory(made, by=users["regional_officer"], at=at + 3 * DAY)
    rated = dict(zip(SCORES, plan["ratings"], strict=True))
    return laboratories.rate_laboratory(made, by=users["coordinator"], at=at + 5 * DAY, note=plan["note"], **rated)


def name(
    here: Ground, told: dict[str, Any], plan: dict[str, Any], laboratory: Laboratory, users: dict[str, User]
) -> None:
    """A problem with its votes, settled as the list says."""
    at = here.now - plan["ago"] * DAY
    said = {key: plan[key] for key in ("title", "statement", "evidence")}
    problem = problems.raise_problem(by=users[plan["by"]], at=at, laboratory=laboratory, **said)
    for place, key in enumerate(plan["votes"], start=1):
        problems.vote_for(problem, by=users[key], at=at + place * DAY)
    for step in plan["course"]:
        reason = {"reason": told["decline_reason"]} if step == "decline" else {}
        STEPS[step](problem, by=users["coordinator"], at=at + 5 * DAY, **reason)
