"""The pieces a backup is made of: encrypted files with age, each under its own hash, and a signed list of them.

    KEPT/base/<moment>/…    one base backup: base.tar.age, pg_wal.tar.age, backup_manifest.age, list.json
    KEPT/wal/<segment>.age  the archive of PostgreSQL's log
    KEPT/files/<…>.age      what people sent, by the hash of its path and the hash of what is in it
    KEPT/drills/<moment>.json

What is encrypted is encrypted to a public key; the server that makes backups cannot read them.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage

from lifecycle.verify_audit import signature_faults

SUFFIX, HALF = ".age", ".half"
LIST = "list.json"
FORMAT = 1
SEGMENT = re.compile(r"[0-9A-F]{24}")
SEGMENTS_A_LOG = 256  # of 16 MB


class Fault(Exception):
    """Something about a backup that does not hold; says what, in one line."""


class Impossible(Exception):
    """The command cannot do its work here; says why, in one line."""


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal characters."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def recipient_of(text: str) -> Any:
    """The public key everything is encrypted to. Raises Impossible."""
    if not text:
        raise Impossible(
            "HK_BACKUP_RECIPIENT has no value: manage.py backup_key FILE makes a key and prints its public half"
        )
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise Impossible("HK_BACKUP_RECIPIENT is no public key of age (age1…)") from error


def identity_of(path: Path) -> Any:
    """The private key, from its file. Raises Impossible."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        return pyrage.x25519.Identity.from_str(
            next(line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-"))
        )
    except (OSError, UnicodeError, StopIteration, pyrage.IdentityError) as error:
        raise Impossible(f"{path}: no private key of age can be read") from error


def encrypt(source: Path, target: Path, recipient: Any) -> None:
    """The file, encrypted; it has its name only when it is whole and on the disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(target.name + HALF)
    pyrage.encrypt_file(str(source), str(half), [recipient])
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.rename(target)
    flush_folder(target.parent)


def decrypt(source: Path, target: Path, identity: Any) -> None:
    """The file as it was. Raises Fault for a wrong key, a damaged or a missing file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not source.exists():
        raise Fault(f"missing: {source.name}")
    try:
        pyrage.decrypt_file(str(source), str(target), [identity])
    except (pyrage.DecryptError, OSError) as error:
        raise Fault(f"{source.name}: {why(error)}") from error


def why(error: Exception) -> str:
    """age's own words told apart: another key, or a file that was changed."""
    return "the key does not open it" if "matching keys" in str(error) else f"damaged ({error})"


def flush_folder(folder: Path) -> None:
    """The names in a folder onto the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def bases(kept: Path) -> list[dict[str, Any]]:
    """The lists of all finished base backups, oldest first; `folder` is where each lies."""
    found = []
    for path in sorted((kept / "base").glob(f"*/{LIST}")):
        try:
            found.append({**json.loads(path.read_text(encoding="utf-8")), "folder": path.parent})
        except ValueError as error:
            raise Fault(f"{path.parent.name}/{LIST}: cannot be read") from error
    return found


def check(base: dict[str, Any]) -> None:
    """Signature of the list, and each part against it; needs no key. Raises Fault naming the first that does not hold."""
    told = {name: value for name, value in base.items() if name != "folder"}
    if told.get("format") != FORMAT:
        raise Fault(f"{LIST}: format {told.get('format')!r} is not known here")
    for line in signature_faults(LIST, told, ""):
        raise Fault(line)
    for name, facts in told["parts"].items():
        path = base["folder"] / name
        if not path.exists():
            raise Fault(f"missing: {name}")
        if path.stat().st_size != facts["bytes"] or digest(path) != facts["sha256"]:
            raise Fault(f"damaged: {name}")


def name_of_file(path: str, content: str) -> str:
    """Under which name a file of people is kept: found by its path, bound to its content."""
    return f"{hashlib.sha256(path.encode()).hexdigest()}-{content}{SUFFIX}"


def segments(kept: Path, timeline: int, first: str) -> Iterator[Path]:
    """The archive from a segment on, in order. Raises Fault where one is missing in between."""
    prefix = f"{timeline:08X}"
    names = sorted(path.name.removesuffix(SUFFIX) for path in (kept / "wal").glob(f"{prefix}*{SUFFIX}"))
    names = [name for name in names if SEGMENT.fullmatch(name) and name >= first]
    wanted = first
    for name in names:
        if name != wanted:
            raise Fault(f"missing: wal/{wanted}{SUFFIX}")
        yield kept / "wal" / f"{name}{SUFFIX}"
        wanted = after(name)


def after(segment: str) -> str:
    """The name of the next segment of 16 MB."""
    number = int(segment[8:16], 16) * SEGMENTS_A_LOG + int(segment[16:], 16) + 1
    return f"{segment[:8]}{number // SEGMENTS_A_LOG:08X}{number % SEGMENTS_A_LOG:08X}"


def segment_at(timeline: int, position: str) -> str:
    """The segment a position of the log lies in: 0/2000028 in …0000000000000002."""
    high, _, low = position.partition("/")
    return f"{timeline:08X}{int(high, 16):08X}{int(low, 16) >> 24:08X}"
