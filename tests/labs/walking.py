"""A project with all its people, who act: each act by its name and whoever makes it, the right person or any other."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from accounts.models import User
from institutions.people.models import Membership
from institutions.registry.models import Institution
from labs.examinations import actions as examinations
from labs.examinations import writing
from labs.implementation import actions as implementation
from labs.implementation.locking import code_of
from labs.models import Examination, PilotProject, Review, Trial, TrialStatus, Verdict
from labs.pilots import actions as pilots
from labs.pilots import developing, group
from labs.spread import actions as spread
from labs.trials import actions as trials
from labs.verdicts import actions as verdicts
from tests.factories import a_member, a_term, an_institution
from tests.labs.examining import lines, the_rubric
from tests.labs.making import a_coordinator, a_laboratory, a_problem
from tests.labs.registering import a_plan, figure, steps_of

WON, LOST, NOTHING = (150, 200), (40, 200), (105, 200)  # what the treated site has at the end, of a base of 100 in 200


class Walk:
    """The people of one project, and everything they may try."""

    def __init__(self, world: SimpleNamespace, ending: tuple[int, int] = WON) -> None:
        self.world, self.ending = world, ending
        the_rubric()
        self.lab = a_laboratory(world.b, world.a)
        self.coordinator = a_coordinator(self.lab)
        self.members = [self._place(house, number) for number, house in enumerate((world.b, world.a, world.a))]
        self.lead = self.members[0]["member"].user
        self.admin = a_member("institution_admin", world.a)
        self.treated, self.other = (an_institution(world.near, name) for name in ("Tries it", "Goes on"))
        self.reader = an_institution(world.far, "Takes it up")
        self.heads = [a_member("institution_admin", house) for house in (self.treated, self.other)]
        self.experts = [a_member("expert", an_institution(world.far)) for _each in range(3)]
        self.panel = [
            a_member("expert", an_institution(world.far)),
            *(a_member("institution_admin", an_institution(world.far)) for _each in range(2)),
        ]
        self.stranger = a_member("institution_admin", world.c)
        problem = a_problem(self.lab)
        self.project = pilots.open_project(by=self.coordinator, at=now(), problems=[problem])

    def _place(self, house: Institution, number: int) -> dict[str, Any]:
        user = a_member("teacher", house)
        field = a_term("isced_f", ("0111", "0611")[number % 2])
        return {
            "member": Membership.objects.get(user=user), "part": ("researcher", "practitioner")[number % 2],
            "raci": "responsible" if number else "accountable", "tasks": f"Task {number}", "field": field,
        }  # fmt: skip

    @property
    def people(self) -> list[User]:
        """Everybody who may try something."""
        group_ = [each["member"].user for each in self.members]
        return [self.coordinator, *group_, self.admin, *self.heads, *self.experts, *self.panel, self.stranger]

    def fresh(self) -> PilotProject:
        self.project = PilotProject.objects.select_related("laboratory__host", "laboratory__cluster").get(
            pk=self.project.pk
        )
        return self.project

    def round(self) -> Examination:
        return Examination.objects.filter(project=self.project).order_by("-round")[:1].get()

    def review(self, by: User) -> Review:
        return Review.objects.get(examination=self.round(), expert=by)

    def trial(self) -> Trial:
        return Trial.objects.filter(project=self.project).order_by("-pk")[:1].get()

    def verdict(self) -> Verdict:
        return Verdict.objects.filter(trial=self.trial()).prefetch_related("seats")[:1].get()

    # what may be tried, each by anybody

    def define(self, by: User) -> None:
        pilots.define_object(self.fresh(), by=by, at=now(), object="Reading", object_evidence="Three tests")

    def direct(self, by: User) -> None:
        goals = [{"text": "Fluent readers", "indicator": None, "sense": "up"}]
        pilots.set_direction(
            self.fresh(), by=by, at=now(), direction=a_term("programme_direction", "quality"), goals=goals,
            compatibility="Nobody else works on it.",
        )  # fmt: skip

    def name(self, by: User) -> None:
        group.save_group(self.fresh(), by=by, at=now(), members=self.members)

    def agree(self, by: User) -> None:
        group.agree(self.fresh(), by=by, at=now())

    def approve(self, by: User) -> None:
        group.approve_group(self.fresh(), by=by, at=now())

    def develop(self, by: User) -> None:
        developing.start_development(self.fresh(), by=by, at=now(), deadline=today() + datetime.timedelta(days=30))

    def write(self, by: User) -> None:
        number = self.project.versions.count()
        developing.save_version(
            self.fresh(), by=by, at=now(), aim=f"Read {number}", method="In pairs", resources="Books", expected="More"
        )

    def submit(self, by: User) -> None:
        developing.submit_project(self.fresh(), by=by, at=now())

    def open(self, by: User) -> None:
        examinations.open_examination(self.fresh(), by=by, at=now())

    def invite(self, by: User, expert: User | None = None) -> None:
        asked = set(self.round().reviews.values_list("expert", flat=True))
        free = [each for each in self.experts if each.pk not in asked]
        examinations.invite_expert(self.round(), by=by, at=now(), expert=expert or free[0])

    def invite_friend(self, by: User) -> None:
        """Somebody of the group, or of its institution."""
        examinations.invite_expert(self.round(), by=by, at=now(), expert=self.lead, note="A good friend")

    def take_on(self, by: User) -> None:
        writing.accept_review(self.review(by), by=by, at=now())

    def examine(self, by: User) -> None:
        examinations.start_examination(self.round(), by=by, at=now())

    def judge(self, by: User) -> None:
        writing.submit_review(self.review(by), by=by, at=now(), scores=lines(3), comment="Sound.")

    def decide(self, by: User) -> None:
        examinations.decide_examination(self.round(), by=by, at=now(), decision="accepted")

    def plan(self, by: User) -> None:
        sites = [{"institution": self.treated, "arm": "treated"}, {"institution": self.other, "arm": "comparison"}]
        implementation.save_programme(
            self.fresh(), by=by, at=now(), steps=steps_of(self.treated, "Train", "Read"), sites=sites
        )

    def join(self, by: User) -> None:
        implementation.join_site(self.fresh(), by=by, at=now())

    def programme(self, by: User) -> None:
        pilots.approve_programme(self.fresh(), by=by, at=now())

    def preplan(self, by: User) -> None:
        project = self.fresh()
        implementation.save_plan(project, by=by, at=now(), plan=a_plan(project))

    def lock(self, by: User) -> None:
        written = implementation.open_plan(self.fresh())
        trials.preregister(self.project, by=by, at=now(), content_hash=code_of(written) if written else "")

    def begin(self, by: User) -> None:
        trials.open_trial(self.trial(), by=by, at=now())

    def enter(self, by: User) -> None:
        trial = self.trial()
        house = self.treated if by == self.heads[0] else self.other
        numbers = self.ending if trial.status == "endline" and house == self.treated else (100, 200)
        trials.enter_figures(
            trial, by=by, at=now(), site=trial.sites.get(institution=house), wave=trial.status,
            figures=[figure(*numbers)],
        )  # fmt: skip

    def run(self, by: User) -> None:
        trials.run_trial(self.trial(), by=by, at=now())

    def log(self, by: User) -> None:
        trial = self.trial()
        said = set(trial.sites.get(institution=self.treated).logs.values_list("step", flat=True))
        step = next((each for each in self.project.steps.all() if each.pk not in said), self.project.steps.first())
        trials.log_step(trial, by=by, at=now(), site=trial.sites.get(institution=self.treated), step=step, done="done")

    def measure(self, by: User) -> None:
        trials.measure_trial(self.trial(), by=by, at=now())

    def close(self, by: User) -> None:
        trials.close_trial(self.trial(), by=by, at=now())

    def end(self, by: User) -> None:
        pilots.end_pilot(self.fresh(), by=by, at=now())

    def seat(self, by: User) -> None:
        verdicts.seat_panel(self.fresh(), by=by, at=now(), people=self.panel)

    def propose(self, by: User) -> None:
        verdict = self.verdict()
        verdicts.propose_words(verdict, by=by, at=now(), value=verdict.computed)

    def flatter(self, by: User) -> None:
        """A success, whatever the figures give, without a word why."""
        verdicts.propose_words(self.verdict(), by=by, at=now(), value="successful")

    def consent(self, by: User) -> None:
        verdict = self.verdict()
        verdicts.agree_to_words(verdict, by=by, at=now(), words_hash=verdict.words_hash)

    def spread(self, by: User) -> None:
        spread.start_spreading(
            self.fresh(), by=by, at=now(), territory=self.world.country, kinds=[a_term("participant_kind", "school")],
            window_ends_on=today() + datetime.timedelta(days=365),
        )  # fmt: skip

    def again(self, by: User) -> None:
        pilots.try_again(self.fresh(), by=by, at=now())

    def stop(self, by: User) -> None:
        pilots.stop_project(self.fresh(), by=by, at=now(), reason="Enough.")

    def next(self) -> tuple[str, User] | None:
        """The act that leads on, and who makes it; None at the end of the way."""
        project = self.fresh()
        found: dict[str, Callable[[], tuple[str, User] | None]] = {
            "problem_identified": lambda: ("define", self.coordinator),
            "object_defined": lambda: ("direct", self.coordinator),
            "direction_set": self._group,
            "group_approved": lambda: ("develop", self.lead),
            "in_development": lambda: ("submit" if project.versions.exists() else "write", self.lead),
            "submitted": self._experts,
            "in_examination": self._reviews,
            "accepted": self._programme,
            "programme_approved": lambda: ("lock" if implementation.open_plan(project) else "preplan", self.lead),
            "preregistered": lambda: ("begin", self.lead),
            "piloting": self._trial,
            "in_assessment": self._panel,
            "assessed": lambda: ("spread", self.coordinator) if self.verdict().value == "successful" else None,
        }
        step = found.get(project.status)
        return step() if step else None

    def _group(self) -> tuple[str, User]:
        if not self.project.members.exists():
            return "name", self.coordinator
        asked = self.project.members.filter(answer="invited").order_by("pk").first()
        if asked:
            return "agree", asked.user
        given = set(self.project.approvals.values_list("approved_by", flat=True))
        return "approve", next(each for each in (self.coordinator, self.admin) if each.pk not in given)

    def _experts(self) -> tuple[str, User]:
        if not Examination.objects.filter(project=self.project, status="open").exists():
            return "open", self.coordinator
        rows = self.round().reviews
        waiting = rows.filter(status="invited").first()
        if waiting:
            return "take_on", waiting.expert
        ready = rows.filter(status="accepted").count() >= 2
        return ("examine" if ready else "invite"), self.coordinator

    def _reviews(self) -> tuple[str, User]:
        writing_ = self.round().reviews.filter(status="accepted").first()
        return ("judge", writing_.expert) if writing_ else ("decide", self.coordinator)

    def _programme(self) -> tuple[str, User]:
        if not self.project.steps.exists():
            return "plan", self.lead
        waiting = self.project.sites.filter(joined_at=None).order_by("pk").first()
        if waiting:
            return "join", self.heads[waiting.institution_id == self.other.pk]
        return "programme", self.coordinator

    def _trial(self) -> tuple[str, User]:
        trial = self.trial()
        if trial.status in (TrialStatus.BASELINE, TrialStatus.ENDLINE):
            for head, house in zip(self.heads, (self.treated, self.other), strict=True):
                if not trial.sites.get(institution=house).measurements.filter(wave=trial.status).exists():
                    return "enter", head
            return ("run" if trial.status == TrialStatus.BASELINE else "close"), self.lead
        if trial.status == TrialStatus.RUNNING:
            done = trial.sites.get(institution=self.treated).logs.values("step").distinct().count()
            return ("log", self.heads[0]) if done < self.project.steps.count() else ("measure", self.lead)
        return "end", self.lead

    def _panel(self) -> tuple[str, User]:
        verdict = Verdict.objects.filter(trial=self.trial()).first()
        if verdict is None:
            return "seat", self.coordinator
        if not verdict.words_hash:
            return "propose", self.panel[1]
        given = set(verdict.seats.filter(agreed_hash=verdict.words_hash).values_list("user", flat=True))
        return "consent", next(each for each in self.panel if each.pk not in given)


ACTS = (
    "define", "direct", "name", "agree", "approve", "develop", "write", "submit", "open", "invite", "invite_friend",
    "take_on", "examine", "judge", "decide", "plan", "join", "programme", "preplan", "lock", "begin", "enter", "run",
    "log", "measure", "close", "end", "seat", "propose", "flatter", "consent", "spread", "again",
)  # fmt: skip


def now() -> datetime.datetime:
    return timezone.now()


def today() -> datetime.date:
    return timezone.localdate()
