"""Practices and shared resources of the cast, made by the product's own actions: every status, opened and taken up."""

import datetime
from collections.abc import Callable
from typing import Any

from accounts.models import User
from config.worlds.ground import Ground
from config.worlds.plans import terms_by_code
from config.worlds.projects import ADMINS
from cooperation.adoptions.actions import confirm_adoption, report_adoption
from cooperation.adoptions.subjects import Subject
from cooperation.practices.actions import draft_practice
from cooperation.practices.adopting import SUBJECT
from cooperation.resources.actions import draft_resource, open_resource
from cooperation.reviewing import actions
from cooperation.reviewing.models import Reviewed
from institutions.registry.models import Institution

DAY = datetime.timedelta(days=1)
AUTHORS = {"a": "teacher", "b": "partner_teacher", "c": "other_teacher"}
STEPS: dict[str, tuple[Callable[..., Any], dict[str, str]]] = {
    "submit": (actions.submit_for_review, AUTHORS), "publish": (actions.publish_reviewed, ADMINS),
    "return": (actions.return_to_author, ADMINS), "withdraw": (actions.withdraw_reviewed, AUTHORS),
}  # fmt: skip


def play_shared(here: Ground, data: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]) -> None:
    """What teachers wrote down and institutions opened to others; a pack without a list has none."""
    told = data.get("shared")
    if told is not None:
        players = Players(here, told, houses, users)
        for plan in told["practices"]:
            players.practice(plan)
        for plan in told["resources"]:
            players.resource(plan)


class Players:
    """Plays them with the people of the institutions of the stage; days are counted back from today."""

    def __init__(
        self, here: Ground, told: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]
    ) -> None:
        self.here, self.told, self.houses, self.users = here, told, houses, users
        self.forms = terms_by_code("cooperation_form")

    def day(self, ago: int) -> datetime.datetime:
        """So many days ago."""
        return self.here.now - ago * DAY

    def practice(self, plan: dict[str, Any]) -> None:
        """Written, reviewed, and taken up by others."""
        content = {name: plan[name] for name in ("title", "done", "outcome")}
        content["form"] = self.forms["cooperation_form", plan["form"]]
        made = draft_practice(by=self.users[AUTHORS[plan["of"]]], at=self.day(plan["ago"]), **content)
        self.review(made, plan)
        for key, ago in plan["used"].items():
            self.take_up(made, plan["of"], key, ago)

    def resource(self, plan: dict[str, Any]) -> None:
        """Written, reviewed, and opened by others."""
        content = {name: plan[name] for name in ("title", "kind", "rights", "description", "how", "link")}
        made = draft_resource(by=self.users[AUTHORS[plan["of"]]], at=self.day(plan["ago"]), **content)
        self.review(made, plan)
        for person, days in plan["opened"].items():
            for ago in days:
                open_resource(made, by=self.users[person], at=self.day(ago))

    def review(self, made: Reviewed, plan: dict[str, Any]) -> None:
        """Its steps, half a day apart."""
        for number, step in enumerate(plan["course"], start=1):
            act, people = STEPS[step]
            reason = {"reason": self.told[f"{step}_reason"]} if f"{step}_reason" in self.told else {}
            at = self.day(plan["ago"]) + number * DAY / 2
            act(made, by=self.users[people[plan["of"]]], at=at, **reason)

    def take_up(self, made: Reviewed, source: str, key: str, ago: int) -> None:
        """Another institution says that it uses it too; the source takes a week to confirm that."""
        speaker = self.users[ADMINS.get(key, f"{key}_admin")]
        subject = Subject(SUBJECT, made)
        adoption = report_adoption(by=speaker, at=self.day(ago), subject=subject, institution=self.houses[key])
        if ago > 7:
            confirm_adoption(adoption, by=self.users[ADMINS[source]], at=self.day(ago - 7))
