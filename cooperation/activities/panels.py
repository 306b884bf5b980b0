"""Own figures on the home of an institution: agreements in force and joint work, beside the middle of its peers."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Q, QuerySet, Value
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import name_now
from accounts.wording import number
from cooperation.activities.models import Activity, ActivityStatus, Participation
from cooperation.agreements.models import Agreement, AgreementParty
from institutions.registry.blocks import Block, block
from institutions.registry.models import Institution, InstitutionStatus
from institutions.registry.scope import NOTHING

LEAST_PEERS = 5  # fewer would tell what one of them does
YEAR = datetime.timedelta(days=365)


def peers_of(house: Institution) -> tuple[QuerySet[Institution], int, str]:
    """Others of the same kind: of the region, or of the whole country where the region has too few; how many, where."""
    same = Institution.objects.filter(kind=house.kind_id, status=InstitutionStatus.VERIFIED).exclude(pk=house.pk)
    path = house.territory.lineage
    inside = [Q(territory__lineage__contains=path[depth : depth + 1]) if path[depth:] else NOTHING for depth in (1, 0)]
    counts = same.aggregate(region=Count("pk", filter=inside[0]), country=Count("pk", filter=inside[1]))
    for near, where, words in zip(inside, counts, (_("in the region"), _("in the country")), strict=True):
        if counts[where] >= LEAST_PEERS:
            return same.filter(near), counts[where], words
    return same.none(), 0, ""


def beside_peers(
    user: Any, own: Sequence[QuerySet[Any]], ledgers: Sequence[QuerySet[Any]], peers: QuerySet[Institution], count: int
) -> list[tuple[int, Decimal | None]]:
    """For each figure the own number and the median of the peers (who has none has nought), asked all at once."""
    numbers = [_numbers(rows.order_by().annotate(one=Value(1)).values("one")) for rows in own]
    others = [_numbers(rows.filter(institution__in=peers).order_by().values("institution")) for rows in ledgers]
    row = User.objects.filter(pk=user.pk).values_list(*numbers, *others)[0]
    return [
        (sum(mine), Decimal(str(median([*theirs, *[0] * (count - len(theirs))]))) if count else None)
        for mine, theirs in zip(row[: len(own)], row[len(own) :], strict=True)
    ]


def _numbers(groups: QuerySet[Any]) -> ArraySubquery:
    """How many rows each group has."""
    return ArraySubquery(groups.annotate(n=Count("pk")).values("n"))


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
    (in_force, of_peers), (done_together, by_peers) = beside_peers(
        user, (agreements, done), (parties, parts), peers, count
    )
    figures = [
        _figure(_("Agreements in force"), in_force, of_peers,
                f"/{lang}/agreements/?view=all&party={house.public_id}&in_force_on={on.isoformat()}"),
        _figure(_("Confirmed joint activities in 12 months"), done_together, by_peers,
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
