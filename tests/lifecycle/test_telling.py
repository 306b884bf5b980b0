"""A status that changes says so in an Event of the same transaction, or the commit is refused."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cooperation.agreements import actions
from cooperation.agreements.models import Agreement
from lifecycle.events import record
from tests.factories import a_member, a_signatory, a_territory, an_institution


def test_a_change_of_status_without_an_event_does_not_commit(own_database: str) -> None:
    """The event must be of the same transaction; one written before does not count."""
    house = an_institution(a_territory("9"))
    admin = a_member("institution_admin", house)
    a_signatory(admin, house)
    made = actions.draft_agreement(by=admin, at=timezone.now())
    with pytest.raises(DatabaseError, match="left no event"), connection.cursor() as cursor:
        cursor.execute("UPDATE cooperation_agreement SET status = 'withdrawn' WHERE id = %s", [made.pk])
    with pytest.raises(DatabaseError, match="left no event"):
        Agreement.objects.filter(pk=made.pk).update(status="withdrawn")
    with transaction.atomic():
        Agreement.objects.filter(pk=made.pk).update(status="withdrawn")
        record("withdraw", subject_type="agreement", subject_id=made.public_id, by=None, at=timezone.now())
    assert Agreement.objects.get(pk=made.pk).status == "withdrawn"
