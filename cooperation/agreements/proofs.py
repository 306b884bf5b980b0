"""What stands behind a signature that was given in another way than with the account, and the codes of links."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from cooperation.agreements.models import Revision, Signature
from lifecycle.models import SignedLink


class SignatureProof(Identified):
    """By a link: the address, hidden but for its edges; on paper: the scan and the day; with a key: the envelope.

    `address_key` is a keyed hash of the mailbox: one mailbox signs for one party, long after the address is forgotten.
    Append-only, as the signature is.
    """

    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="proof")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    shown = models.CharField(max_length=200, blank=True)
    address_key = models.CharField(max_length=64, blank=True)
    signed_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="signatures/%Y/%m/", max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    envelope = models.TextField(blank=True)

    disclosure = Disclosure(
        institution=("id", "public_id", "signature", "revision", "shown", "signed_on", "file", "file_sha256",
                     "envelope"),
        personal=("recorded_by",), secret=("address_key",), subject="recorded_by",
    )  # fmt: skip

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["revision", "address_key"], condition=~Q(address_key=""), name="signature_one_party_a_mailbox",
                violation_error_message=_("One person signs for one party."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.signature_id}: {self.shown}"


class LinkCode(models.Model):
    """A one-time code that shows that the bearer of a link reads the mailbox it was sent to; kept is only its hash."""

    link = models.ForeignKey(SignedLink, on_delete=models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    disclosure = Disclosure(secret=("id", "link", "code_hash", "created_at", "expires_at", "tries", "confirmed_at"))

    class Meta:
        indexes = [
            # the newest code of a link, and how many it was given of late
            models.Index(fields=["link", "-id"], name="link_code_link"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id}: {self.tries}"
