"""The drill: the newest backup is restored on the side and has to hold in everything the program can hold it against.

It fails when it should: what does not hold is named, written into a signed record, and the command ends with 1.
"""

import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from psycopg2 import sql

from config.backups.parts import Fault
from config.backups.restoring import Restored, gone_afterwards, restore
from config.roles import RIGHTS
from exchange.certifying import signing
from lifecycle import ledger
from lifecycle.signing import signed

OUR_OWN = 2  # transactions of the restore itself
ADDED_TO = sorted(table for table, rights in RIGHTS.items() if rights == {"SELECT", "INSERT"})


def drill(kept: Path, identity: Any, *, at: datetime.datetime) -> dict[str, Any]:
    """The record of a drill, written into the backup and signed. Raises Impossible."""
    began, found = time.monotonic(), None
    faults: list[str] = []
    with tempfile.TemporaryDirectory(dir=settings.VAR, prefix="drill") as scratch:
        try:
            found = restore(kept, Path(scratch) / "pg", identity)
        except Fault as fault:
            faults.append(str(fault))
        restored = time.monotonic() - began
        if found:
            with gone_afterwards(found):
                faults += [*found.faults, *not_holding(found)]
    record = signed({
        "at": ledger.moment(at), "backup": found.base["at"] if found else "", "faults": faults, "well": not faults,
        "restored_until": found.until if found else "", "restore_seconds": round(restored, 1),
        "seconds": round(time.monotonic() - began, 1),
    })  # fmt: skip
    folder = kept / "drills"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{at.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}.json"
    (folder / name).write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
    return record


def not_holding(found: Restored) -> Iterator[str]:
    """Everything about a restored database that does not hold."""
    with closing(found.line()) as line, line.cursor() as cursor:
        yield from _fewer_rows(cursor, found.base)
    yield from _keys(found.base)
    yield from _record(found)
    yield from _figures(found)


def _fewer_rows(cursor: Any, base: dict[str, Any]) -> Iterator[str]:
    """What is only added to may not have shrunk; if nothing was written since, every table is as it was."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    there = {table for (table,) in cursor.fetchall()}
    cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
    untouched = int(cursor.fetchone()[0]) <= int(base["edge"]) + OUR_OWN
    for table, before in base["rows"].items():
        if table not in there:
            yield f"missing: table {table}"
            continue
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        count = cursor.fetchone()[0]
        if (count < before and table in ADDED_TO) or (count != before and untouched):
            yield f"{table}: {count} rows, {before} when the backup was made"


def _keys(base: dict[str, Any]) -> Iterator[str]:
    """The keys that are kept apart are those that signed: a drill without them would prove too little."""
    ours = signed({"drill": base["at"]})["key"]
    if ours != base["key"]:
        yield "HK_SEAL_KEY is another one than when the backup was made"
    if base["head"] and base["head"]["key"] != ours:
        yield "HK_SEAL_KEY is another one than that of the newest head of the record"
    by = signing()
    if base["paper_key"] and (by is None or by.fingerprint != base["paper_key"]):
        yield "HK_PAPER_KEY is another one than when the backup was made"


def _record(found: Restored) -> Iterator[str]:
    """Acts against seals, entries against heads, all against the newest head that was known before."""
    told = _asked(found, "audit", "verify", "--json", *_head(found))
    yield from told["faults"]


def _head(found: Restored) -> list[str]:
    if not found.base["head"]:
        return []
    path = found.server.home / "head.json"
    path.write_text(json.dumps(found.base["head"]), encoding="utf-8")
    return ["--head", str(path)]


def _figures(found: Restored) -> Iterator[str]:
    """What the stored figures say is what counting every row again says."""
    _asked(found, "rollup", "--incremental", "--json")
    told = _asked(found, "rollup", "--full", "--json")
    if told["differing"]:
        yield f"{told['differing']} stored figures differ from their rows"


def _asked(found: Restored, *words: str) -> dict[str, Any]:
    """What a command says of the restored database, in a process of its own. Raises Fault where it says nothing."""
    environment = {
        **os.environ,
        **found.environment,
        "HK_BACKUP": "",
        "HK_ROLE": "",
        "HK_DB_OPTIONS": "",
        "HK_EPHEMERAL": "0",
    }
    environment.pop("DATABASE_URL", None)
    ran = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    try:
        told: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return {
            "faults": [f"{words[0]}: {(ran.stderr or ran.stdout).strip()[-300:]}"],
            "differing": f"{words[0]} failed, so",
        }
    return told


def newest_drill(kept: Path) -> dict[str, Any] | None:
    """The last record, if there is one."""
    found = sorted((kept / "drills").glob("*.json"))
    return json.loads(found[-1].read_text(encoding="utf-8")) if found else None
