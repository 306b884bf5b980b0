"""Our own hostile corpus: at every query parameter, every field of every body, every id of every address."""

import pytest

from tests.conftest import NIGHTLY
from tests.hostile.conftest import encoded, resolved
from tests.hostile.corpus import BY_KIND, IDENTIFIER, hostile_for

pytestmark = pytest.mark.django_db
WRITERS = ("institution_admin", "ministry_officer")
LONGEST = 20_000
SHARE = 2 if NIGHTLY else 1  # the nightly run takes more of the corpus for each field


def test_each_kind_of_field_has_at_least_25_hostile_classes():
    assert all(len(values) >= 25 for values in BY_KIND.values())


def operations(document, *methods):
    for path, found in document["paths"].items():
        for method, operation in found.items():
            if method.upper() in methods and path.startswith("/api/v1/") and "schema" not in path:
                yield path, method.upper(), operation


def filled(path, operation, stage):
    """The address with ids of the caller's own objects."""
    thing = path.removeprefix("/api/v1/").split("/")[0]
    values = {"move": "propose" if thing == "agreements" else "suspend", "kind": "institutions"}
    for each in operation.get("parameters", []):
        if each["in"] == "path":
            own = values.get(each["name"], stage["own"].get(thing, "x"))
            path = path.replace("{" + each["name"] + "}", own)
    return path


class Rotation:
    """So many values for each field, going on where the last one stopped: together all of them, many times."""

    def __init__(self, share):
        self.share, self.place = share * SHARE, 0

    def of(self, values):
        start, self.place = self.place, self.place + self.share
        return [values[(start + step) % len(values)] for step in range(min(self.share, len(values)))]


def test_no_query_parameter_breaks_the_server(document, stage, programs):
    program, tried, rotation = programs["ministry_officer"], 0, Rotation(5)
    for path, _method, operation in operations(document, "GET"):
        for each in operation.get("parameters", []):
            if each["in"] != "query":
                continue
            for value in rotation.of([*hostile_for(each["schema"]), *BY_KIND["string"]]):
                query = encoded(each["name"], value)
                if len(query) < LONGEST:
                    program.call("GET", filled(path, operation, stage), query=query)
                    tried += 1
    assert tried > 300


def test_no_field_of_a_body_breaks_the_server(document, stage, programs):
    tried, rotation = 0, Rotation(5)
    for path, method, operation in operations(document, "POST", "PUT", "PATCH"):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if not content:
            continue
        fields = resolved(document, content["schema"]).get("properties", {})
        address = filled(path, operation, stage)
        headers = {"HTTP_IF_MATCH": '"1"'} if method != "POST" else {}
        for name, schema in fields.items():
            for value in rotation.of(hostile_for(resolved(document, schema))):
                programs[WRITERS[tried % 2]].call(method, address, body={name: value}, **headers)
                tried += 1
    assert tried > 200


def test_no_id_in_an_address_breaks_the_server(document, stage, programs):
    rotation = Rotation(5)
    for path, method, operation in operations(document, "GET", "POST", "PATCH", "DELETE"):
        if "{" not in path:
            continue
        for value in rotation.of(IDENTIFIER):
            text = encoded("x", value).partition("=")[2].replace("/", "%2F")
            if not text or len(text) > LONGEST or text in (".", ".."):
                continue
            filled_in = path
            for each in operation.get("parameters", []):
                if each["in"] == "path":
                    filled_in = filled_in.replace("{" + each["name"] + "}", text)
            from_outside = programs["institution_admin"].client
            answer = from_outside.generic(method, filled_in.replace("%2F", "_"), HTTP_IDEMPOTENCY_KEY="k")
            assert answer.status_code < 500, f"{method} {filled_in}"


HEADERS = [
    {"HTTP_ACCEPT": "application/xml"}, {"HTTP_ACCEPT": "x"}, {"HTTP_ACCEPT": "*" * 5000},
    {"HTTP_ACCEPT_LANGUAGE": "\u00ff;q=x"}, {"HTTP_IF_MATCH": '"' + "9" * 5000 + '"'}, {"HTTP_HOST": "evil.example"},
    {"HTTP_X_FORWARDED_HOST": "evil.example"}, {"HTTP_RANGE": "bytes=0-1"}, {"HTTP_EXPECT": "100-continue"},
    {"CONTENT_LENGTH": "-1"}, {"CONTENT_LENGTH": "abc"}, {"HTTP_CONTENT_ENCODING": "br"},
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"}, {"HTTP_COOKIE": "session=\x80; csrftoken=;;=;"},
    {"HTTP_AUTHORIZATION": "Bearer"}, {"HTTP_X_REQUEST_ID": "a" * 300},
]  # fmt: skip


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: next(iter(headers)))
def test_no_header_breaks_the_server(stage, programs, headers):
    client = programs["institution_admin"].client
    for method, path in (("GET", "/api/v1/institutions/"), ("POST", "/api/v1/agreements/"), ("GET", "/uz/")):
        answer = client.generic(
            method, path, b"{}", content_type="application/json", HTTP_IDEMPOTENCY_KEY="k", **headers
        )
        assert answer.status_code < 500, f"{method} {path} {headers}"
        assert b"evil.example" not in answer.content
