"""Catalogues, periods, agreements and figures for tests of counting."""

import datetime
import itertools
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from cooperation.agreements.models import Agreement, AgreementParty, Revision, RevisionParty
from cooperation.agreements.statuses import AgreementStatus
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from lifecycle.models import FrozenContent
from quality.catalogue.models import Across, DefinitionVersion, Indicator, Method, Period, Source
from quality.observations.models import Observation
from quality.rollups.counting import Moment
from quality.targets.actions import approve_target, set_target
from quality.targets.models import Target
from tests.factories import EVER, a_member

_numbers = itertools.count(1)
TODAY = datetime.date(2026, 11, 21)


def the_moment(day: datetime.date = TODAY) -> Moment:
    """Noon of a day, as the engine is told."""
    return Moment(day, timezone.make_aware(datetime.datetime.combine(day, datetime.time(12))))


def an_indicator(code: str = "CTX.02", method: str = Method.SUM, **fields: Any) -> DefinitionVersion:
    """An indicator with its first definition, valid since ever."""
    wanted = {
        "across": Across.LAST,
        "levels": ["I", "D", "R", "C"],
        "periodicity": ["A"],
        "factor": 1,
        "kinds": [],
        **fields,
    }
    own = {name: wanted.pop(name) for name in ("is_core", "more_is_better", "person_based_") if name in wanted}
    indicator = Indicator.objects.create(
        code=code, names={"en": f"Indicator {code}", "uz": f"Koʻrsatkich {code}"}, aspect="context",
        source=Source.COMPUTED if code[:3] in ("COV", "AGR", "GOV") else Source.OBSERVED, position=next(_numbers), **own,
    )  # fmt: skip
    words = {"numerator": {"en": "What is counted"}, "denominator": {"en": "Out of what"}, "unit": {"en": "%"}}
    return DefinitionVersion.objects.create(
        indicator=indicator, version=1, valid=EVER, method=method, **words, **wanted
    )


def coverage() -> DefinitionVersion:
    """COV.01 as the catalogue has it."""
    return an_indicator("COV.01", Method.SHARE, periodicity=["M"], factor=100, levels=["D", "R", "C"], is_core=True)


def lead_time() -> DefinitionVersion:
    """AGR.03 as the catalogue has it."""
    return an_indicator("AGR.03", Method.MEDIAN, periodicity=["M", "T"], across=Across.RECOMPUTE, is_core=True)


def a_month(year: int, month: int) -> Period:
    """A month of the test pack."""
    start = datetime.date(year, month, 1)
    end = (start.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
    return a_period(f"{start:%Y-%m}", "M", start, end)


def a_year(first: int) -> Period:
    """A school year of the test pack."""
    return a_period(f"{first}-{first + 1}", "A", datetime.date(first, 9, 1), datetime.date(first + 1, 8, 31))


def a_period(code: str, kind: str, start: datetime.date, end: datetime.date) -> Period:
    later = [end + datetime.timedelta(days=days) for days in (10, 40)]
    return Period.objects.create(
        kind=kind, code=code, pack="test", starts_on=start, ends_on=end, due_on=later[0], closes_on=later[1]
    )


def in_force(*houses: Institution, since: str, until: str | None = None, signs: bool = True) -> Agreement:
    """An agreement in force between institutions, with its dated parties."""
    number, now = next(_numbers), timezone.now()
    start = datetime.date.fromisoformat(since)
    end = datetime.date.fromisoformat(until) if until else None
    agreement = Agreement.objects.create(
        number=f"SH-{number}", title=f"Agreement {number}", initiator=houses[0], created_at=now, modified_at=now,
        status=AgreementStatus.ENDED if end and end <= TODAY else AgreementStatus.IN_FORCE, in_force_from=start,
        in_force_until=end, starts_on=start, first_proposed_at=now,
    )  # fmt: skip
    for house in houses:
        AgreementParty.objects.create(agreement=agreement, institution=house, signs=signs, valid=DateRange(start, end))
    return agreement


def concluded(*houses: Institution, proposed: str, concluded: str, agreement: Agreement | None = None) -> Revision:
    """A concluded revision with the moments of its negotiation (days at noon)."""
    days = [datetime.datetime.fromisoformat(f"{text}T12:00:00+05:00") for text in (proposed, concluded)]
    agreement = agreement or in_force(*houses, since=concluded)
    number = agreement.revisions.count() + 1
    frozen = FrozenContent.objects.create(
        subject_type="revision",
        subject_id=f"{agreement.public_id}-{number}",
        version=number,
        content="{}",
        sha256="0" * 64,
    )
    revision = Revision.objects.create(
        agreement=agreement, number=number, status="concluded" if number == 1 else "superseded", drafted_for=houses[0],
        created_at=days[0], proposed_at=days[0], concluded_at=days[1], frozen=frozen, content_hash="0" * 64,
    )  # fmt: skip
    for house in houses:
        RevisionParty.objects.create(revision=revision, institution=house, signs=True)
    return revision


def a_figure(
    version: DefinitionVersion, period: Period, place: Any, numerator: Any, denominator: Any = None, **fields: Any
) -> Observation:
    """What an institution (or, for a territory, a published total) says."""
    where = {"institution": place} if isinstance(place, Institution) else {"territory": place}
    numbers = (
        {}
        if numerator is None
        else {"numerator": Decimal(numerator), "denominator": Decimal(denominator) if denominator is not None else None}
    )
    state = "missing" if numerator is None else "value"
    return Observation.objects.create(
        version=version, period=period, entered_at=timezone.now(), **{"state": state, **where, **numbers, **fields}
    )


def a_target(version: DefinitionVersion, place: Any, period: Period, value: int, **told: Any) -> Target:
    """A target that one officer of the ministry has set and another has approved."""
    number, at = next(_numbers), timezone.now()
    country = place.lineage[0]
    first, second = (
        a_member("ministry_officer", territory=Territory.objects.get(pk=country), email=f"{who}{number}@example.org")
        for who in ("sets", "approves")
    )
    target = set_target(
        indicator=version.indicator, territory=place, period=period, value=Decimal(value), by=first, at=at, **told
    )
    return approve_target(target, by=second, at=at)
