"""What the rooms above do with a pilot project, as moves of `pilots/{id}/moves/…`; and the reach of what spreads."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import today
from accounts.doors import Door
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.pages.records import READERS
from institutions.territory.fields import TermField
from institutions.territory.models import Territory
from labs.pilots import actions as pilots
from labs.pilots.models import PilotProject
from labs.spread import actions
from labs.spread.models import EligibleSet
from labs.spread.reach import reach_of


class SpreadFields(StrictSerializer):
    """Whom it is meant for, and until when reach is reported."""

    territory = ScopedSlugField(Territory, slug_field="code")
    kinds = serializers.ListField(child=TermField("participant_kind"), min_length=1, max_length=30)
    window_ends_on = serializers.DateField()


MOVES: dict[str, Callable[..., Any]] = {
    "examine": pilots.start_examination,
    "approve_programme": pilots.approve_programme,
    "end_pilot": pilots.end_pilot,
    "try_again": pilots.try_again,
    "disseminate": actions.start_spreading,
    "finish": actions.finish_spreading,
}
FIELDS: dict[str, type] = {"disseminate": SpreadFields}


class ReachMonth(StrictSerializer):
    """How many used it by the end of a month."""

    day = serializers.DateField(read_only=True)
    reached = serializers.IntegerField(read_only=True)


class ReachRow(StrictSerializer):
    """Reach among the frozen set; `beyond`: uses outside it, which are not counted."""

    frozen_on = serializers.DateField(read_only=True, allow_null=True)
    window_ends_on = serializers.DateField(read_only=True, allow_null=True)
    eligible = serializers.IntegerField(read_only=True)
    reached = serializers.IntegerField(read_only=True)
    beyond = serializers.IntegerField(read_only=True)
    months = ReachMonth(many=True, read_only=True)


class ReachDoor(Scoped, Door):
    """How far a proven practice has come; empty for what does not spread."""

    http_method_names = ["get", "head"]
    allowed_roles = READERS
    scope = PilotProject
    read_serializers = {"get": ReachRow}

    def get(self, request: Any, public_id: str) -> Response:
        """Reach as it stands today."""
        frozen: Any = EligibleSet.objects.visible_to(request.user).filter(project=self.subject).first()
        if frozen is None:
            nothing = {
                "frozen_on": None,
                "window_ends_on": None,
                "eligible": 0,
                "reached": 0,
                "beyond": 0,
                "months": [],
            }
            return Response(nothing)
        reach = reach_of(self.subject, today())
        told = {
            "frozen_on": frozen.frozen_on, "window_ends_on": frozen.window_ends_on, "eligible": reach.eligible,
            "reached": reach.reached, "beyond": reach.beyond,
            "months": [{"day": day, "reached": count} for day, count in reach.months],
        }  # fmt: skip
        return Response(ReachRow(told).data)
