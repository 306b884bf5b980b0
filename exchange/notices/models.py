"""Notices: what concerns a person, once each; the messages that leave the house; settings; the link to Telegram."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from lifecycle.models import Event

if TYPE_CHECKING:
    from accounts.models import User


class NoticeKind(models.TextChoices):
    """The nine kinds; a person chooses by kind what reaches them outside the site."""

    YOUR_TURN = "your_turn", _("Your turn")
    PARTNER_ACTED = "partner_acted", _("A partner acted")
    DEADLINE = "deadline", _("Deadline near")
    OVERDUE = "overdue", _("Overdue")
    TO_CONFIRM = "to_confirm", _("Activity to confirm")
    ASSIGNMENT = "assignment", _("Assignment")
    FILE_READY = "file_ready", _("File ready")
    FEEDBACK = "feedback", _("Feedback and replies")
    SECURITY = "security", _("Security")


class Channel(models.TextChoices):
    """Ways out of the house; the bell needs none."""

    TELEGRAM = "telegram", _("Telegram")
    EMAIL = "email", _("E-mail")


class SendingState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: "User") -> "NoticeQuerySet":
        """One's own; nobody else's."""
        return self.filter(recipient_id=user.pk)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)


class Notice(Identified):
    """One act told to one person. No text stands here: `telling` names the line that says it, `values` fill it in.

    `due_at` is when a message about it may leave, nothing where none shall; a value that is a map of names is said in
    the receiver's language.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=16, choices=NoticeKind)
    telling = models.CharField(max_length=48)
    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    institution = models.CharField(max_length=26, blank=True)
    values = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Notice"]] = NoticeQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "event", "kind", "telling", "subject_type", "subject_id", "institution",
                     "values", "happened_at", "due_at", "read_at"),
        personal=("recipient",),
        subject="recipient",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "recipient", "kind"], name="notice_once"),
        ]
        indexes = [
            # the bell of every page counts one person's unread notices
            models.Index(fields=["recipient"], name="notice_unread", condition=Q(read_at__isnull=True)),
            # the list, newest first, all or of one kind
            models.Index(fields=["recipient", "-happened_at", "-id"], name="notice_list"),
        ]

    def __str__(self) -> str:
        return f"{self.telling} {self.recipient_id}"


class Sending(models.Model):
    """A notice on its way out by one channel. Rows that leave in one message share a `bundle`, which names it for good.

    `next_at` is the next attempt; `lease_until` keeps a second worker away while the first one sends.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="sendings")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16, choices=Channel)
    state = models.CharField(max_length=16, choices=SendingState, default=SendingState.WAITING)
    bundle = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    first_tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    disclosure = Disclosure(
        institution=("id", "notice", "channel", "state", "bundle", "attempts", "next_at", "lease_until",
                     "first_tried_at", "sent_at", "cancelled_at", "error"),
        personal=("recipient",),
        subject="recipient",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="sending_once"),
        ]
        indexes = [
            # the tick looks for what is due
            models.Index(fields=["next_at"], name="sending_due", condition=Q(state="waiting")),
            # how many messages a person got today
            models.Index(fields=["recipient", "first_tried_at"], name="sending_day"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.channel} {self.state}"


class NoticeSetting(models.Model):
    """Where somebody wants a kind otherwise than by default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notice_settings")
    kind = models.CharField(max_length=16, choices=NoticeKind)
    channel = models.CharField(max_length=16, choices=Channel)
    wanted = models.BooleanField()

    disclosure = Disclosure(institution=("id", "kind", "channel", "wanted"), personal=("user",), subject="user")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "channel"], name="notice_setting_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}"


class TelegramLink(models.Model):
    """A person's chat with the bot, and the one-use word that links it: 15 minutes, stored as SHA-256."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="telegram")
    chat_id = models.BigIntegerField(null=True, unique=True)
    muted = models.BooleanField(default=False)
    linked_at = models.DateTimeField(null=True)
    blocked_at = models.DateTimeField(null=True)
    start_hash = models.CharField(max_length=64, null=True, unique=True)
    start_until = models.DateTimeField(null=True)

    disclosure = Disclosure(
        institution=("id", "muted", "linked_at", "blocked_at"),
        personal=("user", "chat_id"),
        secret=("start_hash", "start_until"),
        subject="user",
    )

    def __str__(self) -> str:
        return f"{self.user_id}"

    @property
    def is_open(self) -> bool:
        """Whether a message can be sent there."""
        return self.chat_id is not None and not self.muted and self.blocked_at is None


class BotPlace(models.Model):
    """How far the bot's updates have been read; taken with FOR UPDATE, so that each update has its effect once."""

    bot = models.CharField(max_length=32, unique=True)
    update = models.BigIntegerField(default=0)

    disclosure = Disclosure(secret=("id", "bot", "update"))

    def __str__(self) -> str:
        return f"{self.bot} {self.update}"
