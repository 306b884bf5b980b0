"""The record of what counts: entered with its act, without gap or fork, changed by nobody, proved to anybody."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from config.roles import SERVING
from lifecycle import ledger
from lifecycle.models import FrozenContent, LedgerEntry, LedgerHead, LedgerNode
from lifecycle.verify_audit import (
    EMPTY,
    consistency_holds,
    entry_faults,
    head_faults,
    leaf_hash,
    spelled,
    tree_hash,
)

TABLES = ("lifecycle_ledgerentry", "lifecycle_ledgernode", "lifecycle_ledgerhead", "lifecycle_seal")


def a_text(number: int, kind: str = "agreement") -> FrozenContent:
    content = f'{{"number":{number}}}'
    return FrozenContent.objects.create(
        subject_type=kind, subject_id=f"thing{number}", version=1, content=content,
        sha256=leaf_hash(content.encode()).hex(),
    )  # fmt: skip


def entered(count: int, start: int = 0) -> list[LedgerEntry]:
    return [ledger.enter(a_text(start + number), at=timezone.now()) for number in range(count)]


def leaves() -> list[bytes]:
    """The leaves as this program spells them."""
    return [leaf_hash(spelled(ledger.told(each))) for each in LedgerEntry.objects.order_by("position")]


def test_the_tree_of_the_database_is_that_of_the_entries(db):
    assert (ledger.length(), ledger.root(0)) == (0, EMPTY)
    for size in range(1, 21):
        assert entered(1, size)[0].position == size - 1
        assert ledger.root(size) == tree_hash(leaves())
    LedgerEntry.objects.bulk_create(
        LedgerEntry(kind="release", subject_id=f"r{each}", number=1, content_hash="ab" * 32, entered_at=timezone.now())
        for each in range(7)
    )
    assert ledger.length() == 27
    assert ledger.root(27) == tree_hash(leaves())


def test_a_conclusion_enters_the_record_in_its_transaction(concluded):
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.subject_id, entry.number) == ("agreement", concluded.public_id, 1)
    assert entry.content_hash == concluded.concluded.content_hash
    assert entry.entered_at == concluded.concluded_at


def test_what_is_only_proposed_is_not_in_the_record(proposed):
    assert not LedgerEntry.objects.exists()


def test_what_is_rolled_back_leaves_no_gap(db):
    entered(3)
    with pytest.raises(RuntimeError), transaction.atomic():
        entered(2, 10)
        raise RuntimeError
    assert [each.position for each in entered(2, 20)] == [3, 4]
    assert ledger.root(5) == tree_hash(leaves())


def test_a_text_is_entered_once(db):
    text = a_text(1)
    ledger.enter(text, at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        ledger.enter(text, at=timezone.now())


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_nobody_changes_the_record_not_even_its_owner(db, table, statement):
    entered(2)
    ledger.sign_head(at=timezone.now())
    if table == "lifecycle_seal" and "TRUNCATE" not in statement:
        pytest.skip("a row trigger needs a row: tests of seals say it")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_serving_roles_add_entries_and_write_no_node(db):
    with connection.cursor() as cursor:
        for role in SERVING[:2]:
            held = {}
            for table in TABLES:
                cursor.execute(
                    "SELECT right_ FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE']) right_ "
                    "WHERE has_table_privilege(%s, %s, right_)", [role.name, table],
                )  # fmt: skip
                held[table] = {row[0] for row in cursor.fetchall()}
            assert held.pop("lifecycle_ledgernode") == {"SELECT"}
            assert all(rights == {"SELECT", "INSERT"} for rights in held.values()), (role.name, held)


def test_an_entry_of_a_serving_role_grows_the_tree(db):
    text = a_text(1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE hk_web")
        ledger.enter(text, at=timezone.now())
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("INSERT INTO lifecycle_ledgernode (level, place, hash) VALUES (5, 5, 'x')")
        cursor.execute("RESET ROLE")
    assert ledger.root(1) == tree_hash(leaves())


def test_a_table_of_the_same_name_deceives_nobody(db):
    entered(2)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE hk_web")
        cursor.execute("CREATE TEMPORARY TABLE lifecycle_ledgerentry (position bigint)")
        cursor.execute("INSERT INTO pg_temp.lifecycle_ledgerentry VALUES (40)")
        cursor.execute(
            "INSERT INTO public.lifecycle_ledgerentry (kind, subject_id, number, content_hash, entered_at) "
            "VALUES ('release', 'r', 1, %s, now()) RETURNING position",
            ["ab" * 32],
        )
        assert cursor.fetchone()[0] == 2
        cursor.execute("DROP TABLE pg_temp.lifecycle_ledgerentry")
        cursor.execute("RESET ROLE")
    assert ledger.root(3) == tree_hash(leaves())


def test_a_place_cannot_be_chosen(db):
    entered(1)
    made = LedgerEntry.objects.create(
        position=7, kind="release", subject_id="r", number=1, content_hash="ab" * 32, entered_at=timezone.now()
    )
    made.refresh_from_db()
    assert made.position == 1


@pytest.mark.real_clock
@pytest.mark.slow
def test_writers_at_once_leave_no_gap_and_no_fork(own_database):
    def write(writer: int) -> None:
        for number in range(25):
            with transaction.atomic():
                entered(1, 1000 * writer + number)
                if number % 5 == 0:
                    transaction.set_rollback(True)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert list(LedgerEntry.objects.order_by("position").values_list("position", flat=True)) == list(range(80))
    assert ledger.root(80) == tree_hash(leaves())


def test_an_entry_is_proved_under_the_next_signed_head(db):
    entries = entered(5)
    early = ledger.bundle(entries[2])
    assert list(entry_faults(early)) == ["head of 5: not signed"]
    ledger.sign_head(at=timezone.now())
    entered(6, 10)
    ledger.sign_head(at=timezone.now())
    for entry in LedgerEntry.objects.all():
        told = ledger.bundle(entry)
        assert told["head"]["size"] == (5 if entry.position < 5 else 11)
        assert not list(entry_faults(told, told["head"]["key"]))


def test_later_heads_only_add_to_earlier_ones(db):
    for more in range(5):
        entered(more, 100 * more)
        ledger.sign_head(at=timezone.now())
    told = ledger.heads()
    assert not list(head_faults({"heads": told}, LedgerHead.objects.all()[0].key))
    for first in range(11):
        for size in range(first, 11):
            roots = ledger.root(first), ledger.root(size)
            assert consistency_holds(first, size, *roots, ledger.consistency(first, size))


def test_a_changed_row_fails_its_proof(db):
    entries = entered(9)
    ledger.sign_head(at=timezone.now())
    entry = entries[4]
    changes = {"content_hash": "cd" * 32, "subject_id": "another", "number": 2, "kind": "release"}
    for name, value in changes.items():
        kept = getattr(entry, name)
        setattr(entry, name, value)
        assert list(entry_faults(ledger.bundle(entry))), name
        setattr(entry, name, kept)
    entry.entered_at += timezone.timedelta(microseconds=1)
    assert list(entry_faults(ledger.bundle(entry)))


def test_a_proof_reads_as_many_subtrees_as_the_tree_has_levels(db, django_assert_num_queries):
    entries = entered(64)
    ledger.sign_head(at=timezone.now())
    with django_assert_num_queries(2):
        told = ledger.bundle(entries[10])
    assert len(told["proof"]) == 6
    assert LedgerNode.objects.count() == 127
