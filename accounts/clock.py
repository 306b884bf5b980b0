"""The clock of the doors: everything below is told the moment or the day."""

import datetime

from django.utils import timezone


def now() -> datetime.datetime:
    """This moment, with its zone."""
    return timezone.now()


def today() -> datetime.date:
    """Today's date in the zone of the country pack."""
    return timezone.localdate()
