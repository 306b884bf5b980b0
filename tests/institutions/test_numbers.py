"""By which numbers others know an organisation, and partners abroad in the register."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from accounts.clock import now, today
from institutions.registry import actions
from institutions.registry.models import ExternalId, Institution
from institutions.territory.models import Territory
from lifecycle.models import Event
from tests.factories import a_member, a_term

pytestmark = pytest.mark.django_db
KEYS = itertools.count()


@pytest.fixture(autouse=True)
def registers(db: None) -> None:
    for code in ("schac", "inn"):
        a_term("id_scheme", code)


def number(house: Institution, by: Any, value: str = "alpha.example", scheme: str = "schac") -> None:
    actions.number_institution(house, scheme=scheme, value=value, by=by, at=now(), today=today())


def post(client: Client, path: str, **fields: str) -> Any:
    return client.post(f"/en/institutions/{path}", {**fields, "once_key": f"number-{next(KEYS)}"})


def test_an_administrator_adds_a_number_on_a_page_and_everybody_finds_it(
    world: SimpleNamespace, institution_admin: Any, client: Client
) -> None:
    client.force_login(institution_admin)
    page = f"{world.a.public_id}/moves/number/"
    assert f"/en/institutions/{page}" in client.get(f"/en/institutions/{world.a.public_id}/").content.decode()
    assert post(client, page, scheme="schac", value="").status_code == 422
    assert post(client, page, scheme="schac", value="Alpha.Example").status_code == 302
    assert ExternalId.objects.get(scheme="schac").institution == world.a
    assert Institution.objects.all().search("alpha.example").get() == world.a
    event = Event.objects.get(subject_id=world.a.public_id, name="number")
    assert (event.actor, event.detail["value"]) == (institution_admin, "Alpha.Example")


def test_a_number_is_one_organisation_s_and_is_said_so_at_its_field(
    world: SimpleNamespace, institution_admin: Any, client: Client
) -> None:
    number(world.b, None)
    client.force_login(institution_admin)
    answer = post(client, f"{world.a.public_id}/moves/number/", scheme="schac", value="alpha.example")
    said = answer.content.decode()
    assert answer.status_code == 422 and 'id="id_value_error"' in said
    assert "Another organisation has this number" in said
    with pytest.raises(ValidationError):
        number(world.a, institution_admin, scheme="nowhere")


def test_others_give_it_no_number(world: SimpleNamespace, partner_admin: Any, teacher: Any) -> None:
    for other in (partner_admin, teacher, a_member("regional_officer", territory=world.south)):
        with pytest.raises(PermissionDenied):
            number(world.a, other)
    number(world.a, a_member("regional_officer", territory=world.north))
    assert world.a.external_ids.filter(scheme="schac").exists()


def test_a_partner_abroad_is_registered_by_its_country(world: SimpleNamespace, teacher: Any, client: Client) -> None:
    client.force_login(teacher)
    said = {"name_en": "University of the North", "kind": world.a.kind.code, "ownership": "foreign",
            "scheme": "schac", "external_id": "north.example"}  # fmt: skip
    wrong = post(client, "register/", **said, country="Norway")
    assert wrong.status_code == 422 and "two letters" in wrong.content.decode()
    torn = post(client, "register/", **said, country="NO", territory=world.near.code)
    assert torn.status_code == 422 and "lies in no district of this country" in torn.content.decode()
    nowhere = post(client, "register/", **said)
    assert nowhere.status_code == 422 and 'id="id_territory_error"' in nowhere.content.decode()
    assert post(client, "register/", **said, country="no").status_code == 302
    made = Institution.objects.get(external_ids__value="north.example")
    assert (made.country, made.territory) == ("NO", Territory.objects.get(depth=0))
