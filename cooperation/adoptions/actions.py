"""What happens to an adoption: reported by who uses it, confirmed by the source, confirmed again, dropped."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.activities.models import Activity
from cooperation.adoptions.models import Adoption, AdoptionStatus, a_year_before
from cooperation.adoptions.rules import ADOPTION, speaks_for, why_not
from cooperation.adoptions.subjects import Subject
from institutions.registry.models import Institution
from lifecycle.events import record
from lifecycle.transitions import Condition, Unmet, held


def report_adoption(
    *, by: Any, at: datetime.datetime, subject: Subject, institution: Institution | None = None,
    since: datetime.date | None = None, note: str = "", activity: Activity | None = None,
) -> Adoption:  # fmt: skip
    """An institution says that it uses this too; the source is asked to confirm, unless joint work shows it.

    Raises PermissionDenied, ValidationError.

    One that said so once and dropped it says it again on the same row.
    """
    house = institution or Institution.objects.filter(pk__in=speaks_for(by)).order_by("pk").first()
    if house is None or house.pk not in speaks_for(by):
        raise PermissionDenied
    day = since or timezone.localtime(at).date()
    _check(subject, house, day, at)
    told = {"since": day, "note": note}
    with transaction.atomic():
        adoption, new = Adoption.objects.get_or_create(
            subject_type=subject.kind.code, subject_id=subject.public_id, institution=house,
            defaults={**told, "reported_at": at, "modified_at": at},
        )  # fmt: skip
        if new:
            record(
                "report", subject_type="adoption", subject_id=adoption.public_id, status_after=adoption.status, by=by,
                at=at, **adoption.audience(),
            )  # fmt: skip
        elif adoption.status == AdoptionStatus.DROPPED:
            _move("report", adoption, by, at, change={**told, "reported_at": at, "activity": None})
        else:
            raise ValidationError({"subject": _("Your organisation has said already that it uses this.")})
        if activity is not None:
            show_work(adoption, by=by, at=at, activity=activity)
    return adoption


def _check(subject: Subject, house: Institution, day: datetime.date, at: datetime.datetime) -> None:
    """Nobody adopts what is their own, what is not offered, or what they will use one day."""
    if not subject.is_open:
        raise ValidationError({"subject": _("This cannot be taken up now.")})
    if house in subject.sources:
        raise ValidationError({"institution": _("This comes from your organisation itself.")})
    if day > timezone.localtime(at).date():
        raise ValidationError({"since": _("The date cannot be later than today.")})


def _move(name: str, adoption: Adoption, by: Any, at: datetime.datetime, **more: Any) -> None:
    """One line of the table, with the columns that every act writes."""
    change = {"version": F("version") + 1, "modified_at": at, **more.pop("change", {})}
    ADOPTION.apply(name, adoption, by=by, at=at, change=change, **more)
    adoption.refresh_from_db()


def report_again(
    adoption: Adoption, *, by: Any, at: datetime.datetime, since: datetime.date | None = None, note: str = ""
) -> Adoption:
    """What was dropped is used again. Raises PermissionDenied, WrongStatus, ValidationError."""
    with held(adoption):
        ADOPTION.permit("report", adoption, by)
        if adoption.subject is None:
            raise ValidationError({"subject": _("This cannot be taken up now.")})
        return report_adoption(
            by=by, at=at, subject=adoption.subject, institution=adoption.institution, since=since, note=note
        )


def confirm_adoption(adoption: Adoption, *, by: Any, at: datetime.datetime) -> Adoption:
    """The source confirms that it is used there."""
    with held(adoption):
        _move("confirm", adoption, by, at)
    return adoption


def show_work(adoption: Adoption, *, by: Any, at: datetime.datetime, activity: Activity) -> Adoption:
    """Who uses it names confirmed work of both sides, and that confirms the use. Raises ValidationError where it does not."""
    with held(adoption):
        line = ADOPTION.permit("show_work", adoption, by)
        held_activity = Activity.objects.select_for_update().get(pk=activity.pk)
        sources = {house.pk for house in adoption.subject.sources} if adoption.subject else set()
        if lacking := why_not(held_activity, adoption.institution, sources, adoption.since):
            raise ValidationError({"activity": lacking})
        detail = {"activity": activity.public_id}
        _move("show_work", adoption, by, at, permitted=line, detail=detail)
        _move("confirm_by_work", adoption, None, at, change={"activity": activity}, detail=detail)
    return adoption


def sustain_adoption(adoption: Adoption, *, by: Any, at: datetime.datetime) -> Adoption:
    """After twelve months the source confirms once more. Raises Unmet before."""
    with held(adoption):
        ADOPTION.permit("sustain", adoption, by)
        if adoption.since > a_year_before(timezone.localtime(at).date()):
            message = _("It has to be in use for 12 months first.")
            raise Unmet([Condition("twelve_months", message, "/since")])
        _move("sustain", adoption, by, at)
    return adoption


def drop_adoption(
    adoption: Adoption, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> Adoption:
    """It is not used there any more, or never was."""
    with held(adoption):
        _move("drop", adoption, by, at, reason=reason, reason_code=reason_code)
    return adoption
