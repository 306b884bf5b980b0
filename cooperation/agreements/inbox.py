"""What waits for a person among agreements: a signature of their institution, a draft, a refusal."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from cooperation.agreements.models import Agreement, AgreementStatus
from cooperation.agreements.rules import acting_houses, admin_houses
from cooperation.agreements.standing import parties_of
from lifecycle.waiting import Line, Queue, waits


def to_answer(user: Any) -> QuerySet[Agreement]:
    """Proposals that an institution of this person has yet to sign, longest waiting first."""
    seen = Agreement.objects.visible_to(user)
    found: QuerySet[Agreement] = seen.waiting_for(acting_houses(user)).prefetch_related("shown__parties__institution")
    return found.order_by("turn_since", "pk")


def drafts(user: Any) -> QuerySet[Agreement]:
    """Drafts of the institutions this person drafts for, and what was declined there."""
    seen = Agreement.objects.visible_to(user)
    own = seen.filter(status=AgreementStatus.DRAFT, initiator__in=admin_houses(user))
    found: QuerySet[Agreement] = own.prefetch_related("shown__parties__institution", "latest__parties__institution")
    return found.order_by("-modified_at", "pk")


def named(agreement: Agreement) -> str:
    """The parties, as people speak of an agreement."""
    parties = parties_of(agreement.shown or agreement.latest)
    return " × ".join(dict.fromkeys(name_now(party.institution.names) for party in parties)) or agreement.number


def answer_line(agreement: Agreement, user: Any) -> Line:
    return Line(
        title=named(agreement), action=gettext("Sign"), url=reverse("agreement-detail", args=[agreement.public_id]),
        since=agreement.turn_since,
    )  # fmt: skip


def draft_line(agreement: Agreement, user: Any) -> Line:
    declined = agreement.shown_id is not None
    name = "agreement-detail" if declined and agreement.latest_id == agreement.shown_id else "agreement-edit"
    return Line(
        title=f"{agreement.title or agreement.number} · {named(agreement)}", action=gettext("Go on"),
        url=reverse(name, args=[agreement.public_id]), since=agreement.modified_at,
    )  # fmt: skip


waits(Queue("agreements.sign", _("Agreements to sign"), to_answer, answer_line, "/agreements/?view=mine"))
waits(Queue("agreements.drafts", _("Drafts"), drafts, draft_line, "/agreements/?status=draft"))
