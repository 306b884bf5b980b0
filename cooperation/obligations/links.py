"""Accepting without an account: who handed something in asks somebody of the other side by a personal link.

Only where that side has nobody here who answers for it: an organisation that works here accepts through its own people.
The bearer answers once, to exactly what lay before them: more evidence, or other figures, close the link.
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.activities.rules import LINK_LASTS, LINKS_A_DAY, OPEN_LINKS
from cooperation.obligations.actions import accept_obligation, return_obligation
from cooperation.obligations.covering import delivered_on
from cooperation.obligations.models import Obligation, ObligationStatus
from cooperation.obligations.rules import ACCEPTS, OBLIGATION, beneficiaries, link_benefits, owes
from institutions.people.declaring import has_people_of_its_own
from institutions.people.mailboxes import mailboxes_at
from institutions.registry.models import Institution
from institutions.registry.scope import houses
from lifecycle.canonical import canonical_json, content_hash
from lifecycle.links import (
    CHANGED,
    OPEN,
    SAID,
    LinkClosed,
    hold_link,
    make_link,
    plain_address,
    state_of,
    take_back,
    use_up,
)
from lifecycle.models import SignedLink
from lifecycle.transitions import Condition, Unmet, WrongStatus, held

ACCEPT, RETURN = "accept", "return"
OUTCOMES = {ACCEPT: "accepted", RETURN: "returned"}
DECIDED = "decided"
SAID[DECIDED] = _("This was already accepted or returned.")
DAY = datetime.timedelta(days=1)


def offered_hash(obligation: Obligation) -> str:
    """Of everything the bearer decides upon: the promise, and each piece of evidence."""
    proofs = obligation.evidence.standing().order_by("pk")
    return content_hash(canonical_json({
        "obligation": obligation.public_id, "kind": obligation.kind.code, "text": obligation.text,
        "quantity": obligation.quantity, "unit": obligation.unit, "due_on": obligation.due_on,
        "evidence": [
            {"id": proof.public_id, "subject": proof.subject_id, "link": proof.link, "file": proof.file_sha256,
             "note": proof.note, "quantity": proof.quantity}
            for proof in proofs
        ],
    }))  # fmt: skip


def links_of(obligation: Obligation) -> QuerySet[SignedLink]:
    """Every link about an obligation, newest first."""
    return SignedLink.objects.filter(
        purpose=ACCEPTS, subject_type=OBLIGATION.subject_type, subject_id=obligation.public_id
    ).order_by("-id")


def sides_to_ask(obligation: Obligation, on: datetime.date) -> QuerySet[Institution]:
    """Beneficiaries that have nobody here who would answer for them."""
    alone = [house.pk for house in beneficiaries(obligation) if not has_people_of_its_own(house, on)]
    return Institution.objects.filter(pk__in=alone).order_by("sort_key", "pk")


def can_ask_by_link(user: Any, obligation: Obligation, on: datetime.date) -> bool:
    """Who handed it in, while it waits for a side that has nobody here."""
    waits = obligation.status == ObligationStatus.SUBMITTED and owes(user, obligation)
    return waits and sides_to_ask(obligation, on).exists()


def ask_by_link(
    obligation: Obligation, *, by: Any, at: datetime.datetime, email: str, institution: Institution | None = None,
    name: str = "",
) -> tuple[SignedLink, str]:  # fmt: skip
    """Asks somebody of the other side: a link to be sent, and its token, which nobody sees again.

    Raises PermissionDenied, WrongStatus, ValidationError, Unmet (too many links).
    """
    with held(obligation):
        if not owes(by, obligation):
            raise PermissionDenied("ask")
        if obligation.status != ObligationStatus.SUBMITTED:
            raise WrongStatus(obligation.status, OBLIGATION.available(obligation, by))
        on = timezone.localtime(at).date()
        house = _side(obligation, institution, on)
        email = email.strip().casefold()
        if plain_address(email) in mailboxes_at([obligation.responsible_id], on) | {plain_address(by.email)}:
            message = _("Name somebody outside your organisation: nobody accepts their own work.")
            raise ValidationError({"email": ValidationError(message, code="own_side")})
        _must_be_few(obligation, house, by, email, at)
        link, token = make_link(
            purpose=ACCEPTS, subject_type=OBLIGATION.subject_type, subject_id=obligation.public_id,
            institution=house.public_id, addressee_role="partner", addressee_name=name.strip(), addressee_email=email,
            content_hash=offered_hash(obligation), lasts=LINK_LASTS, by=by, at=at,
        )  # fmt: skip
        _tell("ask_by_link", obligation, link, by=by, at=at)
    return link, token


def _side(obligation: Obligation, institution: Institution | None, on: datetime.date) -> Institution:
    sides = list(sides_to_ask(obligation, on))
    if institution is None and len(sides) == 1:
        return sides[0]
    if institution not in sides:
        message = _(
            "This organisation works here itself, or is not concerned: its own people answer with their accounts."
        )
        raise ValidationError({"institution": ValidationError(message, code="has_people")})
    return institution


def _must_be_few(obligation: Obligation, house: Institution, by: Any, email: str, at: datetime.datetime) -> None:
    waiting = links_of(obligation).filter(
        used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at, content_hash=offered_hash(obligation)
    )
    asked = list(waiting.values_list("institution", "addressee_email"))
    if (house.public_id, email) in asked:
        raise ValidationError({"email": ValidationError(_("This address was asked already."), code="already")})
    if len(asked) >= OPEN_LINKS:
        message = _("Five links of this obligation are open. Take one back, or wait for an answer.")
        raise Unmet([Condition("too_many_links", message)])
    if SignedLink.objects.filter(created_by=by, created_at__gt=at - DAY).count() >= LINKS_A_DAY:
        raise Unmet([Condition("too_many_today", _("You have asked very many people today. Go on tomorrow."))])


def _tell(name: str, obligation: Obligation, link: SignedLink, *, by: Any, at: datetime.datetime) -> None:
    OBLIGATION.tell(name, obligation, by=by, at=at, detail={"link": link.public_id, "asked": link.institution})


def withdraw_link(obligation: Obligation, link: SignedLink, *, by: Any, at: datetime.datetime) -> None:
    """The side that asked takes an unanswered link back; twice is once. Raises PermissionDenied."""
    if not owes(by, obligation):
        raise PermissionDenied("withdraw_link")
    with transaction.atomic():
        if take_back(link, at=at):
            _tell("withdraw_link", obligation, link, by=by, at=at)


def falls_short(obligation: Obligation) -> bool:
    """Whether all that was handed in is less than was promised: nobody can accept it, only return it."""
    return delivered_on(list(obligation.evidence.standing()), obligation.quantity) is None


def obligation_of(link: SignedLink) -> Obligation:
    """What a link is about."""
    rows = Obligation.objects.select_related("agreement", "kind", "form", "responsible", "beneficiary")
    return rows.get(public_id=link.subject_id)


def standing_of(link: SignedLink, obligation: Obligation, at: datetime.datetime) -> str:
    """Whether the link can still be answered, and if not why."""
    state = state_of(link, offered_hash(obligation), at)
    if state != OPEN:
        return state
    answers = obligation.status == ObligationStatus.SUBMITTED and link_benefits(link, obligation)
    return OPEN if answers else DECIDED


def is_own_side(user: Any, obligation: Obligation) -> bool:
    """Whoever is signed in at the responsible party answers no link about its work, whoever gave it to them."""
    signed_in = user is not None and user.is_authenticated
    return signed_in and obligation.responsible_id in houses(user)


def answer_link(
    link: SignedLink, answer: str, *, at: datetime.datetime, content: str, by: Any = None, reason: str = ""
) -> Obligation:
    """The bearer's one answer, to exactly what stood on the page. `by` is who happens to be signed in there, if anybody.

    Raises LinkClosed (409), PermissionDenied, ValidationError (no reason), Unmet (the evidence does not reach).
    """
    with transaction.atomic():
        link = hold_link(link)
        obligation = obligation_of(link)
        with held(obligation):
            state = standing_of(link, obligation, at)
            if state != OPEN or content != link.content_hash:
                raise LinkClosed(state if state != OPEN else CHANGED)
            if is_own_side(by, obligation):
                raise PermissionDenied("answer_link")
            use_up(link, OUTCOMES[answer], at=at)
            if answer == ACCEPT:
                return accept_obligation(obligation, by=None, at=at, link=link)
            return return_obligation(obligation, by=None, at=at, reason=reason, link=link)
