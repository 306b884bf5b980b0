"""What the database refuses by itself, whoever asks and however."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import User
from config.roles import WEB
from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.rules import AGREEMENT, REVISION_PAIRS
from cooperation.agreements.statuses import AgreementStatus, RevisionStatus
from lifecycle.models import Event, FrozenContent

pytestmark = pytest.mark.django_db
SIGN = """
INSERT INTO cooperation_signature (revision_id, party_id, sha256, person_id, position, method, signed_at) VALUES
"""
SAME_NUMBER = """
INSERT INTO cooperation_agreement
  (public_id, number, status, initiator_id, version, title, search_key, created_at, modified_at)
SELECT 'x', number, 'draft', initiator_id, 1, '', '', now(), now() FROM cooperation_agreement WHERE id = %s
"""
SECOND_DRAFT = """
INSERT INTO cooperation_revision
  (agreement_id, number, purpose, status, title, text, texts, reason, document, decision, survives_exit, content_hash, notice_days,
   renewal, drafted_for_id, created_at)
SELECT id, 9, 'conclude', 'draft', '', '', '{}', '', '', '', false, '', 90, 'none', initiator_id, now() FROM cooperation_agreement WHERE id = %s
"""
SECOND_CONCLUDED = """
INSERT INTO cooperation_revision
  (agreement_id, number, purpose, status, title, text, texts, reason, document, decision, survives_exit, content_hash, notice_days,
   renewal, drafted_for_id, created_at, proposed_at, frozen_id)
SELECT agreement_id, 9, 'conclude', 'concluded', '', '', '{}', '', '', '', false, 'y', 90, 'none', drafted_for_id, now(), now(), frozen_id
FROM cooperation_revision WHERE agreement_id = %s
"""


def ask(statement: str, *values: Any, by: str = "") -> None:
    """Raw SQL in a savepoint, as a serving role if one is named; what is checked at commit is checked at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        if by:
            cursor.execute(f"SET LOCAL ROLE {by}")
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture(params=["", WEB.name])
def role(request: pytest.FixtureRequest) -> Iterator[str]:
    """The owner of the tables, and the role pages are served under."""
    yield request.param


@pytest.mark.parametrize("table", ["lifecycle_event", "lifecycle_frozencontent", "cooperation_signature"])
@pytest.mark.parametrize("verb", ["DELETE FROM {0}", "TRUNCATE {0} CASCADE", "UPDATE {0} SET id = id"])
def test_the_record_takes_no_change(table: str, verb: str, role: str, concluded: Agreement) -> None:
    with pytest.raises(DatabaseError):
        ask(verb.format(table), by=role)
    assert Event.objects.exists() and FrozenContent.objects.exists()


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("proposed", "concluded"),
        ("proposed", "in_force"),
        ("proposed", "ended"),
        ("proposed", "nonsense"),
        ("proposed", "terminated"),
    ],
)
def test_a_status_outside_the_table_is_refused(source: str, target: str, role: str, proposed: Agreement) -> None:
    assert proposed.status == source
    with pytest.raises(DatabaseError):
        ask("UPDATE cooperation_agreement SET status = %s WHERE id = %s", target, proposed.pk, by=role)


def test_the_guard_of_the_agreement_knows_exactly_the_table(proposed: Agreement) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = ANY(%s) ORDER BY proname",
            [["cooperation_agreement_move", "cooperation_revision_move"]],
        )
        agreement, revision = (row[0] for row in cursor.fetchall())
    for source in AgreementStatus.values:
        for target in AgreementStatus.values:
            assert (f"('{source}', '{target}')" in agreement) == ((source, target) in AGREEMENT.pairs())
    for source in RevisionStatus.values:
        for target in RevisionStatus.values:
            assert (f"('{source}', '{target}')" in revision) == ((source, target) in REVISION_PAIRS)


@pytest.mark.parametrize(
    "change",
    [
        "title = 'x'",
        "text = 'x'",
        "starts_on = '2020-01-01'",
        "notice_days = 1",
        "content_hash = repeat('0', 64)",
        "frozen_id = NULL",
        "number = 9",
    ],
)
def test_the_content_of_a_proposal_stays(change: str, role: str, proposed: Agreement) -> None:
    with pytest.raises(DatabaseError):
        ask(f"UPDATE cooperation_revision SET {change} WHERE id = %s", proposed.shown_id, by=role)


@pytest.mark.parametrize("statement", [
    "UPDATE cooperation_agreementterm SET quantity = 99 WHERE revision_id = %s",
    "DELETE FROM cooperation_agreementterm WHERE revision_id = %s",
    "DELETE FROM cooperation_revisionparty WHERE revision_id = %s",
    "UPDATE cooperation_revisionparty SET signs = false WHERE revision_id = %s",
    "UPDATE cooperation_revisionparty SET institution_id = institution_id + 1 WHERE revision_id = %s",
])  # fmt: skip
def test_the_parts_of_a_proposal_stay(statement: str, role: str, proposed: Agreement) -> None:
    with pytest.raises(DatabaseError):
        ask(statement, proposed.shown_id, by=role)


@pytest.mark.parametrize("forged", ["repeat('0', 64)", "'nonsense'"])
def test_a_signature_stands_on_the_hash_of_its_revision(
    forged: str, role: str, proposed: Agreement, partner_admin: User
) -> None:
    party = proposed.shown.parties.last()
    with pytest.raises(DatabaseError):
        ask(
            f"{SIGN} (%s, %s, {forged}, %s, 'x', 'account', now())",
            proposed.shown_id, party.pk, partner_admin.pk, by=role,
        )  # fmt: skip


@pytest.mark.parametrize(("statement", "error"), [
    ("UPDATE cooperation_agreement SET ends_on = starts_on WHERE id = %s", "agreement_ends_after_start"),
    ("UPDATE cooperation_agreement SET ends_on = starts_on + interval '50 years 1 day' WHERE id = %s", "agreement_within_fifty_years"),
    ("UPDATE cooperation_agreement SET number = NULL WHERE id = %s", "number"),
    (SAME_NUMBER, "number"),
    (SECOND_DRAFT, "revision_one_open"),
])  # fmt: skip
def test_facts_about_rows_are_constraints(statement: str, error: str, role: str, proposed: Agreement) -> None:
    with pytest.raises(IntegrityError, match=error):
        ask(statement, proposed.pk, by=role)


def test_two_revisions_never_stand_concluded(concluded: Agreement) -> None:
    assert Revision.objects.filter(agreement=concluded, status="concluded").count() == 1
    with pytest.raises(IntegrityError, match="revision_one_concluded"):
        ask(
            SECOND_CONCLUDED,
            concluded.pk,
        )
