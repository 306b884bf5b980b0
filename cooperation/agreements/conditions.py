"""What must hold before an agreement is proposed or signed: every condition that does not, in words, with its place."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import day_short
from cooperation.agreements.models import AgreementTerm, Revision, RevisionParty
from cooperation.agreements.purposes import about_purpose
from cooperation.agreements.statuses import TERMS
from institutions.registry.models import Institution, InstitutionStatus
from institutions.territory.models import Term, Territory
from lifecycle import seals
from lifecycle.transitions import Condition

LONGEST_YEARS = 50


def before_proposing(revision: Revision, on: datetime.date) -> list[Condition]:
    """All that is missing before the other parties may see it."""
    if revision.purpose not in TERMS:
        return list(about_purpose(revision, on))
    parties = list(
        revision.parties.select_related("institution__kind", "institution__territory", "role").order_by("position")
    )
    return [
        *_about_the_head(revision, on),
        *_about_dates(revision, _limits(revision.drafted_for)),
        *_about_parties(revision, parties),
        *_about_terms(revision, parties),
        *about_purpose(revision, on),
    ]


def _about_the_head(revision: Revision, on: datetime.date) -> Iterator[Condition]:
    if not revision.title:
        yield Condition("title_missing", _("Say in one line what the agreement is about."), "/title")
    if revision.kind is None:
        yield Condition("kind_missing", _("Choose the kind of agreement."), "/kind")
    elif on not in revision.kind.valid and not _goes_on(revision):
        yield Condition("kind_closed", _("This kind of agreement is no longer used. Choose another one."), "/kind")


def _goes_on(revision: Revision) -> bool:
    """Whether it only goes on with a kind concluded before: after an exit those who stay need not be as many again."""
    bound = revision.agreement.concluded
    return bound is not None and bound.kind_id == revision.kind_id


def _limits(institution: Institution) -> dict[str, Any]:
    """The limits of the country pack the drafting party belongs to."""
    root = Territory.objects.filter(pk__in=institution.territory.lineage[:1]).first()
    found: dict[str, Any] = (root.data if root else {}).get("limits", {})
    return found


def _about_dates(revision: Revision, limits: dict[str, Any]) -> Iterator[Condition]:
    start, end = revision.starts_on, revision.ends_on
    if start is None:
        yield Condition(
            "start_missing", _("Enter the first day of the agreement, for example 01.09.2026."), "/starts_on"
        )
        return
    earliest = limits.get("earliest_date")
    if earliest and start < datetime.date.fromisoformat(earliest):
        said = _("The agreement cannot start before %(day)s.") % {"day": day_short(earliest)}
        yield Condition("starts_too_early", said, "/starts_on")
    if revision.renewal == "automatic" and (end is None or not revision.renewal_months):
        said = _("To renew by itself an agreement needs a last day and a number of months.")
        yield Condition("renewal_without_period", said, "/renewal_months")
    if end is not None:
        yield from _about_the_end(start, end, int(limits.get("longest_years", LONGEST_YEARS)))
    if revision.review_on is not None and revision.review_on <= start:
        yield Condition("review_before_start", _("The review date must be later than the start date."), "/review_on")


def _about_the_end(start: datetime.date, end: datetime.date, years: int) -> Iterator[Condition]:
    if end <= start:
        yield Condition("dates_out_of_order", _("The end date must be later than the start date."), "/ends_on")
    elif end > years_later(start, years):
        said = _("An agreement lasts at most %(years)s years.") % {"years": years}
        yield Condition("lasts_too_long", said, "/ends_on")


def years_later(start: datetime.date, years: int) -> datetime.date:
    """The same day so many years later; 29 February becomes 28 February where there is none."""
    year = min(start.year + years, datetime.MAXYEAR)
    try:
        return start.replace(year=year)
    except ValueError:
        return start.replace(year=year, day=28)


def _about_parties(revision: Revision, parties: Sequence[RevisionParty]) -> Iterator[Condition]:
    houses = {party.institution_id: party.institution for party in parties}
    if len(houses) < 2:
        yield Condition(
            "parties_too_few", _("Add a partner: an agreement needs at least two organisations."), "/parties"
        )
    elif len({party.institution_id for party in parties if party.signs}) < 2:
        yield Condition("signers_too_few", _("At least two organisations must sign."), "/parties")
    if revision.drafted_for_id not in houses:
        yield Condition("own_party_missing", _("Your own organisation must be one of the parties."), "/parties")
    if any(house.status != InstitutionStatus.VERIFIED for house in houses.values()):
        yield Condition(
            "party_not_active", _("One of the parties is suspended, closed or not yet verified."), "/parties"
        )
    if revision.kind is not None and not _goes_on(revision):
        yield from _about_kind(revision.kind, list(houses.values()))


def _about_kind(kind: Term, houses: list[Institution]) -> Iterator[Condition]:
    """Required roles of the kind of agreement, from the data of its term."""
    least = kind.data.get("min_parties") or 2
    if 2 <= len(houses) < least:
        said = _("This kind of agreement needs at least %(count)s organisations.") % {"count": least}
        yield Condition("parties_too_few_for_kind", said, "/parties")
    groups = kind.data.get("requires") or []
    if len(houses) >= 2 and groups and not roles_filled(groups, houses):
        yield Condition(
            "roles_missing", _("This kind of agreement needs: %(roles)s.") % {"roles": _said(groups)}, "/parties"
        )
    if kind.data.get("needs_foreign") and len(houses) >= 2 and len({house.country for house in houses}) < 2:
        yield Condition(
            "foreign_party_missing", _("An international agreement needs a party from another country."), "/parties"
        )


def fits(group: Iterable[str], house: Institution) -> bool:
    """Whether an institution can take a role: the group names kinds, or flags of kinds in one capital letter."""
    return house.kind.code in group or bool(set(house.kind.data.get("flags") or []) & set(group))


def roles_filled(groups: Sequence[Sequence[str]], houses: Sequence[Institution]) -> bool:
    """Whether every required role can be given to an organisation of its own."""
    if not groups:
        return True
    return any(
        fits(groups[0], house) and roles_filled(groups[1:], [other for other in houses if other is not house])
        for house in houses
    )


FLAGS = {
    "E": gettext_lazy("an education organisation"),
    "V": gettext_lazy("a vocational institution"),
    "P": gettext_lazy("a practice host"),
    "W": gettext_lazy("an employer"),
}


def _said(groups: Sequence[Sequence[str]]) -> str:
    """Required roles in words: kinds by their names, flags by what they mean."""
    codes = {code for group in groups for code in group if code not in FLAGS}
    names = {term.code: name_now(term.names) for term in Term.objects.of("participant_kind").filter(code__in=codes)}
    either = _("%(first)s or %(second)s")
    said = []
    for group in groups:
        words = [str(FLAGS.get(code) or names.get(code, code)) for code in group]
        text = words[0]
        for word in words[1:]:
            text = either % {"first": text, "second": word}
        said.append(text)
    return " + ".join(said)


def _about_terms(revision: Revision, parties: Sequence[RevisionParty]) -> Iterator[Condition]:
    terms = list(revision.terms.order_by("position"))
    is_memorandum = bool(revision.kind and revision.kind.data.get("is_memorandum"))
    if not terms and not is_memorandum:
        yield Condition("terms_missing", _("Add at least one obligation: who does what for whom."), "/terms")
    houses = {party.institution_id for party in parties}
    for place, term in enumerate(terms):
        strangers = {term.from_institution_id, term.to_institution_id} - houses - {None}
        if strangers:
            yield Condition(
                "term_outside_parties", _("An obligation names an organisation that is no party."), f"/terms/{place}"
            )


def before_sealed(at: datetime.datetime) -> list[Condition]:
    """Nobody signs while acts are recorded without a seal."""
    said = _(
        "Something has kept the record of acts from being sealed for four hours. Nothing can be signed until it is; everything else goes on."
    )
    return [Condition("record_unsealed", said)] if seals.overdue(at) else []


def before_signing(revision: Revision, party: RevisionParty, on: datetime.date) -> list[Condition]:
    """All that keeps this party from signing this wording."""
    found = list(about_purpose(revision, on))
    if AgreementTerm.objects.filter(revision=revision, not_yet_defined=True).exists():
        said = _("Something in this agreement is not defined yet. It can be signed once it is.")
        found.append(Condition("not_yet_defined", said, "/terms"))
    if party.institution.status != InstitutionStatus.VERIFIED:
        found.append(
            Condition("party_not_active", _("Your organisation is suspended, closed or not yet verified."), "/parties")
        )
    return found
