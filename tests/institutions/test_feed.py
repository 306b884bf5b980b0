"""Whom an Event may be read by; that none is skipped is tested with the outbox."""

import pytest
from django.utils import timezone

from institutions.people.feed import readable_events
from lifecycle.events import record
from tests.factories import a_member, a_territory, an_institution

pytestmark = pytest.mark.django_db


def test_the_feed_is_read_only_by_whom_it_concerns():
    country = a_territory("9")
    house, other = an_institution(country, "One"), an_institution(country, "Two")
    inside, outside = a_member("teacher", house), a_member("teacher", other)
    office, elsewhere = (
        a_member("ministry_officer", territory=country),
        a_member("regional_officer", territory=a_territory("91", country)),
    )
    said = {"subject_type": "thing", "subject_id": "1", "at": timezone.now(), "concerned": [house.public_id]}
    for name in ("first", "second"):
        record(name, by=None, **said)
    record("secret", by=None, members_only=True, **said)
    record("own", by=outside, subject_type="thing", subject_id="2", at=timezone.now(), members_only=True)

    def names(user):
        return list(
            readable_events(user).filter(subject_type="thing").order_by("xact", "id").values_list("name", flat=True)
        )

    assert names(inside) == ["first", "second", "secret"]
    assert names(office) == ["first", "second"]
    assert names(outside) == ["own"]
    assert names(elsewhere) == []
