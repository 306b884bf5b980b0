"""Filters of the board and the list of pilot projects, the same for page and API."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.names import name_now
from accounts.scoped import ScopedFilter
from cooperation.pages.filters import JointFilters, PageForm, search_filter, word_filter
from labs.laboratories.models import Laboratory, LaboratoryQuerySet
from labs.pilots.models import PilotProject, PilotStatus
from labs.pilots.stages import APART, APART_WORDS, STAGES, statuses_of
from labs.pilots.turns import waiting_for

COLUMNS = [*((str(stage), words) for stage, (words, _statuses) in STAGES.items()), (str(APART), APART_WORDS)]


class PilotFilters(JointFilters):
    """stage, status, laboratory, direction, territory (with all below it), late, turn."""

    stage = django_filters.ChoiceFilter(choices=COLUMNS, method="of_stage", label=_("Stage"), empty_label=_("All"))
    status = django_filters.ChoiceFilter(choices=PilotStatus.choices, label=_("Status"), empty_label=_("All"))
    laboratory = ScopedFilter(Laboratory, label=_("Laboratory"))
    direction = word_filter("programme_direction", _("Programme direction"))
    late = django_filters.ChoiceFilter(
        choices=[("yes", _("Past the deadline"))], method="past", label=_("Deadline"), empty_label=_("All")
    )

    class Meta:
        model = PilotProject
        fields: tuple[str, ...] = ()

    def of_stage(self, rows: Any, name: str, stage: str) -> QuerySet[PilotProject]:
        return rows.filter(status__in=statuses_of(int(stage)))  # type: ignore[no-any-return]

    def past(self, rows: Any, name: str, said: str) -> QuerySet[PilotProject]:
        return rows.late(today())  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[PilotProject]:
        return waiting_for(rows, self.request.user)


class PilotPageFilters(PageForm, PilotFilters):
    """The same with the search box, as the page shows them."""

    search = search_filter()
    field_order = ("search", "stage", "direction", "territory", "laboratory")
    hidden = ("status", "late", "turn")

    def named(self, rows: Any, name: str, text: str) -> QuerySet[PilotProject]:
        return rows.search(text)  # type: ignore[no-any-return]

    @cached_property
    def form(self) -> Any:
        """Of the laboratories those the reader works in, by name, and the one that was chosen; others are searched for."""
        form = super().form
        field = form.fields["laboratory"]
        own = LaboratoryQuerySet.among(self.request.user)
        rows = field.queryset.filter(own | Q(public_id=form.data.get("laboratory") or "")).select_related("site")
        offered = [(row.public_id, name_now(row.site.names)) for row in rows.order_by("site__sort_key", "pk")]
        field.widget = forms.Select(choices=[("", _("All")), *offered]) if offered else forms.HiddenInput()
        return form
