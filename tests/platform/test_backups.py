"""A backup comes back: the drill on a real cluster with an archived log, and everything it has to find and name."""

import datetime
import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.backups import parts
from config.backups.parts import Fault, Impossible
from config.backups.restoring import restore
from config.embedded.testing import separate_database
from lifecycle.signing import signed
from tests.platform.living import Living

ASKED = "from config.backups.holding import refuse_held; refuse_held(); print('may be served')"


@pytest.fixture(scope="module")
def reachable() -> Iterator[Path]:
    """A folder that the server's account may pass through, else its data would go to where root puts it."""
    with tempfile.TemporaryDirectory(prefix="hk-back") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def back(reachable: Path, request: pytest.FixtureRequest) -> Path:
    """Where a restore goes: not there yet."""
    return reachable / hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8] / "back"


@pytest.fixture(scope="module")
def living(django_db_blocker: Any, reachable: Path) -> Iterator[Living]:
    """A site with its own cluster that archives its log, a few rows, one file, and one backup of all that."""
    found = Living(reachable / "living")
    try:
        with django_db_blocker.unblock(), separate_database("kept"):
            found.begin()
        yield found
    finally:
        found.server.stop("immediate")


@pytest.fixture
def copy(living: Living, tmp_path: Path) -> Path:
    """The kept backup, to be spoilt."""
    shutil.copytree(living.kept, tmp_path / "kept")
    return tmp_path / "kept"


def test_the_drill_holds_and_its_record_is_signed(living: Living) -> None:
    ran = living.manage("backup_verify", "--identity", living.identity, "--json")
    record = json.loads(ran.stdout)
    assert (ran.returncode, record["faults"], record["well"]) == (0, [], True), ran.stdout + ran.stderr
    assert record["key"] == living.base()["key"]
    assert not list(parts.signature_faults("drill", record, ""))
    assert json.loads(max((living.kept / "drills").glob("*.json")).read_text()) == record


def test_the_drill_fails_when_it_should_and_names_all_that_does_not_hold(living: Living, copy: Path) -> None:
    """Acts were lost, a file is damaged, the key for seals is another: each stands in the record, and it ends with 1."""
    rows = living.base()["rows"]
    sign_again(copy, rows={**rows, "lifecycle_event": rows["lifecycle_event"] + 10_000})
    spoil(next((copy / "files").iterdir()))
    ran = living.manage(
        "backup_verify", "--identity", living.identity, "--json", HK_BACKUP=str(copy), HK_SEAL_KEY="ab" * 32
    )
    record = json.loads(ran.stdout)
    assert (ran.returncode, record["well"]) == (1, False)
    lines = [each.split(": ")[0] for each in record["faults"]]
    assert {f"file {living.file}", "lifecycle_event"} <= set(lines), record
    assert "HK_SEAL_KEY is another one than when the backup was made" in record["faults"]
    assert json.loads(max((copy / "drills").glob("*.json")).read_text()) == record


def test_a_restore_to_a_moment_has_what_was_before_it_and_nothing_after(living: Living, back: Path) -> None:
    living.note("before")
    moment = living.now()
    living.note("after")
    running = living.server.process()
    ran = living.manage("restore", "--into", str(back), "--identity", living.identity, "--to-time", moment)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with living.restored(back) as line:
        found = living.notes(line)
    assert "before" in found and "after" not in found
    assert living.server.process() == running and "after" in living.notes()
    assert (back / "files" / living.file).read_bytes() == living.sent


def test_a_restored_database_is_not_served_before_an_operator_says_so(living: Living, back: Path) -> None:
    living.note("the last")
    living.switch()
    assert living.manage("backup", "--new").returncode == 0
    restore(living.kept, back, living.key()).server.stop()
    there = {"HK_PG_HOME": str(back), "HK_BACKUP": ""}
    with living.restored(back) as line:
        assert "the last" in living.notes(line)
        for words in (("prepare",), ("serve", "ticks")):
            refused = living.manage(*words, **there)
            assert refused.returncode == 1 and "restore --release" in refused.stderr, refused.stderr
        assert living.manage("restore", "--release", **there).returncode == 0
        said = living.manage("shell", "-v0", "-c", ASKED, **there)
        assert said.returncode == 0 and "may be served" in said.stdout, said.stderr


def test_a_moment_that_the_log_does_not_reach_is_named(living: Living, back: Path) -> None:
    later = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
    with pytest.raises(Fault, match="ends before 2099-01-01"):
        restore(living.kept, back, living.key(), later)


def test_a_file_that_is_missing_is_named(living: Living, copy: Path, back: Path) -> None:
    next((copy / "files").iterdir()).unlink()
    found = restore(copy, back, living.key())
    found.server.stop("immediate")
    assert found.faults == [f"missing: file {living.file}"]


@pytest.mark.parametrize("part", ["base.tar.age", "pg_wal.tar.age", "backup_manifest.age"])
@pytest.mark.parametrize("how", ["missing", "damaged"])
def test_a_part_that_is_missing_or_damaged_is_named(
    part: str, how: str, living: Living, copy: Path, back: Path
) -> None:
    path = next((copy / "base").glob(f"*/{part}"))
    path.unlink() if how == "missing" else spoil(path)
    with pytest.raises(Fault, match=f"^{how}: {part}$"):
        restore(copy, back, living.key())
    assert not back.exists()


def test_a_part_that_was_changed_with_its_list_does_not_open(living: Living, copy: Path, back: Path) -> None:
    """Who can sign lists can still not write into what age has sealed."""
    path = next((copy / "base").glob("*/base.tar.age"))
    spoil(path)
    known = living.base()["parts"]
    sign_again(copy, parts={**known, path.name: {"bytes": path.stat().st_size, "sha256": parts.digest(path)}})
    with pytest.raises(Fault, match=r"base\.tar\.age: damaged"):
        restore(copy, back, living.key())


def test_a_list_that_was_changed_is_refused(living: Living, copy: Path, back: Path) -> None:
    path = next((copy / "base").glob("*/list.json"))
    path.write_text(json.dumps({**json.loads(path.read_text()), "rows": {}}))
    with pytest.raises(Fault, match="its signature does not hold"):
        restore(copy, back, living.key())


def test_a_wrong_key_is_named(living: Living, tmp_path: Path, back: Path) -> None:
    call_command("backup_key", tmp_path / "other.key", stdout=io.StringIO())
    with pytest.raises(CommandError):
        call_command("backup_key", tmp_path / "other.key")
    with pytest.raises(Fault, match=r"base\.tar\.age: the key does not open it"):
        restore(living.kept, back, parts.identity_of(tmp_path / "other.key"))
    (tmp_path / "none.key").write_text("nothing")
    with pytest.raises(Impossible, match="no private key"):
        parts.identity_of(tmp_path / "none.key")
    for words in ("age1nobody", ""):
        with pytest.raises(Impossible, match="HK_BACKUP_RECIPIENT"):
            parts.recipient_of(words)


def test_a_backup_of_a_newer_schema_is_refused_by_name(living: Living, copy: Path, back: Path) -> None:
    sign_again(copy, migrations=[*living.base()["migrations"], "cooperation/9999_later"])
    with pytest.raises(Impossible, match="cooperation/9999_later is not known here"):
        restore(copy, back, living.key())


def test_a_piece_of_the_log_that_is_missing_in_between_is_named(living: Living, copy: Path, back: Path) -> None:
    names = sorted(path.name.removesuffix(".age") for path in (copy / "wal").iterdir())
    first = parts.segment_at(living.base()["timeline"], living.base()["from"])
    later = [name for name in names if parts.SEGMENT.fullmatch(name) and name > first]
    assert len(later) > 2
    (copy / "wal" / f"{later[1]}.age").unlink()
    with pytest.raises(Fault, match=f"missing: wal/{later[1]}.age"):
        restore(copy, back, living.key())


def test_a_restore_goes_into_an_empty_folder_and_from_a_backup_that_is_there(
    living: Living, tmp_path: Path, back: Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").touch()
    with pytest.raises(Impossible, match="not empty"):
        restore(living.kept, tmp_path / "full", living.key())
    with pytest.raises(Impossible, match="no backup"):
        restore(tmp_path / "nothing", back, living.key())
    early = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
    with pytest.raises(Impossible, match="no backup from before 2000"):
        restore(living.kept, back, living.key(), early)


def test_what_cannot_be_tried_ends_with_2(living: Living, tmp_path: Path) -> None:
    ran = living.manage("backup_verify", "--identity", living.identity, HK_BACKUP=str(tmp_path))
    assert (ran.returncode, "no backup" in ran.stderr) == (2, True), ran.stderr
    ran = living.manage("backup", HK_BACKUP_RECIPIENT="")
    assert (ran.returncode, "HK_BACKUP_RECIPIENT" in ran.stderr) == (2, True), ran.stderr


def test_nothing_in_the_backup_can_be_read_without_the_key(living: Living) -> None:
    for path in living.kept.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert living.sent not in data and b"first act" not in data, path
            assert path.suffix == ".json" or data.startswith(b"age-encryption.org/v1"), path


def test_the_list_tells_no_secret(living: Living) -> None:
    told = living.base()["settings"]
    assert told["HK_SEAL_KEY"] is None and told["HK_BACKUP_RECIPIENT"] is None and told["HK_DEMO"] == "1"


def sign_again(kept: Path, **changed: Any) -> None:
    """Another list under a signature that holds: as a newer or a faulty program would have written it."""
    path = next((kept / "base").glob("*/list.json"))
    told = {name: value for name, value in json.loads(path.read_text()).items() if name not in ("key", "signature")}
    path.write_text(json.dumps(signed({**told, **changed})))


def spoil(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("000000010000000000000002", "000000010000000000000003"), ("0000000100000000000000FF", "000000010000000100000000"),
     ("00000001FFFFFFFE000000FF", "00000001FFFFFFFF00000000")],
)  # fmt: skip
def test_pieces_of_the_log_follow_each_other(name: str, wanted: str) -> None:
    assert parts.after(name) == wanted
    assert parts.segment_at(1, "2/FF000028") == "0000000100000002000000FF"
