"""A client made by a program from the OpenAPI document does an integrator's main job: list, draft, propose, approve."""

import datetime
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from tests.factories import a_term, a_token

NAME = "generated_client"


@pytest.fixture(scope="module")
def client_package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The package that openapi-python-client writes from our document."""
    folder = tmp_path_factory.mktemp("client")
    document = folder / "schema.yml"
    document.write_bytes(OpenApiYamlRenderer().render(SchemaGenerator().get_schema(public=True), renderer_context={}))
    assert yaml.safe_load(document.read_text())["openapi"].startswith("3.1")
    program = Path(sys.executable).with_name("openapi-python-client")
    made = subprocess.run(
        [program, "generate", "--path", document, "--meta", "none", "--output-path", folder / NAME],
        capture_output=True, text=True, check=False,
        env={"PATH": str(program.parent), "HOME": str(folder)},
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(NAME)
    finally:
        sys.path.remove(str(folder))


def part(name: str) -> ModuleType:
    return importlib.import_module(f"{NAME}.{name}")


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """The site runs in this process and must leave the test's connection open, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def signed_in(package: ModuleType, user: object) -> object:
    transport = httpx.WSGITransport(app=get_wsgi_application())
    return package.AuthenticatedClient(
        base_url="http://testserver", token=a_token(user), httpx_args={"transport": transport}
    )


@pytest.mark.django_db
def test_a_generated_client_lists_drafts_and_approves(
    kept_connection, client_package, world, institution_admin, partner_admin
):
    a_term("agreement_kind", "memorandum", min_parties=2, is_memorandum=True)
    ours, theirs = signed_in(client_package, institution_admin), signed_in(client_package, partner_admin)
    body = part("models.draft_fields_request").DraftFieldsRequest(
        title="Teaching practice", kind="memorandum",
        starts_on=datetime.date(2026, 11, 21), ends_on=datetime.date(2027, 11, 21),
        parties=[
            part("models.party_fields_request").PartyFieldsRequest(institution=house.public_id)
            for house in (world.a, world.b)
        ],
    )  # fmt: skip
    drafted = part("api.agreements.agreements_create").sync(client=ours, body=body, idempotency_key="draft-1")
    move = part("api.agreements.agreements_moves_create").sync
    fields = part("models.agreement_view_set_move_request").AgreementViewSetMoveRequest
    names = part("models.agreements_moves_create_move").AgreementsMovesCreateMove

    proposed = move(drafted.id, names.PROPOSE, client=ours, body=fields(), idempotency_key="propose-1")
    assert proposed.status == "proposed"
    assert set(proposed.turn) == {world.a.public_id, world.b.public_id}

    waiting = part("api.agreements.agreements_list").sync(
        client=theirs, turn=part("models.agreements_list_turn").AgreementsListTurn.MINE
    )
    assert [row.id for row in waiting.results] == [drafted.id]
    for number, client in enumerate((theirs, ours)):
        seen = fields(content_hash=proposed.content_hash)
        approved = move(drafted.id, names.APPROVE, client=client, body=seen, idempotency_key=f"approve-{number}")
    assert approved.status == "in_force"
    assert {party.state for party in approved.parties} == {"approved"}
