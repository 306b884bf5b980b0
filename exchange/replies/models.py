"""Answers kept so that a repeated request gets the same one."""

from django.conf import settings
from django.db import models

from accounts.disclosure import Disclosure


class StoredReply(models.Model):
    """The answer to a request that may be repeated: one row per person and key, kept 48 hours.

    `fingerprint` is SHA-256 over method, path, acting institution and canonical body.
    """

    principal = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    disclosure = Disclosure(
        secret=("id", "principal", "key", "fingerprint", "status", "body", "headers", "created_at", "expires_at")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="reply_key_once")]
        indexes = [
            # expired replies are swept by age
            models.Index(fields=["expires_at"], name="reply_expires"),
        ]

    def __str__(self) -> str:
        return self.key
