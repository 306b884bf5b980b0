"""What everybody may know of an organisation's agreements: with whom it has one in force, and since when."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.names import all_names
from cooperation.agreements.indicators import in_force_on
from institutions.registry.models import Institution
from quality.releases.telling import Lines, Story, tells


def partners(_starts_on: datetime.date, ends_on: datetime.date) -> Lines:
    """By organisation every other signing party of its agreements in force on the last day, since the first of them."""
    rows = in_force_on(ends_on).order_by("agreement_id", "institution_id")
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
    return {
        house: sorted(
            ({**named[other], "day": since} for other, since in known.items()), key=lambda line: line["sort_key"]
        )
        for house, known in found.items() if known
    }  # fmt: skip


def named_of(keys: set[int]) -> dict[int, dict[str, Any]]:
    """Organisations as a line of a release names them."""
    rows = Institution.objects.filter(pk__in=keys).values_list("pk", "public_id", "names", "sort_key")
    return {
        pk: {"house": public_id, "names": all_names(names), "sort_key": sort_key[:100]}
        for pk, public_id, names, sort_key in rows
    }


tells(Story("partners", _("Partners by agreement"), partners))
