"""The draft as its editor sees it: what each step holds, what is missing and where, what another editor wrote."""

import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import counted, day_short
from cooperation.agreements.conditions import before_proposing
from cooperation.agreements.content import TEXTS
from cooperation.agreements.filling import filled
from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.presenting import exit_words, period_words, renewal_words
from lifecycle.transitions import Condition

NAMES = {
    "parties": gettext_lazy("Parties"),
    "subject": gettext_lazy("Subject and text"),
    "dates": gettext_lazy("Dates"),
    "terms": gettext_lazy("Obligations"),
    "document": gettext_lazy("Document"),
}
PLACES = {
    "kind": "parties",
    "parties": "parties",
    "title": "subject",
    "starts_on": "dates",
    "ends_on": "dates",
    "review_on": "dates",
    "terms": "terms",
    "renewal_months": "document",
}


def step_url(agreement: Agreement, step: str) -> str:
    return reverse("agreement-step", args=[agreement.public_id, step])


def step_of(condition: Condition) -> str:
    """The step in which a condition is met."""
    return PLACES.get(condition.pointer.strip("/").partition("/")[0], "document")


def missing(revision: Revision, on: datetime.date) -> list[Condition]:
    """What still keeps the draft from being sent."""
    return before_proposing(revision, on)


def errors_of(agreement: Agreement, conditions: list[Condition]) -> list[dict[str, str]]:
    """Conditions as lines that lead to their step."""
    return [{"text": str(each.message), "url": step_url(agreement, step_of(each))} for each in conditions]


def steps_of(agreement: Agreement, revision: Revision, on: datetime.date, current: str = "") -> list[dict[str, Any]]:
    """The five steps with their state: none, some or ready."""
    wanting = {step_of(each) for each in missing(revision, on)}
    touched = {
        "parties": revision.kind_id is not None or revision.parties.count() > 1,
        "subject": bool(revision.title or revision.text or revision.texts),
        "dates": revision.starts_on is not None,
        "terms": revision.terms.exists(),
        "document": True,
    }
    return [
        {
            "name": name, "url": step_url(agreement, step), "current": step == current,
            "state": _state(step, wanting, touched),
        }
        for step, name in NAMES.items()
    ]  # fmt: skip


def unstarted() -> list[dict[str, Any]]:
    """The steps before there is a draft."""
    return [{"name": name, "url": "", "current": step == "parties", "state": "none"} for step, name in NAMES.items()]


def _state(step: str, wanting: set[str], touched: dict[str, bool]) -> str:
    if step in wanting:
        return "some" if touched[step] else "none"
    return "ready" if _counts(step, touched) else "none"


def _counts(step: str, touched: dict[str, bool]) -> bool:
    """Nothing is ready that nobody has touched, even where nothing is required; the last step stands on the others."""
    return touched[step] if step != "document" else touched["subject"] and touched["dates"]


def after(step: str) -> str:
    """The next step; empty after the last."""
    steps = list(NAMES)
    place = steps.index(step) + 1
    return steps[place] if place < len(steps) else ""


def summary(agreement: Agreement, revision: Revision, *, with_links: bool = True) -> list[dict[str, Any]]:
    """All answers so far, each with the address where it is changed."""
    parties = revision.parties.select_related("institution", "role").order_by("position", "pk")
    terms = revision.terms.select_related("kind", "form").order_by("position", "pk")
    said = [
        ("parties", _("Kind of agreement"), name_now(revision.kind.names) if revision.kind else ""),
        ("parties", _("Parties"), "\n".join(_party(each) for each in parties)),
        ("subject", _("Subject"), revision.title),
        ("subject", _("Text of the agreement"), _short(filled(revision.text, revision))),
        *(("subject", TEXTS[tag], _short(filled(text, revision, tag))) for tag, text in revision.texts.items()),
        ("dates", _("Period of validity"), period_words(revision.starts_on, revision.ends_on)),
        ("dates", _("Notice period"), counted(revision.notice_days, "day")),
        ("terms", _("Obligations"), "\n".join(_promise(each) for each in terms)),
        ("document", _("After the last day"), renewal_words(revision.renewal, revision.renewal_months)),
        ("document", _("When one party leaves"), exit_words(revision.survives_exit)),
    ]
    return [
        {"label": label, "text": text, **({"change": step_url(agreement, step)} if with_links else {})}
        for step, label, text in said
    ]


def _party(party: Any) -> str:
    name = name_now(party.institution.names)
    return f"{name} ({name_now(party.role.names)})" if party.role else name


def _promise(term: Any) -> str:
    what = name_now(term.kind.names)
    amount = f": {term.quantity.normalize():f}" if term.quantity is not None else ""
    until = f", {day_short(term.due_on)}" if term.due_on else ""
    return f"{what}{amount}{until}"


def _short(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:300].rstrip()}…"


def conflict(step: str, form: Any, revision: Revision) -> list[dict[str, Any]]:
    """Field by field what two editors wrote: what is stored now, and what this one sent."""
    if step == "terms":
        return []
    stored = {**form.initial_of(revision), **({"kind": revision.kind} if step == "parties" else {})}
    return [
        {"label": field.label, "before": _shown(stored[name]), "after": _shown(form.cleaned_data.get(name))}
        for name, field in form.fields.items()
        if name in stored and name != "own_role" and _shown(stored[name]) != _shown(form.cleaned_data.get(name))
    ]


def _shown(value: Any) -> str:
    if isinstance(value, datetime.date):
        return day_short(value)
    if hasattr(value, "code"):
        return name_now(value.names)
    return "" if value is None else str(value)
