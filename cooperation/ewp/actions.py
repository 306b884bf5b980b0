"""A file of EWP becomes drafts of the importing institution: proposals that nobody else has seen yet."""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from cooperation.agreements.actions import draft_agreement
from cooperation.agreements.models import Agreement
from cooperation.agreements.rules import admin_houses
from cooperation.ewp.exporting import SCHEME
from cooperation.ewp.models import EwpOrigin
from cooperation.ewp.parsing import NotEwp
from cooperation.ewp.shapes import Iia, Mobility
from cooperation.ewp.wording import wording_of
from institutions.registry.models import ExternalId, Institution
from institutions.territory.models import Term

YEAR = re.compile(r"([0-9]{4})/([0-9]{4})\Z")


@dataclass
class Incoming:
    """An agreement of a file before it becomes a draft: whose it is, with whom, and what it says."""

    iia: Iia
    house: Institution
    partner: Institution
    houses: dict[str, Institution]
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What the agreement is called here."""
        codes = " / ".join(each.iia_code for each in self.iia.partners if each.iia_code)
        return " ".join(_("Inter-institutional agreement %(codes)s").strip().replace("%(codes)s", codes).split())[:300]


def permit(user: Any) -> None:
    """Who drafts for an organisation may bring a file in. Raises PermissionDenied."""
    if not admin_houses(user):
        raise PermissionDenied("draft_from_ewp")


def incoming(iias: Sequence[Iia], *, by: Any) -> list[Incoming]:
    """What a file would draft; reads only. Raises NotEwp with everything that keeps it out."""
    codes = {each.hei_id for iia in iias for each in iia.partners}
    rows = ExternalId.objects.annotate(code=Lower("value")).filter(scheme=SCHEME, code__in=codes)
    seen = set(Institution.objects.all().visible_to(by).values_list("pk", flat=True)) if rows else set()
    houses = {row.code: row.institution for row in rows.select_related("institution") if row.institution_id in seen}
    own, faults, found = admin_houses(by), [], []
    for iia in iias:
        wrong = list(_wrong(iia, houses, by))
        faults += wrong
        if wrong:
            continue
        pair = [houses[each.hei_id] for each in iia.partners]
        house = next(each for each in reversed(pair) if each.pk in own)
        partner = next(each for each in pair if each.pk != house.pk)
        starts_on, ends_on = _days(iia.mobilities)
        found.append(Incoming(iia, house, partner, houses, starts_on, ends_on, iia.left_out))
    if faults:
        raise NotEwp(faults)
    return found


def _wrong(iia: Iia, houses: dict[str, Institution], by: Any) -> Iterator[str]:
    """Everything that keeps an agreement out."""
    codes = [each.hei_id for each in iia.partners]
    yield from _about_partners(codes, houses, admin_houses(by))
    for one in iia.mobilities:
        if {one.sending, one.receiving} != set(codes):
            yield _("A mobility goes from %(sending)s to %(receiving)s, which are not the two partners.") % {
                "sending": one.sending, "receiving": one.receiving,
            }  # fmt: skip
    keys = [each.iia_id for each in iia.partners if each.iia_id]
    came = Q(pk__in=())
    for each in iia.partners:  # an id is one of its partner's system: another partner may use the same
        came |= Q(partners__contains=[{"hei_id": each.hei_id, "iia_id": each.iia_id}]) if each.iia_id else came
    known = EwpOrigin.objects.filter(came).values("agreement_key")
    here = Agreement.objects.all().visible_to(by).filter(Q(public_id__in=keys) | Q(public_id__in=known))
    for number in here.order_by("pk").values_list("number", flat=True):
        yield _("This agreement stands here already: %(number)s.") % {"number": number}


def _about_partners(codes: list[str], houses: dict[str, Institution], own: set[int]) -> Iterator[str]:
    for code in codes:
        if code not in houses:
            said = _(
                "No organisation of the register has the SCHAC code %(code)s. Add it on the page of the organisation, or register the organisation with it."
            )
            yield said % {"code": code or "–"}
    if len(set(codes)) < len(codes):
        yield _("Both partners have the same code.")
    if all(code in houses for code in codes) and not any(houses[code].pk in own for code in codes):
        yield _("None of the two partners is an organisation of yours.")


def _days(mobilities: Sequence[Mobility]) -> tuple[datetime.date | None, datetime.date | None]:
    """From the first academic year to the last: September to August, or a calendar year where it is written 2010/2010."""
    years = [
        match.groups()
        for each in mobilities
        for said in (each.first_year, each.last_year)
        if (match := YEAR.match(said))
    ]
    if not years:
        return None, None
    first, last = min(years), max(years)
    try:
        starts_on = datetime.date(int(first[0]), 9 if first[0] != first[1] else 1, 1)
        ends_on = datetime.date(int(last[1]), 8 if last[0] != last[1] else 12, 31)
    except ValueError:
        return None, None
    return (starts_on, ends_on) if starts_on < ends_on else (None, None)


@transaction.atomic
def draft_from_ewp(iias: Sequence[Iia], *, by: Any, at: datetime.datetime) -> list[Agreement]:
    """One draft for each agreement of the file, all or none. Raises NotEwp, PermissionDenied."""
    permit(by)
    people = Term.objects.filter(vocabulary="obligation_kind", code="people").first()
    if people is None:
        raise NotEwp([_("The country's vocabulary has no obligation to send or receive people.")])
    return [_draft(each, people, by, at) for each in incoming(iias, by=by)]


def _draft(each: Incoming, people: Term, by: Any, at: datetime.datetime) -> Agreement:
    abroad = each.house.country != each.partner.country
    kind = Term.objects.filter(vocabulary="agreement_kind", code="international").first() if abroad else None
    agreement = draft_agreement(
        by=by, at=at, institution=each.house, title=each.title, kind=kind, starts_on=each.starts_on,
        ends_on=each.ends_on, parties=[{"institution": each.house}, {"institution": each.partner}],
        terms=[
            {
                "kind": people, "from_": each.houses[one.sending], "to": each.houses[one.receiving],
                "quantity": Decimal(one.per_year), "unit": "people", "text": wording_of(one),
                "field_of_study": one.areas[0].isced if one.areas else "", "not_yet_defined": one.not_yet_defined,
            }
            for one in each.iia.mobilities
        ],
    )  # fmt: skip
    EwpOrigin.objects.create(
        agreement_key=agreement.public_id, partners=[asdict(one) for one in each.iia.partners],
        in_effect=each.iia.in_effect,
        terminated=each.iia.terminated, pdf_file=each.iia.pdf_file, came_at=at,
    )  # fmt: skip
    return agreement
