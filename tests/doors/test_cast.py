"""The cast stands, and the API knows who calls."""


def test_each_of_the_cast_can_be_made(cast):
    assert len(cast) == 9


def test_the_root_of_the_api_is_open(client):
    assert client.get("/api/v1/").status_code == 200


def test_an_unknown_address_of_the_api_answers_a_problem(client, db):
    answer = client.get("/api/v1/nothing/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
