"""The concluded agreement on paper: PDF/A, its words and codes, the platform's signature, and what is public of it."""

import datetime
import hashlib
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from asn1crypto.x509 import Certificate
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.utils import timezone
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from accounts.models import User
from cooperation.agreements import actions
from cooperation.agreements.models import Agreement
from exchange import certifying
from exchange.glyphs import INSTEAD, drawable
from exchange.papers import REGULAR
from tests.cooperation.conftest import sign

WORDS = {"uz": "Tahrir 1", "uz-Cyrl": "Таҳрир 1", "ru": "Редакция 1", "en": "Revision 1"}
NAMES = "Oʻqituvchilar, taʼlim va Ўзбекистон"


@pytest.fixture
def signed_paper(api_of: Any, concluded: Agreement, institution_admin: User) -> bytes:
    return paper_of(api_of(institution_admin), concluded)


def paper_of(client: Any, agreement: Agreement, **asked: str) -> bytes:
    answer = client.get(f"/api/v1/agreements/{agreement.public_id}/document/", asked)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), answer.content[:500]
    return bytes(answer.content)


def text_of(paper: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)


def checked(paper: bytes, by: certifying.Signing) -> Any:
    """What an independent reader finds who trusts this certificate alone."""
    root = Certificate.load(by.certificate.public_bytes(certifying.serialization.Encoding.DER))
    found = PdfFileReader(io.BytesIO(paper)).embedded_signatures
    assert len(found) == 1
    return validate_pdf_signature(found[0], ValidationContext(trust_roots=[root], allow_fetching=False))


def test_the_paper_names_parties_terms_signatures_and_the_whole_code(
    concluded: Agreement, signed_paper: bytes, world: SimpleNamespace, settings: Any
) -> None:
    told, revision = text_of(signed_paper), concluded.concluded
    assert revision
    for signature in revision.signatures.all():
        assert signature.party.official_name in told
        assert signature.position in told
        assert timezone.localtime(signature.signed_at).strftime("%d.%m.%Y %H:%M") in told
    assert revision.content_hash in told.replace("\n", "")
    assert f"{settings.SITE_URL}/v/{revision.content_hash[:16]}/" in told.replace("\n", "")
    assert concluded.number in told and "The parties hold open lessons." in told
    assert "1 / 2" in told and "2 / 2" in told


def test_the_paper_is_still_an_archive_file_after_it_was_signed(signed_paper: bytes) -> None:
    read = PdfReader(io.BytesIO(signed_paper))
    told = read.xmp_metadata.stream.get_data().decode()  # type: ignore[union-attr]
    assert 'pdfaid:part="2"' in told or "<pdfaid:part>2</pdfaid:part>" in told
    assert 'pdfaid:conformance="B"' in told or "<pdfaid:conformance>B</pdfaid:conformance>" in told
    root = read.trailer["/Root"]
    assert root["/OutputIntents"] and "/NeedAppearances" not in root["/AcroForm"]
    widgets = [
        each.get_object()
        for page in read.pages
        for each in page.get("/Annots", [])
        if each.get_object()["/Subtype"] == "/Widget"
    ]
    assert [(list(map(float, each["/Rect"])), each["/F"] & 0b101110) for each in widgets] == [([0.0] * 4, 0b100)]


def test_every_font_of_the_paper_is_inside_it(signed_paper: bytes) -> None:
    pages = PdfReader(io.BytesIO(signed_paper)).pages
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(described), font["/BaseFont"]


@pytest.mark.parametrize("beside", ["uz", "uz-Cyrl", "ru", "en"])
def test_text_can_be_taken_out_in_every_writing(
    beside: str, make: Any, api_of: Any, institution_admin: User, partner_admin: User
) -> None:
    draft = make(title=NAMES, text=f"{NAMES}\n#panic() $x$ *a* <b>\n\nҚарор ғолиб ҳақида")
    certified = conclude(draft, institution_admin, partner_admin)
    told = text_of(paper_of(api_of(institution_admin), certified, language="uz", beside=beside))
    assert NAMES in told
    assert "#panic() $x$ *a* <b>" in told and "Қарор ғолиб ҳақида" in told
    assert told.count("Tahrir 1") == 1 and WORDS[beside] in told


def conclude(draft: Agreement, first: User, second: User) -> Agreement:
    sign(actions.propose_agreement(draft, by=first, at=timezone.now()), first)
    sign(draft, second)
    return Agreement.objects.get(pk=draft.pk)


def test_a_sign_that_the_font_lacks_is_a_square_and_no_error(
    make: Any, api_of: Any, page_of: Any, institution_admin: User, partner_admin: User
) -> None:
    made = conclude(make(title="Maktab 😀 中文"), institution_admin, partner_admin)
    assert f"Maktab {INSTEAD} {INSTEAD}{INSTEAD}" in text_of(paper_of(api_of(institution_admin), made))
    assert drawable({"a": ["ʻʼЎқ–", "😀\n"]}, REGULAR) == {"a": ["ʻʼЎқ–", f"{INSTEAD}\n"]}


def test_the_platforms_signature_is_found_genuine_and_one_flipped_byte_is_found(signed_paper: bytes) -> None:
    by = certifying.demonstration()
    found = checked(signed_paper, by)
    assert found.intact and found.valid and found.trusted and found.bottom_line, found.pretty_print_details()
    assert found.coverage.name == "ENTIRE_FILE"
    covered = [
        int(each) for each in PdfFileReader(io.BytesIO(signed_paper)).embedded_signatures[0].sig_object["/ByteRange"]
    ]
    assert covered[2] + covered[3] == len(signed_paper)
    for step in range(40):
        first, size = covered[step % 2 * 2 : step % 2 * 2 + 2]
        place = first + size * step // 40
        broken = bytearray(signed_paper)
        broken[place] ^= 1
        assert not holds(bytes(broken), by), place


def holds(paper: bytes, by: certifying.Signing) -> bool:
    """A file that cannot even be read does not."""
    try:
        return bool(checked(paper, by).bottom_line)
    except (PdfError, ValueError, AssertionError):
        return False


def test_what_another_key_signed_is_not_the_platforms(signed_paper: bytes) -> None:
    other = certifying.made("somebody else", datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    assert not checked(signed_paper, other).bottom_line


def test_the_same_wording_is_the_same_paper(
    concluded: Agreement, api_of: Any, institution_admin: User, settings: Any
) -> None:
    settings.PAPER_DEMO = False
    client = api_of(institution_admin)
    first, second = paper_of(client, concluded), paper_of(client, concluded)
    assert first == second
    assert paper_of(client, concluded, language="ru") != first


def test_without_a_key_the_paper_says_that_it_is_unsigned(
    concluded: Agreement, api_of: Any, institution_admin: User, settings: Any, client: Any
) -> None:
    settings.PAPER_DEMO = False
    paper = paper_of(api_of(institution_admin), concluded, language="en")
    assert not PdfFileReader(io.BytesIO(paper)).embedded_signatures
    assert "carries no signature of the platform" in text_of(paper)
    assert client.get("/public/record/certificate.pem").status_code == 404


def test_a_key_made_by_the_command_signs_and_a_broken_file_is_named(
    concluded: Agreement, api_of: Any, institution_admin: User, settings: Any, tmp_path: Path, client: Any
) -> None:
    settings.PAPER_KEY = str(tmp_path / "paper.pem")
    call_command("paper_key", settings.PAPER_KEY, name="hamkorlik.example")
    assert (tmp_path / "paper.pem").stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError):
        call_command("paper_key", settings.PAPER_KEY)
    by = certifying.signing()
    assert by and checked(paper_of(api_of(institution_admin), concluded), by).bottom_line
    assert client.get("/public/record/certificate.pem").content == by.pem()
    settings.PAPER_KEY = str(tmp_path / "other.pem")
    (tmp_path / "other.pem").write_bytes(by.pem())
    with pytest.raises(ImproperlyConfigured, match="HK_PAPER_KEY"):
        certifying.signing()


@pytest.mark.parametrize("asked", [{"language": "xx"}, {"beside": "UZ"}, {"language": "uz,ru"}])
def test_a_language_that_there_is_not_is_named(
    asked: dict[str, str], concluded: Agreement, api_of: Any, page_of: Any, institution_admin: User
) -> None:
    answer = api_of(institution_admin).get(f"/api/v1/agreements/{concluded.public_id}/document/", asked)
    assert answer.status_code == 400
    assert [each["pointer"] for each in answer.json()["errors"]] == [f"/{next(iter(asked))}"] or next(
        iter(asked)
    ) in json.dumps(answer.json())
    assert page_of(institution_admin).get(f"/en/agreements/{concluded.public_id}.pdf", asked).status_code == 400


def test_what_is_not_concluded_has_no_paper(
    proposed: Agreement, api_of: Any, page_of: Any, institution_admin: User
) -> None:
    assert api_of(institution_admin).get(f"/api/v1/agreements/{proposed.public_id}/document/").status_code == 404
    assert page_of(institution_admin).get(f"/en/agreements/{proposed.public_id}.pdf").status_code == 404
    page = page_of(institution_admin).get(f"/en/agreements/{proposed.public_id}/")
    assert f"{proposed.public_id}.pdf" not in page.content.decode()


def test_the_page_offers_the_paper_in_two_languages(
    concluded: Agreement, page_of: Any, institution_admin: User
) -> None:
    page = page_of(institution_admin).get(f"/en/agreements/{concluded.public_id}/").content.decode()
    assert f'action="/en/agreements/{concluded.public_id}.pdf"' in page
    answer = page_of(institution_admin).get(f"/en/agreements/{concluded.public_id}.pdf?language=ru&beside=en")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    assert f'filename="{concluded.number}.pdf"' in answer["Content-Disposition"]


def test_the_public_paper_holds_what_is_public_and_nothing_else(
    concluded: Agreement, client: Any, world: SimpleNamespace
) -> None:
    answer = client.get(f"/en/public/agreements/{concluded.number}.pdf?language=en&beside=uz")
    told, revision = text_of(answer.content), concluded.concluded
    assert revision
    assert revision.content_hash in told.replace("\n", "") and "Extract from the public register" in told
    for party in revision.parties.all():
        assert party.official_name in told
    private = [
        concluded.title,
        "The parties hold open lessons.",
        *revision.signatures.values_list("position", flat=True),
    ]
    assert not [each for each in private if each in told]
    assert checked(answer.content, certifying.demonstration()).bottom_line
    assert client.get("/en/public/agreements/SH-1999-99999.pdf").status_code == 404
    assert hashlib.sha256(revision.frozen.content.encode()).hexdigest() == revision.content_hash  # type: ignore[union-attr]
