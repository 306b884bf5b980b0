"""What waits for a person among agreements: a signature of their institution, a draft, a refusal."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from cooperation.agreements.models import Agreement, RevisionParty
from cooperation.agreements.rules import acting_houses, admin_houses
from cooperation.agreements.statuses import AgreementStatus
from lifecycle.waiting import Line, Queue, waits


def to_answer(user: Any) -> QuerySet[Agreement]:
    """Proposals that an institution of this person has yet to sign, longest waiting first."""
    seen = Agreement.objects.visible_to(user)
    found: QuerySet[Agreement] = seen.waiting_for(acting_houses(user)).select_related("shown")
    return found.annotate(sides=_sides_of("shown")).order_by("turn_since", "pk")


def drafts(user: Any) -> QuerySet[Agreement]:
    """Drafts of the institutions this person drafts for, and what was declined there."""
    seen = Agreement.objects.visible_to(user)
    own = seen.filter(status=AgreementStatus.DRAFT, initiator__in=admin_houses(user))
    found: QuerySet[Agreement] = own.select_related("latest").annotate(sides=_sides_of("latest"))
    return found.order_by("-modified_at", "pk")


def _sides_of(revision: str) -> ArraySubquery:
    """Names of the parties in their order, read with the row."""
    parties = RevisionParty.objects.filter(revision=OuterRef(f"{revision}_id")).order_by("position", "pk")
    return ArraySubquery(parties.values("institution__names"))


def with_whom(agreement: Any) -> str:
    """The parties, as people speak of an agreement."""
    return " × ".join(dict.fromkeys(name_now(names) for names in agreement.sides))


def titled(agreement: Agreement, title: str) -> str:
    """The number and the subject."""
    return f"{agreement.number} · {title or gettext('Without a subject yet')}"


def answer_line(agreement: Agreement, user: Any) -> Line:
    shown = agreement.shown
    return Line(
        title=titled(agreement, shown.title if shown else agreement.title), action=gettext("Sign"),
        url=reverse("agreement-detail", args=[agreement.public_id]), since=agreement.turn_since, note=with_whom(agreement),
    )  # fmt: skip


def draft_line(agreement: Agreement, user: Any) -> Line:
    """A draft to go on with, or what was declined and waits for a new revision."""
    latest = agreement.latest
    declined = agreement.shown_id is not None and agreement.latest_id == agreement.shown_id
    return Line(
        title=titled(agreement, latest.title if latest else agreement.title),
        action=gettext("Prepare a new revision") if declined else gettext("Go on"),
        url=reverse("agreement-detail" if declined else "agreement-edit", args=[agreement.public_id]),
        since=agreement.turn_since if declined else agreement.modified_at, note=with_whom(agreement),
    )  # fmt: skip


waits(Queue("agreements.sign", _("Agreements to sign"), to_answer, answer_line, "/agreements/?view=mine"))
waits(Queue("agreements.drafts", _("Drafts"), drafts, draft_line, "/agreements/?status=draft"))
