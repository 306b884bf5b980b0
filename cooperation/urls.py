"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from cooperation.agreements import urls as agreements
from cooperation.confirmations import urls as confirmations
from cooperation.drafts import urls as drafts
from cooperation.verification import urls as verification

urlpatterns: list[Any] = [*confirmations.urlpatterns, *drafts.urlpatterns, *agreements.urlpatterns, *verification.urlpatterns]
plain_urlpatterns: list[Any] = [*verification.plain_urlpatterns, *confirmations.plain_urlpatterns]
