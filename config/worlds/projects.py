"""Joint projects of the cast, made by the product's own actions: every status one meets, early, in time and late."""

import datetime
from collections.abc import Callable
from typing import Any

from accounts.models import User
from config.worlds.ground import Ground
from config.worlds.plans import terms_by_code
from cooperation.activities.models import Activity
from cooperation.projects import actions
from cooperation.projects.models import JointProject
from institutions.registry.models import Institution

DAY = datetime.timedelta(days=1)
ADMINS = {"a": "institution_admin", "b": "partner_admin", "c": "other_admin"}
BY_A_PARTNER = ("accept", "decline", "confirm")
PLACES = {"stage": "stage", "deliver": "output", "drop": "output"}
STEPS: dict[str, Callable[..., JointProject]] = {
    "propose": actions.propose_project, "accept": actions.accept_role, "decline": actions.decline_role,
    "stage": actions.finish_stage, "deliver": actions.deliver_output, "drop": actions.drop_output,
    "complete": actions.complete_project, "confirm": actions.confirm_project, "pause": actions.pause_project,
    "stop": actions.stop_project,
}  # fmt: skip


def play_projects(here: Ground, data: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]) -> None:
    """Each project of the pack's list, step by step; a pack without a list has none."""
    told = data.get("projects")
    if told is None:
        return
    fresh = Institution.objects.in_bulk([house.pk for house in houses.values()])
    players = Players({key: fresh[house.pk] for key, house in houses.items()}, users, told, here)
    for plan in sorted(told["made"], key=lambda plan: -plan["ago"]):
        players.play(plan)


class Players:
    """Plays projects with the institutions and the people who speak for them."""

    def __init__(
        self, houses: dict[str, Institution], users: dict[str, User], told: dict[str, Any], here: Ground
    ) -> None:
        self.houses, self.users, self.told, self.here = houses, users, told, here
        self.words = terms_by_code("party_role", "output_kind")

    def speaker(self, key: str) -> User:
        """Who speaks for an institution of the stage."""
        return self.users[ADMINS.get(key, f"{key}_admin")]

    def play(self, plan: dict[str, Any]) -> JointProject:
        """One project: drafted `ago` days ago, its steps spread from then until yesterday."""
        at = self.here.now - plan["ago"] * DAY
        project = actions.draft_project(
            by=self.speaker(plan["lead"]), at=at, lead=self.houses[plan["lead"]], **self.content(plan)
        )
        pace = plan["ago"] * DAY / (len(plan["course"]) + 1)
        for step in plan["course"]:
            at += pace
            self.step(step, plan, project, at)
        return project

    def content(self, plan: dict[str, Any]) -> dict[str, Any]:
        """What is planned, in days from today as the list tells them."""
        today = self.here.today
        return {
            "title": plan["title"], "goal": plan["goal"], "budget": plan["budget"],
            "starts_on": today + plan["starts"] * DAY, "ends_on": today + plan["ends"] * DAY,
            "partners": [
                {"institution": self.houses[key], "role": self.words["party_role", role]}
                for key, role in plan["partners"]
            ],
            "stages": [{"title": title, "due_on": today + due * DAY} for title, due in plan["stages"]],
            "outputs": [{"kind": self.words["output_kind", kind], "title": title} for kind, title in plan["outputs"]],
        }  # fmt: skip

    def step(self, step: str, plan: dict[str, Any], project: JointProject, at: datetime.datetime) -> None:
        """`accept:b` is said by b, `stage:0` and `deliver:0` are of a place; whatever has no speaker is the lead's."""
        name, _colon, what = step.partition(":")
        by = self.speaker(what if name in BY_A_PARTNER else plan["lead"])
        told: dict[str, Any] = {"reason": self.told[f"{name}_reason"]} if f"{name}_reason" in self.told else {}
        if name in PLACES:
            told[PLACES[name]] = int(what)
        if name == "deliver":
            told["link"] = self.told["link"]
        if name == "deed":
            self.add(project, by, at)
        else:
            STEPS[name](project, by=by, at=at, **told)

    def add(self, project: JointProject, lead: User, at: datetime.datetime) -> None:
        """The latest confirmed activity of the lead that belongs to no project yet, if there is one."""
        rows = Activity.objects.filter(organiser=project.lead, status="confirmed", deed__isnull=True, logged_at__lt=at)
        found = rows.order_by("-logged_at", "-pk").first()
        if found is not None:
            actions.add_activity(project, by=lead, at=at, activity=found)
