"""What happens to an activity: logged once for all sides, confirmed, disputed, corrected, lapsed, taken back."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.activities.content import content_of, counted_content, hash_of
from cooperation.activities.models import (
    Activity,
    ActivityStatus,
    ConfirmationMethod,
    ParticipantCount,
    Participation,
    ParticipationState,
    Thanks,
    Written,
)
from cooperation.activities.rules import (
    ACTIVITY,
    MEMBERS,
    answering_house,
    can_log,
    linked_house,
    member_houses,
    states_of,
)
from cooperation.agreements.models import Agreement
from cooperation.agreements.statuses import PartyState
from institutions.people.models import Membership
from institutions.registry.models import Institution, InstitutionStatus
from institutions.registry.scope import Role, houses
from institutions.territory.models import Term
from lifecycle.canonical import plain
from lifecycle.events import record
from lifecycle.models import SignedLink
from lifecycle.transitions import WrongStatus, held

NAMED, STANDS, DISPUTED = ParticipationState.NAMED, ParticipationState.STANDS, ParticipationState.DISPUTED
ANSWER_WITHIN = datetime.timedelta(days=14)
LAPSE_AT_ONCE = 500
OLDEST = datetime.timedelta(days=366)


class OtherContent(WrongStatus):
    """The confirmer read something else (409): `extra` carries the present hash and what is counted now."""

    def __init__(self, activity: Activity, by: Any) -> None:
        now = {key: _plain(value) for key, value in counted_content(activity).items()}
        super().__init__(
            activity.status,
            ACTIVITY.available(activity, by),
            _("The activity has changed since you read it. Nothing was confirmed."),
            {"content_hash": activity.content_hash, "content": now},
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


def log_activity(
    *,
    by: Any,
    at: datetime.datetime,
    type_: Term,
    starts_on: datetime.date | None = None,
    organiser: Institution | None = None,
    on_behalf_of: Any = None,
    client_key: str | None = None,
    entry_seconds: int | None = None,
    **content: Any,
) -> Activity:
    """Log joint work once for all sides; the organiser's row stands, each partner is asked to confirm.

    `content`: form, hours, agreement, partners, counts, note. Partners are by default those of the agreement. The same
    `client_key` of the same person gives the activity that is there already. Raises PermissionDenied, ValidationError.
    """
    house = organiser or _own_house(by, content.get("agreement"))
    if house is None or not can_log(by, house):
        raise PermissionDenied
    if on_behalf_of is not None:
        _check_proxy(by, on_behalf_of, house)
    if client_key and (sent := Activity.objects.filter(logged_by=by, client_key=client_key).first()):
        return sent
    activity = Activity(
        type=type_, organiser=house, logged_by=by, on_behalf_of=on_behalf_of, client_key=client_key or None,
        entry_seconds=entry_seconds, logged_at=at, logged_on=timezone.localtime(at).date(), modified_at=at,
    )  # fmt: skip
    partners = _fill(activity, starts_on or activity.logged_on, content)
    counts = _numbers(content.get("counts") or {})
    activity.content_hash = _hash(activity, partners, counts)
    with transaction.atomic(savepoint=False):
        activity.save(force_insert=True)
        activity.written = _write_parts(activity, partners, counts)
        concerned = sorted({house.public_id, *(partner.public_id for partner in partners)})
        _tell(activity, "log", by, at, concerned)
    return activity


def _own_house(by: Any, agreement: Agreement | None) -> Institution | None:
    """The institution a person logs for when they name none: their own among the agreement's parties, else their only."""
    verified = Institution.objects.filter(pk__in=houses(by, *MEMBERS), status=InstitutionStatus.VERIFIED)
    own = {house.pk: house for house in verified.order_by("pk")}
    if len(own) > 1 and agreement is not None and agreement.shown is not None:
        named = set(agreement.shown.parties.values_list("institution_id", flat=True))
        own = {key: house for key, house in own.items() if key in named} or own
    return next(iter(own.values()), None)


def _check_proxy(by: Any, person: Any, house: Institution) -> None:
    """The administrator enters for a member of the same institution, not for themselves."""
    if house.pk not in member_houses(by, Role.INSTITUTION_ADMIN):
        raise PermissionDenied
    if person == by or not Membership.objects.filter(user=person, institution=house, status="active").exists():
        raise ValidationError({"on_behalf_of": _("Choose somebody who works at this organisation.")})


def _fill(activity: Activity, starts_on: datetime.date, content: Mapping[str, Any]) -> list[Institution]:
    """The columns of the content, checked; the partners as they are or as the agreement names them."""
    if starts_on > activity.logged_on:
        raise ValidationError({"starts_on": _("The date cannot be later than today.")})
    if starts_on < activity.logged_on - OLDEST:
        raise ValidationError({"starts_on": _("Only what happened within the last 12 months can be logged.")})
    activity.starts_on = starts_on
    activity.form = content.get("form") or _usual_form(activity.type)
    activity.hours, activity.note = content.get("hours"), content.get("note") or ""
    activity.agreement = agreement = content.get("agreement")
    partners = content.get("partners")
    if agreement is not None:
        named = _parties_on(agreement, activity.organiser, starts_on)
        partners = named if partners is None else partners
    return _sorted_out(partners or [], activity.organiser)


def _usual_form(type_: Term) -> Term:
    """The form of cooperation that the vocabulary gives the type; *other* has none, so it is asked."""
    found = Term.objects.filter(vocabulary="cooperation_form", code=type_.data.get("form") or "").first()
    if found is None:
        raise ValidationError({"form": _("Choose the form of cooperation.")})
    return found


def _parties_on(agreement: Agreement, organiser: Institution, day: datetime.date) -> list[Institution]:
    """The other parties of an agreement in force on the day, observers left out. Raises ValidationError."""
    if not Agreement.objects.filter(pk=agreement.pk).in_force_on(day).exists():
        raise ValidationError({"agreement": _("This agreement was not in force on that date.")})
    revision = agreement.concluded
    parties = revision.parties.filter(state=PartyState.APPROVED).select_related("institution") if revision else ()
    found = [party.institution for party in parties]
    if organiser not in found:
        raise ValidationError({"agreement": _("Your organisation is not a party to this agreement.")})
    return [house for house in found if house != organiser]


def _sorted_out(partners: Sequence[Institution], organiser: Institution) -> list[Institution]:
    unique = {house.pk: house for house in partners if house.pk != organiser.pk}
    if any(house.status != "verified" for house in unique.values()):
        raise ValidationError({"partners": _("Choose partners that are verified organisations.")})
    return [unique[key] for key in sorted(unique)]


def _numbers(counts: Mapping[Term, int]) -> dict[Term, int]:
    """Nobody of a category is not said."""
    return {category: number for category, number in counts.items() if number}


def _hash(activity: Activity, partners: list[Institution], counts: Mapping[Term, int]) -> str:
    numbers = [(category.code, number) for category, number in counts.items()]
    return hash_of(content_of(activity, [house.public_id for house in partners], numbers))


def _write_parts(activity: Activity, partners: list[Institution], counts: Mapping[Term, int]) -> Written:
    """Participations and counts; returns them as they are."""
    parts = [
        Participation(
            activity=activity, institution=house, on_date=activity.starts_on, logged_by_id=activity.logged_by_id,
            state=STANDS if house.pk == activity.organiser_id else NAMED,
        )
        for house in (activity.organiser, *partners)
    ]  # fmt: skip
    numbers = [ParticipantCount(activity=activity, category=term, number=number) for term, number in counts.items()]
    return Participation.objects.bulk_create(parts), ParticipantCount.objects.bulk_create(numbers)


def _tell(activity: Activity, name: str, by: Any, at: datetime.datetime, concerned: list[str]) -> None:
    record(
        name, subject_type="activity", subject_id=activity.public_id, status_after=activity.status, by=by, at=at,
        **activity.audience(concerned),
    )  # fmt: skip


def confirm_activity(
    activity: Activity,
    *,
    by: Any,
    at: datetime.datetime,
    content_hash: str = "",
    link: SignedLink | None = None,
    thanks: str = "",
) -> Activity:
    """A named institution vouches for it: its row stands, and the activity counts unless another one disputes it.

    With a `link` its bearer vouches, who has no account: `by` is None. Raises PermissionDenied, WrongStatus,
    OtherContent (what was read is not what is there).
    """
    with held(activity):
        line = ACTIVITY.permit("confirm", activity, by, link=link)
        if content_hash and content_hash != activity.content_hash:
            raise OtherContent(activity, by)
        house = _house(by, activity, link, NAMED, DISPUTED) or activity.organiser_id
        row = activity.participations.select_related("institution").get(institution=house)
        row.state, row.confirmed_by, row.confirmed_at = STANDS, by, at
        row.confirmed_hash = activity.content_hash
        row.method = ConfirmationMethod.ACCOUNT if link is None else ConfirmationMethod.LINK
        row.save(update_fields=["state", "confirmed_by", "confirmed_at", "confirmed_hash", "method"])
        if DISPUTED in states_of(activity).values():
            line = replace(line, target=None)
        ACTIVITY.apply(
            "confirm", activity, by=by, at=at, permitted=line, where={"content_hash": activity.content_hash},
            change={**_touched(at), "confirmed_at": activity.confirmed_at or at},
            detail={"content_hash": activity.content_hash, "institution": row.institution.public_id,
                    "method": str(row.method), **_through(link)},
        )  # fmt: skip
        activity.refresh_from_db()
        if thanks.strip():  # a later word of the same side takes the place of its earlier one
            said = {"text": thanks.strip(), "said_at": at}
            Thanks.objects.update_or_create(activity=activity, institution=row.institution, defaults=said)
    return activity


def _house(by: Any, activity: Activity, link: SignedLink | None, *states: str) -> int | None:
    """On whose side the person or the bearer of the link answers."""
    return answering_house(by, activity, *states) if link is None else linked_house(link, activity, *states)


def _through(link: SignedLink | None) -> dict[str, str]:
    """What the Event says of a link: its id and whom it was for, never its token."""
    return {"link": link.public_id, "answered_as": link.addressee_role} if link else {}


def _touched(at: datetime.datetime) -> dict[str, Any]:
    return {"version": F("version") + 1, "modified_at": at}


def dispute_activity(
    activity: Activity, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = "",
    link: SignedLink | None = None,
) -> Activity:  # fmt: skip
    """A named institution says that it was not so: out of every count until lifted."""
    told = {"reason": reason, "reason_code": reason_code}
    return _answer("dispute", activity, DISPUTED, (NAMED, STANDS), by=by, at=at, link=link, **told)


def refuse_activity(
    activity: Activity, *, by: Any, at: datetime.datetime, link: SignedLink | None = None
) -> Activity:  # fmt: skip
    """A named institution says *not ours*: its row stays, refused, and is in none of its figures."""
    return _answer("refuse", activity, ParticipationState.REFUSED, (NAMED,), by=by, at=at, link=link)


def _answer(
    name: str, activity: Activity, state: str, sources: tuple[str, ...], *, by: Any, at: datetime.datetime,
    link: SignedLink | None, reason: str = "", reason_code: str = "",
) -> Activity:  # fmt: skip
    with held(activity):
        line = ACTIVITY.permit(name, activity, by, reason, link=link)
        house = _house(by, activity, link, *sources)
        row = activity.participations.select_related("institution").get(institution=house)
        _unconfirm(activity, state, institution=house)
        ACTIVITY.apply(
            name, activity, by=by, at=at, permitted=line, reason=reason, change=_touched(at),
            reason_code=reason_code, detail={"institution": row.institution.public_id, **_through(link)},
        )  # fmt: skip
        activity.refresh_from_db()
    return activity


def _unconfirm(activity: Activity, becomes: str, **which: Any) -> None:
    """The rows' confirmation is void; they are in this state now."""
    activity.participations.filter(**which).update(
        state=becomes, confirmed_by=None, confirmed_at=None, confirmed_hash="", method=""
    )


def lift_dispute(activity: Activity, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = "") -> Activity:
    """The authority above both sides: the activity waits for its confirmation once more."""
    with held(activity):
        line = ACTIVITY.permit("lift", activity, by, reason)
        _unconfirm(activity, NAMED, state=DISPUTED)
        ACTIVITY.apply(
            "lift", activity, by=by, at=at, permitted=line, reason=reason, change=_touched(at),
            reason_code=reason_code,
        )  # fmt: skip
        activity.refresh_from_db()
    return activity


def correct_activity(activity: Activity, *, by: Any, at: datetime.datetime, **content: Any) -> Activity:
    """The logging side writes it anew: confirmations are void where anything counted differs, and the Event says what.

    What is not given stays. Raises PermissionDenied, WrongStatus, ValidationError.
    """
    with held(activity):
        line = ACTIVITY.permit("correct", activity, by)
        before = counted_content(activity)
        activity.type = content.get("type_", activity.type)
        activity.logged_on = timezone.localtime(at).date()
        given = {**_present(activity), **content}
        partners = _fill(activity, given["starts_on"], given)
        counts = _numbers(given["counts"])
        activity.participations.all().delete()
        activity.counts.all().delete()
        _write_parts(activity, partners, counts)
        activity.content_hash = _hash(activity, partners, counts)
        after = counted_content(activity)
        changes = {key: [_plain(before[key]), _plain(after[key])] for key in after if before[key] != after[key]}
        columns = ("type", "form", "starts_on", "hours", "agreement", "note", "content_hash", "logged_on")
        ACTIVITY.apply(
            "correct", activity, by=by, at=at, permitted=line,
            change={**{name: getattr(activity, name) for name in columns}, **_touched(at), "logged_at": at,
                    "confirmed_at": None},
            detail={"changes": changes},
        )  # fmt: skip
        activity.refresh_from_db()
    return activity


def _present(activity: Activity) -> dict[str, Any]:
    """The content as it stands, in the words of the actions."""
    others = activity.participations.exclude(institution=activity.organiser_id).select_related("institution")
    return {
        "starts_on": activity.starts_on,
        "form": activity.form,
        "hours": activity.hours,
        "note": activity.note,
        "agreement": activity.agreement,
        "partners": [row.institution for row in others],
        "counts": {row.category: row.number for row in activity.counts.select_related("category")},
    }


def withdraw_activity(
    activity: Activity, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Activity:
    """The logging side takes it back: it stays readable and is in no count."""
    with held(activity):
        line = ACTIVITY.permit("withdraw", activity, by, reason)
        ACTIVITY.apply(
            "withdraw", activity, by=by, at=at, permitted=line, reason=reason, change=_touched(at),
            reason_code=reason_code,
        )  # fmt: skip
        activity.refresh_from_db()
    return activity


def lapse_unconfirmed(*, at: datetime.datetime) -> int:
    """Everything that nobody answered for 14 days is shown as unconfirmed; confirming stays possible. How many."""
    waiting = Activity.objects.filter(status=ActivityStatus.LOGGED, logged_at__lte=at - ANSWER_WITHIN)
    found = list(waiting.select_related("type", "organiser").order_by("logged_at", "pk")[:LAPSE_AT_ONCE])
    for activity in found:
        try:
            ACTIVITY.apply(
                "lapse", activity, by=None, at=activity.logged_at + ANSWER_WITHIN, change=_touched(at),
                where={"logged_at": activity.logged_at},
            )  # fmt: skip
        except WrongStatus:  # answered or corrected in this very moment
            continue
    return len(found)
