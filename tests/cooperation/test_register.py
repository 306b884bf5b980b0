"""The public register of agreements, the record behind it, and checking both without an account."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from cooperation.agreements import actions
from lifecycle import ledger, seals
from lifecycle.models import LedgerEntry
from lifecycle.transitions import Unmet
from tests.cooperation.conftest import sign

LIST, RECORD = "/en/public/agreements/", "/en/public/record/"


def proof_of(agreement):
    return f"/api/v1/ledger/proofs/agreement/{agreement.public_id}/1/"


def test_the_register_shows_parties_dates_forms_and_code_to_everybody(concluded, page_of):
    page = page_of(None).get(LIST)
    assert page.status_code == 200
    assert concluded.number in page.content.decode()
    page = page_of(None).get(f"{LIST}{concluded.number}/")
    text = page.content.decode()
    for told in (
        *concluded.concluded.parties.values_list("official_name", flat=True), concluded.concluded.content_hash, "F2", "21 Nov 2026", "31 Aug 2027",
        "In force", proof_of(concluded), f"/verify/{concluded.number}/",
    ):  # fmt: skip
        assert told in text, told
    assert page_of(None).get(f"{LIST}{concluded.number.lower()}/").status_code == 200


def test_the_register_tells_neither_text_nor_subject_nor_people(concluded, page_of):
    for path in (LIST, f"{LIST}{concluded.number}/", f"{LIST}?format=csv"):
        text = page_of(None).get(path).content.decode()
        for hidden in ("Open lessons together", "The parties hold", "Director", "institution_admin", "@example.org"):
            assert hidden not in text, (path, hidden)


def test_what_is_not_concluded_is_not_in_the_register(proposed, page_of):
    assert proposed.number not in page_of(None).get(LIST).content.decode()
    assert page_of(None).get(f"{LIST}{proposed.number}/").status_code == 404


def test_the_register_sets_no_cookie_and_may_be_kept(concluded, page_of, institution_admin):
    for path in (LIST, f"{LIST}{concluded.number}/", RECORD):
        page = page_of(institution_admin).get(path)
        assert not page.cookies, path
        assert "public" in page["Cache-Control"]
        assert "institution_admin" not in page.content.decode()


def test_the_register_is_filtered_searched_and_sorted(
    concluded, make, institution_admin, partner_admin, page_of, words
):
    def numbers(query=""):
        page = page_of(None).get(f"{LIST}{query}")
        assert page.status_code == 200, query
        return [row["cells"][0]["text"] for row in page.context["rows"]]

    other = actions.propose_agreement(
        make(title="Second", kind=words.memorandum, terms=[]), by=institution_admin, at=timezone.now()
    )
    sign(other, institution_admin)
    sign(other, partner_admin)
    assert numbers("?ordering=number") == sorted([concluded.number, other.number])
    assert numbers("?ordering=-number") == sorted([concluded.number, other.number], reverse=True)
    assert numbers("?kind=memorandum") == [other.number]
    assert numbers("?cooperation_form=F2") == [concluded.number]
    assert numbers(f"?search={concluded.number}") == [concluded.number]
    assert numbers("?search=alpha+beta&cooperation_form=F2") == [concluded.number]
    assert numbers("?search=lessons") == []
    assert numbers("?territory=921") == []
    assert len(numbers("?territory=91&status=in_force")) == 2
    assert numbers("?status=ended") == []
    assert len(numbers("?in_force_on=2026-12-01")) == 2
    assert numbers("?in_force_on=2026-11-01") == []


def test_the_register_as_a_file_has_the_rows_of_the_list(concluded, page_of):
    answer = page_of(None).get(f"{LIST}?format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][0] == concluded.number
    assert rows[1][-1] == concluded.concluded.content_hash
    assert page_of(None).get(f"{LIST}?format=xlsx").status_code == 200


def test_an_empty_register_says_so(db, page_of):
    assert "No agreement is concluded yet" in page_of(None).get(LIST).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_register(
    concluded, make, institution_admin, partner_admin, page_of, django_assert_max_num_queries
):
    for number in range(4):
        other = actions.propose_agreement(make(title=f"More {number}"), by=institution_admin, at=timezone.now())
        sign(other, institution_admin)
        sign(other, partner_admin)
    page = page_of(None)
    page.get(LIST)
    with django_assert_max_num_queries(10):
        assert len(page.get(LIST).context["rows"]) == 5


def test_anybody_gets_length_root_and_head_of_the_record(concluded, api_of):
    told = api_of(None).get("/api/v1/ledger/").json()
    assert told == {"size": 1, "root": ledger.root(1).hex(), "head": None}
    ledger.sign_head(at=timezone.now())
    answer = api_of(None).get("/api/v1/ledger/")
    assert answer.json()["head"]["root"] == told["root"]
    again = api_of(None).get("/api/v1/ledger/", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304
    assert "public" in answer["Cache-Control"]


def test_anybody_gets_the_proof_of_an_agreement(concluded, api_of):
    unsigned = api_of(None).get(proof_of(concluded))
    assert "immutable" not in unsigned["Cache-Control"]
    ledger.sign_head(at=timezone.now())
    answer = api_of(None).get(proof_of(concluded))
    assert answer.status_code == 200
    assert answer.json()["entry"]["content_hash"] == concluded.concluded.content_hash
    assert "immutable" in answer["Cache-Control"]
    assert api_of(None).get("/api/v1/ledger/proofs/agreement/nothing/1/").status_code == 404


def test_consistency_is_proved_between_any_two_lengths(concluded, api_of):
    told = api_of(None).get("/api/v1/ledger/consistency/", {"first": 0, "size": 1}).json()
    assert told["root"] == ledger.root(1).hex()
    for first, size in (("2", "1"), ("0", "9"), ("x", "1"), ("", ""), ("-1", "1")):
        answer = api_of(None).get("/api/v1/ledger/consistency/", {"first": first, "size": size})
        assert answer.status_code == 400, (first, size)


def test_the_page_of_the_record_shows_heads_key_and_program(concluded, page_of):
    assert "No head is signed yet" in page_of(None).get(RECORD).content.decode()
    head = ledger.sign_head(at=timezone.now())
    text = page_of(None).get(RECORD).content.decode()
    assert head.key in text
    assert head.root[:16] in text
    program = page_of(None).get("/public/record/verify_audit.py")
    assert program["Content-Disposition"] == 'attachment; filename="verify_audit.py"'
    assert program.content == Path("lifecycle/verify_audit.py").read_bytes()


@pytest.fixture
def offline(page_of, tmp_path):
    """The program as it is downloaded, run by a bare Python that knows nothing of this project."""
    program = tmp_path / "verify_audit.py"
    program.write_bytes(page_of(None).get("/public/record/verify_audit.py").content)

    def run(*words):
        return subprocess.run(
            [sys.executable, "-I", "-S", str(program), *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )

    return run


def test_the_downloaded_program_checks_a_proof_without_this_site(concluded, api_of, offline, tmp_path):
    ledger.sign_head(at=timezone.now())
    told = api_of(None).get(proof_of(concluded)).content.decode()
    bundle, text = tmp_path / "proof.json", tmp_path / "text.json"
    bundle.write_text(told)
    text.write_text(concluded.concluded.frozen.content, encoding="utf-8")
    key = json.loads(told)["head"]["key"]
    ran = offline("entry", bundle, "--record", text, "--key", key)
    assert (ran.returncode, ran.stdout) == (0, "everything holds\n"), ran
    text.write_text(concluded.concluded.frozen.content.replace("open lessons", "many lessons"), encoding="utf-8")
    ran = offline("entry", bundle, "--record", text)
    assert ran.returncode == 1
    assert concluded.public_id in ran.stdout
    assert offline("entry", bundle, "--key", "00" * 32).returncode == 1
    bundle.write_text(
        told.replace('"kind": "agreement"', '"kind": "release"').replace('"kind":"agreement"', '"kind":"release"')
    )
    assert offline("entry", bundle, "--key", key).returncode == 1
    bundle.write_text("{}")
    assert offline("entry", bundle).returncode == 2
    assert offline("entry", tmp_path / "nothing.json").returncode == 2


def test_the_downloaded_program_checks_the_heads(concluded, api_of, offline, tmp_path):
    ledger.sign_head(at=timezone.now())
    ledger.sign_head(at=timezone.now() + timezone.timedelta(days=1))
    told = api_of(None).get("/api/v1/ledger/heads/").json()
    file = tmp_path / "heads.json"
    file.write_text(json.dumps(told))
    assert offline("heads", file, "--key", told["heads"][0]["head"]["key"]).returncode == 0
    told["heads"][1]["head"]["root"] = "00" * 32
    file.write_text(json.dumps(told))
    assert offline("heads", file).returncode == 1
    after = api_of(None).get("/api/v1/ledger/heads/", {"after": told["heads"][1]["number"]}).json()
    assert [each["number"] for each in after["heads"]] == [told["heads"][1]["number"]]


def test_nobody_signs_while_acts_wait_for_their_seal(proposed, institution_admin, monkeypatch):
    monkeypatch.setattr(seals, "overdue", lambda at: True)
    with pytest.raises(Unmet) as refused:
        sign(proposed, institution_admin)
    assert [each.code for each in refused.value.conditions] == ["record_unsealed"]
    monkeypatch.setattr(seals, "overdue", lambda at: False)
    sign(proposed, institution_admin)


def test_what_was_changed_in_the_record_is_named_every_night(concluded):
    ledger.sign_head(at=timezone.now())
    assert not ledger.faults()
    entry = LedgerEntry.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE lifecycle_ledgerentry SET content_hash = %s", ["ab" * 32])
        found = ledger.faults()
        assert found[0].startswith(f"entry {entry.position}:")
        assert found[1].startswith("head of 1:")
        cursor.execute("DELETE FROM lifecycle_ledgerentry")
        assert ledger.faults()


def test_the_command_checks_and_hands_out(concluded, tmp_path, capsys):
    file = tmp_path / "events.jsonl"
    call_command("audit", "export", str(file))
    assert file.exists()
    call_command("audit", "verify")
    assert "everything holds" in capsys.readouterr().out
