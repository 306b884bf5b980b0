"""What a practice must say before it is sent for review; the moves are those of everything that is reviewed."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.reviewing.rules import review_table
from lifecycle.transitions import Condition


def before_review(practice: Any) -> Iterator[Condition]:
    """The form of cooperation, what was done, and what came of it."""
    if practice.form_id is None:
        yield Condition("form", _("Choose the form of cooperation."), "/form")
    if not practice.done.strip():
        yield Condition("done", _("Say what was done, so that others can do it too."), "/done")
    if not practice.outcome.strip():
        yield Condition("outcome", _("Say what came of it."), "/outcome")


PRACTICE = review_table("practice", before_review)
