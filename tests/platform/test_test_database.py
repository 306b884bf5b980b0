"""The database that every other test stands on."""

import pytest
from django.db import connection

from config.embedded.templates import CLONE


@pytest.mark.django_db
def test_a_run_works_in_a_clone_of_its_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_setting('server_version_num')::int")
        name, version = cursor.fetchone()
    assert name.startswith(CLONE)
    assert version >= 150000


def test_a_test_that_commits_gets_a_database_that_is_gone_afterwards(own_database: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE committed (n int); INSERT INTO committed VALUES (1)")
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone() == (own_database,)


@pytest.mark.django_db
def test_after_it_the_shared_database_is_back_and_untouched() -> None:
    assert "committed" not in connection.introspection.table_names()
