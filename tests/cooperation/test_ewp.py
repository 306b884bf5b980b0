"""Exchange with partners abroad: what goes out is valid, what comes in and goes out again is the same, byte for byte."""

import datetime
import itertools
import re
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings

from accounts.models import User
from cooperation.agreements.actions import erase_draft, propose_agreement
from cooperation.agreements.models import Agreement
from cooperation.ewp.actions import draft_from_ewp
from cooperation.ewp.exporting import academic_year, outgoing
from cooperation.ewp.models import EwpOrigin
from cooperation.ewp.parsing import NotEwp, read_iias
from cooperation.ewp.shapes import SPACE, Iia
from cooperation.ewp.wording import NotAMobility, details_of, wording_of
from cooperation.ewp.writing import write_iias
from institutions.registry.models import ExternalId, Institution
from tests.cooperation.conftest import sign
from tests.cooperation.mobilities import EXAMPLE, agreements, mobilities, schema
from tests.factories import EVER, a_member, a_signatory, a_term, an_institution

KEYS = itertools.count(1)
pytestmark = pytest.mark.django_db
OFFICIAL_HASH = "e950faa83a799cf45839e7915db88ed51575babe7845c1219dfde54ce30a61e4"  # pragma: allowlist secret
ENDS = ("alpha.example", "beta.example")
WORDING = "EWP: student-studies\nAcademic years: 2026/2027 - 2028/2029\nLanguages: en B2\nBlended: no"


@pytest.fixture
def vocabulary(db: None) -> SimpleNamespace:
    return SimpleNamespace(
        people=a_term("obligation_kind", "people", units=["people"]),
        international=a_term("agreement_kind", "international", min_parties=2, needs_foreign=True),
    )


@pytest.fixture
def abroad(world: SimpleNamespace, vocabulary: SimpleNamespace) -> SimpleNamespace:
    """a and a university of another country, both known by their codes."""
    partner = an_institution(world.far, "University abroad", kind="hei", country="NO")
    for house, code in ((world.a, ENDS[0]), (partner, ENDS[1])):
        ExternalId.objects.create(institution=house, scheme="schac", value=code, valid=EVER)
    return SimpleNamespace(a=world.a, partner=partner, **vars(vocabulary))


@pytest.fixture
def exchange(abroad: SimpleNamespace, make: Any) -> Agreement:
    """A draft of a and the university abroad: five students a year."""
    term = {"kind": abroad.people, "from_": abroad.a, "to": abroad.partner, "quantity": 5, "unit": "people"}
    content = {"kind": abroad.international, "parties": [{"institution": abroad.a}, {"institution": abroad.partner}]}
    made: Agreement = make(**content, terms=[{**term, "text": WORDING, "field_of_study": "0114"}])
    return made


def out(agreement: Agreement, own: Institution) -> bytes:
    """The bytes that leave."""
    found = outgoing(agreement, agreement.latest, {own.pk})
    assert found.iia is not None, [str(each.message) for each in found.unmet]
    return write_iias([found.iia])


def test_the_official_example_is_read_and_its_hash_is_the_one_computed_here() -> None:
    (iia,) = read_iias(EXAMPLE)
    assert iia.hash_holds and f"<iia-hash>{OFFICIAL_HASH}</iia-hash>".encode() in EXAMPLE
    assert f"<iia-hash>{OFFICIAL_HASH}</iia-hash>".encode() in write_iias([iia])
    assert [each.hei_id for each in iia.partners] == ["uw.edu.pl", "hibo.no"]
    assert len(iia.mobilities) == 5
    assert iia.left_out == {"signing-contact": 2, "contact": 1}


def test_the_official_example_goes_out_again_without_its_people_and_loses_nothing_else() -> None:
    written = write_iias(read_iias(EXAMPLE))
    schema().validate(written.decode())
    assert b"Nowak" not in written and b"@example.com" not in written
    people = rb"<(c:contact|signing-contact)>.*?</\1>"
    assert leaves(re.sub(people, b"", EXAMPLE, flags=re.DOTALL)) == leaves(written)


ONE_ID = rb"<iia-id>1954991</iia-id>"
# the answers of the transformation that EWP publishes beside the schema, for the official example changed in one place
SPELLED = {
    (
        rb"<blended>false</blended>",
        rb"<blended>0</blended>",
    ): "0ce2ef7b4a040ddda702b240eae58124f8c9e4a81e7f5ce69d0f8f53fe00ddb8",  # pragma: allowlist secret
    (ONE_ID, b""): "6a9e19ea2ca981a6846e3f42b06e8779540a2d04c6be6998c21946aa8889e4ed",  # pragma: allowlist secret
    (
        rb"<cooperation-conditions>",
        rb'<cooperation-conditions terminated-as-a-whole="1">',
    ): "34157e497e07bfd6d74051f3ceb1bb30ade53791ede3fad614c823ae0bd98635",  # pragma: allowlist secret
}


@pytest.mark.parametrize(("change", "expected"), SPELLED.items())
def test_the_hash_of_a_file_is_over_its_own_spelling(change: tuple[bytes, bytes], expected: str) -> None:
    before, after = change
    said = EXAMPLE.replace(before, after)
    assert said != EXAMPLE and not read_iias(said)[0].hash_holds
    assert read_iias(said.replace(OFFICIAL_HASH.encode(), expected.encode()))[0].hash_holds


def test_what_was_changed_after_it_was_made_is_told_before_it_is_taken(
    abroad: SimpleNamespace, exchange: Agreement, institution_admin: User, client: Any
) -> None:
    client.force_login(institution_admin)
    (iia,) = read_iias(out(exchange, abroad.a))
    file = write_iias([replace(iia, partners=tuple(replace(each, iia_id="") for each in iia.partners))])
    changed = file.replace(b">5</mobilities-per-year>", b">500</mobilities-per-year>")
    assert changed != file
    for content in (file, changed):
        sent = SimpleUploadedFile("iia.xml", content, "application/xml")
        page = client.post("/en/agreements/ewp/", {"file": sent, "once_key": f"hash-{next(KEYS)}"})
        told = "The code of the text in this file is not that of its conditions" in page.content.decode()
        assert (page.status_code, told) == (200, content == changed)


def leaves(content: bytes) -> list[tuple[bytes, bytes]]:
    bare = re.sub(rb"<!--.*?-->", b"", content, flags=re.DOTALL)
    return re.findall(rb"<([a-z0-9-]+)>([^<]+)</", bare)


@given(agreements())
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_valid_and_read_back_the_same(iia: Iia) -> None:
    written = write_iias([iia])
    schema().validate(written.decode())
    assert read_iias(written) == [iia]
    assert write_iias(read_iias(written)) == written


@given(mobilities(ENDS))
@settings(max_examples=150, deadline=None)
def test_a_wording_says_everything_the_columns_do_not(mobility: Any) -> None:
    details = details_of(wording_of(mobility))
    for name, value in details.items():
        assert getattr(mobility, name) == value
    unsaid = {"sending", "receiving", "per_year", "not_yet_defined"} | ({"areas"} if len(mobility.areas) < 2 else set())
    for name in set(mobility.__dataclass_fields__) - unsaid - set(details):
        assert not getattr(mobility, name), name


@given(iia=agreements())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_export_import_export_gives_the_same_bytes(iia: Iia, abroad: SimpleNamespace, institution_admin: User) -> None:
    if not iia.mobilities:
        return
    with transaction.atomic():
        first = write_iias([iia])
        (draft,) = draft_from_ewp(read_iias(first), by=institution_admin, at=timezone.now())
        again = out(Agreement.objects.get(pk=draft.pk), abroad.a)
        transaction.set_rollback(True)
    assert again == first


def test_our_own_agreement_goes_out_comes_in_elsewhere_and_goes_out_the_same(
    exchange: Agreement, abroad: SimpleNamespace, institution_admin: User
) -> None:
    first = out(exchange, abroad.a)
    schema().validate(first.decode())
    with pytest.raises(NotEwp, match=exchange.number):
        draft_from_ewp(read_iias(first), by=institution_admin, at=timezone.now())
    erase_draft(exchange, by=institution_admin, at=timezone.now())  # as where nobody knows it
    (draft,) = draft_from_ewp(read_iias(first), by=institution_admin, at=timezone.now())
    assert (draft.status, draft.kind, draft.initiator) == ("draft", abroad.international, abroad.a)
    assert (draft.starts_on, draft.ends_on) == (datetime.date(2026, 9, 1), datetime.date(2029, 8, 31))
    term = draft.latest.terms.get()
    assert (term.quantity, term.unit, term.field_of_study, term.from_institution) == (5, "people", "0114", abroad.a)
    assert out(draft, abroad.a) == first
    with pytest.raises(NotEwp, match=draft.number):
        draft_from_ewp(read_iias(first), by=institution_admin, at=timezone.now())


def test_what_came_in_is_in_effect_for_nobody_here(abroad: SimpleNamespace, institution_admin: User) -> None:
    stated = EXAMPLE.replace(b"uw.edu.pl", b"beta.example").replace(b"hibo.no", b"alpha.example")
    (draft,) = draft_from_ewp(read_iias(stated), by=institution_admin, at=timezone.now())
    assert EwpOrigin.objects.get(agreement_key=draft.public_id).in_effect
    assert draft.concluded_id is None and not draft.parties.exists()
    assert Agreement.objects.in_force_on(timezone.localdate()).count() == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": "Five students each year."}, "no_mobility"),
        ({"text": WORDING + "\nWeather: fine"}, "unclear"),
        ({"text": WORDING.replace("Languages: en B2\n", "")}, "language_missing"),
        ({"text": WORDING, "quantity": "2.5"}, "people_missing"),
        ({"text": WORDING, "to": None}, "direction_missing"),
    ],
)
def test_everything_that_keeps_an_agreement_from_going_out_is_said(
    change: dict[str, Any], code: str, exchange: Agreement, abroad: SimpleNamespace
) -> None:
    names = {"to": "to_institution"}
    exchange.latest.terms.update(**{names.get(name, name): value for name, value in change.items()})
    found = outgoing(exchange, exchange.latest, {abroad.a.pk})
    assert found.iia is None
    assert code in [each.code for each in found.unmet]


def test_three_parties_and_a_missing_code_are_said_kindly(
    abroad: SimpleNamespace, world: SimpleNamespace, make: Any
) -> None:
    parties = [{"institution": house} for house in (world.a, abroad.partner, world.b)]
    three, two = make(parties=parties), make()
    with override("en"):
        said = [str(each.message) for each in outgoing(three, three.latest, set()).unmet]
        assert len(said) == 1 and "exactly two partners" in said[0] and "3" in said[0]
        assert [each.code for each in outgoing(two, two.latest, set()).unmet] == ["schac_missing"]


def test_what_is_signed_is_in_effect_with_the_days_of_the_signatures(
    exchange: Agreement, abroad: SimpleNamespace, institution_admin: User
) -> None:
    assert b"<in-effect>false" in out(exchange, abroad.a)
    Institution.objects.filter(pk=abroad.partner.pk).update(country="NO")

    other = a_member("institution_admin", abroad.partner, email="abroad@example.org")
    a_signatory(other, abroad.partner)
    propose_agreement(exchange, by=institution_admin, at=timezone.now())
    for user in (institution_admin, other):
        sign(exchange, user)
    exchange.refresh_from_db()
    written = out(exchange, abroad.a)
    schema().validate(written.decode())
    assert b"<in-effect>true" in written
    assert written.count(f"<signing-date>{timezone.localdate()}</signing-date>".encode()) == 2


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(8)
)
ROOT = f'<iias-get-response xmlns="{SPACE}">'


@pytest.mark.parametrize(
    "content",
    [
        f"{BOMB}]>{ROOT}&i;</iias-get-response>",
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{ROOT}&a;</iias-get-response>',
        f'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">{ROOT}</iias-get-response>',
        f"{ROOT}{'<iia>' * 100_000}",
        f"{ROOT}{'<iia/>' * 90_000}</iias-get-response>",
        "x" * 600_000, "", "no xml", "<html/>", f"{ROOT}</iias-get-response>", f"{ROOT}<iia></iias-get-response>",
        '<?xml version="1.0" encoding="no-such"?><a/>', f"{ROOT}<iia/><iia/></iias-get-response>", "\x00\x01",
    ],
    ids=range(14),
)  # fmt: skip
def test_a_hostile_or_foreign_file_is_refused_at_once_and_in_words(content: str) -> None:
    began = time.monotonic()
    with pytest.raises(NotEwp) as refused:
        read_iias(content.encode())
    assert time.monotonic() - began < 2
    assert all(refused.value.faults)
    assert not any("root:" in each for each in refused.value.faults)


@pytest.mark.parametrize(
    "declared", ['[<!ENTITY a SYSTEM "file:///etc/hostname">]', '[<!ENTITY a "b">]', 'SYSTEM "x.dtd"']
)
def test_a_declared_document_type_is_the_reason_even_where_nothing_uses_it(declared: str) -> None:
    with override("en"), pytest.raises(NotEwp) as refused:
        read_iias(f"<!DOCTYPE x {declared}>".encode() + EXAMPLE)
    assert refused.value.faults == ["The file declares a document type or entities: such files are not read."]


def test_an_element_that_is_not_known_is_named_with_its_line() -> None:
    line = EXAMPLE[: EXAMPLE.index(b"<in-effect>")].count(b"\n") + 1
    with override("en"), pytest.raises(NotEwp) as refused:
        read_iias(EXAMPLE.replace(b"<in-effect>", b"<weather>fine</weather><in-effect>"))
    assert refused.value.faults[0] == f"line {line}, weather: this element is not known"


def test_what_the_schema_refuses_is_refused_here() -> None:
    for before, after in (
        (b"<mobilities-per-year>2<", b"<mobilities-per-year>0<"), (b"<blended>false", b"<blended>maybe"),
        (b"<isced-f-code>0314", b"<isced-f-code>314"), (b"<cefr-level>B1", b"<cefr-level>D1"),
        (b"2014/2015", b"2014-2015"), (b"<eqf-level>8", b"<eqf-level>9"), (b"<in-effect>true</in-effect>", b""),
        (b"<hei-id>uw.edu.pl</hei-id>", b""),
    ):  # fmt: skip
        broken = EXAMPLE.replace(before, after)
        assert broken != EXAMPLE and not schema().is_valid(broken.decode()), after
        with pytest.raises(NotEwp):
            read_iias(broken)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "EWP: holidays",
        "EWP: student-studies\nEWP: student-studies",
        "EWP: student-studies\nno colon",
        "EWP: staff-teacher\nLanguages: en;; de",
        "EWP: staff-teacher\nOther terms: not json",
    ],
)
def test_a_wording_that_is_no_mobility_is_named(text: str) -> None:
    with pytest.raises(NotAMobility):
        details_of(text)


def test_academic_years_begin_in_september() -> None:
    assert academic_year(datetime.date(2026, 8, 31)) == "2025/2026"
    assert academic_year(datetime.date(2026, 9, 1)) == "2026/2027"


def test_the_api_gives_the_xml_takes_a_file_and_counts_approvals(
    exchange: Agreement, abroad: SimpleNamespace, institution_admin: User, api_of: Any
) -> None:
    api = api_of(institution_admin)
    answer = api.get(f"/api/v1/agreements/{exchange.public_id}/ewp/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml; charset=utf-8")
    erase_draft(exchange, by=institution_admin, at=timezone.now())

    def send(content: bytes, query: str, key: str) -> Any:
        file = SimpleUploadedFile("iia.xml", content)
        return api.post(f"/api/v1/ewp/{query}", {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY=key)

    dry = send(answer.content, "?dry_run=true", "k1")
    assert (dry.status_code, dry.json()["drafts"][0]["id"]) == (200, None)
    assert not Agreement.objects.exists()
    made = send(answer.content, "", "k2")
    assert made.status_code == 201
    assert made.json()["drafts"][0]["id"] == Agreement.objects.get().public_id
    assert send(b"<x/>", "", "k3").json()["errors"][0]["pointer"] == "/file"
    assert api.get("/api/v1/ewp/stats/").json()["fetchable"] == 0


def test_approvals_are_counted_by_who_has_signed(
    exchange: Agreement, abroad: SimpleNamespace, institution_admin: User, api_of: Any
) -> None:

    api = api_of(institution_admin)

    def stats() -> dict[str, int]:
        return {name: count for name, count in api.get("/api/v1/ewp/stats/").json().items() if count}

    assert stats() == {}
    propose_agreement(exchange, by=institution_admin, at=timezone.now())
    assert stats() == {"fetchable": 1, "unapproved": 1}
    sign(exchange, institution_admin)
    assert stats() == {"fetchable": 1, "local_approved_partner_unapproved": 1}


def test_the_page_shows_the_file_before_it_is_taken(
    abroad: SimpleNamespace, institution_admin: User, page_of: Any, teacher: User
) -> None:
    client = page_of(institution_admin)
    stated = EXAMPLE.replace(b"uw.edu.pl", b"beta.example").replace(b"hibo.no", b"alpha.example")
    assert client.get("/en/agreements/ewp/").status_code == 200
    seen = client.post(
        "/en/agreements/ewp/", {"once_key": f"k{next(KEYS)}", "file": SimpleUploadedFile("iia.xml", stated)}
    )
    assert seen.status_code == 200 and "3 contact persons" in seen.content.decode()
    assert not Agreement.objects.exists()
    taken = client.post(
        "/en/agreements/ewp/", {"once_key": f"k{next(KEYS)}", "take": "yes", "content": seen.context["content"]}
    )
    draft = Agreement.objects.get()
    assert taken.status_code == 302 and draft.public_id in taken.url
    page = client.get(f"/en/agreements/{draft.public_id}/ewp/")
    assert page.status_code == 200 and "student-studies" in page.content.decode()
    file = client.get(f"/en/agreements/{draft.public_id}/ewp/?file=xml")
    schema().validate(file.content.decode())
    assert (
        client.post("/en/agreements/ewp/", {"once_key": f"k{next(KEYS)}", "take": "yes", "content": "%%"}).status_code
        == 422
    )
    assert client.post("/en/agreements/ewp/", {"once_key": f"k{next(KEYS)}"}).status_code == 422
    assert page_of(teacher).get("/en/agreements/ewp/").status_code == 403
