"""Verdicts over the API: what figures give, what the panel says, and the acts of its people."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Door, StrictViewSet
from accounts.models import User
from accounts.scoped import Scoped
from accounts.strict import StrictSerializer
from exchange.once import Once
from labs.pilots.models import PilotProject
from labs.verdicts import actions
from labs.verdicts.models import Value, Verdict
from labs.verdicts.rules import NOBODY, can_seat, seat_of


class VerdictRow(StrictSerializer):
    """A verdict. `findings`: every figure as it was computed, decimals as text; `computed` what the criteria make of them."""

    id = serializers.CharField(read_only=True, source="public_id")
    pilot = serializers.CharField(read_only=True, source="trial.project.public_id")
    trial = serializers.CharField(read_only=True, source="trial.public_id")
    preregistration = serializers.CharField(read_only=True, source="trial.preregistration.content_hash")
    computed = serializers.ChoiceField(choices=Value.choices, read_only=True)
    value = serializers.SerializerMethodField()
    reason = serializers.CharField(read_only=True)
    findings = serializers.JSONField(read_only=True)
    words_hash = serializers.CharField(read_only=True)
    embargo_until = serializers.DateField(read_only=True, allow_null=True)
    decided_at = serializers.DateTimeField(read_only=True, allow_null=True)
    modified_at = serializers.DateTimeField(read_only=True)

    def get_value(self, verdict: Verdict) -> str | None:
        """None as long as nobody has proposed one."""
        return verdict.value or None


class PanelFields(StrictSerializer):
    """Who sits on the panel, by the addresses of their accounts."""

    people = serializers.ListField(child=serializers.EmailField(), min_length=1, max_length=30)

    def validate_people(self, told: list[str]) -> list[User]:
        known = {each.email.casefold(): each for each in User.objects.filter(is_active=True, email__in=told)}
        missing = [each for each in told if each.casefold() not in known]
        if missing:
            raise serializers.ValidationError(NOBODY % {"address": missing[0]})
        return list({known[each.casefold()].pk: known[each.casefold()] for each in told}.values())


class WordsFields(StrictSerializer):
    """What the verdict shall be; a reason where it differs from what the figures give."""

    value = serializers.ChoiceField(choices=Value.choices)
    reason = serializers.CharField(max_length=8000, required=False, allow_blank=True, default="")
    embargo_until = serializers.DateField(required=False, allow_null=True, default=None)


class AgreeFields(StrictSerializer):
    """The hash of the words as they were read."""

    words_hash = serializers.CharField(max_length=64)


class VerdictViewSet(Scoped, StrictViewSet):
    """Verdicts on trials, failures like successes."""

    scope = Verdict
    related = ("trial__project", "trial__preregistration")
    serializer_class = VerdictRow
    orderings = ("modified_at", "decided_at")
    default_ordering = "-modified_at"
    http_method_names = ["get", "head"]


class PanelDoor(Scoped, Once, Door):
    """Judge the figures and name the panel."""

    http_method_names = ["post"]
    scope = PilotProject
    related = ("laboratory__host", "laboratory__cluster")
    write_serializers = {"post": PanelFields}
    read_serializers = {"post": VerdictRow}

    def may_change(self, user: Any, subject: PilotProject) -> bool:
        return can_seat(user, subject)

    def post(self, request: Any, public_id: str) -> Response:
        """Name the panel of a project in assessment."""
        verdict = actions.seat_panel(self.subject, by=request.user, at=now(), **self.checked(PanelFields))
        return Response(VerdictRow(verdict).data, status=201)


class Act(Scoped, Once, Door):
    """An act of somebody on the panel."""

    http_method_names = ["post"]
    scope = Verdict
    related = ("trial__project__laboratory__host", "trial__project__laboratory__cluster", "trial__preregistration")
    read_serializers = {"post": VerdictRow}

    def may_change(self, user: Any, subject: Verdict) -> bool:
        return seat_of(user, subject) is not None


class WordsDoor(Act):
    """Say what the verdict shall be."""

    write_serializers = {"post": WordsFields}

    def post(self, request: Any, public_id: str) -> Response:
        """Propose the words; the proposer agrees to them."""
        verdict = actions.propose_words(self.subject, by=request.user, at=now(), **self.checked(WordsFields))
        return Response(VerdictRow(verdict).data)


class AgreeDoor(Act):
    """Agree to the words."""

    write_serializers = {"post": AgreeFields}

    def post(self, request: Any, public_id: str) -> Response:
        """Agree to exactly the words that were read."""
        verdict = actions.agree_to_words(self.subject, by=request.user, at=now(), **self.checked(AgreeFields))
        return Response(VerdictRow(verdict).data)
