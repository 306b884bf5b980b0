"""Signing with a key: a real envelope over the same hash, checked by a server over real HTTP; off where none is named."""

import datetime
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.clock import now
from cooperation.agreements.models import Signature
from exchange import egress
from institutions.registry.models import ExternalId
from tests.cooperation.keys import STRANGE, certificate, envelope, serving
from tests.cooperation.links import post
from tests.cooperation.signing import fresh, stage
from tests.factories import EVER

pytestmark = pytest.mark.django_db
YEAR = datetime.timedelta(days=365)


@pytest.fixture
def story(db: None, settings: Any) -> Iterator[SimpleNamespace]:
    """Two parties; the first has a taxpayer number, and the server is there."""
    egress._breakers.clear()
    made = stage(2)
    ExternalId.objects.create(institution=made.houses[0], scheme="inn", value="301234567", valid=EVER)
    made.holder = f"{made.people[0].name} Karimovich".upper()
    with serving() as place:
        settings.EIMZO_URL, settings.EGRESS_INSIDE = f"http://{place}", [place]
        yield made
    egress._breakers.clear()


def sent(story: SimpleNamespace, api_of: Any, pkcs7: str) -> Any:
    body = {"content_hash": fresh(story).shown.content_hash, "pkcs7": pkcs7}
    return post(api_of(story.people[0]), f"/api/v1/agreements/{story.agreement.public_id}/moves/approve/", body)


def made(story: SimpleNamespace, text: str = "", **other: Any) -> str:
    """An envelope by the signatory's own certificate, over the hash unless another text is given."""
    given = {
        "holder": story.holder, "stir": "301234567", "begins": now() - YEAR, "ends": now() + YEAR, **other,
    }  # fmt: skip
    return envelope(text or fresh(story).shown.content_hash, certificate(**given))


def refused(answer: Any) -> str:
    """The code of the one condition, which stands at the envelope."""
    assert answer.status_code == 422, answer.content
    assert not Signature.objects.exists()
    (condition,) = answer.json()["errors"]
    assert condition["pointer"] == "/pkcs7"
    return str(condition["code"])


def test_the_own_key_over_the_same_hash_signs(story: SimpleNamespace, api_of: Any) -> None:
    whole = made(story)
    answer = sent(story, api_of, whole)
    assert answer.status_code == 200, answer.content
    signature = Signature.objects.select_related("proof").get()
    assert (signature.method, signature.person) == ("eimzo", story.people[0])
    assert signature.sha256 == fresh(story).shown.content_hash
    assert signature.proof.envelope == whole and signature.proof.shown


def test_a_key_over_another_text_signs_nothing(story: SimpleNamespace, api_of: Any) -> None:
    assert refused(sent(story, api_of, made(story, "0" * 64))) == "other_hash"


def test_an_expired_certificate_signs_nothing(story: SimpleNamespace, api_of: Any) -> None:
    late = {"begins": now() - 2 * YEAR, "ends": now() - datetime.timedelta(minutes=1)}
    assert refused(sent(story, api_of, made(story, **late))) == "certificate_expired"


def test_another_persons_key_signs_nothing(story: SimpleNamespace, api_of: Any) -> None:
    assert refused(sent(story, api_of, made(story, holder="OTHER SOMEBODY"))) == "other_person"


def test_a_key_of_another_organisation_signs_nothing(story: SimpleNamespace, api_of: Any) -> None:
    assert refused(sent(story, api_of, made(story, stir="309999999"))) == "other_organisation"
    ExternalId.objects.all().delete()
    assert refused(sent(story, api_of, made(story))) == "other_organisation"


def test_a_signature_that_is_not_of_the_certificate_signs_nothing(story: SimpleNamespace, api_of: Any) -> None:
    held = certificate(story.holder, "301234567", now() - YEAR, now() + YEAR)
    forged = envelope(fresh(story).shown.content_hash, held, STRANGE)
    assert refused(sent(story, api_of, forged)) == "not_genuine"


def test_a_server_that_is_away_or_talks_nonsense_is_said_kindly(
    story: SimpleNamespace, api_of: Any, settings: Any
) -> None:
    whole = made(story)
    with serving(lambda posted: {"status": 1}) as place:
        settings.EIMZO_URL, settings.EGRESS_INSIDE = f"http://{place}", [place]
        assert refused(sent(story, api_of, whole)) == "not_genuine"
    settings.EIMZO_URL, settings.EGRESS_INSIDE = "http://127.0.0.1:9", ["127.0.0.1:9"]
    assert refused(sent(story, api_of, whole)) == "verifier_away"


def test_where_no_server_is_named_the_field_says_so_and_the_account_signs(
    story: SimpleNamespace, api_of: Any, settings: Any
) -> None:
    settings.EIMZO_URL = ""
    answer = sent(story, api_of, made(story))
    assert answer.status_code in (400, 422) and "pkcs7" in answer.content.decode()
    body = {"content_hash": fresh(story).shown.content_hash}
    address = f"/api/v1/agreements/{story.agreement.public_id}/moves/approve/"
    assert post(api_of(story.people[0]), address, body).status_code == 200
    assert Signature.objects.get().method == "account"


def test_what_is_no_envelope_is_named_at_its_field(story: SimpleNamespace, api_of: Any) -> None:
    for text in ("not base64!", "ж"):
        answer = sent(story, api_of, text)
        assert answer.status_code in (400, 422) and "pkcs7" in answer.content.decode()
    assert not Signature.objects.exists()
