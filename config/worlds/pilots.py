"""Pilot projects of the cast's laboratory, made by the product's own actions: one at every stage."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from accounts.models import User
from config.worlds.ground import Ground
from config.worlds.plans import terms_by_code
from cooperation.adoptions.actions import confirm_adoption, report_adoption
from cooperation.adoptions.subjects import seen_subject
from cooperation.reviewing.actions import publish_reviewed, submit_for_review
from institutions.people.models import Membership
from institutions.registry.models import Institution
from labs.examinations import actions as examinations
from labs.examinations import writing
from labs.examinations.rubric import criteria_on
from labs.implementation import actions as implementation
from labs.implementation.locking import code_of
from labs.laboratories.actions import take_in_member
from labs.laboratories.models import Laboratory
from labs.pilots import actions as pilots
from labs.pilots import developing, group
from labs.pilots.models import PARTS, PilotProject
from labs.problems.actions import accept_problem, raise_problem, vote_for
from labs.problems.models import Problem
from labs.spread.actions import start_spreading
from labs.trials import actions as trials
from labs.trials.models import Trial
from labs.verdicts import actions as verdicts
from labs.works.actions import enter_work

DAY = datetime.timedelta(days=1)
LEAD, GROUP = "partner_teacher", ("partner_teacher", "preschool_teacher", "cpd_teacher")
EXPERTS, PANEL = ("expert", "second_expert"), ("third_expert", "mastery_admin", "other_admin")
TREATED, COMPARISON = ("preschool", "school"), ("c",)
ADMINS = {"a": "institution_admin", "c": "other_admin"}
STAGES = (
    "object", "direction", "group", "development", "submitted", "examination", "accepted", "programme",
    "preregistered", "piloting", "assessment", "assessed", "disseminating",
)  # fmt: skip


def play_pilots(here: Ground, data: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]) -> None:
    """Projects of the pack's list; a pack without a list, or a world without a laboratory, has none."""
    told = data.get("pilots")
    if told is None:
        return
    fresh = Institution.objects.in_bulk([house.pk for house in houses.values()])
    lab = Laboratory.objects.filter(host=houses["b"]).order_by("pk").first()
    if lab is None:
        return
    players = PilotPlayers({key: fresh[house.pk] for key, house in houses.items()}, users, told, here)
    players.lab = take_in_member(
        lab, by=users["coordinator"], at=here.now - 76 * DAY, institution=fresh[houses["a"].pk]
    )
    for plan in told["made"]:
        players.play(plan)


class PilotPlayers:
    """Plays projects with the institutions and the people of the cast."""

    def __init__(
        self, houses: dict[str, Institution], users: dict[str, User], told: dict[str, Any], here: Ground
    ) -> None:
        self.houses, self.users, self.told, self.here = houses, users, told, here
        self.words = terms_by_code("programme_direction", "isced_f", "participant_kind")
        self.lab: Laboratory
        self.at = here.now

    def problem(self, plan: Mapping[str, Any]) -> Problem:
        """Raised by a member, voted for by others, accepted."""
        problem = raise_problem(
            by=self.users["teacher"], at=self.at, laboratory=self.lab, title=plan["problem"],
            statement=plan["statement"], evidence=plan["evidence"],
        )  # fmt: skip
        for voter in ("partner_admin", "preschool_admin", "cpd_admin")[: plan.get("votes", 3)]:
            vote_for(problem, by=self.users[voter], at=self.at)
        return accept_problem(problem, by=self.users["coordinator"], at=self.at)

    def play(self, plan: Mapping[str, Any]) -> None:
        """One project up to its stage, a day and a half an act."""
        self.at = self.here.now - 75 * DAY
        problem = self.problem(plan)
        if plan["stage"] == "problem":
            return
        project = pilots.open_project(
            by=self.users["coordinator"], at=self.later(), problems=[problem], title=plan["title"]
        )
        steps: Mapping[str, Callable[[PilotProject, Mapping[str, Any]], None]] = {
            "object": self.define, "direction": self.direct, "group": self.gather, "development": self.develop,
            "submitted": self.submit, "examination": self.examine, "accepted": self.decide,
            "programme": self.programme, "preregistered": self.lock, "piloting": self.pilot,
            "assessment": self.measure, "assessed": self.judge, "disseminating": self.spread,
        }  # fmt: skip
        for name in STAGES[: STAGES.index(plan["stage"]) + 1]:
            steps[name](project, plan)
        for work in plan.get("works", ()):
            self.write(project, work)
        if plan.get("stopped"):
            pilots.stop_project(project, by=self.users["coordinator"], at=self.later(), reason=self.told["stop_reason"])

    def write(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        """A work of the project, read by the administrator and published where the list says so."""
        said = {name: plan[name] for name in ("kind", "title", "authors", "year", "published_in", "description")}
        said["link"] = f"https://example.org/{project.public_id}/{plan['kind']}"
        work = enter_work(by=self.users[LEAD], at=self.later(), laboratory=self.lab, project=project, **said)
        if plan["course"] == "published":
            submit_for_review(work.resource, by=self.users[LEAD], at=self.later())
            publish_reviewed(work.resource, by=self.users["partner_admin"], at=self.later())

    def later(self) -> datetime.datetime:
        """The next act is a day and a half later, never after now."""
        self.at = min(self.at + 1.5 * DAY, self.here.now)
        return self.at

    def define(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        pilots.define_object(
            project,
            by=self.users["coordinator"],
            at=self.later(),
            object=plan["object"],
            object_evidence=plan["evidence"],
        )

    def direct(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        goals = [{"text": plan["goal"], "indicator": None, "sense": "up"}]
        pilots.set_direction(
            project, by=self.users["coordinator"], at=self.later(), goals=goals,
            direction=self.words["programme_direction", plan["direction"]], compatibility=self.told["compatibility"],
        )  # fmt: skip

    def gather(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        members = [
            {"member": Membership.objects.get(user=self.users[key], role="teacher"), "tasks": tasks,
             "part": "practitioner" if key == "preschool_teacher" else "researcher",
             "raci": "accountable" if key == LEAD else "responsible",
             "field": self.words["isced_f", "0112" if key == "preschool_teacher" else "0111"]}
            for key, tasks in zip(GROUP, self.told["tasks"], strict=True)
        ]  # fmt: skip
        group.save_group(project, by=self.users["coordinator"], at=self.later(), members=members)
        for key in GROUP:
            group.agree(project, by=self.users[key], at=self.later())
        for key in ("coordinator", "institution_admin"):
            group.approve_group(project, by=self.users[key], at=self.later())

    def develop(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        at = self.later()
        developing.start_development(
            project, by=self.users[LEAD], at=at, deadline=at.date() + plan.get("days", 30) * DAY
        )
        parts = dict(zip(PARTS, self.told["parts"], strict=True))
        developing.save_version(project, by=self.users[LEAD], at=self.later(), **parts)
        if plan.get("extended"):
            developing.extend(
                project, by=self.users["coordinator"], at=self.later(), reason=self.told["extend_reason"],
                deadline=at.date() + (plan["days"] + plan["extended"]) * DAY,
            )  # fmt: skip

    def submit(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        developing.submit_project(project, by=self.users[LEAD], at=self.later())

    def examine(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        round_ = examinations.open_examination(project, by=self.users["coordinator"], at=self.later())
        for key in EXPERTS:
            review = examinations.invite_expert(
                round_, by=self.users["coordinator"], at=self.later(), expert=self.users[key], note=self.told["note"]
            )
            writing.accept_review(review, by=self.users[key], at=self.later())
        examinations.start_examination(round_, by=self.users["coordinator"], at=self.later())
        project.refresh_from_db()

    def decide(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        round_ = project.examinations.order_by("-round")[0]
        scores = [
            {"criterion": each, "level": 3 + number % 2, "reason": self.told["score_reason"]}
            for number, each in enumerate(criteria_on(self.here.today))
        ]
        for review in round_.reviews.select_related("expert").order_by("pk"):
            writing.submit_review(
                review, by=review.expert, at=self.later(), scores=scores, comment=self.told["comment"]
            )
        examinations.decide_examination(round_, by=self.users["coordinator"], at=self.later(), decision="accepted")
        project.refresh_from_db()

    def programme(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        first = self.later().date()
        steps = [
            {"title": title, "owner": self.houses["preschool"], "resources": self.told["resources"],
             "starts_on": first + number * 7 * DAY, "due_on": first + (number + 2) * 7 * DAY}
            for number, title in enumerate(self.told["steps"])
        ]  # fmt: skip
        sites = [
            *({"institution": self.houses[key], "arm": "treated"} for key in TREATED),
            *({"institution": self.houses[key], "arm": "comparison"} for key in COMPARISON),
        ]
        implementation.save_programme(project, by=self.users[LEAD], at=self.at, steps=steps, sites=sites)
        for key in (*TREATED, *COMPARISON):
            implementation.join_site(project, by=self.head(key), at=self.later())
        pilots.approve_programme(project, by=self.users["coordinator"], at=self.later())

    def head(self, key: str) -> User:
        """Who speaks for a site."""
        return self.users[ADMINS.get(key, f"{key}_admin")]

    def lock(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        written = implementation.save_plan(project, by=self.users[LEAD], at=self.later(), plan=self.plan_of(plan))
        trials.preregister(project, by=self.users[LEAD], at=self.later(), content_hash=code_of(written))
        project.refresh_from_db()

    def plan_of(self, plan: Mapping[str, Any]) -> dict[str, Any]:
        """A whole pre-registration."""
        told, first = self.told["plan"], self.at.date()

        def window(begin: int, end: int) -> dict[str, str]:
            return {"from": (first + begin * DAY).isoformat(), "until": (first + end * DAY).isoformat()}

        outcome = {"code": "main", "name": plan["goal"], "indicator": "", "instrument": told["instrument"],
                   "unit": told["unit"], "kind": "share", "direction": "up"}  # fmt: skip
        return {
            "hypothesis": plan["object"], "outcomes": [outcome],
            "criteria": [{"outcome": "main", "measure": "difference", "bound": "at_least", "threshold": "5"}],
            "harm": {"outcome": "main", "measure": "difference", "worse_than": "-3"},
            "comparison": {"rule": "matched", "sites": [self.houses[key].public_id for key in COMPARISON]},
            "treated": [self.houses[key].public_id for key in TREATED],
            "baseline": window(0, 8), "endline": window(10, 45), "minimum_sample": "100", "fidelity": "60",
            "exclusions": told["exclusions"], "analysis": {"compare": "change", "weigh": "pooled"},
        }  # fmt: skip

    def trial(self, project: PilotProject) -> Trial:
        return Trial.objects.filter(project=project).order_by("-pk")[:1].get()

    def enter(self, trial: Trial, wave: str, figures: Mapping[str, list[int]]) -> None:
        for key, pair in figures.items():
            site = trial.sites.get(institution=self.houses[key])
            said = [{"outcome": "main", "numerator": pair[0], "denominator": pair[1]}]
            trials.enter_figures(trial, by=self.head(key), at=self.later(), site=site, wave=wave, figures=said)

    def pilot(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        trial = trials.open_trial(self.trial(project), by=self.users[LEAD], at=self.later())
        self.enter(trial, "baseline", self.told["baseline"])
        trials.run_trial(trial, by=self.users[LEAD], at=self.later())
        for key in TREATED:
            for number, step in enumerate(project.steps.order_by("position")):
                done = "partly" if key == "school" and number == 1 else "done"
                trials.log_step(
                    trial, by=self.head(key), at=self.later(), site=trial.sites.get(institution=self.houses[key]),
                    step=step, done=done, deviation=self.told["deviation"] if done == "partly" else "",
                )  # fmt: skip
        project.refresh_from_db()

    def measure(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        trial = trials.measure_trial(self.trial(project), by=self.users[LEAD], at=self.later())
        self.enter(trial, "endline", self.told["endline"][plan.get("ending", "won")])
        trials.close_trial(trial, by=self.users[LEAD], at=self.later())
        pilots.end_pilot(project, by=self.users[LEAD], at=self.later())

    def judge(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        people = [self.users[key] for key in PANEL]
        verdict = verdicts.seat_panel(project, by=self.users["coordinator"], at=self.later(), people=people)
        held_back = self.here.today + plan["embargo"] * DAY if plan.get("embargo") else None
        verdict = verdicts.propose_words(
            verdict, by=people[1], at=self.later(), value=verdict.computed, reason=plan.get("said", ""),
            embargo_until=held_back,
        )  # fmt: skip
        for person in (people[0], people[2]):
            verdict = verdicts.agree_to_words(verdict, by=person, at=self.later(), words_hash=verdict.words_hash)
        project.refresh_from_db()

    def spread(self, project: PilotProject, plan: Mapping[str, Any]) -> None:
        kinds = [self.words["participant_kind", code] for code in ("preschool", "school")]
        start_spreading(
            project, by=self.users["coordinator"], at=self.later(), territory=self.here.root, kinds=kinds,
            window_ends_on=self.here.today + 300 * DAY,
        )  # fmt: skip
        subject = seen_subject(self.users["other_admin"], "pilot", project.public_id)
        if subject is not None:
            adoption = report_adoption(
                by=self.users["other_admin"], at=self.later(), subject=subject, institution=self.houses["c"]
            )
            confirm_adoption(adoption, by=self.users["partner_admin"], at=self.later())
