"""Drafts by the thousand: numbers in one step, the rows of every table at once, one Event for each draft.

What comes in is a proposal of the importing institution and nothing more: a draft that the others have not seen. It
counts for nothing until every party has signed it here.
"""

import datetime
from collections.abc import Sequence
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.identity import new_public_id
from accounts.names import search_text
from accounts.spelling import search_key
from cooperation.agreements.models import Agreement, AgreementTerm, Revision, RevisionParty
from cooperation.intakes.models import Intake
from cooperation.intakes.reading import Arrival
from exchange.jobs.handlers import Progress
from institutions.registry.models import Institution
from institutions.territory.models import Term
from lifecycle.models import Event

BATCH = 200
RESERVE = """
INSERT INTO cooperation_numberseries (year, last) VALUES (%(year)s, %(count)s)
ON CONFLICT (year) DO UPDATE SET last = cooperation_numberseries.last + %(count)s RETURNING last
"""
LATEST = """
UPDATE cooperation_agreement agreement SET latest_id = revision.id
FROM cooperation_revision revision WHERE revision.agreement_id = agreement.id AND agreement.id = ANY(%s)
"""


def numbers_for(year: int, count: int) -> list[str]:
    """The next so many numbers of a year; the row of the year is held until commit."""
    with connection.cursor() as cursor:
        cursor.execute(RESERVE, {"year": year, "count": count})
        last = cursor.fetchone()[0]
    return [f"{settings.AGREEMENT_PREFIX}-{year}-{each:05d}" for each in range(last - count + 1, last + 1)]


@transaction.atomic
def write_drafts(
    arrivals: Sequence[Arrival], *, house: Institution, by: Any, at: datetime.datetime, progress: Progress
) -> None:
    """One draft for each row, all or none; `progress` may raise to stop it."""
    numbers = numbers_for(timezone.localtime(at).year, len(arrivals)) if arrivals else []
    deed = Term.objects.filter(vocabulary="obligation_kind", code="deed").first()
    for start in range(0, len(arrivals), BATCH):
        part = slice(start, start + BATCH)
        _write(list(zip(arrivals[part], numbers[part], strict=True)), house, by, at, deed)
        progress(start + len(arrivals[part]))


def _write(
    rows: list[tuple[Arrival, str]], house: Institution, by: Any, at: datetime.datetime, deed: Term | None
) -> None:
    agreements = Agreement.objects.bulk_create([_agreement(each, number, house, at) for each, number in rows])
    revisions = Revision.objects.bulk_create(
        [_revision(each, made, house, by, at) for (each, _n), made in zip(rows, agreements, strict=True)]
    )
    pairs = list(zip([each for each, _number in rows], revisions, strict=True))
    RevisionParty.objects.bulk_create(
        RevisionParty(revision=revision, institution=party, position=place)
        for each, revision in pairs
        for place, party in enumerate(each.parties)
    )
    AgreementTerm.objects.bulk_create(
        _on_paper(each, revision, deed) for each, revision in pairs if deed and not _needs_no_term(each.kind)
    )
    with connection.cursor() as cursor:
        cursor.execute(LATEST, [[made.pk for made in agreements]])
    Intake.objects.bulk_create(
        [
            Intake(
                agreement_key=made.public_id, house=house, key=each.key, number=each.number, source=each.source,
                came_by=by, came_at=at,
            )
            for (each, _n), made in zip(rows, agreements, strict=True)
        ],
        update_conflicts=True, unique_fields=["house", "key"],
        update_fields=["agreement_key", "number", "source", "came_by", "came_at"],
    )  # fmt: skip
    Event.objects.bulk_create(
        _told(each, made, house, by, at) for (each, _n), made in zip(rows, agreements, strict=True)
    )


def _agreement(each: Arrival, number: str, house: Institution, at: datetime.datetime) -> Agreement:
    names = " ".join(search_text(party.names) for party in each.parties)
    return Agreement(
        number=number, title=each.title, kind=each.kind, starts_on=each.starts_on, ends_on=each.until.ends_on,
        initiator=house, search_key=f"{search_key(number)} {search_key(each.title)} {each.key} {names}",
        created_at=at, modified_at=at,
    )  # fmt: skip


def _revision(each: Arrival, made: Agreement, house: Institution, by: Any, at: datetime.datetime) -> Revision:
    said = _("On paper this agreement has the number %(number)s.") % {"number": each.number}
    if each.source:
        said = f"{said} {_('Source: %(source)s.') % {'source': each.source}}"
    return Revision(
        agreement=made, number=1, title=each.title, kind=each.kind, starts_on=each.starts_on,
        ends_on=each.until.ends_on, renewal=each.until.renewal, renewal_months=each.until.renewal_months,
        text=said, drafted_for=house, drafted_by=by, created_at=at,
    )  # fmt: skip


def _needs_no_term(kind: Term | None) -> bool:
    return bool(kind and kind.data.get("is_memorandum"))


def _on_paper(each: Arrival, revision: Revision, deed: Term) -> AgreementTerm:
    """The list says nothing of obligations: one that is not defined yet stands for them, so that nobody signs blind."""
    said = _("What was promised stands in the agreement on paper, number %(number)s. Write it here before you sign.")
    return AgreementTerm(
        revision=revision, key=new_public_id(), kind=deed, from_institution=each.parties[0],
        to_institution=each.parties[1], text=said % {"number": each.number}, not_yet_defined=True,
    )  # fmt: skip


def _told(each: Arrival, made: Agreement, house: Institution, by: Any, at: datetime.datetime) -> Event:
    return Event(
        subject_type="agreement", subject_id=made.public_id, title=f"{made.number} {each.title}"[:300], name="draft",
        status_after=made.status, actor=by, institution=house.public_id, concerned=[house.public_id],
        members_only=True, detail={"on_paper": each.number, "source": each.source}, happened_at=at,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )  # fmt: skip
