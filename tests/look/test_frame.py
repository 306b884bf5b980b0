"""The frame: sections by role, the same page in four languages, the look that a reader chose."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import translation

from config import navigation


def names(sections: Any) -> list[str]:
    return [section.path for section in sections]


def asked(path: str = "/uz/settings/", user: Any = None, **cookies: str) -> Any:
    request = RequestFactory().get(path)
    request.COOKIES.update(cookies)
    request.user = user or AnonymousUser()
    return request


def test_the_bar_has_at_most_six_sections_and_the_phone_five(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "exists", lambda path: True)
    for group in (navigation.OFFICE, navigation.HOUSE, navigation.TEACHER, navigation.EXPERT):
        bars = navigation.bars(navigation.sections_of(group, "/"))
        assert len(bars["sections"]) <= 6
        assert len(bars["phone"]) + 1 <= 5
        assert names(bars["more"])[-1] == "/settings/"


def test_an_officer_finds_the_sections_of_the_contract_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "exists", lambda path: True)
    bar = navigation.bars(navigation.sections_of(navigation.OFFICE, "/"))["sections"]
    assert names(bar) == ["/inbox/", "/dashboard/", "/agreements/", "/activities/", "/indicators/", "/tasks/"]


def test_the_nearest_section_is_the_present_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "exists", lambda path: True)
    sections = navigation.sections_of(navigation.HOUSE, "/activities/new/")
    assert [section.path for section in sections if section.current] == ["/activities/new/"]


def test_a_section_without_a_page_is_not_offered() -> None:
    with translation.override("uz"):
        assert "/meetings/" not in names(navigation.sections_of(navigation.OFFICE, "/"))


def test_the_language_switch_keeps_the_page_and_the_query() -> None:
    with translation.override("ru"):
        offered = navigation.languages(asked("/ru/settings/?a=1&b=%C3%BC"))
    assert [language["url"] for language in offered] == [
        "/uz/settings/?a=1&b=%C3%BC",
        "/uz-cyrl/settings/?a=1&b=%C3%BC",
        "/ru/settings/?a=1&b=%C3%BC",
        "/en/settings/?a=1&b=%C3%BC",
    ]
    assert [language["tag"] for language in offered] == ["uz-Latn", "uz-Cyrl", "ru", "en"]
    assert [language["current"] for language in offered] == [False, False, True, False]


def test_a_cookie_of_the_device_chooses_the_colours_and_nonsense_does_not() -> None:
    assert navigation.look(asked(theme="dark", text="large")) == {"theme": "dark", "text": "large"}
    assert navigation.look(asked(theme='"><script>', contrast="loud")) == {}


def test_an_account_chooses_the_colours_where_the_device_says_nothing() -> None:
    person = SimpleNamespace(theme="dark")
    assert navigation.look(asked(user=person)) == {"theme": "dark"}
    assert navigation.look(asked(user=person, theme="light")) == {"theme": "light"}


@pytest.mark.django_db
def test_the_settings_page_keeps_colours_with_the_account_and_goes_back(client: Any, stranger: Any) -> None:
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/uz/settings/", {"theme": "dark", "next": "/uz/agreements/?tab=2"})
    stranger.refresh_from_db()
    assert (answer.status_code, answer["Location"], stranger.theme) == (302, "/uz/agreements/?tab=2", "dark")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["//evil.example/", "https:evil.example", "/\\evil.example", "javascript:alert(1)", "evil"]
)
def test_the_way_back_from_settings_stays_on_this_site(client: Any, target: str) -> None:
    answer = client.post("/uz/settings/", {"theme": "dark", "next": target})
    assert answer["Location"] == "/uz/settings/"


@pytest.mark.django_db
def test_a_new_language_leads_to_the_same_page_in_it(client: Any) -> None:
    answer = client.post("/uz/settings/", {"language": "ru", "next": "/uz/settings/?a=1"})
    assert answer["Location"] == "/ru/settings/?a=1"
    assert answer.cookies["django_language"].value == "ru"


@pytest.mark.django_db
def test_an_answer_that_is_not_offered_is_named_and_kept_out(client: Any) -> None:
    answer = client.post("/en/settings/", {"theme": "purple"})
    assert answer.status_code == 422
    assert b"<title>Error: " in answer.content


@pytest.mark.django_db
def test_only_staff_find_the_components_page(client: Any, stranger: Any) -> None:
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/en/settings/components/").status_code == 404


@pytest.mark.django_db
def test_the_page_says_its_language_and_theme_before_any_script_runs(client: Any) -> None:
    client.cookies["theme"] = "dark"
    page = client.get("/uz-cyrl/accounts/login/").content.decode()
    assert '<html lang="uz-Cyrl" data-theme="dark">' in page
