"""The OpenAPI document says what the doors take."""

import pytest
from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

LIST, ONE = "/api/v1/try/houses/", "/api/v1/try/houses/{public_id}/"


@pytest.fixture
def document(doors):
    return SchemaGenerator(urlconf=settings.ROOT_URLCONF).get_schema(public=True)


def names(operation, place):
    return {each["name"] for each in operation["parameters"] if each["in"] == place}


def test_every_query_parameter_of_a_list_is_written_down(document):
    found = names(document["paths"][LIST]["get"], "query")
    assert found == {
        "limit", "cursor", "ordering", "search", "fields", "expand", "modified_since", "count",
        "territory", "partner", "is_demo", "on",
    }  # fmt: skip


def test_writing_names_its_headers(document):
    assert names(document["paths"][LIST]["post"], "header") == {"Idempotency-Key"}
    assert names(document["paths"][ONE]["patch"], "header") == {"Idempotency-Key", "If-Match"}
    assert "428" in document["paths"][ONE]["patch"]["responses"]


def test_moves_are_listed_and_show_in_the_answer(document):
    move = document["paths"][f"{ONE}moves/{{move}}/"]["post"]
    given = next(each for each in move["parameters"] if each["name"] == "move")
    assert "suspend" in given["schema"]["enum"]
    assert "moves" in document["components"]["schemas"]["HouseDetail"]["properties"]


def test_every_operation_of_the_site_answers_problems_in_one_shape():
    document = SchemaGenerator().get_schema(public=True)
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path.rstrip("/").endswith("schema") or ".json" in path or ".yaml" in path:
                continue
            assert "application/problem+json" in operation["responses"]["400"]["content"], path
