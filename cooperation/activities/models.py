"""Activities: joint work that one side logs once for all, and that counts when another side has confirmed it.

The participations are the ledger: one row an institution and activity. An institution has the activity in its own
figures only where its row *stands*, because it logged or confirmed the activity itself.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Text
from cooperation.agreements.models import Agreement
from institutions.registry.models import Institution
from institutions.registry.scope import Role, holds, houses
from institutions.territory.models import Term, Territory

if TYPE_CHECKING:
    from collections.abc import Collection

    from accounts.models import User


class ActivityStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LOGGED = "logged", _("Waiting for confirmation")
    CONFIRMED = "confirmed", _("Confirmed")
    DISPUTED = "disputed", _("Disputed")
    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ParticipationState(models.TextChoices):
    NAMED = "named", _("Named")
    STANDS = "stands", _("Stands")
    DISPUTED = "disputed", _("Disputed")
    REFUSED = "refused", _("Not theirs")


class ConfirmationMethod(models.TextChoices):
    ACCOUNT = "account", _("With the account")
    LINK = "link", _("By a personal link")


WAITING = (ActivityStatus.LOGGED, ActivityStatus.UNCONFIRMED)
OPEN = (ActivityStatus.LOGGED, ActivityStatus.UNCONFIRMED, ActivityStatus.CONFIRMED, ActivityStatus.DISPUTED)


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: "User") -> "ActivityQuerySet":
        """Whoever may read the inner records of one of the institutions; a draft and one's own entries: the writer."""
        own = Q(logged_by=user.pk) | Q(on_behalf_of=user.pk)
        if holds(user, Role.MINISTRY_OFFICER):
            return self.filter(own | ~Q(status=ActivityStatus.DRAFT))
        seen = self._with(institution__in=Institution.objects.all().overseen_by(user))
        return self.filter(own | (seen & ~Q(status=ActivityStatus.DRAFT)))

    def shared_with(self, user: "User") -> "ActivityQuerySet":
        """Those whose evidence and names of people this person may see: the sides concerned, and whoever wrote it."""
        named = self._with(institution__in=houses(user))
        own = Q(logged_by=user.pk) | Q(on_behalf_of=user.pk)
        return self.visible_to(user).filter(own | named)

    def of_person(self, user: "User") -> "ActivityQuerySet":
        """What the person logged, or what was logged for them."""
        return self.filter(Q(logged_by=user.pk) | Q(on_behalf_of=user.pk))

    def of_institution(self, institution: Institution) -> "ActivityQuerySet":
        """Activities that name this institution."""
        return self.filter(self._with(institution=institution))

    def within(self, territory: Territory) -> "ActivityQuerySet":
        """Activities of an institution in the territory or anywhere below it."""
        places = Territory.objects.filter(lineage__contains=[territory.pk])
        return self.filter(self._with(institution__territory__in=places))

    def waiting_for(self, user: "User", institutions: "Collection[int]") -> "ActivityQuerySet":
        """Those that one of these institutions has yet to confirm, and that this person did not write."""
        named = self._with(institution__in=institutions, state=ParticipationState.NAMED)
        others = Participation.objects.filter(activity=OuterRef("pk")).exclude(institution=OuterRef("organiser"))
        inside = Q(organiser__in=institutions) & ~Q(Exists(others))
        mine = Q(logged_by=user.pk) | Q(on_behalf_of=user.pk)
        return self.filter(named | inside, status__in=WAITING).exclude(mine)

    def counted(self) -> "ActivityQuerySet":
        """Confirmed by another side, with no open dispute: what every figure is made of."""
        return self.filter(status=ActivityStatus.CONFIRMED)

    @staticmethod
    def _with(**participation: Any) -> Q:
        return Q(Exists(Participation.objects.filter(activity=OuterRef("pk"), **participation)))


class Activity(Identified):
    """One piece of joint work. `organiser` is the logging side; `content_hash` covers what is counted, so that a
    confirmation is of exactly that. `logged_by` and `on_behalf_of` are the two who may never confirm it.
    """

    type = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("Date"))
    hours = models.DecimalField(_("Hours"), max_digits=6, decimal_places=2, null=True)
    agreement = models.ForeignKey(Agreement, null=True, on_delete=models.PROTECT, related_name="activities")
    organiser = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="organised_activities")
    note = Text(_("Note"), blank=True)
    status = models.CharField(max_length=16, choices=ActivityStatus, default=ActivityStatus.LOGGED)
    content_hash = models.CharField(max_length=64)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    client_key = models.CharField(max_length=128, null=True)
    entry_seconds = models.PositiveIntegerField(null=True)
    logged_on = models.DateField()
    logged_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    written: "Written | None" = None  # its parts, where this very object was just logged
    objects: ClassVar[models.Manager["Activity"]] = ActivityQuerySet.as_manager()
    disclosure = Disclosure(
        public=("type", "form", "starts_on", "organiser"),
        institution=("id", "public_id", "hours", "agreement", "note", "status", "content_hash", "entry_seconds",
                     "logged_on", "logged_at", "confirmed_at", "modified_at", "version"),
        personal=("logged_by", "on_behalf_of"),
        secret=("client_key",),
        subject="logged_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["logged_by", "client_key"], name="activity_sent_once"),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("logged_on")), name="activity_not_in_future",
                violation_error_message=_("The date cannot be later than today."),
            ),
            models.CheckConstraint(
                condition=Q(hours__isnull=True) | Q(hours__gt=0, hours__lte=1000), name="activity_hours_sensible"
            ),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | Q(confirmed_at__isnull=False), name="activity_confirmed_has_moment"
            ),
        ]  # fmt: skip
        indexes = [
            # the list, newest first; "modified since"
            models.Index(fields=["-starts_on", "-id"], name="activity_newest"),
            models.Index(fields=["modified_at", "id"], name="activity_modified"),
            # counting: what was confirmed in a period
            models.Index(fields=["starts_on"], condition=Q(status="confirmed"), name="activity_counted"),
            # the audit list: what was confirmed in a month
            models.Index(fields=["confirmed_at", "id"], condition=Q(status="confirmed"), name="activity_vouched"),
            # what lapses, oldest first
            models.Index(fields=["logged_at"], condition=Q(status="logged"), name="activity_lapsing"),
            # the living status of an agreement: its last confirmed activity
            models.Index(fields=["agreement", "starts_on"], name="activity_agreement"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def audience(self, concerned: "list[str] | None" = None) -> dict[str, Any]:
        """Whom an Event about it concerns: every institution that it names, where these are not known already."""
        keys = concerned or self.participations.values_list("institution__public_id", flat=True)
        return {
            "title": f"{self.type.names.get('uz', self.type.code)}, {self.starts_on.isoformat()}"[:300],
            "institution": self.organiser.public_id,
            "concerned": sorted({*keys, self.organiser.public_id}),
            "members_only": self.status == ActivityStatus.DRAFT,
        }


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def visible_to(self, user: "User") -> "ParticipationQuerySet":
        """Those of visible activities."""
        return self.filter(activity__in=Activity.objects.all().visible_to(user))

    def standing(self) -> "ParticipationQuerySet":
        """The ledger of figures: rows that stand, of confirmed activities."""
        return self.filter(state=ParticipationState.STANDS, activity__status=ActivityStatus.CONFIRMED)


class Participation(models.Model):
    """An institution in an activity, on its date. `logged_by` is the activity's, so that the rule *the confirmer is
    never the logger* is a fact of the database.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="participations")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="participations")
    on_date = models.DateField()
    state = models.CharField(max_length=16, choices=ParticipationState, default=ParticipationState.NAMED)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_hash = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=16, choices=ConfirmationMethod, blank=True)

    objects: ClassVar[models.Manager["Participation"]] = ParticipationQuerySet.as_manager()
    disclosure = Disclosure(
        public=("institution", "on_date"),
        institution=("id", "activity", "state", "confirmed_hash", "confirmed_at", "method"),
        personal=("confirmed_by", "logged_by"),
        subject="confirmed_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "institution"], name="participation_once"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("logged_by")),
                name="participation_not_by_logger",
                violation_error_message=_("Who logged the activity cannot confirm it."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_hash="", method="")
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_hash="") & ~Q(method="")),
                name="participation_confirmed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(method="link") | Q(confirmed_by__isnull=True), name="participation_link_has_no_account"
            ),
        ]
        indexes = [
            # what waits for an institution; counting its standing participations by date
            models.Index(fields=["institution", "state", "on_date"], name="participation_ledger"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.institution_id}"


class ParticipantCount(models.Model):
    """How many of a category took part; numbers, never names."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="counts")
    category = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()

    disclosure = Disclosure(public=("category",), institution=("id", "activity", "number"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "category"], name="participant_count_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=100_000), name="participant_count_sensible"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.number}"


class PhotoQuerySet(models.QuerySet["ActivityPhoto"]):
    def visible_to(self, user: "User") -> "PhotoQuerySet":
        """Evidence for those concerned."""
        return self.filter(activity__in=Activity.objects.all().shared_with(user))


class ActivityPhoto(Identified):
    """A picture beside an activity: not counted, not public, without the data a camera writes into it."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="photos")
    file = models.FileField(upload_to="activities/%Y/%m/", max_length=200)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    added_at = models.DateTimeField()

    objects: ClassVar[models.Manager["ActivityPhoto"]] = PhotoQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "activity", "file", "sha256", "width", "height", "added_at")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "sha256"], name="activity_photo_once")]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.sha256[:8]}"


Written = tuple[list[Participation], list[ParticipantCount]]


class ThanksQuerySet(models.QuerySet["Thanks"]):
    def visible_to(self, user: "User") -> "ThanksQuerySet":
        """Whom they were said to, and nobody else: there is no list of thanks by teacher."""
        to = Q(activity__on_behalf_of=user.pk) | Q(activity__on_behalf_of__isnull=True, activity__logged_by=user.pk)
        return self.filter(to)


class Thanks(models.Model):
    """A kind word of one side to whoever logged the activity, said while confirming; nobody is asked for it."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="thanks")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    text = Text(_("Thanks"), max_length=300)
    said_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Thanks"]] = ThanksQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "activity", "institution", "said_at"), personal=("text",), subject="activity__logged_by"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "institution"], name="thanks_once")]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.institution_id}"
