"""What everybody may know of an organisation's agreements: with whom it has one in force, and since when."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.agreements.indicators import in_force_on
from institutions.registry.models import Institution
from quality.catalogue.declared import Span
from quality.releases.telling import Lines, Story, tells


def partners(span: Span) -> Lines:
    """By organisation every other signing party of its agreements in force on the last day, since the first of them."""
    rows = in_force_on(span.day).order_by("agreement_id", "institution_id")
    parties: dict[int, list[tuple[int, datetime.date]]] = {}
    for agreement, house, since in rows.values_list("agreement_id", "institution_id", "agreement__in_force_from"):
        if since is not None:
            parties.setdefault(agreement, []).append((house, since))
    found: dict[int, dict[int, datetime.date]] = {}
    for together in parties.values():
        for house, since in together:
            known = found.setdefault(house, {})
            for other, _since in together:
                if other != house:
                    known[other] = min(known.get(other, since), since)
    named = named_of({other for known in found.values() for other in known})
    rank = {other: number for number, other in enumerate(named)}
    return {
        house: [{**named[other], "day": known[other]} for other in sorted(known, key=rank.__getitem__)]
        for house, known in found.items() if known
    }  # fmt: skip


def named_of(keys: set[int]) -> dict[int, dict[str, Any]]:
    """Organisations as a line of a release names them, in the order of their names."""
    rows = Institution.objects.filter(pk__in=keys).order_by("sort_key", "pk").values_list("pk", "public_id", "names")
    return {pk: {"house": public_id, "names": names} for pk, public_id, names in rows}


tells(Story("partners", _("Partners by agreement"), partners))
