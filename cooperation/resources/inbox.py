"""What waits for a person among shared resources: those to review."""

from django.utils.translation import gettext_lazy as _

from cooperation.resources.models import Resource
from cooperation.resources.rules import RESOURCE
from cooperation.reviewing.inbox import review_queue
from lifecycle.waiting import waits

waits(review_queue(Resource, RESOURCE, _("Shared resources to review")))
