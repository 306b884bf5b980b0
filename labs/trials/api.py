"""Trials over the API: opened under a lock, figures and steps entered by sites, changes asked for and approved."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Door, StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.pages.records import READERS
from exchange.moving import Moving, Reason
from exchange.once import Once
from institutions.registry.models import Institution
from labs.implementation.models import ImplementationStep
from labs.pilots.models import PilotProject
from labs.pilots.rules import PILOT, leads_or_coordinates
from labs.trials import actions, amending
from labs.trials.figures import coverage_of, fidelity_of
from labs.trials.filters import TrialFilters
from labs.trials.models import (
    AmendmentKind,
    Done,
    Measurement,
    Trial,
    TrialAmendment,
    TrialSite,
    Wave,
)
from labs.trials.rules import AMENDMENT, TRIAL
from lifecycle.canonical import plain

PERCENT = 100


def _number() -> Any:
    return serializers.DecimalField(max_digits=20, decimal_places=4, required=False, allow_null=True)


class FigureFields(StrictSerializer):
    """One outcome: two numbers, or why they are missing."""

    outcome = serializers.CharField(max_length=32)
    numerator = _number()
    denominator = _number()
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class EnterFields(StrictSerializer):
    """What a site measured in the wave that is open."""

    site = ScopedSlugField(TrialSite)
    wave = serializers.ChoiceField(Wave.choices)
    figures = FigureFields(many=True, max_length=10)


class LogFields(StrictSerializer):
    """What a site did of a step."""

    site = ScopedSlugField(TrialSite)
    step = ScopedSlugField(ImplementationStep)
    done = serializers.ChoiceField(Done.choices)
    deviation = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")


class AmendFields(Reason):
    """What shall change; a site that joins names its arm in `new`."""

    kind = serializers.ChoiceField(AmendmentKind.choices)
    old = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    new = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    institution = ScopedSlugField(Institution, required=False, allow_null=True)


class MeasurementRow(StrictSerializer):
    """A figure as it is read."""

    outcome = serializers.CharField(read_only=True)
    wave = serializers.CharField(read_only=True)
    numerator = serializers.SerializerMethodField()
    denominator = serializers.SerializerMethodField()
    state = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)

    def get_numerator(self, row: Measurement) -> str | None:
        return None if row.numerator is None else plain(row.numerator)

    def get_denominator(self, row: Measurement) -> str | None:
        return None if row.denominator is None else plain(row.denominator)


class TrialSiteRow(StrictSerializer):
    """A site in its arm, with its figures."""

    id = serializers.CharField(read_only=True, source="public_id")
    institution = serializers.CharField(read_only=True, source="institution.public_id")
    arm = serializers.CharField(read_only=True)
    since = serializers.DateField(read_only=True, source="valid.lower")
    until = serializers.DateField(read_only=True, allow_null=True, source="valid.upper")
    figures = serializers.SerializerMethodField()

    def get_figures(self, site: TrialSite) -> list[dict[str, Any]]:
        return list(MeasurementRow(sorted(site.measurements.all(), key=lambda row: row.pk), many=True).data)


class AmendmentRow(StrictSerializer):
    """A change: as it was, as it shall be, and who has approved."""

    id = serializers.CharField(read_only=True, source="public_id")
    trial = serializers.CharField(read_only=True, source="trial.public_id")
    kind = serializers.CharField(read_only=True)
    old = serializers.CharField(read_only=True)
    new = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)
    institution = serializers.CharField(read_only=True, allow_null=True, source="institution.public_id", default=None)
    status = serializers.CharField(read_only=True)
    approvals = serializers.SerializerMethodField()
    requested_at = serializers.DateTimeField(read_only=True)
    settled_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def get_approvals(self, amendment: TrialAmendment) -> list[str]:
        return sorted(each.institution.public_id for each in amendment.approvals.all())


class TrialRow(StrictSerializer):
    """A trial in a list."""

    id = serializers.CharField(read_only=True, source="public_id")
    pilot = serializers.CharField(read_only=True, source="project.public_id")
    preregistration = serializers.CharField(read_only=True, source="preregistration.public_id")
    content_hash = serializers.CharField(read_only=True, source="preregistration.content_hash")
    status = serializers.CharField(read_only=True)
    opened_at = serializers.DateTimeField(read_only=True, allow_null=True)
    closed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    modified_at = serializers.DateTimeField(read_only=True)


class TrialDetail(TrialRow):
    """A trial in full: sites with figures, changes, and how much was done and measured, in per cent."""

    sites = serializers.SerializerMethodField()
    amendments = serializers.SerializerMethodField()
    fidelity = serializers.SerializerMethodField()
    coverage = serializers.SerializerMethodField()

    def get_sites(self, trial: Trial) -> list[dict[str, Any]]:
        return list(TrialSiteRow(sorted(trial.sites.all(), key=lambda row: row.pk), many=True).data)

    def get_amendments(self, trial: Trial) -> list[dict[str, Any]]:
        rows = trial.amendments.select_related("institution", "trial").prefetch_related("approvals__institution")
        return list(AmendmentRow(rows.order_by("pk"), many=True).data)

    def get_fidelity(self, trial: Trial) -> str:
        return f"{float(fidelity_of(trial) * PERCENT):.1f}"

    def get_coverage(self, trial: Trial) -> str:
        return f"{float(coverage_of(trial) * PERCENT):.1f}"


class TrialViewSet(Scoped, Once, Moving, StrictViewSet):
    """Trials: the lead opens, runs and closes, sites enter figures and log steps, the coordinator may abandon."""

    scope = Trial
    allowed_roles = READERS
    related = ("project__laboratory__cluster", "preregistration__frozen", "preregistration__project")
    prefetch = ("sites__institution", "sites__measurements")
    serializer_class = TrialDetail
    row_serializer_class = TrialRow
    filterset_class = TrialFilters
    orderings = ("modified_at",)
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = TRIAL
    move_actions = {
        "open": actions.open_trial,
        "enter": actions.enter_figures,
        "run": actions.run_trial,
        "log": actions.log_step,
        "amend": amending.ask_change,
        "measure": actions.measure_trial,
        "close": actions.close_trial,
        "abandon": actions.abandon_trial,
    }
    move_serializers = {"enter": EnterFields, "log": LogFields, "amend": AmendFields}


class AmendmentViewSet(Scoped, Once, Moving, StrictViewSet):
    """Changes of running trials: the coordinator and every affected site approve or refuse."""

    scope = TrialAmendment
    allowed_roles = READERS
    related = ("trial__project__laboratory__cluster", "institution")
    prefetch = ("approvals__institution",)
    serializer_class = AmendmentRow
    lifecycle = AMENDMENT
    move_actions = {"approve": amending.approve_change, "refuse": amending.refuse_change}


class LockFields(StrictSerializer):
    """The code of the plan that was read."""

    content_hash = serializers.RegexField(r"^[0-9a-f]{64}$")


class LockDoor(Scoped, Once, Door):
    """The lock of a pre-registration."""

    scope = PilotProject
    allowed_roles = READERS
    related = ("laboratory__cluster",)
    http_method_names = ["post"]
    write_serializers = {"post": LockFields}
    read_serializers = {"post": TrialRow}

    def check_subject(self, request: Any) -> None:
        if not leads_or_coordinates(request.user, self.subject):
            PILOT.permit("preregister", self.subject, request.user)

    def post(self, request: Any, public_id: str) -> Response:
        """Lock exactly the plan that was read, and set its trial up."""
        trial = actions.preregister(self.subject, by=request.user, at=now(), **self.checked(LockFields))
        return Response(TrialRow(trial).data, status=201)
