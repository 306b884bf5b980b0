"""An agreement of ours as EWP reads it, with everything that keeps it from going out said at once."""

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.names import name_now
from cooperation.agreements.models import Agreement, AgreementTerm, Revision, RevisionParty
from cooperation.ewp.models import EwpOrigin
from cooperation.ewp.shapes import NEEDS_LANGUAGE, Area, Iia, Mobility, Partner
from cooperation.ewp.wording import HEAD, NotAMobility, details_of
from institutions.registry.models import ExternalId
from lifecycle.transitions import Condition

SCHEME = "schac"
AUTUMN = 9  # months before it belong to the academic year that began the year before


@dataclass
class Outgoing:
    """What goes out: the agreement, or what is missing (`unmet`); obligations EWP has no place for in `left_out`."""

    iia: Iia | None = None
    unmet: list[Condition] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def outgoing(agreement: Agreement, revision: Revision, own: Collection[int]) -> Outgoing:
    """The revision as EWP knows agreements; the first partner is the reader's side, or who came first in a file."""
    found = Outgoing()
    parties = list(revision.parties.select_related("institution").order_by("position", "pk"))
    if len({party.institution_id for party in parties}) != 2 or len(parties) != 2:
        said = _(
            "EWP knows agreements of exactly two partners, and this one has %(count)s. Here it holds for all of them as"
            " one record; for the exchange, agree with each partner by itself."
        )
        found.unmet.append(Condition("not_two_parties", said % {"count": len(parties)}, "/parties"))
        return found
    codes = dict(
        ExternalId.objects.filter(scheme=SCHEME, institution__in=[party.institution_id for party in parties])
        .order_by("-pk")
        .values_list("institution", Lower("value"))
    )
    for party in parties:
        if party.institution_id not in codes:
            said = _("%(name)s has no SCHAC code in the register: partners abroad know it by that code.")
            words = {"name": name_now(party.institution.names)}
            found.unmet.append(Condition("schac_missing", said % words, "/parties"))
    mobilities = list(_mobilities(revision, codes, found))
    if not mobilities and not found.unmet:
        said = _("No obligation here is a mobility, and EWP carries nothing else.")
        found.unmet.append(Condition("no_mobility", said, "/terms"))
    if not found.unmet:
        found.iia = _whole(agreement, parties, codes, own, tuple(mobilities))
    return found


def _whole(
    agreement: Agreement, parties: list[RevisionParty], codes: dict[int, str], own: Collection[int],
    mobilities: tuple[Mobility, ...],
) -> Iia:  # fmt: skip
    origin = EwpOrigin.objects.filter(agreement_key=agreement.public_id).first()
    signed = agreement.concluded_id is not None
    terminated = agreement.status == "terminated"
    if origin is not None:
        first, second = (Partner(**each) for each in origin.partners)
        return Iia(
            (first, second), signed or origin.in_effect, mobilities, terminated or origin.terminated, origin.pdf_file
        )
    ordered = sorted(parties, key=lambda party: (party.institution_id not in own, party.position))
    first, second = (
        Partner(
            codes[party.institution_id],
            iia_id=agreement.public_id if place == 0 else "",
            iia_code=agreement.number if place == 0 else "",
            signing_date=_day(party.approved_at) if signed else "",
        )
        for place, party in enumerate(ordered)
    )
    return Iia((first, second), signed, mobilities, terminated)


def _day(at: datetime.datetime | None) -> str:
    return timezone.localtime(at).date().isoformat() if at else ""


def _mobilities(revision: Revision, codes: dict[int, str], found: Outgoing) -> Iterator[Mobility]:
    terms = revision.terms.select_related("kind", "from_institution", "to_institution").order_by("position", "pk")
    for place, term in enumerate(terms, start=1):
        if not term.text.lstrip().startswith(f"{HEAD}:"):
            said = _("Obligation %(place)s (%(kind)s) is no mobility: it stays here, EWP has no place for it.")
            found.left_out.append(said % {"place": place, "kind": name_now(term.kind.names)})
            continue
        try:
            details = details_of(term.text)
        except NotAMobility as wrong:
            said = _("Obligation %(place)s: the line “%(line)s” of its wording cannot be read.")
            found.unmet.append(Condition("unclear", said % {"place": place, "line": wrong}, f"/terms/{place - 1}"))
            continue
        mobility, lacking = _mobility(term, revision, details, codes)
        found.unmet += [Condition(code, _said(place, text), f"/terms/{place - 1}") for code, text in lacking]
        if mobility is not None and not lacking:
            yield mobility


def _said(place: int, text: str) -> str:
    return _("Obligation %(place)s: %(what)s") % {"place": place, "what": text}


def _mobility(
    term: AgreementTerm, revision: Revision, details: dict[str, Any], codes: dict[int, str]
) -> tuple[Mobility | None, list[tuple[str, str]]]:
    """The columns and the wording as one mobility, and what is missing of it."""
    lacking = []
    people = term.quantity
    if people is None or people <= 0 or people != int(people):
        lacking.append(("people_missing", _("say how many people go each year, a whole number.")))
    ends = (term.from_institution_id, term.to_institution_id)
    if None in ends or ends[0] == ends[1] or not set(ends) <= set(codes):
        lacking.append(("direction_missing", _("say who sends and who receives.")))
    years = details.pop("first_year", ""), details.pop("last_year", "")
    first, last = years if all(years) else _years_of(revision)
    if not first or not last:
        lacking.append(("years_missing", _("say for which academic years, or give the agreement its days.")))
    if details["kind"] in NEEDS_LANGUAGE and not details.get("languages"):
        lacking.append(("language_missing", _("name the language, as in “Languages: en B1”.")))
    if lacking or people is None:
        return None, lacking
    areas = details.pop("areas", ()) or ((Area(term.field_of_study),) if term.field_of_study else ())
    sending, receiving = (codes[end] for end in ends if end is not None)
    return Mobility(
        sending=sending, receiving=receiving, first_year=first, last_year=last, per_year=int(people), areas=areas,
        not_yet_defined=term.not_yet_defined, **details,
    ), []  # fmt: skip


def _years_of(revision: Revision) -> tuple[str, str]:
    """The academic years an agreement lasts; without an end those of one year."""
    if revision.starts_on is None:
        return "", ""
    return academic_year(revision.starts_on), academic_year(revision.ends_on or revision.starts_on)


def academic_year(day: datetime.date) -> str:
    """2014/2015, as EWP writes it; years begin in September."""
    first = day.year if day.month >= AUTUMN else day.year - 1
    return f"{first:04d}/{first + 1:04d}"
