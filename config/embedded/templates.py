"""Test databases by cloning: migrate once into a template, copy it for every run and worker, sweep what is left over.

Everything goes over SQL, so the embedded server and any server of DATABASE_URL behave alike. What a run uses it marks
with a session advisory lock, which the server itself lets go of when the run dies.
"""

import ast
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE, CLONE = "template_hk_", "test_hk_"
BUILDING, USING = 72_101, 72_102  # the first number of our advisory locks


def template_name() -> str:
    """A name that changes with the migrations, the project's modules they import, roles, and locked packages."""
    migrations = sorted(ROOT.glob("*/migrations/*.py"))
    imported = {path for migration in migrations for path in project_imports(migration)}
    digest = hashlib.sha256()
    for path in (*migrations, *sorted(imported), ROOT / "config" / "roles.py", ROOT / "requirements" / "run.txt"):
        digest.update(path.name.encode() + path.read_bytes())
    return f"{TEMPLATE}{digest.hexdigest()[:12]}"


def project_imports(source: Path) -> Iterator[Path]:
    """Files of this project that a module imports by name."""
    for node in ast.walk(ast.parse(source.read_bytes())):
        names = [node.module] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in filter(None, names):
            path = ROOT / (name.replace(".", "/") + ".py")
            if path.exists():
                yield path


def token(database: str) -> str:
    """The part of a database's name that says whose it is: template_hk_<token>…, test_hk_<token>…"""
    return database.split("_")[2]


class Templates:
    """The templates and clones of one server; `database` is an entry of settings.DATABASES."""

    def __init__(self, database: dict[str, Any]) -> None:
        self.line = psycopg2.connect(
            host=database.get("HOST") or None,
            port=database.get("PORT") or None,
            user=database.get("USER") or None,
            password=database.get("PASSWORD") or None,
            dbname="postgres",
        )
        self.line.autocommit = True

    def ready(self, run: str) -> str:
        """Mark what this run will use, sweep, migrate a template if there is none yet; answers its name."""
        name = template_name()
        with self._builder():
            for mine in (name, run):
                self._ask("SELECT pg_advisory_lock_shared(%s, hashtext(%s))", USING, token(mine))
            existing = self._names()
            self._sweep([old for old in existing if token(old) not in (token(name), token(run))])
            if name not in existing:
                self.drop(half := f"{name}_new")
                self._do("CREATE DATABASE {}", half)
                migrate(half)
                self._do("ALTER DATABASE {} RENAME TO {}", half, name)
        return name

    def clone(self, template: str, name: str) -> None:
        """A copy of the template, replacing one of that name."""
        self.drop(name)
        self._do("CREATE DATABASE {} TEMPLATE {}", name, template)

    def drop(self, name: str) -> None:
        """Drop a database, ending whoever is still connected to it."""
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def close(self) -> None:
        """Let go of the locks."""
        self.line.close()

    def _sweep(self, names: list[str]) -> None:
        for name in names:
            if self._ask("SELECT pg_try_advisory_lock(%s, hashtext(%s))", USING, token(name)) == [True]:
                with suppress(psycopg2.Error):
                    self.drop(name)
                self._ask("SELECT pg_advisory_unlock(%s, hashtext(%s))", USING, token(name))

    def _names(self) -> list[str]:
        pattern = f"^({TEMPLATE}|{CLONE})"
        return self._ask("SELECT datname FROM pg_database WHERE datname ~ %s", pattern)

    @contextmanager
    def _builder(self) -> Iterator[None]:
        self._ask("SELECT pg_advisory_lock(%s, 0)", BUILDING)
        try:
            yield
        finally:
            self._ask("SELECT pg_advisory_unlock(%s, 0)", BUILDING)

    def _ask(self, statement: str, *values: object) -> list[Any]:
        with self.line.cursor() as cursor:
            cursor.execute(statement, values)
            return [row[0] for row in cursor.fetchall()]

    def _do(self, statement: str, *names: str) -> None:
        with self.line.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def migrate(name: str) -> None:
    """Bring an empty database to today's form, in processes of their own so that this one stays untouched."""
    for words in (("migrate", "-v0"), ("grants",)):
        done = manage(*words, "--skip-checks", HK_DATABASE=name)
        if done.returncode:
            raise RuntimeError(f"manage.py {words[0]} fails:\n{done.stdout[-4000:]}")


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with the given words and extra environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
