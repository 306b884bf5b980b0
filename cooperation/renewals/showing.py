"""The renewal brief in words: when it ends, what was promised, what was done under it, and what may come next."""

import datetime
from typing import Any

from django.db.models import Count, Max, Sum
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.names import name_now
from accounts.wording import counted, day_short, number
from cooperation.activities.models import Activity, ParticipantCount
from cooperation.agreements import alerting, presenting
from cooperation.agreements.models import Agreement
from cooperation.agreements.rules import AGREEMENT, can_copy, is_unfinished
from cooperation.agreements.statuses import Decision
from institutions.territory.models import Term


def facts_of(agreement: Agreement, on: datetime.date) -> list[dict[str, Any]]:
    """When its day comes, and what happens then unless somebody acts."""
    bound, due = agreement.concluded, alerting.due_day(agreement)
    left = (due - on).days if due else None
    period = presenting.period_words(agreement.starts_on, agreement.ends_on)
    facts = [{"label": _("Period of validity"), "text": period}]
    if due is not None and left is not None:
        label = _("Last day") if agreement.ends_on else _("Review")
        said = _("%(day)s, %(days)s left") % {"day": day_short(due), "days": counted(max(left, 0), "day")}
        facts.append({"label": label, "text": said})
    if bound is None:
        return facts
    decided = alerting.is_decided(agreement)
    return [
        *facts,
        {"label": _("After the last day"), "text": presenting.renewal_words(bound.renewal, bound.renewal_months)},
        {"label": _("Notice period"), "text": counted(bound.notice_days, "day")},
        {"label": _("Decision about the end"), "text": str(Decision(bound.decision).label) if decided else ""},
    ]  # fmt: skip


def done_under(agreement: Agreement) -> list[dict[str, Any]]:
    """Form by form the confirmed joint work under it: rows of {form, count, people, last, url}; three queries."""
    rows = Activity.objects.counted().filter(agreement=agreement).order_by()
    forms = list(rows.values("form").annotate(count=Count("pk"), last=Max("starts_on")))
    heads = ParticipantCount.objects.filter(activity__in=rows).order_by().values("activity__form")
    people = dict(heads.annotate(all=Sum("number")).values_list("activity__form", "all"))
    words = Term.objects.in_bulk([row["form"] for row in forms])
    found = [
        {
            "form": f"{words[row['form']].code} · {name_now(words[row['form']].names)}",
            "count": number(row["count"]), "people": number(people.get(row["form"], 0)), "last": day_short(row["last"]),
            "url": rows_url(agreement, words[row["form"]].code), "order": (-row["count"], words[row["form"]].position),
        }
        for row in forms
    ]  # fmt: skip
    return sorted(found, key=lambda row: row["order"])


def rows_url(agreement: Agreement, form: str) -> str:
    """The list of exactly the activities that were counted."""
    asked = {"view": "all", "agreement": agreement.public_id, "form": form, "status": "confirmed"}
    return f"{reverse('activity-list')}?{urlencode(asked)}"


def total_of(agreement: Agreement) -> dict[str, str]:
    """All confirmed joint work under it, counted and opened into its rows."""
    count = Activity.objects.counted().filter(agreement=agreement).count()
    asked = {"view": "all", "agreement": agreement.public_id, "status": "confirmed"}
    return {"text": counted(count, "activity"), "url": f"{reverse('activity-list')}?{urlencode(asked)}"}


def options_of(agreement: Agreement, user: Any) -> list[dict[str, Any]]:
    """What this person may choose now, one press each: the same terms for longer, other terms, a new one, or the end."""
    moves = AGREEMENT.available(agreement, user)
    quiet = not is_unfinished(agreement)
    found: list[dict[str, Any]] = []
    if "renew" in moves and quiet and agreement.ends_on is not None:
        found.append(
            {"text": _("Renew it as it is"), "url": _move(agreement, "renew"), "icon": "agreement", "kind": "main",
             "means": _("The same terms with a later last day; the parties sign again.")}
        )  # fmt: skip
    if "amend" in moves and quiet:
        found.append(
            {"text": _("Change it"), "url": presenting.page(agreement, "amend"), "icon": "pencil", "kind": "second",
             "means": _("Other terms or another last day, clause by clause.")}
        )  # fmt: skip
    if can_copy(user, agreement):
        found.append(
            {"text": _("Copy into a new agreement"), "url": presenting.page(agreement, "copy"), "icon": "copy",
             "kind": "second", "means": _("A new draft with the same parties, text and obligations. Only the dates move on.")}
        )  # fmt: skip
    if "decide" in moves and agreement.ends_on is not None and not alerting.is_decided(agreement):
        found.append(
            {"text": _("Let it end"), "url": _move(agreement, "decide"), "icon": "stop", "kind": "second",
             "decision": Decision.END.value, "means": _("The decision is recorded; all parties read it, and no more is told of the end.")}
        )  # fmt: skip
    return found


def _move(agreement: Agreement, move: str) -> str:
    return reverse("agreement-move", args=[agreement.public_id, move])
