"""Confirming without an account: the logging side asks somebody outside it by a personal link, who answers once.

Never the writer nor anybody who works at the logging institution: nobody vouches for their own work.
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cooperation.activities.actions import confirm_activity, dispute_activity, refuse_activity
from cooperation.activities.models import OPEN as OPEN_STATUSES
from cooperation.activities.models import Activity, ActivityStatus
from cooperation.activities.rules import (
    ACTIVITY,
    DISPUTED,
    LINK_LASTS,
    LINKS_A_DAY,
    NAMED,
    OPEN_LINKS,
    can_ask_by_link,
    is_logging_side,
    linked_house,
    states_of,
)
from institutions.people.mailboxes import mailboxes_at
from institutions.registry.models import Institution
from institutions.registry.scope import houses
from lifecycle.events import record
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

PURPOSE = "confirm_activity"
CONFIRM, DISPUTE, REFUSE = "confirm", "dispute", "refuse"
OUTCOMES = {CONFIRM: "confirmed", DISPUTE: "disputed", REFUSE: "refused"}
ANSWERED, TAKEN_BACK = "answered", "taken_back"
SAID[ANSWERED] = _("This was already answered on your side.")
SAID[TAKEN_BACK] = _("Whoever logged this has taken it back.")


class Addressee(models.TextChoices):
    """Whom a link is made for: somebody of the partner, or inside one institution somebody it serves."""

    PARTNER = "partner", _("Representative of the partner")
    PARENT = "parent", _("Parent")
    STUDENT = "student", _("Student representative")


def links_of(activity: Activity) -> QuerySet[SignedLink]:
    """Every link about an activity, newest first."""
    return SignedLink.objects.filter(
        purpose=PURPOSE, subject_type=ACTIVITY.subject_type, subject_id=activity.public_id
    ).order_by("-id")


def open_links(activity: Activity, at: datetime.datetime) -> QuerySet[SignedLink]:
    """Those that can still be answered."""
    return links_of(activity).filter(
        used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at, content_hash=activity.content_hash
    )


def sides_to_ask(activity: Activity) -> QuerySet[Institution]:
    """Institutions for which somebody may still be asked; inside one institution that one."""
    named = states_of(activity)
    waiting = [house for house, state in named.items() if state in (NAMED, DISPUTED)]
    if not named and activity.confirmed_at is None:
        waiting = [activity.organiser_id]
    return Institution.objects.filter(pk__in=waiting).order_by("sort_key", "pk")


def ask_by_link(
    activity: Activity, *, by: Any, at: datetime.datetime, email: str, institution: Institution | None = None,
    role: str = "", name: str = "",
) -> tuple[SignedLink, str]:  # fmt: skip
    """Asks somebody without an account to confirm: a link to be sent, and its token, which nobody sees again.

    Raises PermissionDenied, WrongStatus, ValidationError, Unmet (too many open links).
    """
    with held(activity):
        if not can_ask_by_link(by, activity):
            if is_logging_side(by, activity):
                raise WrongStatus(activity.status, ACTIVITY.available(activity, by))
            raise PermissionDenied("ask")
        house = _side(activity, institution)
        email = email.strip().casefold()
        _must_be_outside(activity, by, email, at)
        _must_be_few(activity, house, by, email, at)
        link, token = make_link(
            purpose=PURPOSE, subject_type=ACTIVITY.subject_type, subject_id=activity.public_id,
            institution=house.public_id, addressee_role=_role(activity, house, role), addressee_name=name.strip(),
            addressee_email=email, content_hash=activity.content_hash, lasts=LINK_LASTS, by=by, at=at,
        )  # fmt: skip
        _tell("ask_by_link", activity, link, by=by, at=at)
    return link, token


def _side(activity: Activity, institution: Institution | None) -> Institution:
    """The institution to answer for: the one named, or the only one that has not answered."""
    sides = list(sides_to_ask(activity))
    if not sides:
        raise WrongStatus(activity.status, (), _("Every side has answered already."))
    if institution is None and len(sides) == 1:
        return sides[0]
    if institution not in sides:
        message = _("Choose an organisation that takes part and has not answered yet.")
        raise ValidationError({"institution": ValidationError(message, code="not_waiting")})
    return institution


def _role(activity: Activity, house: Institution, role: str) -> str:
    """Whom it is for: a partner's representative, or inside one institution a parent or student representative."""
    if house.pk != activity.organiser_id:
        return Addressee.PARTNER
    if role not in (Addressee.PARENT, Addressee.STUDENT):
        message = _("Say whom you ask: a parent or a student representative.")
        raise ValidationError({"role": ValidationError(message, code="required")})
    return role


def _must_be_outside(activity: Activity, by: Any, email: str, at: datetime.datetime) -> None:
    """Refuses the addresses of the writer, of whoever asks, and of everybody who works at the logging institution."""
    people = [by, activity.logged_by, *([activity.on_behalf_of] if activity.on_behalf_of else [])]
    taken = mailboxes_at([activity.organiser_id], at.date()) | {plain_address(person.email) for person in people}
    if plain_address(email) in taken:
        message = _("Name somebody outside your organisation: nobody confirms their own work.")
        raise ValidationError({"email": ValidationError(message, code="own_side")})


def _must_be_few(activity: Activity, house: Institution, by: Any, email: str, at: datetime.datetime) -> None:
    """Five open links of an activity, one to an address for a side, and so many by one person within a day."""
    waiting = list(open_links(activity, at).values_list("institution", "addressee_email"))
    if (house.public_id, email) in waiting:
        raise ValidationError({"email": ValidationError(_("This address was asked already."), code="already")})
    if len(waiting) >= OPEN_LINKS:
        message = _("Five links of this activity are open. Take one back, or wait for an answer.")
        raise Unmet([Condition("too_many_links", message)])
    day = datetime.timedelta(days=1)
    if SignedLink.objects.filter(created_by=by, created_at__gt=at - day).count() >= LINKS_A_DAY:
        raise Unmet([Condition("too_many_today", _("You have asked very many people today. Go on tomorrow."))])


def _tell(name: str, activity: Activity, link: SignedLink, *, by: Any, at: datetime.datetime) -> None:
    record(
        name, subject_type=ACTIVITY.subject_type, subject_id=activity.public_id, status_after=activity.status, by=by,
        at=at, detail={"link": link.public_id, "answered_as": link.addressee_role, "institution": link.institution},
        **activity.audience(),
    )  # fmt: skip


def withdraw_link(activity: Activity, link: SignedLink, *, by: Any, at: datetime.datetime) -> None:
    """The logging side takes an unanswered link back; twice is once. Raises PermissionDenied."""
    if not is_logging_side(by, activity):
        raise PermissionDenied("withdraw_link")
    with transaction.atomic():
        if take_back(link, at=at):
            _tell("withdraw_link", activity, link, by=by, at=at)


def activity_of(link: SignedLink) -> Activity:
    """What a link is about."""
    rows = Activity.objects.select_related("type", "form", "organiser", "agreement")
    return rows.get(public_id=link.subject_id)


def standing_of(link: SignedLink, activity: Activity, at: datetime.datetime) -> str:
    """Whether the link can still be answered, and if not why."""
    if link.used_at is None and activity.status == ActivityStatus.WITHDRAWN:
        return TAKEN_BACK
    state = state_of(link, activity.content_hash, at)
    if state == OPEN and linked_house(link, activity, NAMED, DISPUTED) is None:
        return ANSWERED
    return state


def is_own_side(user: Any, activity: Activity) -> bool:
    """Whoever is signed in at the logging institution answers no link about its work, whoever gave it to them."""
    signed_in = user is not None and user.is_authenticated
    return signed_in and (user.pk == activity.logged_by_id or activity.organiser_id in houses(user))


def answers_open(link: SignedLink, activity: Activity) -> list[str]:
    """What the bearer may say: inside one institution nobody else's *not ours* is asked for."""
    lines = [(name, ACTIVITY.line(name, activity.status)) for name in OUTCOMES]
    return [name for name, line in lines if activity.status in line.sources and line.allows(None, activity, link)]


def answer_link(
    link: SignedLink, answer: str, *, at: datetime.datetime, content_hash: str, by: Any = None, reason: str = "",
    thanks: str = "",
) -> Activity:  # fmt: skip
    """The bearer's one answer, to exactly what stood on the page. `by` is who happens to be signed in there, if anybody.

    Raises LinkClosed (409) for every link that answers no more, PermissionDenied, ValidationError (no reason).
    """
    with transaction.atomic():
        link = hold_link(link)
        activity = Activity.objects.get(public_id=link.subject_id)
        with held(activity):
            state = standing_of(link, activity, at)
            if state != OPEN or content_hash != activity.content_hash:
                raise LinkClosed(state if state != OPEN else CHANGED)
            if is_own_side(by, activity) or activity.status not in OPEN_STATUSES:
                raise PermissionDenied("answer_link")
            use_up(link, OUTCOMES[answer], at=at)
            if answer == CONFIRM:
                return confirm_activity(activity, by=None, at=at, content_hash=content_hash, link=link, thanks=thanks)
            if answer == DISPUTE:
                return dispute_activity(activity, by=None, at=at, reason=reason, link=link)
            return refuse_activity(activity, by=None, at=at, link=link)
