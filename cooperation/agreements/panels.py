"""Agreements on the page of an institution."""

import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cooperation.agreements.models import Agreement, AgreementParty
from cooperation.agreements.presenting import as_rows, rows_of
from cooperation.agreements.rules import acting_houses
from cooperation.agreements.statuses import AGREED
from institutions.registry.blocks import Block, block
from institutions.registry.holding import Hold, holds_open
from institutions.registry.models import Institution

FEW = 5


def of_institution(user: Any, institution: Institution, on: datetime.date) -> dict[str, Any] | None:
    """The latest agreements of an institution that the reader may see, and how many are in force."""
    seen = Agreement.objects.visible_to(user).of_party(institution)
    rows = rows_of(as_rows(seen).order_by("-modified_at", "-pk")[:FEW], acting_houses(user), on)
    if not rows:
        return None
    return {
        "rows": rows,
        "in_force": seen.in_force_on(on).count(),
        "all_url": f"/{get_language()}/agreements/?view=all&party={institution.public_id}",
    }


def running(institution: Institution, day: datetime.date) -> list[str]:
    """Numbers of the concluded agreements of an institution that are not over by that day."""
    later = DateRange(day, None, "[)")
    party = AgreementParty.objects.filter(agreement=OuterRef("pk"), institution=institution, valid__overlap=later)
    rows = Agreement.objects.filter(Exists(party), status__in=AGREED)
    return list(rows.order_by("number").values_list("number", flat=True))


holds_open(
    Hold("agreements", _("Running agreements: end them, or name the organisation that takes over: %(named)s."), running)
)
block(Block("agreements", _("Agreements"), "cooperation/_institution_agreements.html", of_institution))
