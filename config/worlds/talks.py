"""Agreements of the cast, made by the product's own actions: every status one meets, with the cast's own signatures."""

import datetime
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from config.worlds.plans import terms_by_code
from cooperation.agreements.actions import (
    change_agreement,
    decline_agreement,
    draft_agreement,
    propose_agreement,
    withdraw_agreement,
)
from cooperation.agreements.leaving import give_notice
from cooperation.agreements.models import Agreement
from cooperation.agreements.revising import amend_agreement
from cooperation.agreements.signing import approve_agreement
from institutions.registry.models import Institution

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Talk:
    """How far an agreement of the cast has come: drafted `ago` days ago, it starts `starts` days from today."""

    kind: str
    parties: tuple[str, ...]
    course: str
    ago: int
    starts: int
    days: int = 365


# course: d draft, p proposed, c changed by the last party, 1 2 3 signed by that party, n declined, w withdrawn; once concluded:
# a the first party asks for a shorter notice, g the last party gives notice
TALKS = (
    Talk("integrative", ("b", "a"), "p12", 640, -600, 365),
    Talk("social_partnership", ("a", "employer"), "p12", 560, -540, 400),
    Talk("integrative", ("b", "a"), "p12", 300, -290, 365),
    Talk("dual", ("a", "employer"), "pc12", 260, -240, 270),
    Talk("triple_employment", ("a", "b", "employer"), "p123g", 200, -185, 730),
    Talk("practice", ("b", "school"), "p12", 150, -140),
    Talk("preschool_triad", ("b", "preschool", "cpd"), "p123", 120, -100),
    Talk("teacher_triad", ("school", "mastery", "b"), "p123", 95, -80),
    Talk("authority_support", ("a", "authority"), "p12a", 60, -50),
    Talk("memorandum", ("b", "employer"), "p12", 40, -33),
    Talk("memorandum", ("c", "school"), "p12", 45, -30),
    Talk("practice", ("b", "c"), "p12", 30, -20),
    Talk("dual", ("a", "employer"), "p12", 20, 25),
    Talk("practice", ("a", "employer"), "p1", 9, 10),
    Talk("memorandum", ("b", "a"), "p1", 6, 14),
    Talk("triple_employment", ("a", "b", "employer"), "p13", 8, 30),
    Talk("social_partnership", ("a", "employer"), "p", 5, 20),
    Talk("integrative", ("b", "a"), "p", 4, 30),
    Talk("memorandum", ("a", "school"), "p", 3, 15),
    Talk("practice", ("b", "a"), "pc", 7, 21),
    Talk("teacher_triad", ("school", "mastery", "b"), "p1", 2, 30),
    Talk("authority_support", ("a", "authority"), "pn", 33, 5),
    Talk("memorandum", ("a", "preschool"), "pn", 18, 5),
    Talk("social_partnership", ("a", "employer"), "pw", 70, -30),
    Talk("memorandum", ("b", "mastery"), "pw", 50, -20),
    Talk("integrative", ("b", "a"), "d", 2, 40),
    Talk("memorandum", ("a", "b"), "d", 1, 60),
    Talk("memorandum", ("c", "other"), "p", 3, 20),
    Talk("memorandum", ("c", "school"), "d", 2, 20),
)


class Stage:
    """Plays talks with the institutions and the people who speak for them."""

    def __init__(
        self, houses: dict[str, Institution], speakers: dict[str, User], data: dict[str, Any], now: datetime.datetime
    ) -> None:
        self.houses, self.speakers, self.now = houses, speakers, now
        self.wording = data["agreements"]
        self.mark: str = data["mark"]
        self.words = terms_by_code("agreement_kind", "party_role", "obligation_kind", "cooperation_form")

    def play(self, talk: Talk, number: int) -> Agreement:
        """One agreement, step by step, each step some days after the one before."""
        speakers = [self.speakers.get(key) for key in talk.parties]
        at = self.now - talk.ago * DAY
        pace = min(DAY * 6, DAY * talk.ago / (len(talk.course) + 1))
        first = speakers[0]
        agreement = draft_agreement(
            by=first, at=at, institution=self.houses[talk.parties[0]], **self._content(talk, number)
        )
        for step in talk.course:
            at += pace
            self._step(step, agreement, speakers, at)
        return agreement

    def _step(self, step: str, agreement: Agreement, speakers: list[User | None], at: datetime.datetime) -> None:
        first, last = speakers[0], speakers[-1]
        if step == "p":
            propose_agreement(agreement, by=first, at=at)
        elif step == "c":
            ends = agreement.ends_on + 30 * DAY if agreement.ends_on else None
            change_agreement(agreement, by=last, at=at, ends_on=ends)
        elif step == "a":
            amend_agreement(agreement, by=first, at=at, notice_days=30)
        elif step == "g":
            give_notice(
                agreement, by=last, at=at, reason=self.wording["withdraw_reason"], reason_code="not_needed",
                document=self.mark, effective_on=self.now.date() + 60 * DAY,
            )  # fmt: skip
        elif step == "n":
            decline_agreement(agreement, by=last, at=at, reason=self.wording["decline_reason"], reason_code="terms")
        elif step == "w":
            withdraw_agreement(
                agreement, by=first, at=at, reason=self.wording["withdraw_reason"], reason_code="not_needed"
            )
        elif step.isdigit() and agreement.shown:
            approve_agreement(agreement, content_hash=agreement.shown.content_hash, by=speakers[int(step) - 1], at=at)

    def _content(self, talk: Talk, number: int) -> dict[str, Any]:
        words = self.wording[talk.kind]
        houses = [self.houses[key] for key in talk.parties]
        starts = self.now.date() + talk.starts * DAY
        ends = starts + talk.days * DAY
        return {
            "title": words["subjects"][number % len(words["subjects"])],
            "kind": self.words["agreement_kind", talk.kind],
            "starts_on": starts, "ends_on": ends, "text": self.mark,
            "parties": [
                {"institution": house, "role": self.words["party_role", role]}
                for house, role in zip(houses, words["roles"], strict=False)
            ],
            "terms": [
                {
                    "kind": self.words["obligation_kind", said["kind"]],
                    "form": self.words["cooperation_form", said["form"]],
                    "from_": houses[said["gives"]], "to": houses[said["takes"]], "unit": said["unit"],
                    "quantity": (said["quantity"][0] + said["quantity"][1]) // 2, "due_on": ends - 30 * DAY,
                }
                for said in words["promises"]
            ],
        }  # fmt: skip
