"""Joint programmes of the cast and who uses them, made by the product's own actions: every status one meets."""

import datetime
from collections.abc import Callable
from typing import Any

from accounts.models import User
from config.worlds.ground import Ground
from config.worlds.plans import terms_by_code
from config.worlds.projects import DAY, Players
from cooperation.adoptions import actions as adopting
from cooperation.adoptions.models import Adoption
from cooperation.adoptions.subjects import Subject
from cooperation.programmes import actions
from cooperation.programmes.adopting import CODE, VERSIONS
from cooperation.programmes.models import JointProgramme
from institutions.registry.models import Institution

WRITTEN: dict[str, Callable[..., JointProgramme]] = {
    "start": actions.start_work, "accept": actions.accept_role, "decline": actions.decline_role,
    "approve": actions.approve_version, "revise": actions.revise_programme, "retire": actions.retire_programme,
}  # fmt: skip
USED: dict[str, Callable[..., Adoption]] = {
    "affirm": adopting.confirm_adoption, "keep": adopting.sustain_adoption, "quit": adopting.drop_adoption,
}  # fmt: skip


def play_programmes(here: Ground, data: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]) -> None:
    """Each programme of the pack's list, step by step; a pack without a list has none."""
    told = data.get("programmes")
    if told is None:
        return
    fresh = Institution.objects.in_bulk([house.pk for house in houses.values()])
    players = Writers({key: fresh[house.pk] for key, house in houses.items()}, users, told, here)
    players.words |= terms_by_code("isced_f", "isced_level")
    for plan in sorted(told["made"], key=lambda plan: -plan["ago"]):
        players.write(plan)


class Writers(Players):
    """Plays programmes with the institutions and the people who speak for them."""

    def write(self, plan: dict[str, Any]) -> None:
        """One programme: drafted `ago` days ago, its steps spread from then until yesterday."""
        at = self.here.now - plan["ago"] * DAY
        programme = actions.draft_programme(
            by=self.speaker(plan["lead"]), at=at, lead=self.houses[plan["lead"]], title=plan["title"],
            level=self.words["isced_level", plan["level"]], contents=plan["contents"],
            fields_of_study=[self.words["isced_f", code] for code in plan["fields"]],
            members=[
                {"institution": self.houses[key], "role": self.words["party_role", role]}
                for key, role in plan["members"]
            ],
        )  # fmt: skip
        pace = plan["ago"] * DAY / (len(plan["course"]) + 1)
        for step in plan["course"]:
            at += pace
            self.make(step, plan, programme, at)

    def make(self, step: str, plan: dict[str, Any], programme: JointProgramme, at: datetime.datetime) -> None:
        """`accept:b` is said by b, `affirm:c:a` by a of what c uses; whatever has no speaker is the lead's."""
        name, _colon, who = step.partition(":")
        who, _colon, source = who.partition(":")
        by = self.speaker(source or who or plan["lead"])
        if name == "adopt":
            subject = Subject(VERSIONS, programme.in_force)
            adopting.report_adoption(
                by=by, at=at, subject=subject, institution=self.houses[who], note=self.told["note"]
            )
        elif name in USED:
            reason = {"reason": self.told["drop_reason"]} if name == "quit" else {}
            mine = Adoption.objects.filter(
                subject_type=CODE, institution=self.houses[who],
                subject_id__in=programme.versions.values("public_id"),
            )  # fmt: skip
            USED[name](mine.get(), by=by, at=at, **reason)
        elif name == "write":
            actions.save_programme(programme, by=by, at=at, changes=plan["changes"], link=self.told["link"])
        elif name == "confirm":
            read = programme.open.content_hash if programme.open else ""
            actions.confirm_content(programme, by=by, at=at, content_hash=read)
        else:
            told = {"reason": self.told[f"{name}_reason"]} if f"{name}_reason" in self.told else {}
            WRITTEN[name](programme, by=by, at=at, **told)
