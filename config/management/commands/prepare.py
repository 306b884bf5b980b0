"""Bring the database to today's form: migrations, roles, the country pack, and once the demonstration world."""

import json
import subprocess
import sys
from argparse import ArgumentParser
from contextlib import closing
from io import StringIO
from typing import Any

import psycopg2
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from psycopg2 import sql

from config.backups.holding import refuse_held

WORLD = "world.json"


class Command(BaseCommand):
    """Safe to run again: what is there already stays."""

    help = (
        "Create the embedded database if there is none, migrate, grant, install the country pack, compile the "
        "translations; with HK_DEMO, make the demonstration world once. Example: manage.py prepare --scale small"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", default="small", choices=["small", "country"], help="of the demonstration")
        parser.add_argument("--json", action="store_true", help="print the demonstration world's addresses and logins")

    def handle(self, **options: Any) -> None:
        """Each step in its order; the world's logins go to var/world.json."""
        collecting = collect_static_files()
        if settings.EMBEDDED_POSTGRES:
            create_database(settings.DATABASES["default"])
        refuse_held()
        self.step("migrations", "migrate", interactive=False, verbosity=0)
        self.step("roles and rights", "grants")
        self.step("translations", "compile_catalogues")
        self.step("country pack", "install_pack", settings.COUNTRY_PACK)
        if settings.DEMO:
            self.demonstrate(options["scale"], show=options["json"])
        if collecting and collecting.wait():
            raise CommandError("the static files could not be collected: run manage.py collectstatic to see why")

    def step(self, words: str, name: str, *positional: str, **keywords: Any) -> None:
        """Run a command quietly and say that it is done."""
        call_command(name, *positional, stdout=StringIO(), **keywords)
        self.stderr.write(f"{words}: done", ending="\n")

    def demonstrate(self, scale: str, *, show: bool) -> None:
        """Make the demonstration world unless people are there already."""
        world = settings.VAR / WORLD
        if not world.exists() or not get_user_model().objects.exists():
            printed = StringIO()
            call_command("seed_world", scale=scale, json=True, stdout=printed)
            world.parent.mkdir(parents=True, exist_ok=True)
            world.touch(mode=0o600)
            world.write_text(json.dumps(json.loads(printed.getvalue()), ensure_ascii=False, indent=1))
            self.stderr.write("demonstration world: done")
        if show:
            self.stdout.write(world.read_text())


def collect_static_files() -> "subprocess.Popen[bytes] | None":
    """Hash and compress styles and scripts where they are newer than the last time; beside the database's work."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    base = settings.BASE_DIR
    sources = [*(base / "static").rglob("*"), base / "requirements" / "run.txt", base / "config" / "assets.py"]
    if manifest.exists() and manifest.stat().st_mtime > max(source.stat().st_mtime for source in sources):
        return None
    return subprocess.Popen([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=base)


def create_database(entry: dict[str, Any]) -> None:
    """Make the database of a fresh embedded server."""
    place = {"host": entry["HOST"], "port": entry["PORT"], "user": entry["USER"], "dbname": "postgres"}
    with closing(psycopg2.connect(**place)) as line:
        line.autocommit = True
        with line.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [entry["NAME"]])
            if not cursor.fetchone():
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(entry["NAME"])))
