"""Events (audit trail, outbox and source of counting in one row), frozen content, the record with its heads and seals,
personal links, cursors of consumers."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func

from accounts.disclosure import Disclosure
from accounts.identity import Identified


class TransactionId(models.Field):
    """PostgreSQL's xid8: the transaction a row was written in; it never wraps around."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class CurrentTransaction(Func):
    function = "pg_current_xact_id"
    template = "%(function)s()"
    output_field = TransactionId()


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject_type: str, subject_id: str) -> "EventQuerySet":
        return self.filter(subject_type=subject_type, subject_id=subject_id).order_by("id")


class Event(models.Model):
    """One act: who did what to which thing, when and why. Append-only: a trigger refuses UPDATE, DELETE and TRUNCATE.

    `detail` holds references and changed values, never personal data. `concerned` lists the public ids of the
    institutions that may read it; officers of their territories too unless `members_only`.
    """

    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    title = models.CharField(max_length=300, blank=True)
    name = models.CharField(max_length=64)
    status_before = models.CharField(max_length=32, blank=True)
    status_after = models.CharField(max_length=32, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.CharField(max_length=300, blank=True)
    institution = models.CharField(max_length=26, blank=True)
    concerned = ArrayField(models.CharField(max_length=26), default=list)
    members_only = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    reason_code = models.CharField(max_length=32, blank=True)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    happened_at = models.DateTimeField()
    xact = TransactionId(db_default=CurrentTransaction(), editable=False)

    objects: ClassVar[models.Manager["Event"]] = EventQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "subject_type", "subject_id", "title", "name", "status_before", "status_after",
                     "institution", "concerned", "members_only", "reason", "reason_code", "detail", "request_id",
                     "happened_at", "xact", "position"),
        personal=("actor", "on_behalf_of"),
        subject="actor",
    )  # fmt: skip

    class Meta:
        indexes = [
            # the outbox reads every event after a cursor, in the order of transactions
            models.Index(fields=["xact", "id"], name="event_outbox"),
            # the timeline of a record, and the deferred guard that a change of status left an event
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
            # the events feed of a member: rows that concern one of their institutions
            GinIndex(fields=["concerned"], name="event_concerned"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}: {self.name}"


class FrozenContent(Identified):
    """Content as it was approved: canonical JSON and its hash; a trigger refuses every change."""

    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)

    disclosure = Disclosure(
        institution=("id", "public_id", "subject_type", "subject_id", "version", "content", "sha256")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "version"], name="frozen_version_once"),
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="frozen_sha256_is_hex"),
        ]
        indexes = [
            # the verify page finds content by the first characters of its hash
            models.Index(fields=["sha256"], name="frozen_sha256", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.sha256[:8]


class LedgerEntry(models.Model):
    """One leaf of the record anyone can check: this text of this thing existed at this moment. Append-only.

    `position` is given by the database, without a gap, and the tree above it grows by a trigger in the same insert.
    """

    position = models.BigIntegerField(unique=True, db_default=0)
    kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    entered_at = models.DateTimeField()

    disclosure = Disclosure(
        public=("id", "position", "kind", "subject_id", "number", "content_hash", "entered_at")
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id", "number"], name="ledger_entry_once"),
            models.CheckConstraint(
                condition=models.Q(
                    kind__regex=r"^[a-z_]+$",
                    subject_id__regex=r"^[A-Za-z0-9_-]+$",
                    content_hash__regex=r"^[0-9a-f]{64}$",
                ),
                name="ledger_entry_is_plain",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.kind} {self.subject_id}"


class LedgerNode(models.Model):
    """The hash of a complete subtree of the record: `level` steps above the leaves, the `place`-th from the left."""

    level = models.PositiveSmallIntegerField()
    place = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    disclosure = Disclosure(public=("id", "level", "place", "hash"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "place"], name="ledger_node_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.place}"


class LedgerHead(models.Model):
    """What leaves the house once a day, signed: the root of the record and the last seal of the acts. Append-only."""

    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    seal = models.BigIntegerField()
    seal_digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    disclosure = Disclosure(
        public=("id", "size", "root", "seal", "seal_digest", "signed_at", "key", "signature")
    )  # fmt: skip

    class Meta:
        indexes = [
            # the newest head that covers an entry, and the page of heads
            models.Index(fields=["size", "id"], name="ledger_head_size"),
        ]

    def __str__(self) -> str:
        return f"{self.size}: {self.root[:8]}"


class Seal(models.Model):
    """A batch of acts closed for good, chained to the one before it and signed. Append-only.

    `spans` are the ids of its acts as [first, last] pairs, `leaves` their hashes in that order, 32 bytes each; `xact`
    and `event_id` are the edge up to which everything is sealed.
    """

    number = models.BigIntegerField(unique=True)
    spans = models.JSONField()
    count = models.PositiveIntegerField()
    leaves = models.BinaryField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)
    xact = models.BigIntegerField()
    event_id = models.BigIntegerField()
    sealed_at = models.DateTimeField()
    key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    disclosure = Disclosure(
        public=("id", "number", "count", "root", "previous", "digest", "sealed_at", "key", "signature"),
        institution=("spans", "leaves", "xact", "event_id"),
    )

    def __str__(self) -> str:
        return f"{self.number}: {self.digest[:8]}"


class SignedLink(Identified):
    """A personal link with which somebody without an account makes one move, once, about exactly this content.

    Kept is only the hash of its token. `institution` is the public id of the side it answers for; `addressee_role`
    says whom it was made for, in a code of the thing that made it.
    """

    purpose = models.CharField(max_length=32)
    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    institution = models.CharField(max_length=26)
    addressee_role = models.CharField(max_length=32)
    addressee_name = models.CharField(max_length=200, blank=True)
    addressee_post = models.CharField(max_length=200, blank=True)
    addressee_email = models.EmailField(blank=True)
    addressee_phone = models.CharField(max_length=32, blank=True)
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    content_hash = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=32, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    disclosure = Disclosure(
        institution=("id", "public_id", "purpose", "subject_type", "subject_id", "institution", "addressee_role",
                     "content_hash", "created_at", "expires_at", "told_at", "used_at", "outcome", "withdrawn_at",
                     "forgotten_at"),
        personal=("addressee_name", "addressee_post", "addressee_email", "addressee_phone", "created_by"),
        secret=("nonce", "token_hash"),
        subject="created_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(forgotten_at__isnull=False) | ~models.Q(addressee_email="", addressee_phone=""),
                name="signed_link_reaches_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True, outcome="")
                | (models.Q(used_at__isnull=False) & ~models.Q(outcome="")),
                name="signed_link_used_once_with_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="signed_link_used_or_withdrawn",
            ),
        ]
        indexes = [
            # the links of a record
            models.Index(fields=["subject_type", "subject_id", "id"], name="signed_link_subject"),
            # what the next tick has to send
            models.Index(
                fields=["id"], condition=models.Q(told_at__isnull=True, used_at__isnull=True), name="signed_link_untold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}: {self.purpose}"


class Cursor(models.Model):
    """How far a consumer of events has read; taken with FOR UPDATE SKIP LOCKED."""

    name = models.CharField(max_length=32, unique=True)
    xact = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)

    disclosure = Disclosure(secret=("id", "name", "xact", "event_id"))

    def __str__(self) -> str:
        return self.name


class DeadLetter(models.Model):
    """An event that a consumer refused five times; the cursor has moved on."""

    consumer = models.CharField(max_length=32)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField()
    given_up_at = models.DateTimeField(null=True)

    disclosure = Disclosure(secret=("id", "consumer", "event", "attempts", "error", "given_up_at"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consumer", "event"], name="dead_letter_once")]

    def __str__(self) -> str:
        return f"{self.consumer} {self.event_id}"
