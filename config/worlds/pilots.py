"""Pilot projects of the cast's laboratory, by the product's own actions: stages one to five, in time, late and stopped."""

import datetime
from typing import Any

from accounts.models import User
from config.worlds.ground import Ground
from config.worlds.laboratories import DAY
from config.worlds.plans import terms_by_code
from institutions.people.models import Membership
from labs.laboratories.models import Laboratory
from labs.pilots import actions, developing, group
from labs.pilots.models import PilotProject
from labs.problems.actions import accept_problem, raise_problem
from quality.catalogue.models import Indicator


def play_pilots(here: Ground, data: dict[str, Any], users: dict[str, User]) -> None:
    """Each project of the pack's list, step by step; without a list or a laboratory there is none."""
    told, laboratory = data.get("pilots"), Laboratory.objects.filter(status="active").order_by("pk").first()
    if told is None or laboratory is None:
        return
    players = Developers(laboratory, users, told, here)
    for plan in told["made"]:
        players.play(plan)


class Developers:
    """Plays projects of one laboratory: its coordinator, the people of the group, the two sides that approve."""

    def __init__(self, laboratory: Laboratory, users: dict[str, User], told: dict[str, Any], here: Ground) -> None:
        self.laboratory, self.users, self.told, self.here = laboratory, users, told, here
        self.words = terms_by_code("programme_direction", "isced_f")
        self.coordinator = users["coordinator"]

    def play(self, plan: dict[str, Any]) -> PilotProject:
        """One project: its problem named `ago` days ago, its steps spread from then until yesterday."""
        pace = plan["ago"] * DAY / (len(plan["course"]) + 3)
        at = self.here.now - plan["ago"] * DAY
        said = {"statement": plan["statement"], "evidence": plan["evidence"]}
        by = self.users[self.told["raises"]]
        problem = raise_problem(by=by, at=at, laboratory=self.laboratory, title=plan["problem"], **said)
        accept_problem(problem, by=self.coordinator, at=at + pace)
        at += 2 * pace
        project = actions.open_project(by=self.coordinator, at=at, problems=[problem], title=plan["title"])
        for step in plan["course"]:
            at += pace
            getattr(self, f"play_{step}")(project, plan, at)
        return project

    def play_object(self, project: PilotProject, plan: dict[str, Any], at: datetime.datetime) -> None:
        told = {"object": plan["object"], "object_evidence": plan["evidence"]}
        actions.define_object(project, by=self.coordinator, at=at, **told)

    def play_direction(self, project: PilotProject, plan: dict[str, Any], at: datetime.datetime) -> None:
        text, code, sense = plan["goal"]
        goal = {"text": text, "indicator": Indicator.objects.get(code=code), "sense": sense}
        direction = self.words["programme_direction", plan["direction"]]
        actions.set_direction(
            project, by=self.coordinator, at=at, direction=direction, goals=[goal], compatibility=plan["fits"]
        )

    def play_group(self, project: PilotProject, plan: dict[str, Any], at: datetime.datetime) -> None:
        members = [
            {"member": Membership.objects.filter(user=self.users[key]).order_by("pk")[0], "part": part, "raci": raci,
             "field": self.words["isced_f", field], "tasks": tasks}
            for key, part, raci, field, tasks in self.told["group"]
        ]  # fmt: skip
        group.save_group(project, by=self.coordinator, at=at, members=members)

    def play_agree(self, project: PilotProject, plan: dict[str, Any], at: datetime.datetime) -> None:
        for key, *_told in self.told["group"]:
            group.agree(project, by=self.users[key], at=at)

    def play_approve(self, project: PilotProject, plan: dict[str, Any], at: datetime.datetime) -> None:
        for key in self.told["approve"]:
            group.approve_group(project, by=self.users[key], at=at)

    def play_develop(self, project: PilotProject, plan: dict[str, Any], at: datetime.datetime) -> None:
        day = self.here.today + plan["deadline"] * DAY
        developing.start_development(project, by=self.users[self.told["lead"]], at=at, deadline=day)

    def play_write(self, project: PilotProject, plan: dict[str, Any], at: datetime.datetime) -> None:
        number = project.versions.count()
        developing.save_version(project, by=self.users[self.told["lead"]], at=at, **plan["versions"][number])

    def play_extend(self, project: PilotProject, plan: dict[str, Any], at: datetime.datetime) -> None:
        day = self.here.today + plan["extended"] * DAY
        developing.extend(project, by=self.coordinator, at=at, deadline=day, reason=self.told["extend_reason"])

    def play_submit(self, project: PilotProject, plan: dict[str, Any], at: datetime.datetime) -> None:
        developing.submit_project(project, by=self.users[self.told["lead"]], at=at)

    def play_stop(self, project: PilotProject, plan: dict[str, Any], at: datetime.datetime) -> None:
        actions.stop_project(project, by=self.coordinator, at=at, reason=self.told["stop_reason"])
