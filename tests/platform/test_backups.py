"""A backup comes back: the drill on a real cluster with an archived log, and everything it has to find and name."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.backups import parts
from config.embedded.testing import separate_database
from tests.platform.living import Living

pytestmark = pytest.mark.xdist_group("backups")


@pytest.fixture(scope="module")
def living(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A site with its own cluster that archives its log, a few rows, one file, and one backup of all that."""
    found = Living(tmp_path_factory.mktemp("backups"))
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


def test_a_restore_to_a_moment_has_what_was_before_it_and_nothing_after(living: Living, tmp_path: Path) -> None:
    living.note("before")
    moment = living.now()
    living.note("after")
    ran = living.restore(tmp_path / "back", "--to-time", moment)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with living.restored(tmp_path / "back") as line:
        found = living.notes(line)
    assert "before" in found and "after" not in found


def test_a_restore_of_everything_has_the_last_act_and_leaves_the_running_cluster_alone(
    living: Living, tmp_path: Path
) -> None:
    living.note("the last")
    running = living.server.process()
    assert living.restore(tmp_path / "back").returncode == 0
    assert living.server.process() == running and "the last" in living.notes()
    with living.restored(tmp_path / "back") as line:
        assert "the last" in living.notes(line)
    assert (tmp_path / "back" / "files" / living.file).read_bytes() == living.sent
    again = living.restore(tmp_path / "back")
    assert again.returncode == 2 and "not empty" in again.stderr


def test_a_restored_database_is_not_served_before_an_operator_says_so(living: Living, tmp_path: Path) -> None:
    assert living.restore(tmp_path / "back").returncode == 0
    with living.restored(tmp_path / "back"):
        there = {"HK_PG_HOME": str(tmp_path / "back"), "HK_BACKUP": ""}
        for words in (("prepare",), ("serve", "ticks"), ("serve", "web")):
            refused = living.manage(*words, **there)
            assert refused.returncode == 1 and "restore --release" in refused.stderr, refused.stderr
        assert living.manage("restore", "--release", **there).returncode == 0
        said = living.manage(
            "shell", "-c", "from config.backups.holding import refuse_held; refuse_held(); print('served')", **there
        )
        assert said.returncode == 0 and "served" in said.stdout, said.stderr


@pytest.mark.parametrize("part", ["base.tar.age", "pg_wal.tar.age", "backup_manifest.age"])
@pytest.mark.parametrize("how", ["missing", "damaged"])
def test_a_part_that_is_missing_or_damaged_is_named(
    part: str, how: str, living: Living, copy: Path, tmp_path: Path
) -> None:
    path = next((copy / "base").glob(f"*/{part}"))
    if how == "missing":
        path.unlink()
    else:
        spoil(path)
    ran = living.restore(tmp_path / "back", HK_BACKUP=str(copy))
    assert (ran.returncode, ran.stdout.strip()) == (1, f"{how}: {part}"), ran.stdout + ran.stderr


def test_the_drill_fails_when_it_should_and_says_so_in_its_record(living: Living, copy: Path) -> None:
    next((copy / "base").glob("*/base.tar.age")).unlink()
    ran = living.manage("backup_verify", "--identity", living.identity, "--json", HK_BACKUP=str(copy))
    record = json.loads(ran.stdout)
    assert (ran.returncode, record["faults"], record["well"]) == (1, ["missing: base.tar.age"], False)


def test_a_list_that_was_changed_is_refused(living: Living, copy: Path, tmp_path: Path) -> None:
    path = next((copy / "base").glob("*/list.json"))
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "rows": {}}))
    ran = living.restore(tmp_path / "back", HK_BACKUP=str(copy))
    assert ran.returncode == 1 and "its signature does not hold" in ran.stdout


def test_a_wrong_key_is_named(living: Living, tmp_path: Path) -> None:
    assert living.manage("backup_key", str(tmp_path / "other.key")).returncode == 0
    ran = living.manage("restore", "--into", str(tmp_path / "back"), "--identity", str(tmp_path / "other.key"))
    assert ran.returncode == 1 and "base.tar.age: the key does not open it" in ran.stdout, ran.stdout + ran.stderr
    (tmp_path / "none.key").write_text("nothing")
    ran = living.manage("restore", "--into", str(tmp_path / "back"), "--identity", str(tmp_path / "none.key"))
    assert ran.returncode == 2 and "no private key" in ran.stderr


def test_a_backup_of_a_newer_schema_is_refused_by_name(living: Living, copy: Path, tmp_path: Path) -> None:
    living.sign_again(copy, migrations=[*living.base()["migrations"], "cooperation/9999_later"])
    ran = living.restore(tmp_path / "back", HK_BACKUP=str(copy))
    assert ran.returncode == 2 and "cooperation/9999_later is not known here" in ran.stderr


def test_a_piece_of_the_log_that_is_missing_in_between_is_named(living: Living, copy: Path, tmp_path: Path) -> None:
    pieces = sorted(
        path for path in (copy / "wal").iterdir() if parts.SEGMENT.fullmatch(path.name.removesuffix(".age"))
    )
    first = parts.segment_at(living.base()["timeline"], living.base()["from"])
    later = [path for path in pieces if path.name > first]
    assert len(later) > 2
    later[1].unlink()
    ran = living.manage("backup_verify", "--identity", living.identity, "--json", HK_BACKUP=str(copy))
    assert (ran.returncode, json.loads(ran.stdout)["faults"]) == (1, [f"missing: wal/{later[1].name}"])


def test_a_file_that_is_missing_or_changed_is_named(living: Living, copy: Path) -> None:
    kept = next((copy / "files").iterdir())
    spoil(kept)
    ran = living.manage("backup_verify", "--identity", living.identity, "--json", HK_BACKUP=str(copy))
    assert [each.partition(": damaged")[0] for each in json.loads(ran.stdout)["faults"]] == [f"file {living.file}"]
    kept.unlink()
    ran = living.manage("backup_verify", "--identity", living.identity, "--json", HK_BACKUP=str(copy))
    assert json.loads(ran.stdout)["faults"] == [f"missing: file {living.file}"]


def test_rows_that_were_lost_and_another_seal_key_are_named(living: Living, copy: Path) -> None:
    rows = living.base()["rows"]
    living.sign_again(copy, rows={**rows, "lifecycle_event": rows["lifecycle_event"] + 10_000})
    ran = living.manage(
        "backup_verify", "--identity", living.identity, "--json", HK_BACKUP=str(copy), HK_SEAL_KEY="ab" * 32
    )
    faults = json.loads(ran.stdout)["faults"]
    assert any(line.startswith("lifecycle_event: ") for line in faults), faults
    assert "HK_SEAL_KEY is another one than when the backup was made" in faults


def test_nothing_in_the_backup_can_be_read_without_the_key(living: Living) -> None:
    for path in living.kept.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert living.sent not in data and b"first act" not in data, path
            assert path.suffix == ".json" or data.startswith(b"age-encryption.org/v1"), path


def test_the_list_tells_no_secret(living: Living) -> None:
    told = living.base()["settings"]
    assert told["HK_SEAL_KEY"] is None and told["HK_BACKUP_RECIPIENT"] is None and told["HK_DEMO"] == "1"


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
