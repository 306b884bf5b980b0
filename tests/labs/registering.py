"""Projects with their programme, a whole plan, a lock and a trial, walked there by the actions themselves."""

import datetime
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from accounts.models import User
from institutions.registry.models import Institution
from labs.implementation.actions import join_site, save_plan, save_programme
from labs.implementation.locking import code_of
from labs.models import PilotProject, Trial
from labs.pilots.actions import approve_programme
from labs.trials.actions import open_trial, preregister
from tests.factories import a_member
from tests.labs.making import a_coordinator, a_group, a_laboratory, a_project

BEGAN = datetime.date(2026, 11, 1)


def a_stage(world: SimpleNamespace, status: str = "accepted") -> SimpleNamespace:
    """An accepted project with its people: lead, coordinator, and the heads of the schools a (treated) and c."""
    lab = a_laboratory(world.b, world.a, world.c)
    project = a_project(lab, status)
    group = a_group(project, world.b, world.a)
    return SimpleNamespace(
        lab=lab, project=project, lead=group[0].user, coordinator=a_coordinator(lab), group=group, a=world.a, c=world.c,
        head_a=a_member("institution_admin", world.a), head_c=a_member("institution_admin", world.c),
        teacher_a=a_member("teacher", world.a), teacher_c=a_member("teacher", world.c),
    )  # fmt: skip


def steps_of(owner: Institution, *titles: str) -> list[dict[str, Any]]:
    """Steps of a programme, all of one owner."""
    days = {"starts_on": BEGAN, "due_on": BEGAN + datetime.timedelta(days=60)}
    return [{"title": title, "owner": owner, "resources": "Twenty books", **days} for title in titles]


def with_programme(stage: SimpleNamespace, comparison: bool = True) -> PilotProject:
    """Steps planned, sites joined, the programme approved."""
    now = timezone.now()
    sites = [
        {"institution": stage.a, "arm": "treated"},
        *([{"institution": stage.c, "arm": "comparison"}] if comparison else []),
    ]
    save_programme(
        stage.project, by=stage.lead, at=now, steps=steps_of(stage.a, "Train teachers", "Read in pairs"), sites=sites
    )
    join_site(stage.project, by=stage.head_a, at=now)
    if comparison:
        join_site(stage.project, by=stage.head_c, at=now)
    return approve_programme(stage.project, by=stage.coordinator, at=now)


def a_plan(project: PilotProject, **parts: Any) -> dict[str, Any]:
    """A plan without a fault for the sites of this project: one share, its difference of changes, harm on itself."""
    sites: dict[str, list[str]] = {"treated": [], "comparison": []}
    for site in project.sites.select_related("institution").order_by("pk"):
        sites[site.arm].append(site.institution.public_id)
    whole: dict[str, Any] = {
        "hypothesis": "Children who read in pairs read more fluently.",
        "outcomes": [
            {"code": "reading", "name": "Fluent readers", "indicator": "", "instrument": "A minute of reading aloud",
             "unit": "pupils", "kind": "share", "direction": "up"},
        ],
        "criteria": [{"outcome": "reading", "measure": "difference", "bound": "at_least", "threshold": "5"}],
        "harm": {"outcome": "reading", "measure": "difference", "worse_than": "-2"},
        "comparison": {"rule": "matched" if sites["comparison"] else "none", "sites": sites["comparison"]},
        "treated": sites["treated"],
        "baseline": {"from": "2026-11-01", "until": "2026-11-15"},
        "endline": {"from": "2026-11-20", "until": "2026-12-20"},
        "minimum_sample": "60",
        "fidelity": "70",
        "exclusions": "Nobody is left out.",
        "analysis": {"compare": "change", "weigh": "pooled"},
    }  # fmt: skip
    return {**whole, **parts}


def locked(stage: SimpleNamespace, **parts: Any) -> Trial:
    """The plan written and locked; its trial is set up."""
    now = timezone.now()
    written = save_plan(stage.project, by=stage.lead, at=now, plan=a_plan(stage.project, **parts))
    return preregister(stage.project, by=stage.lead, at=now, content_hash=code_of(written))


def opened(stage: SimpleNamespace, **parts: Any) -> Trial:
    """A trial in its baseline, its project piloting."""
    with_programme(stage)
    return open_trial(locked(stage, **parts), by=stage.lead, at=timezone.now())


def site_of(trial: Trial, house: Institution) -> Any:
    """The site of an institution."""
    return trial.sites.get(institution=house)


def figure(numerator: Any = 30, denominator: Any = 60, outcome: str = "reading") -> dict[str, Any]:
    """One figure as a site enters it."""
    return {"outcome": outcome, "numerator": numerator, "denominator": denominator}


def person_of(house: Institution) -> User:
    """Somebody of an institution."""
    return a_member("teacher", house)
