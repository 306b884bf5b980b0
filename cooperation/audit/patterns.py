"""Patterns to look at, never accusations: three in the confirmations of a window, one in the links.

The finding functions are pure, over plain rows; `patterns_for` reads the rows of the country, since a pair is only a
closed one if neither confirms anybody else anywhere, and keeps what lies in the officer's territory.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, Window
from django.db.models.functions import Lag

from cooperation.activities.links import PURPOSE
from cooperation.activities.models import (
    Activity,
    ActivityStatus,
    ConfirmationMethod,
    Participation,
    ParticipationState,
)
from cooperation.audit import rules
from institutions.registry.models import Institution
from institutions.registry.scope import OFFICE_ROLES, Role, holds, overseen_by
from lifecycle.models import SignedLink

PAIR, BURST, SERIES, QUICK = "pair", "burst", "series", "quick"


@dataclass(frozen=True)
class Pattern:
    """Something to look at: the institutions it concerns, and the numbers it was seen in."""

    kind: str
    houses: tuple[int, ...]
    count: int
    of: int = 0


def closed_pairs(edges: Iterable[tuple[int, int, int]]) -> list[Pattern]:
    """Two that log for and confirm each other and nobody else. Edges: (who logged, who confirmed, how many)."""
    counted: Counter[tuple[int, int]] = Counter()
    beside: dict[int, set[int]] = defaultdict(set)
    for logger, confirmer, number in edges:
        counted[logger, confirmer] += number
        beside[logger].add(confirmer)
        beside[confirmer].add(logger)
    found = []
    for (one, other), there in counted.items():
        back = counted.get((other, one), 0)
        alone = beside[one] == {other} and beside[other] == {one}
        if one < other and alone and min(there, back) >= rules.PAIR_EACH_WAY and there + back >= rules.PAIR_LEAST:
            found.append(Pattern(PAIR, (one, other), there + back))
    return sorted(found, key=lambda each: (-each.count, each.houses))


def bursts(rows: Iterable[tuple[int, int, int]]) -> list[Pattern]:
    """Entries heaped into the last days of a month. Rows: (who logged, in the last days, in the whole month)."""
    found = [
        Pattern(BURST, (house,), late, whole)
        for house, late, whole in rows
        if late >= rules.BURST_LEAST and late * 100 >= whole * rules.BURST_PERCENT
    ]
    return sorted(found, key=lambda each: (-each.count, each.houses))


def series(rows: Iterable[tuple[int, Any, datetime.datetime, datetime.datetime]]) -> list[Pattern]:
    """Confirmations one after another without time to read; a list confirmed by one act is one act.

    Rows, by who and when: (institution, who, when, when the same person confirmed before that).
    """
    longest: dict[int, int] = {}
    last: tuple[Any, datetime.datetime] | None = None
    run = 0
    for house, who, at, before in rows:
        run = run + 1 if last == (who, before) else 2
        last = (who, at)
        if run >= rules.SERIES_LEAST:
            longest[house] = max(longest.get(house, 0), run)
    found = [Pattern(SERIES, (house,), count) for house, count in longest.items()]
    return sorted(found, key=lambda each: (-each.count, each.houses))


def quick_links(rows: Iterable[tuple[int, int]]) -> list[Pattern]:
    """Links answered while they were hardly sent. Rows: (who logged, how many such)."""
    found = [Pattern(QUICK, (house,), count) for house, count in rows if count >= rules.QUICK_LEAST]
    return sorted(found, key=lambda each: (-each.count, each.houses))


def patterns_for(user: Any, month: str) -> list[Pattern]:
    """What an officer may look at: each pattern that touches an institution of their territory."""
    begin, end = rules.bounds(month)
    since = end - datetime.timedelta(days=rules.PATTERN_DAYS)
    found = [
        *closed_pairs(edges_between(since, end)),
        *bursts(entries_of(begin.date(), end.date())),
        *series(hasty_confirmations(begin, end)),
        *quick_links(quickly_answered(since, end)),
    ]
    return _of_territory(user, found)


def _of_territory(user: Any, found: Sequence[Pattern]) -> list[Pattern]:
    if holds(user, Role.MINISTRY_OFFICER):
        return list(found)
    named = {house for each in found for house in each.houses}
    own = set(Institution.objects.filter(overseen_by(user, *OFFICE_ROLES), pk__in=named).values_list("pk", flat=True))
    return [each for each in found if own & set(each.houses)]


def _answers(since: datetime.datetime, until: datetime.datetime) -> Any:
    """Confirmations by another institution in a window."""
    rows = Participation.objects.filter(
        state=ParticipationState.STANDS, confirmed_at__gte=since, confirmed_at__lt=until,
        activity__status=ActivityStatus.CONFIRMED,
    )  # fmt: skip
    return rows.exclude(institution=F("activity__organiser")).order_by()


def edges_between(since: datetime.datetime, until: datetime.datetime) -> Iterable[tuple[int, int, int]]:
    """(who logged, who confirmed, how many) over the whole country."""
    rows = _answers(since, until).values_list("activity__organiser", "institution")
    return rows.annotate(number=Count("pk"))


def entries_of(first: datetime.date, after: datetime.date) -> Iterable[tuple[int, int, int]]:
    """(who logged, entries of the last days, entries of the month)."""
    late = Q(logged_on__gte=after - datetime.timedelta(days=rules.BURST_DAYS))
    counted = (ActivityStatus.LOGGED, ActivityStatus.UNCONFIRMED, ActivityStatus.CONFIRMED, ActivityStatus.DISPUTED)
    rows = Activity.objects.filter(logged_on__gte=first, logged_on__lt=after, status__in=counted).order_by()
    numbers = rows.values_list("organiser").annotate(late=Count("pk", filter=late), whole=Count("pk"))
    return numbers.filter(late__gte=rules.BURST_LEAST)


def hasty_confirmations(
    since: datetime.datetime, until: datetime.datetime
) -> Iterable[tuple[int, Any, datetime.datetime, datetime.datetime]]:
    """(institution, who, when, when before) of confirmations hardly later than the same person's one before."""
    before = Window(Lag("confirmed_at"), partition_by="confirmed_by", order_by="confirmed_at")
    rows = _answers(since, until).filter(method=ConfirmationMethod.ACCOUNT).annotate(before=before)
    hasty = rows.filter(confirmed_at__gt=F("before"), confirmed_at__lte=F("before") + rules.SERIES_GAP)
    ordered = hasty.order_by("confirmed_by", "confirmed_at")
    return ordered.values_list("institution", "confirmed_by", "confirmed_at", "before")


def quickly_answered(since: datetime.datetime, until: datetime.datetime) -> Iterable[tuple[int, int]]:
    """(who logged, links answered within seconds of being made)."""
    links = SignedLink.objects.filter(
        purpose=PURPOSE, outcome="confirmed", used_at__gte=since, used_at__lt=until,
        used_at__lte=F("created_at") + rules.QUICK_LINK,
    )  # fmt: skip
    rows = Activity.objects.filter(public_id__in=links.values("subject_id")).order_by()
    return rows.values_list("organiser").annotate(number=Count("pk"))
