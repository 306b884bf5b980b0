"""Agreements: one record for all parties, with numbered revisions, frozen content and signatures on one hash."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Line, Text, search_key
from cooperation.agreements.statuses import (
    AGREED,
    OPEN_REVISIONS,
    AgreementStatus,
    Decision,
    PartyState,
    Purpose,
    RevisionStatus,
    SignatureMethod,
)
from institutions.registry.models import Institution, Unit
from institutions.registry.scope import HOUSE_ROLES, Role, holds, houses
from institutions.territory.models import Term, Territory
from lifecycle.models import FrozenContent

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection

    from accounts.models import User


COUNTED = ("id", "status", "kind", "ends_on", "in_force_from")
SORTED = ("title", "starts_on", "ends_on", "created_at", "turn_since")
ANSWERED = (AgreementStatus.PROPOSED, AgreementStatus.PARTLY_APPROVED, *AGREED, AgreementStatus.TERMINATED)


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: "User") -> "AgreementQuerySet":
        """A draft: its drafting party; a proposal: parties of the shown revision and officers of their places."""
        shown = Q(shown__isnull=False)  # a ministry's: every country is theirs, and no proposal lacks a party
        if not holds(user, Role.MINISTRY_OFFICER):
            shown = self._with(institution__in=Institution.objects.all().overseen_by(user))
        own = houses(user, *HOUSE_ROLES)
        if not own:
            return self.filter(shown)
        rows = Agreement.objects.order_by().values("pk")  # a union is read by key; an OR would read every row
        drafts = rows.filter(initiator__in=own).union(rows.filter(latest__drafted_for__in=own))
        return self.filter(pk__in=drafts.union(rows.filter(shown)))

    def of_party(self, institution: Institution) -> "AgreementQuerySet":
        """Agreements that name this institution in the shown revision."""
        return self.filter(self._with(institution=institution))

    def within(self, territory: "Territory") -> "AgreementQuerySet":
        """Agreements with a party in the territory or anywhere below it."""
        places = Territory.objects.filter(lineage__contains=[territory.pk])
        return self.filter(self._with(institution__territory__in=places))

    def waiting_for(self, institutions: "Collection[int]") -> "AgreementQuerySet":
        """Agreements whose next signature is due from one of these institutions."""
        waiting = RevisionParty.objects.filter(
            revision=OuterRef("shown"), institution__in=institutions, signs=True, state=PartyState.WAITING
        )
        return self.filter(Exists(waiting), status__in=ANSWERED)

    def in_force_on(self, day: "datetime.date") -> "AgreementQuerySet":
        """Those that had taken effect on that day and not ended by then."""
        return self.filter(Q(in_force_until__isnull=True) | Q(in_force_until__gt=day), in_force_from__lte=day)

    def search(self, text: str) -> "AgreementQuerySet":
        """By number, subject and names of parties, in any writing."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found

    @staticmethod
    def _with(**party: Any) -> Q:
        """Rows whose shown revision (the concluded one, as long as nothing newer is open) names such a party."""
        return Q(Exists(RevisionParty.objects.filter(revision=OuterRef("shown"), **party)))


class Agreement(Identified):
    """What several institutions agreed. Title, kind and dates are those of the concluded revision, until the first
    conclusion those of the shown one; only actions write them, with the revision. `latest` may be a draft that only
    its drafting party sees; `shown` is the newest revision that was ever proposed.
    """

    number = models.CharField(_("Number"), max_length=32, unique=True)
    title = Line(_("Subject"), max_length=300, blank=True)
    kind = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=AgreementStatus, default=AgreementStatus.DRAFT)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    review_on = models.DateField(null=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    initiator = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="initiated_agreements")
    latest = models.ForeignKey("Revision", null=True, on_delete=models.PROTECT, related_name="+")
    shown = models.ForeignKey("Revision", null=True, on_delete=models.PROTECT, related_name="+")
    concluded = models.ForeignKey("Revision", null=True, on_delete=models.PROTECT, related_name="+")
    first_proposed_at = models.DateTimeField(null=True)
    concluded_at = models.DateTimeField(null=True)
    in_force_from = models.DateField(null=True)  # the day it took effect
    in_force_until = models.DateField(null=True)  # first day it no longer was: after the end, or terminated on
    suspended_on = models.DateField(null=True)
    terminated_on = models.DateField(null=True)  # the day of an early end, agreed or come
    leaves_on = models.DateField(null=True)  # the next day on which a notice of a party takes effect
    turn_since = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    search_key = models.TextField(default="")
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Agreement"]] = AgreementQuerySet.as_manager()
    disclosure = Disclosure(
        public=("number", "kind", "starts_on", "ends_on"),
        institution=("id", "public_id", "title", "status", "review_on", "parent", "initiator", "latest", "shown",
                     "concluded", "search_key", "first_proposed_at", "concluded_at", "in_force_from", "in_force_until",
                     "suspended_on", "terminated_on", "leaves_on", "turn_since", "version", "created_at", "modified_at"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=("draft", "withdrawn"))
                | Q(ends_on__isnull=True)
                | Q(ends_on__gt=F("starts_on")),
                name="agreement_ends_after_start",
                violation_error_message=_("The end date must be later than the start date."),
            ),
        ]
        indexes = [
            # lists by status, newest change first; "modified since"
            models.Index(fields=["status", "-modified_at", "id"], name="agreement_status"),
            models.Index(fields=["modified_at", "id"], name="agreement_modified"),
            # the counts over the list: what may be seen, by status, kind and end, without opening the rows
            models.Index(fields=["shown"], include=COUNTED, name="agreement_counted"),
            # the other orders of the list: a page is read from the index instead of sorting every visible row
            *(models.Index(fields=[column, "id"], name=f"agreement_by_{column}") for column in SORTED),
            # counting what was in force on a day
            models.Index(fields=["in_force_from", "in_force_until"], name="agreement_force"),
            # one search box over numbers, subjects and names of parties
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="agreement_search"),
            # drafts of a house
            models.Index(fields=["initiator", "status"], name="agreement_initiator"),
            # moves by date
            models.Index(fields=["status", "ends_on"], name="agreement_end"),
            models.Index(fields=["status", "starts_on"], name="agreement_start"),
        ]

    def __str__(self) -> str:
        return self.number

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: a draft the drafting party alone, later every party."""
        shown = {"title": f"{self.number} {self.title}".strip()[:300], "institution": self.initiator.public_id}
        if self.shown_id is None:
            return {**shown, "concerned": [self.initiator.public_id], "members_only": True}
        revisions = [pk for pk in (self.shown_id, self.concluded_id) if pk]
        keys = RevisionParty.objects.filter(revision__in=revisions).values_list("institution__public_id", flat=True)
        return {**shown, "concerned": sorted({*keys, self.initiator.public_id})}


class RevisionQuerySet(models.QuerySet["Revision"]):
    def visible_to(self, user: "User") -> "RevisionQuerySet":
        """Revisions of visible agreements; one that was never proposed only to members of the party that drafts it."""
        seen = Agreement.objects.all().visible_to(user)
        own = Q(drafted_for__in=houses(user, *HOUSE_ROLES))
        return self.filter(own | Q(proposed_at__isnull=False), agreement__in=seen)


class Revision(models.Model):
    """One wording of an agreement. Its content stands here while a draft and is frozen at `propose`; then no column of
    content may change (a trigger), every change is a new revision.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    purpose = models.CharField(max_length=16, choices=Purpose, default=Purpose.CONCLUDE)
    status = models.CharField(max_length=16, choices=RevisionStatus, default=RevisionStatus.DRAFT)
    title = Line(_("Subject"), max_length=300, blank=True)
    kind = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("Starts"), null=True)
    ends_on = models.DateField(_("Ends"), null=True)
    review_on = models.DateField(_("Review"), null=True)
    notice_days = models.PositiveSmallIntegerField(_("Notice in days"), default=90)
    renewal = models.CharField(_("Renewal"), max_length=16, default="none")
    renewal_months = models.PositiveSmallIntegerField(_("Renewed by months"), null=True)
    survives_exit = models.BooleanField(_("Goes on when one party leaves"), default=False)
    text = Text(_("Text"), blank=True)
    texts = models.JSONField(default=dict)  # the same in further languages, by language
    reason = Text(_("Reason"), blank=True)  # of a suspension, an early end and the like; read by the parties only
    document = Line(_("Document"), max_length=300, blank=True)
    effective_on = models.DateField(_("Takes effect"), null=True)
    frozen = models.ForeignKey(FrozenContent, null=True, on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    drafted_for = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    negotiated_from = models.DateTimeField(null=True)  # the first proposal of this negotiation
    proposed_at = models.DateTimeField(null=True)
    concluded_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=16, choices=Decision, blank=True)  # the first about its end, once concluded
    decided_on = models.DateField(null=True)

    objects: ClassVar[models.Manager["Revision"]] = RevisionQuerySet.as_manager()
    disclosure = Disclosure(
        public=("number", "content_hash"),
        institution=("id", "agreement", "purpose", "status", "title", "kind", "starts_on", "ends_on", "review_on",
                     "notice_days", "renewal", "renewal_months", "survives_exit", "text", "texts", "reason", "document",
                     "effective_on", "frozen", "drafted_for", "created_at", "negotiated_from",
                     "proposed_at", "concluded_at", "decision", "decided_on"),
        personal=("drafted_by",), subject="drafted_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="revision_number_once"),
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(status__in=OPEN_REVISIONS), name="revision_one_open",
                violation_error_message=_("Another revision of this agreement is already open."),
            ),
            models.UniqueConstraint(fields=["agreement"], condition=Q(status="concluded"), name="revision_one_concluded"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(status="reverted") | Q(frozen__isnull=False, proposed_at__isnull=False),
                name="revision_proposed_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_on__isnull=True) | (~Q(decision="") & Q(decided_on__isnull=False)),
                name="revision_decided_has_day",
            ),
        ]  # fmt: skip
        indexes = [
            # the verify page by the first characters of a hash
            models.Index(fields=["content_hash"], name="revision_hash", opclasses=["varchar_pattern_ops"]),
            # the median of lead times over revisions concluded in a period
            models.Index(fields=["concluded_at"], name="revision_concluded"),
            # decisions in time: what was to end in a period
            models.Index(fields=["ends_on"], condition=Q(concluded_at__isnull=False), name="revision_end"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}/{self.number}"


class RevisionParty(models.Model):
    """An institution in a revision: in which role, whether it signs, and whether it has approved the hash."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="parties")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="+")
    responsibility = models.CharField(max_length=1, blank=True)
    official_name = models.CharField(max_length=400, blank=True)
    signs = models.BooleanField(default=True)
    state = models.CharField(max_length=16, choices=PartyState, default=PartyState.WAITING)
    approved_at = models.DateTimeField(null=True)
    left_on = models.DateField(null=True)  # of the concluded revision: the party has left, the others go on
    position = models.PositiveSmallIntegerField(default=0)

    disclosure = Disclosure(
        public=("institution", "role"),
        institution=("id", "revision", "unit", "responsibility", "official_name", "signs", "state", "approved_at",
                     "left_on", "position"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "institution", "unit"], nulls_distinct=False, name="revision_party_once",
                violation_error_message=_("This organisation is already a party."),
            ),
            models.CheckConstraint(
                condition=Q(state="approved", approved_at__isnull=False)
                | (~Q(state="approved") & Q(approved_at__isnull=True)),
                name="revision_party_approved_has_moment",
            ),
        ]  # fmt: skip
        indexes = [
            # agreements of an institution, and whose turn it is
            models.Index(fields=["institution", "state", "revision"], name="revision_party_turn"),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.institution_id}"


class AgreementTerm(models.Model):
    """One promise in numbers: who gives what to whom until when; `key` stays the same across revisions."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="terms")
    key = models.CharField(max_length=26)
    kind = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="+")
    from_institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    to_institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(_("Quantity"), max_digits=18, decimal_places=4, null=True)
    unit = models.CharField(_("Unit"), max_length=32, blank=True)
    due_on = models.DateField(_("Due"), null=True)
    field_of_study = models.CharField(max_length=4, blank=True)
    text = Text(_("Wording"), blank=True)
    not_yet_defined = models.BooleanField(_("Not yet defined"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    disclosure = Disclosure(
        public=("kind", "form"),
        institution=("id", "revision", "key", "from_institution", "to_institution", "quantity", "unit", "due_on",
                     "field_of_study", "text", "not_yet_defined", "position"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "key"], name="term_key_once"),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gte=0, quantity__lt=10**14),
                name="term_quantity_finite",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.key}"


class Signature(models.Model):
    """A party's approval of one hash by one person holding signing power that day. Append-only."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="signatures")
    party = models.OneToOneField(RevisionParty, on_delete=models.PROTECT, related_name="signature")
    sha256 = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.CharField(max_length=300)
    method = models.CharField(max_length=16, choices=SignatureMethod)
    signed_at = models.DateTimeField()

    disclosure = Disclosure(
        institution=("id", "revision", "party", "sha256", "position", "method", "signed_at"),
        personal=("person",), subject="person",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "person"], name="signature_one_party_a_person",
                violation_error_message=_("One person signs for one party."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.sha256[:8]}"


class AgreementParty(models.Model):
    """The parties of the concluded revision, dated: what counting reads."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="parties")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="agreement_parties")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="+")
    signs = models.BooleanField(default=True)
    valid = DateRangeField()
    notice_on = models.DateField(null=True)  # the day a notice to leave was given
    leaves_on = models.DateField(null=True)  # and the day it takes effect

    disclosure = Disclosure(
        public=("institution", "role"),
        institution=("id", "agreement", "unit", "signs", "valid", "notice_on", "leaves_on"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "institution", "unit", "valid"], nulls_distinct=False, name="agreement_party_once")
        ]  # fmt: skip
        indexes = [
            # counting: institutions with an agreement in force
            models.Index(fields=["institution", "agreement"], name="agreement_party_house"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}: {self.institution_id}"


class NumberSeries(models.Model):
    """The last number given in a year; numbers are never reused."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    disclosure = Disclosure(secret=("id", "year", "last"))

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
