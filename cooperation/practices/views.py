"""Pages of practices: the catalogue, one practice with those who use it too, its form and its moves."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.views import View

from cooperation.activities.rules import member_houses
from cooperation.adoptions.showing import panel_of
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import AtOnce
from cooperation.practices import actions, listing, presenting
from cooperation.practices.forms import PracticeForm
from cooperation.practices.models import Practice
from cooperation.practices.rules import PRACTICE
from cooperation.reviewing.records import AT_ONCE, EVERYBODY, DetailPage, EditPage, NewPage, WithReason

HEADING = _("Good practices")


class PracticeList(ReadyList):
    """What has worked elsewhere?"""

    allowed_roles = EVERYBODY
    scope = Practice
    related = listing.RELATED
    listing = listing
    table, icon, new_page, heads = "cooperation/_practice_table.html", "hand", "practice-new", ("title",)
    words = Words(
        HEADING, "practice", _("No practice fits these filters"), _("All practices"), _("There are no practices yet"),
        _("Teachers write down what worked, somebody else reads it, and others say that they use it too."),
        _("Write a practice"),
    )  # fmt: skip

    def may_add(self, user: Any) -> bool:
        return bool(member_houses(user))

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return [presenting.row_of(practice) for practice in rows]


class Page:
    """What all pages of one practice share."""

    scope = Practice
    related = presenting.RELATED
    machine, word, plural = PRACTICE, "practice", HEADING


class PracticeDetail(Page, DetailPage, View):
    """What was done, what came of it, and who uses it too?"""

    template_name = "cooperation/practice_detail.html"

    def beside(self, open_now: Collection[str]) -> dict[str, Any]:
        practice, user = self.thing, self.request.user
        told = practice.published_at is not None
        return {
            "facts": presenting.facts_of(practice, user),
            "panel": panel_of(user, Practice.subject_type, practice) if told else None,
        }  # fmt: skip


class Move(AtOnce, PracticeDetail):
    """Sent, or published."""

    at_once = AT_ONCE


class ReasonedMove(Page, WithReason):
    """Returned, or withdrawn."""


class Form:
    """The form of a practice."""

    form_class = PracticeForm
    template_name = "cooperation/practice_edit.html"


class NewPractice(Page, Form, NewPage, View):
    """What worked?"""

    title = _("Write a practice")
    draft = staticmethod(actions.draft_practice)


class EditPractice(Page, Form, EditPage, View):
    """What is left to write?"""

    save = staticmethod(actions.save_practice)
