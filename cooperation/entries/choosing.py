"""What the quick log offers a person: their most used types first, their cooperations, and what they logged last."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.names import name_now
from cooperation.activities.models import Activity, ActivityStatus, ParticipantCount, Participation
from cooperation.activities.rules import MEMBERS, member_houses
from cooperation.agreements.models import Agreement, AgreementParty, RevisionParty
from cooperation.agreements.statuses import PartyState
from institutions.people.models import Membership
from institutions.registry.models import Institution, InstitutionStatus
from institutions.registry.scope import Role
from institutions.registry.scope import houses as houses_of
from institutions.territory.models import Term

TILES, LOOKED_BACK, OFFERED = 8, 60, 40
VOCABULARIES = ("activity_type", "participant_category", "cooperation_form")
AGREEMENT, PARTNER, INSIDE, OTHER = "agreement:", "partner:", "inside", "other"


@dataclass
class Choices:
    """Everything one screen offers, read once."""

    types: list[Term]
    categories: list[Term]
    forms: list[Term]
    cooperations: list[tuple[str, str]]
    agreements: dict[str, Agreement]
    partners: dict[str, Institution]
    houses: list[Institution]
    last: dict[str, Any] = field(default_factory=dict)

    @property
    def tiles(self) -> list[Term]:
        return self.types[:TILES]

    @property
    def more(self) -> list[Term]:
        return self.types[TILES:]


def choices_for(user: Any, on: datetime.date) -> Choices:
    """The offer for a person on a day; `last` is their last entry in the words of the form."""
    own = Institution.objects.filter(pk__in=houses_of(user, *MEMBERS), status=InstitutionStatus.VERIFIED)
    houses = list(own.order_by("pk"))
    entries = entries_of(user)
    words = Term.objects.filter(vocabulary__in=VOCABULARIES, valid__endswith__isnull=True).order_by("position", "pk")
    by_vocabulary: dict[str, list[Term]] = {name: [] for name in VOCABULARIES}
    for term in words:
        by_vocabulary[term.vocabulary].append(term)
    agreements = {one.public_id: one for one in agreements_of({house.pk for house in houses}, on)}
    partners = recent_partners(entries, {house.pk for house in houses})
    used = Counter(entry["type__code"] for entry in entries)
    types = sorted(by_vocabulary["activity_type"], key=lambda term: (-used[term.code], term.position, term.pk))
    return Choices(
        types=types, categories=by_vocabulary["participant_category"], forms=by_vocabulary["cooperation_form"],
        cooperations=cooperations(entries, agreements, partners), agreements=agreements, partners=partners,
        houses=houses, last=last_of(entries, agreements, partners),
    )  # fmt: skip


def entries_of(user: Any) -> list[dict[str, Any]]:
    """The person's own latest entries, as far as the next one may repeat them."""
    others = Participation.objects.filter(activity=OuterRef("pk")).exclude(institution=OuterRef("organiser"))
    counts = ParticipantCount.objects.filter(activity=OuterRef("pk")).order_by("-number")
    mine = Activity.objects.filter(Q(logged_by=user.pk, on_behalf_of__isnull=True) | Q(on_behalf_of=user.pk))
    rows = mine.exclude(status=ActivityStatus.WITHDRAWN).order_by("-logged_at", "-pk")
    found: list[Any] = list(rows.annotate(
        partners=ArraySubquery(others.order_by("pk").values("institution__public_id")),
        numbers=ArraySubquery(counts.values(said=JSONObject(category="category__code", number="number"))),
    ).values("type__code", "form__code", "agreement__public_id", "partners", "numbers")[:LOOKED_BACK])  # fmt: skip
    return found


def agreements_of(houses: set[int], on: datetime.date) -> list[Agreement]:
    """Agreements in force of these institutions, each with the names of its other parties as `others`."""
    if not houses:
        return []
    mine = AgreementParty.objects.filter(institution__in=houses, valid__contains=on).values("agreement")
    parties = RevisionParty.objects.filter(revision=OuterRef("concluded"), state=PartyState.APPROVED)
    names = parties.exclude(institution__in=houses).order_by("position", "pk").values("institution__names")
    rows = Agreement.objects.all().in_force_on(on).filter(pk__in=mine)
    found = rows.annotate(others=ArraySubquery(names)).order_by("-in_force_from", "-pk")
    return list(found.only("public_id", "number", "title")[:OFFERED])


def recent_partners(entries: Sequence[dict[str, Any]], houses: set[int]) -> dict[str, Institution]:
    """The last five institutions that the person named without an agreement."""
    keys = [key for entry in entries if not entry["agreement__public_id"] for key in entry["partners"]]
    wanted = list(dict.fromkeys(keys))[:5]
    if not wanted:
        return {}
    rows = Institution.objects.filter(public_id__in=wanted, status="verified").exclude(pk__in=houses)
    found = {house.public_id: house for house in rows}
    return {key: found[key] for key in wanted if key in found}


def cooperations(
    entries: Sequence[dict[str, Any]], agreements: dict[str, Agreement], partners: dict[str, Institution]
) -> list[tuple[str, str]]:
    """Values and words of the list "with whom": the last used first."""
    used = list(dict.fromkeys(entry["agreement__public_id"] for entry in entries if entry["agreement__public_id"]))
    order = {key: place for place, key in enumerate(used)}
    sorted_keys = sorted(agreements, key=lambda key: order.get(key, len(order)))
    found = [(f"{AGREEMENT}{key}", agreement_words(agreements[key])) for key in sorted_keys]
    found += [(f"{PARTNER}{key}", name_now(house.names)) for key, house in partners.items()]
    found.append((INSIDE, _("Only inside our organisation")))
    found.append((OTHER, _("Another organisation…")))
    return found


def agreement_words(agreement: Agreement) -> str:
    """The partners first, for that is how people know it; then what it is about."""
    others = ", ".join(name_now(names) for names in agreement.others[:2])  # type: ignore[attr-defined]
    more = len(agreement.others) - 2  # type: ignore[attr-defined]
    said = f"{others} +{more}" if more > 0 else others
    return f"{said} · {agreement.title or agreement.number}" if said else (agreement.title or agreement.number)


def last_of(
    entries: Sequence[dict[str, Any]], agreements: dict[str, Agreement], partners: dict[str, Institution]
) -> dict[str, Any]:
    """The last entry in the words of the form: only what can still be chosen today."""
    if not entries:
        return {}
    entry = entries[0]
    first = entry["partners"][0] if entry["partners"] else ""
    if entry["agreement__public_id"] in agreements:
        cooperation = f"{AGREEMENT}{entry['agreement__public_id']}"
    elif first in partners:
        cooperation = f"{PARTNER}{first}"
    else:
        cooperation = INSIDE if not entry["partners"] else ""
    counted = entry["numbers"][0] if entry["numbers"] else {"category": "", "number": ""}
    return {"type": entry["type__code"], "form": entry["form__code"], "cooperation": cooperation, **counted}


def members_for(user: Any, on: datetime.date) -> list[Membership]:
    """For whom an administrator may enter: the teachers and others who work at their institutions."""
    own = member_houses(user, Role.INSTITUTION_ADMIN)
    if not own:
        return []
    rows = Membership.objects.held_on(on).filter(institution__in=own).exclude(user=user)
    told = rows.exclude(role=Role.INTEGRATOR).select_related("user", "institution").annotate(name=F("user__name"))
    found = {membership.user_id: membership for membership in told.order_by("-role", "pk")}
    return sorted(found.values(), key=lambda membership: membership.name)  # type: ignore[attr-defined]
