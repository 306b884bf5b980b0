"""Activities of a world: those of the crowd by COPY, those of the cast by the product's own actions."""

import datetime
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from config.packs.copying import Copier
from config.worlds.cast import Cast
from config.worlds.chance import dice
from config.worlds.deeds import Worker, bonds, forms_of
from config.worlds.ground import SINCE, Ground
from config.worlds.naming import Namer
from config.worlds.worked import TABLES, Ledger, Staff
from cooperation.activities.actions import confirm_activity, dispute_activity, log_activity
from institutions.registry.models import Institution
from institutions.territory.models import Term

DAY = datetime.timedelta(days=1)
# who logs and who answers for an institution of the cast
VOICES = {
    "a": ("teacher", "institution_admin"), "b": ("partner_teacher", "partner_admin"), "c": ("other_teacher", "other_admin"),
    "employer": ("employer", "employer_admin"), "school": ("school_admin", "school_admin"),
    "preschool": ("preschool_admin", "preschool_admin"), "mastery": ("mastery_admin", "mastery_admin"),
    "cpd": ("cpd_admin", "cpd_admin"), "authority": ("authority_admin", "authority_admin"),
}  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """Joint work of the cast `ago` days ago: who logged it, with whom, what the partner said: nothing, yes, no; thanks."""

    writer: str
    partners: tuple[str, ...]
    type: str
    ago: int
    answer: str = ""
    thanked: bool = False


VISITS = (
    Visit("teacher", ("b",), "open_lesson", 40, "yes"),
    Visit("teacher", ("b",), "joint_lesson", 26, "yes", True),
    Visit("partner_teacher", ("a",), "guest_teaching", 19, "yes"),
    Visit("teacher", ("employer",), "practice_day", 16, "yes"),
    Visit("teacher", ("b",), "master_class", 12, "no"),
    Visit("partner_teacher", ("a",), "joint_lesson", 9),
    Visit("partner_teacher", ("a",), "seminar", 5),
    Visit("employer", ("a",), "employer_visit", 4),
    Visit("teacher", ("b",), "open_lesson", 3),
    Visit("teacher", ("b", "employer"), "project_work", 2),
    Visit("teacher", ("c",), "open_lesson", 1),
    Visit("partner_teacher", ("a", "c"), "master_class", 0),
)


def write_activities(here: Ground, namer: Namer, houses: dict[str, Institution], cast: Cast, count: int) -> None:
    """So many under the agreements of the world, and what the cast did."""
    data, chance = namer.data["activities"], dice(here.seed, "activities")
    voices = {houses[key].pk: tuple(cast.users[name].pk for name in names) for key, names in VOICES.items()}
    copier = Copier(*TABLES)
    email = f"xodim.{{number}}@{namer.data['cast']['email_domain']}"
    staff = Staff(copier, email, here.today - SINCE, voices)  # type: ignore[arg-type]
    ledger = Ledger(copier, staff, data, lambda number: namer.data["people"]["crowd"].format(number=number))
    for deed in Worker(data, chance, here.now).deeds(bonds(here.today), count):
        ledger.write(deed)
    copier.flush()
    day = Day(here, houses, cast.users, data)
    for number, visit in enumerate(VISITS):
        day.play(visit, number)


class Day:
    """Plays the visits of the cast."""

    def __init__(
        self, here: Ground, houses: dict[str, Institution], users: dict[str, User], data: dict[str, Any]
    ) -> None:
        self.now, self.houses, self.users, self.data = here.now, houses, users, data
        self.categories = {term.code: term for term in Term.objects.filter(vocabulary="participant_category")}

    def play(self, visit: Visit, number: int) -> None:
        """One piece of joint work: logged, and answered where the partner has answered."""
        kind = next(kind for kind in self.data["kinds"] if kind["type"] == visit.type)
        type_, form = forms_of([kind])[visit.type]
        at, notes = self.now - visit.ago * DAY, self.data["notes"]
        activity = log_activity(
            by=self.users[visit.writer], at=at, type_=type_, form=form,
            partners=[self.houses[key] for key in visit.partners],
            counts={self.categories[code]: low for code, (low, _high) in kind["counts"].items()},
            note=notes[number % len(notes)] if number % 3 == 0 else "",
        )  # fmt: skip
        answerer = self.users[VOICES[visit.partners[0]][1]]
        if visit.answer == "yes":
            thanks = self.data["thanks"] if visit.thanked else ""
            confirm_activity(
                activity, by=answerer, at=at + DAY / 2, content_hash=activity.content_hash, thanks=thanks
            )  # fmt: skip
        elif visit.answer == "no":
            dispute_activity(activity, by=answerer, at=at + DAY / 2, reason=self.data["dispute_reason"])
