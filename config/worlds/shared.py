"""Practices and shared resources of the cast, made by the product's own actions: every status, opened and taken up."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import User
from config.worlds.ground import SINCE, Ground
from config.worlds.plans import terms_by_code
from config.worlds.projects import ADMINS
from config.worlds.worked import NOBODYS
from cooperation.adoptions.actions import confirm_adoption, report_adoption
from cooperation.adoptions.subjects import Subject
from cooperation.practices.actions import draft_practice
from cooperation.practices.adopting import SUBJECT
from cooperation.resources.actions import draft_resource, open_resource
from cooperation.reviewing import actions
from cooperation.reviewing.models import Reviewed
from institutions.people.models import Membership, MembershipStatus
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from lifecycle.events import record

DAY = datetime.timedelta(days=1)
AUTHORS = {"a": "teacher", "b": "partner_teacher", "c": "other_teacher"}
STEPS: dict[str, tuple[Callable[..., Any], bool]] = {  # what is done, and whether the reviewer does it
    "submit": (actions.submit_for_review, False), "publish": (actions.publish_reviewed, True),
    "return": (actions.return_to_author, True), "withdraw": (actions.withdraw_reviewed, False),
}  # fmt: skip


def play_shared(here: Ground, data: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]) -> None:
    """What teachers wrote down and institutions opened to others; a pack without a list has none."""
    told = data.get("shared")
    if told is not None:
        players = Players(here, data, houses, users)
        for plan in told["practices"]:
            players.practice(plan)
        for plan in told["resources"]:
            players.resource(plan)


class Players:
    """Plays them with the people of the institutions of the stage; days are counted back from today."""

    def __init__(
        self, here: Ground, data: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]
    ) -> None:
        self.here, self.told, self.data, self.houses = here, data["shared"], data, houses
        self.users, self.writers = users, dict[str, User]()
        self.forms = terms_by_code("cooperation_form")

    def day(self, ago: int) -> datetime.datetime:
        """So many days ago."""
        return self.here.now - ago * DAY

    def practice(self, plan: dict[str, Any]) -> None:
        """Written, reviewed, and taken up by others."""
        content = {name: plan[name] for name in ("title", "done", "outcome")}
        content["form"] = self.forms["cooperation_form", plan["form"]]
        author = self.writer(plan["of"]) if "publish" in plan["course"] else self.users[AUTHORS[plan["of"]]]
        made = draft_practice(by=author, at=self.day(plan["ago"]), **content)
        self.review(made, plan, author)
        for key, ago in plan["used"].items():
            self.take_up(made, plan["of"], key, ago)

    def resource(self, plan: dict[str, Any]) -> None:
        """Written, reviewed, and opened by others."""
        content = {name: plan[name] for name in ("title", "kind", "rights", "description", "how", "link")}
        author = self.users[AUTHORS[plan["of"]]]
        made = draft_resource(by=author, at=self.day(plan["ago"]), **content)
        self.review(made, plan, author)
        for person, days in plan["opened"].items():
            for ago in days:
                open_resource(made, by=self.users[person], at=self.day(ago))

    def writer(self, key: str) -> User:
        """A teacher there whose name everybody may read: it is none that could be taken for one of the cast."""
        if key not in self.writers:
            number, house = len(self.writers) + 1, self.houses[key]
            email = f"muallif.{number}@{self.data['cast']['email_domain']}"
            name = self.data["people"]["author"].format(number=number)
            user = User.objects.create(email=email, name=name, password=NOBODYS, joined_at=self.here.now - SINCE)
            post = Membership.objects.create(
                user=user, role=str(Role.TEACHER), institution=house, status=MembershipStatus.ACTIVE, email=email,
                valid=DateRange(self.here.today - SINCE, None),
            )  # fmt: skip
            told = {"status_after": post.status, **post.audience()}
            record("grant", subject_type="membership", subject_id=post.public_id, by=None, at=self.here.now, **told)
            self.writers[key] = user
        return self.writers[key]

    def review(self, made: Reviewed, plan: dict[str, Any], author: User) -> None:
        """Its steps, half a day apart."""
        for number, step in enumerate(plan["course"], start=1):
            act, is_reviewer = STEPS[step]
            reason = {"reason": self.told[f"{step}_reason"]} if f"{step}_reason" in self.told else {}
            at = self.day(plan["ago"]) + number * DAY / 2
            act(made, by=self.users[ADMINS[plan["of"]]] if is_reviewer else author, at=at, **reason)

    def take_up(self, made: Reviewed, source: str, key: str, ago: int) -> None:
        """Another institution says that it uses it too; the source takes a week to confirm that."""
        speaker = self.users[ADMINS.get(key, f"{key}_admin")]
        subject = Subject(SUBJECT, made)
        adoption = report_adoption(by=speaker, at=self.day(ago), subject=subject, institution=self.houses[key])
        if ago > 7:
            confirm_adoption(adoption, by=self.users[ADMINS[source]], at=self.day(ago - 7))
