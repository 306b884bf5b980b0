"""Shape: what is not declared is refused by name, what is declared is not guessed."""

import json
import zlib

import pytest

URL = "/api/v1/try/houses/"
pytestmark = pytest.mark.usefixtures("doors")


@pytest.fixture
def client(api_of, institution_admin):
    return api_of(institution_admin)


def send(client, body, key="k"):
    raw = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.generic("POST", URL, raw, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key)


def errors_of(answer):
    assert answer.status_code == 400, answer.content
    return {each["pointer"]: each["code"] for each in json.loads(answer.content)["errors"]}


def test_an_unknown_field_is_named(client):
    assert errors_of(send(client, {"short_name": "x", "is_staff": True})) == {"/is_staff": "unknown_field"}


def test_a_field_of_the_system_is_named(client):
    assert errors_of(send(client, {"short_name": "x", "version": 7})) == {"/version": "read_only"}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("short_name", [1, True, None, [], {}, 1.5, "", "   ", "\u200b", "x" * 41]),
        (
            "amount",
            [
                True,
                1.5,
                "1e3",
                "NaN",
                "Infinity",
                "١٢",
                "1 000",
                "1,5",
                "",
                "9" * 30,
                "0.123456",
                "1_0",
                "+1",
                "01",
                {},
            ],
        ),
        ("count", ["1", True, 1.0, 1.5, 10**30, [], "٣"]),
        ("flag", ["true", 1, 0, "yes", [], None]),
        (
            "on",
            [
                "2026-1-5",
                "20261121",
                "2026-W47-6",
                "2026-02-30",
                "21.11.2026",
                20261121,
                "2026-11-21T00:00:00Z",
                "٢٠٢٦-١١-٢١",
            ],
        ),
        ("partner", [1, True, ["x"], {}, "unknown", "", "x" * 5000]),
        ("codes", ["x", {}, [1], ["x"] * 201, [["x"]]]),
    ],
)
def test_values_of_another_kind_are_refused_at_their_field(client, field, values):
    for value in values:
        answer = send(client, {"short_name": "x", field: value})
        assert answer.status_code == 400, value
        found = errors_of(answer)
        assert found and all(pointer.startswith(f"/{field}") for pointer in found), (value, found)


@pytest.mark.parametrize("value", ["12.5", "0", "-0.1", 7, "999999999999.9999"])
def test_decimals_are_text_or_whole_numbers(client, value):
    assert send(client, {"short_name": "x", "amount": value}).status_code == 201


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{", "invalid_json"),
        (b"", "invalid"),
        (b"null", "invalid"),
        (b"[]", "invalid"),
        (b'"text"', "invalid"),
        (b'{"short_name": "a", "short_name": "b"}', "duplicate_key"),
        (b'{"count": NaN}', "not_a_number"),
        (b'{"count": 1e999}', "invalid"),
        (b'{"count": -Infinity}', "not_a_number"),
        (b'{"count": ' + b"9" * 5000 + b"}", "invalid_json"),
        (b"[" * 100_000, "too_deep"),
        (b'{"short_name": ' + b"[" * 30 + b"]" * 30 + b"}", "too_deep"),
        (b'{"short_name": "a\\u0000b"}', "unsafe_text"),
        (b'{"short_name": "\\ud800"}', "unsafe_text"),
        (b'{"short_name": "\\ufffe"}', "unsafe_text"),
        (b'{"sh\\u0000": 1}', "unsafe_text"),
        (b'\xff\xfe{"short_name": "x"}', "invalid_json"),
        (b'{"short_name": "\xff"}', "invalid_json"),
        (b'{"short_name": "x"} trailing', "invalid_json"),
        (b"{'short_name': 'x'}", "invalid_json"),
    ],
)
def test_hostile_json_is_refused_by_its_kind(client, raw, code):
    answer = send(client, raw)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, code)


def test_a_compressed_body_is_not_taken(client):
    raw = zlib.compress(b'{"short_name": "x"}')
    answer = client.generic("POST", URL, raw, content_type="application/json", HTTP_CONTENT_ENCODING="gzip")
    assert answer.status_code == 415


def test_a_foreign_id_reads_like_an_unknown_one(client, world):
    foreign = send(client, {"short_name": "x", "partner": world.hidden.public_id}, "k1")
    unknown = send(client, {"short_name": "x", "partner": "01UNKNOWN"}, "k2")
    assert foreign.status_code == unknown.status_code == 400
    assert foreign.content == unknown.content


REFUSED = [
    "institutoin=5",
    "limit=0",
    "limit=201",
    "limit=1000000",
    "limit=٥",
    "limit=1e1",
    "cursor=x",
    "cursor=WyJ4Il0:abc:def",
    "ordering=registered_by__password",
    "ordering=-x",
    "ordering=sort_key,sort_key,sort_key,pk",
    "search=a",
    "fields=id,nothing",
    "expand=nothing",
    "expand=territory.parent.parent",
    "modified_since=yesterday",
    "modified_since=2026-11-21",
    "count=1",
    "count=yes",
    "is_demo=maybe",
    "is_demo=true&is_demo=false",
    "on=21.11.2026",
    "on=2026-13-01",
    "territory=nothing",
    "territory=9&territory=91",
    "created_by__password__startswith=a",
    "territory__code=9",
    "offset=10",
    "page=2",
    "id=1",
]


@pytest.mark.parametrize("query", [*REFUSED, "search=" + "a" * 201])
def test_parameters_that_are_not_understood_are_400_and_never_the_unfiltered_list(client, query):
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 400, answer.content
    assert all(each["pointer"].startswith("?") for each in json.loads(answer.content)["errors"])


def test_parameters_of_pages_are_passed_over(client, world):
    assert client.get(f"{URL}?tab=1&view=map&columns=a,b&territory=911").json()["results"][0]["id"] == world.a.public_id


def test_a_filter_by_a_foreign_id_is_the_filter_by_an_unknown_one(client, world):
    foreign, unknown = (client.get(f"{URL}?partner={name}") for name in (world.hidden.public_id, "01UNKNOWN"))
    assert foreign.status_code == unknown.status_code == 400
    assert foreign.content == unknown.content


def test_lists_are_walked_by_cursor_both_ways_without_loss(client, world):
    seen, url = [], f"{URL}?limit=1&ordering=-sort_key"
    while url:
        page = client.get(url).json()
        seen += [row["id"] for row in page["results"]]
        back, url = page["previous"], page["next"]
    assert seen == [world.c.public_id, world.b.public_id, world.a.public_id]
    page = client.get(back).json()
    assert [row["id"] for row in page["results"]] == [world.b.public_id]
    assert page["next"] and page["previous"]


def test_a_cursor_of_another_order_is_refused(client):
    cursor = client.get(f"{URL}?limit=1").json()["next"].partition("cursor=")[2].partition("&")[0]
    assert client.get(f"{URL}?limit=1&cursor={cursor}").status_code == 200
    assert client.get(f"{URL}?limit=1&ordering=-sort_key&cursor={cursor}").status_code == 400


def test_count_is_told_when_asked_for_and_head_gives_it_alone(client):
    assert "count" not in client.get(URL).json()
    assert client.get(f"{URL}?count=true").json()["count"] == 3
    assert client.head(f"{URL}?count=true")["Total-Count"] == "3"


def test_fields_and_expand_shape_the_answer(client, world):
    row = client.get(f"{URL}?fields=id,territory&expand=territory&limit=1").json()["results"][0]
    assert row == {"id": world.a.public_id, "territory": {"code": "911", "level": "district"}}
    one = client.get(f"{URL}{world.a.public_id}/?fields=id,moves").json()
    assert one == {"id": world.a.public_id, "moves": []}


@pytest.mark.parametrize("query", ["q=%00", "q=%ff", "q=%ED%A0%80", "q=%EF%BF%BE", "%00=1", "search=a%00b"])
def test_unsafe_text_in_an_address_is_400(client, query):
    answer = client.get(f"{URL}?{query}")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "unsafe_text")


def test_unsafe_text_in_headers_and_forms_is_400(client, page_of, institution_admin):
    assert client.get(URL, HTTP_X_ANY="a\x00b").status_code == 400
    page = page_of(institution_admin)
    assert page.post("/try/naming/", {"name": "a\x00b", "once_key": "x"}).status_code == 400


def test_a_token_in_an_address_is_400_and_not_repeated(client):
    answer = client.get(f"{URL}?token=hk_very_secret")
    assert answer.status_code == 400
    assert b"very_secret" not in answer.content


def test_a_length_that_is_no_number_is_400(client):
    assert client.get(URL, CONTENT_LENGTH="abc").status_code == 400


def test_a_list_that_cannot_be_searched_has_no_such_parameter(client):
    assert client.get("/api/v1/jobs/?search=anything").status_code == 400


def test_a_host_that_is_not_ours_is_400_and_not_repeated(client):
    for path in ("/uz/", "/api/v1/institutions/"):
        answer = client.get(path, HTTP_HOST="evil.example")
        assert answer.status_code == 400
        assert b"evil.example" not in answer.content
