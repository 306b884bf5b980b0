"""The database's roles: the catalogue says exactly what config/roles.py says."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from config.roles import ALL, OWNER, PUBLIC, SERVING, WEB, rights

TABLES = """
SELECT c.relname, pg_get_userbyid(c.relowner) FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
"""
VERBS = (*sorted(ALL), "TRUNCATE", "REFERENCES", "TRIGGER")


def ask(statement: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role.name for role in SERVING])
def test_a_serving_role_may_do_exactly_what_the_table_of_rights_says(role: str) -> None:
    tables = [name for name, _ in ask(TABLES)]
    assert len(tables) > 20
    for table in tables:
        found = {
            verb for verb in VERBS if ask("SELECT has_table_privilege(%s, %s, %s)", role, table, verb) == [(True,)]
        }
        assert found == rights(role, table), table


@pytest.mark.django_db
def test_serving_roles_own_nothing_and_cannot_sign_in_or_grow() -> None:
    assert {owner for _, owner in ask(TABLES)} == {OWNER}
    flags = ask(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'hk_%%' AND (rolcanlogin OR rolsuper OR rolcreaterole)"
    )
    assert flags == []


@pytest.mark.django_db
def test_granting_again_changes_nothing() -> None:
    rights_now = (
        "SELECT relname, relacl::text, relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    before = ask(rights_now)
    call_command("grants", verbosity=0)
    assert ask(rights_now) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "verb", ["UPDATE lifecycle_event SET name = 'x'", "DELETE FROM lifecycle_event", "TRUNCATE lifecycle_event"]
)
def test_the_web_cannot_change_the_record_by_raw_sql(verb: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {WEB.name}")
        cursor.execute(verb)


@pytest.mark.django_db
def test_the_public_role_reads_no_table_that_was_not_published() -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {PUBLIC.name}")
        cursor.execute("SELECT 1 FROM accounts_user")
