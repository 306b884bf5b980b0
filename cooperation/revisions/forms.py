"""What each move of a concluded agreement asks for: they check shape and never save."""

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.spelling import LineInput
from accounts.typed import DayInput
from cooperation.agreements.copying import next_end, next_start
from cooperation.agreements.forms import A_DAY
from cooperation.agreements.models import Agreement
from cooperation.agreements.statuses import Decision
from cooperation.pages.forms import ReasonForm

DAY_WORDS = {
    "invalid": _("Takes effect: enter a day, for example 31.08.2027."),
    "required": _("Takes effect: enter a day, for example 31.08.2027."),
}
END_WORDS = {
    "invalid": _("Ends: enter a day, for example 31.08.2027."),
    "required": _("Ends: enter a day, for example 31.08.2027."),
}


def document_field() -> LineInput:
    """The letter or order on which it rests."""
    return LineInput(
        label=_("Document"), max_length=300, help_text=_("Its name, number and day, for example Letter 12 of 01.09.2026"),
        error_messages={"required": _("Document: name the letter or the order.")},
    )  # fmt: skip


def day_field() -> DayInput:
    """From which day."""
    return DayInput(label=_("Takes effect"), help_text=A_DAY, error_messages=DAY_WORDS)


class Nothing(forms.Form):
    """A move that is only asked about."""


class PauseForm(ReasonForm):
    """Why, and on which document it rests."""

    document = document_field()


class EarlyEndForm(ReasonForm):
    """Why, and from which day."""

    effective_on = day_field()


class NoticeForm(PauseForm):
    """Why, by which document, and from which day."""

    effective_on = day_field()


class RenewForm(forms.Form):
    """Until when."""

    ends_on = DayInput(label=_("New last day"), help_text=A_DAY, error_messages=END_WORDS)


class DecideForm(forms.Form):
    """What is to become of it."""

    decision = forms.ChoiceField(
        label=_("When it ends"), choices=Decision.choices, widget=forms.RadioSelect,
        error_messages={"required": _("When it ends: choose one.")},
    )  # fmt: skip


class CopyForm(forms.Form):
    """The dates of the new agreement; all else is taken over."""

    starts_on = DayInput(
        label=_("Starts"), help_text=_("for example 01.09.2026"),
        error_messages={
            "invalid": _("Starts: enter a day, for example 01.09.2026."),
            "required": _("Starts: enter the first day of the agreement."),
        },
    )  # fmt: skip
    ends_on = DayInput(
        label=_("Ends"), required=False, help_text=_("The last day; empty for an agreement without an end"),
        error_messages=END_WORDS,
    )  # fmt: skip


def initial_of(move: str, agreement: Agreement, on: datetime.date) -> Mapping[str, Any]:
    """What a field most likely holds."""
    notice = agreement.concluded.notice_days if agreement.concluded else 0
    found = {
        "renew": {"ends_on": next_end(agreement)},
        "propose_termination": {"effective_on": on},
        "give_notice": {"effective_on": on + datetime.timedelta(days=notice)},
        "copy": {"starts_on": next_start(agreement), "ends_on": next_end(agreement)},
    }
    return found.get(move, {})
