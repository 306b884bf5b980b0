"""The line under figures that says how the last comparison went."""

from django.utils.translation import gettext as _

from accounts import wording
from quality.rollups.checked import Checked


def said_checked(checked: Checked | None) -> str:
    """How many figures were compared, how many differ, and when; empty before the first comparison."""
    if checked is None:
        return ""
    counts = {"n": wording.number(checked.compared), "m": wording.number(checked.differing)}
    return _("%(n)s cells compared, %(m)s differ (%(moment)s)") % {**counts, "moment": wording.moment(checked.at)}
