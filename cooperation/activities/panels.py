"""Own figures on the home of an institution: agreements in force and joint work, beside the middle of its peers."""

import datetime
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.names import name_now
from accounts.wording import number
from cooperation.activities.models import Activity, ActivityStatus, Participation
from cooperation.agreements.models import Agreement, AgreementParty
from institutions.registry.blocks import Block, block
from institutions.registry.models import Institution, InstitutionStatus

LEAST_PEERS = 5  # fewer would tell what one of them does
YEAR = datetime.timedelta(days=365)


def peers_of(house: Institution) -> tuple[QuerySet[Institution], int, str]:
    """Others of the same kind: of the region, or of the whole country where the region has too few; how many, where."""
    same = Institution.objects.filter(kind=house.kind_id, status=InstitutionStatus.VERIFIED).exclude(pk=house.pk)
    path = house.territory.lineage
    for depth in (1, 0):
        near = same.filter(territory__lineage__contains=path[depth : depth + 1]) if path[depth:] else same.none()
        if (count := near.count()) >= LEAST_PEERS:
            return near, count, _("in the region") if depth else _("in the country")
    return same.none(), 0, ""


def middle(rows: QuerySet[Any], peers: QuerySet[Institution], count: int) -> Decimal | None:
    """The median over all peers of how many rows each has; who has none has nought."""
    if not count:
        return None
    found = rows.filter(institution__in=peers).values("institution").annotate(n=Count("pk")).order_by()
    numbers = list(found.values_list("n", flat=True))
    return Decimal(str(median([*numbers, *[0] * (count - len(numbers))])))


def own_figures(user: Any, house: Institution, on: datetime.date) -> dict[str, Any]:
    """Two figures, each with the list of that length behind it and the median of the peers."""
    since, lang = on - YEAR, get_language()
    peers, count, where = peers_of(house)
    agreements = Agreement.objects.visible_to(user).of_party(house).in_force_on(on)
    worked = Activity.objects.visible_to(user).of_institution(house)
    done = worked.filter(status=ActivityStatus.CONFIRMED, starts_on__gte=since, starts_on__lte=on)
    parties = AgreementParty.objects.filter(
        valid__contains=on, agreement__in=Agreement.objects.all().in_force_on(on)
    )  # fmt: skip
    parts = Participation.objects.filter(
        activity__status=ActivityStatus.CONFIRMED, on_date__gte=since, on_date__lte=on
    )  # fmt: skip
    span = f"from={since.isoformat()}&to={on.isoformat()}"
    figures = [
        _figure(_("Agreements in force"), agreements.count(), middle(parties, peers, count),
                f"/{lang}/agreements/?view=all&party={house.public_id}&in_force_on={on.isoformat()}"),
        _figure(_("Confirmed joint activities in 12 months"), done.count(), middle(parts, peers, count),
                f"/{lang}/activities/?view=all&status=confirmed&institution={house.public_id}&{span}"),
    ]  # fmt: skip
    words = _("Beside each the median of %(count)s other organisations of the same kind %(where)s.")
    few = _("There are too few organisations of the same kind to compare with.")
    note = words % {"count": number(count), "where": where} if count else few
    return {"figures": figures, "note": note, "name": name_now(house.names)}


def _figure(label: str, own: int, beside: Decimal | None, url: str) -> dict[str, Any]:
    said = "" if beside is None else _("median %(median)s") % {"median": number(beside)}
    return {"label": label, "text": number(own), "beside": said, "url": url}


block(Block("figures", gettext_lazy("Our figures"), "cooperation/_own_figures.html", own_figures, place="home"))
