"""Obligations: what a party of a concluded agreement owes until when, and the evidence that it was done.

Made from the terms of the concluded wording, one for each term and party that owes it; nobody enters them.
"""

import datetime
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Line, Text
from cooperation.agreements.models import Agreement, AgreementParty
from cooperation.agreements.statuses import AgreementStatus
from institutions.registry.models import Institution
from institutions.territory.models import Term, Territory

if TYPE_CHECKING:
    from accounts.models import User


class ObligationStatus(models.TextChoices):
    OPEN = "open", _("Open")
    SUBMITTED = "submitted", _("Waiting for acceptance")
    RETURNED = "returned", _("Returned")
    FULFILLED = "fulfilled", _("Fulfilled")
    WAIVED = "waived", _("Waived")
    CANCELLED = "cancelled", _("Cancelled")


class EvidenceState(models.TextChoices):
    OFFERED = "offered", _("Not accepted yet")
    ACCEPTED = "accepted", _("Accepted")
    VOID = "void", _("No longer verified")


TO_DO = (ObligationStatus.OPEN, ObligationStatus.RETURNED)  # the responsible party's turn
UNFINISHED = (*TO_DO, ObligationStatus.SUBMITTED)
DONE = (ObligationStatus.FULFILLED, ObligationStatus.WAIVED)


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, user: "User") -> "ObligationQuerySet":
        """Those of agreements the person may read."""
        return self.filter(agreement__in=Agreement.objects.all().visible_to(user))

    def of_party(self, institution: Institution) -> "ObligationQuerySet":
        """Those this institution owes."""
        return self.filter(responsible=institution)

    def within(self, territory: Territory) -> "ObligationQuerySet":
        """Those owed by an institution in the territory or anywhere below it."""
        places = Territory.objects.filter(lineage__contains=[territory.pk])
        return self.filter(responsible__territory__in=places)

    def owed_by(self, institutions: Collection[int]) -> "ObligationQuerySet":
        """Those that one of these institutions has still to do."""
        return self.filter(responsible__in=institutions, status__in=TO_DO)

    def waiting_for(self, institutions: Collection[int]) -> "ObligationQuerySet":
        """Those handed in that one of these institutions has to accept or return."""
        if not institutions:
            return self.none()
        party = AgreementParty.objects.filter(agreement=OuterRef("agreement"), institution__in=institutions)
        anybody = Q(beneficiary=None) & Q(Exists(party)) & ~Q(responsible__in=institutions)
        return self.filter(Q(beneficiary__in=institutions) | anybody, status=ObligationStatus.SUBMITTED)

    def overdue_on(self, day: datetime.date) -> "ObligationQuerySet":
        """Those nobody has handed in by their day; while an agreement is suspended no day passes."""
        late = Q(late_after__lt=day) & ~Q(agreement__status=AgreementStatus.SUSPENDED)
        paused = Q(agreement__status=AgreementStatus.SUSPENDED, late_after__lt=F("agreement__suspended_on"))
        return self.filter(late | paused, status__in=TO_DO)

    def search(self, text: str) -> "ObligationQuerySet":
        """By the number and subject of the agreement and the names of its parties."""
        return self.filter(agreement__in=Agreement.objects.all().search(text))


class Obligation(Identified):
    """One promise of one party. `term_key` is the term's, through every revision; `agreed_on` the day the wording names,
    `due_on` the day it is due now: moved by pauses, and the last day of the agreement where the wording names none.
    `late_after` is the last day that is not late: of what was late when a pause began it moves alone. `delivered_on` is
    the day on which what was accepted had been handed in or logged.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="obligations")
    term_key = models.CharField(max_length=26)
    kind = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="+")
    responsible = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="obligations")
    beneficiary = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(_("Quantity"), max_digits=18, decimal_places=4, null=True)
    unit = models.CharField(_("Unit"), max_length=32, blank=True)
    text = Text(_("Wording"), blank=True)
    agreed_on = models.DateField(null=True)
    due_on = models.DateField(_("Due"), null=True)
    late_after = models.DateField(null=True)
    status = models.CharField(max_length=16, choices=ObligationStatus, default=ObligationStatus.OPEN)
    delivered_on = models.DateField(null=True)
    told_days = models.PositiveSmallIntegerField(default=0)  # how many days late was told last
    generated_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager["Obligation"]] = ObligationQuerySet.as_manager()
    disclosure = Disclosure(
        public=("kind", "form"),
        institution=("id", "public_id", "agreement", "term_key", "responsible", "beneficiary", "quantity", "unit",
                     "text", "agreed_on", "due_on", "late_after", "status", "delivered_on", "told_days", "generated_at",
                     "modified_at", "version"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "term_key", "responsible", "agreed_on"], nulls_distinct=False,
                name="obligation_once",
            ),
            models.UniqueConstraint(
                fields=["agreement", "term_key", "responsible"], condition=Q(status__in=UNFINISHED),
                name="obligation_one_unfinished",
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gte=0, quantity__lt=10**14),
                name="obligation_quantity_finite",
            ),
            models.CheckConstraint(
                condition=Q(status="fulfilled", delivered_on__isnull=False)
                | (~Q(status="fulfilled") & Q(delivered_on__isnull=True)),
                name="obligation_fulfilled_has_day",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, late_after__isnull=True) | Q(late_after__gte=F("due_on")),
                name="obligation_late_after_due",
            ),
            models.CheckConstraint(
                condition=Q(beneficiary__isnull=True) | ~Q(beneficiary=F("responsible")),
                name="obligation_between_two",
            ),
        ]  # fmt: skip
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="obligation_modified"),
            # the list by due date; what was due in a period
            models.Index(fields=["due_on", "id"], name="obligation_due"),
            # what is late, for the tick and for the living status of agreements
            models.Index(fields=["late_after", "id"], condition=Q(status__in=TO_DO), name="obligation_late"),
            # what an institution owes
            models.Index(fields=["responsible", "status"], name="obligation_owed"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}: {self.term_key}"

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: every party of the agreement, those that left too."""
        agreement = self.agreement
        keys = AgreementParty.objects.filter(agreement=agreement).values_list("institution__public_id", flat=True)
        own = {house.public_id for house in (self.responsible, self.beneficiary) if house}
        return {
            "title": f"{agreement.number}: {self.kind.names.get('uz', self.kind.code)}"[:300],
            "institution": self.responsible.public_id, "concerned": sorted({*keys, *own}),
        }  # fmt: skip


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: "User") -> "EvidenceQuerySet":
        """Those of obligations the person may see."""
        return self.filter(obligation__in=Obligation.objects.all().visible_to(user))

    def standing(self) -> "EvidenceQuerySet":
        """Those that say something still."""
        return self.exclude(state=EvidenceState.VOID)


class Evidence(Identified):
    """One proof: a thing of the platform by its type and id, a link, or a file. Joint work that was confirmed is entered
    by the system, of which no person is named; `submitted_on` is the day it was handed in, of an activity the day it
    was logged.
    """

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="evidence")
    subject_type = models.CharField(max_length=32, blank=True)
    subject_id = models.CharField(max_length=26, blank=True)
    link = models.URLField(_("Link"), max_length=500, blank=True)
    file = models.FileField(upload_to="evidence/%Y/%m/", max_length=200, blank=True)
    file_name = Line(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    note = Text(_("Note"), blank=True)
    quantity = models.DecimalField(_("Quantity"), max_digits=18, decimal_places=4, null=True)
    state = models.CharField(max_length=16, choices=EvidenceState, default=EvidenceState.OFFERED)
    submitted_on = models.DateField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Evidence"]] = EvidenceQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "obligation", "subject_type", "subject_id", "link", "file", "file_name",
                     "file_sha256", "note", "quantity", "state", "submitted_on", "added_at"),
        personal=("submitted_by",),
        subject="submitted_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "subject_type", "subject_id"], condition=~Q(subject_id=""), name="evidence_once",
                violation_error_message=_("This is evidence of this obligation already."),
            ),
            models.CheckConstraint(
                condition=(~Q(subject_type="") & ~Q(subject_id="") & Q(link="", file=""))
                | (Q(subject_type="", subject_id="", file="") & ~Q(link=""))
                | (Q(subject_type="", subject_id="", link="") & ~Q(file="")),
                name="evidence_is_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(file="", file_name="", file_sha256="")
                | (~Q(file="") & ~Q(file_name="") & Q(file_sha256__regex=r"^[0-9a-f]{64}$")),
                name="evidence_file_is_described",
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0, quantity__lt=10**14),
                name="evidence_quantity_finite",
            ),
        ]  # fmt: skip
        indexes = [
            # the obligations that rest on an activity
            models.Index(fields=["subject_type", "subject_id"], name="evidence_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id}: {self.subject_type or self.link or self.file_name}"
