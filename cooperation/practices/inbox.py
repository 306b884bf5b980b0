"""What waits for a person among practices: those to review."""

from django.utils.translation import gettext_lazy as _

from cooperation.practices.models import Practice
from cooperation.practices.rules import PRACTICE
from cooperation.reviewing.inbox import review_queue
from lifecycle.waiting import waits

waits(review_queue(Practice, PRACTICE, _("Practices to review")))
