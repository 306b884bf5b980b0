"""The doors of signing in answer like every other page: a form with errors is 422, named at the top and by the field."""

import re

import pytest

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def try_in(client, **fields):
    answer = client.post("/en/accounts/login/", {"login": "", "password": "", **fields})
    return answer, answer.content.decode()


def errors_of(page):
    """The lines on top, and those by the fields."""
    summary = re.search(r'<div class="error-summary".*?</div>', page, re.DOTALL)
    told = re.findall(r'href="(#[^"]+)">([^<]+)<', summary[0]) if summary else []
    beside = re.findall(r'class="field-error"[^>]*>.*?</span>\s*([^<]+)</span>', page, re.DOTALL)
    return told, [text.strip() for text in beside]


def test_a_wrong_password_is_422_and_keeps_the_address(client, teacher):
    answer, page = try_in(client, login=teacher.email, password="not this one")
    told, beside = errors_of(page)
    assert answer.status_code == 422
    assert [target for target, _text in told] == ["#id_password"]
    assert [text for _target, text in told] == beside and len(beside) == 1
    assert f'value="{teacher.email}"' in page and "not this one" not in page
    assert re.search(r"<title>Error: ", page)


def test_an_unknown_address_reads_like_a_wrong_password(client, teacher):
    pages = [
        re.sub(r'value="[^"]*"', "", try_in(client, login=who, password="not this one")[1])
        for who in (teacher.email, "nobody@example.org")
    ]
    assert errors_of(pages[0]) == errors_of(pages[1])


def test_empty_fields_are_named_one_by_one(client, db):
    answer, page = try_in(client)
    told, beside = errors_of(page)
    assert answer.status_code == 422
    assert [target for target, _text in told] == ["#id_login", "#id_password"]
    assert len(set(beside)) == 2


def test_the_right_password_opens(client, teacher):
    assert try_in(client, login=teacher.email, password=PASSWORD)[0].status_code == 302


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/en/accounts/password/change/", {"oldpassword": "wrong", "password1": "x", "password2": "y"}),
        ("/en/accounts/password/reset/", {"email": "no address"}),
    ],
)
def test_other_pages_of_the_account_answer_422_too(page_of, teacher, address, data):
    answer = page_of(teacher).post(address, data)
    assert answer.status_code == 422 and "error-summary" in answer.content.decode()
