"""One box finds organisations, agreements, joint work, indicators and pages, each for whoever may see it."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.clock import now
from accounts.models import User
from cooperation.agreements.actions import draft_agreement, propose_agreement
from cooperation.programmes.actions import draft_programme, start_work
from cooperation.projects.actions import draft_project, propose_project
from quality.catalogue.models import Indicator
from tests.factories import a_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement(world: SimpleNamespace, institution_admin: User) -> Any:
    made = draft_agreement(
        by=institution_admin, at=now(), title="Open lessons together", institution=world.a,
        kind=a_term("agreement_kind", "memorandum", min_parties=2, is_memorandum=True),
        starts_on="2026-09-01", ends_on="2027-08-31",
        parties=[{"institution": world.a}, {"institution": world.b}],
    )  # fmt: skip
    made.refresh_from_db()
    return propose_agreement(made, by=institution_admin, at=now())


def titles(client: Client, words: str, **headers: str) -> dict[str, list[str]]:
    answer = client.get("/en/search/", {"q": words}, headers=headers)
    assert answer.status_code == 200, answer
    return {group["code"]: [hit.title for hit in group["hits"]] for group in answer.context["groups"]}


def test_each_kind_of_thing_is_found_in_its_own_group(
    page_of: Any, agreement: Any, partner_admin: User, world: SimpleNamespace
) -> None:
    Indicator.objects.create(code="COV.77", names={"en": "Share of lessons given together"}, aspect="process",
                             more_is_better=True, source="computed")  # fmt: skip
    client = page_of(partner_admin)
    assert titles(client, "Alpha school")["institutions"] == ["Alpha school"]
    assert titles(client, "lessons together") == {
        "agreements": ["Open lessons together"],
        "indicators": ["Share of lessons given together"],
    }
    assert titles(client, "agreem")["places"] == ["Agreements"]


def test_a_number_or_a_code_goes_straight_to_its_page(page_of: Any, agreement: Any, partner_admin: User) -> None:
    Indicator.objects.create(
        code="COV.77", names={"en": "Covered"}, aspect="process", more_is_better=True, source="computed"
    )
    client = page_of(partner_admin)
    assert client.get("/en/search/", {"q": agreement.number.lower()})["Location"].endswith(
        f"/agreements/{agreement.public_id}/"
    )
    assert client.get("/en/search/", {"q": "cov.77"})["Location"].endswith("/indicators/COV.77/")


def test_what_is_not_theirs_is_found_by_nobody(
    page_of: Any, agreement: Any, foreign_admin: User, stranger: User
) -> None:
    for person in (foreign_admin, stranger):
        assert "agreements" not in titles(page_of(person), "lessons together")
        assert page_of(person).get("/en/search/", {"q": agreement.number}).status_code == 200


def test_while_one_types_a_list_of_addresses_comes(page_of: Any, agreement: Any, partner_admin: User) -> None:
    answer = page_of(partner_admin).get(
        "/en/search/", {"q": agreement.number}, headers={"X-Requested-With": "combobox"}
    )
    assert answer.status_code == 200
    assert f'data-value="/en/agreements/{agreement.public_id}/"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


TITLE = "Yosh oʻqituvchilar uchun gʻoyalar toʻplami"


def a_project(by: User, world: SimpleNamespace) -> Any:
    made = draft_project(
        by=by, at=now(), title=TITLE, lead=world.a, goal="Ideas are gathered.",
        starts_on=datetime.date(2026, 12, 1), ends_on=datetime.date(2027, 5, 31),
        partners=[{"institution": world.b, "role": a_term("party_role", "partner", context=["project"])}],
        stages=[{"title": "Gather", "due_on": datetime.date(2027, 1, 31)}],
    )  # fmt: skip
    return lambda: propose_project(made, by=by, at=now())


def a_programme(by: User, world: SimpleNamespace) -> Any:
    made = draft_programme(
        by=by, at=now(), title=TITLE, lead=world.a, level=a_term("isced_level", "6"),
        fields_of_study=[a_term("isced_f", "0112")],
        members=[{"institution": world.b, "role": a_term("party_role", "partner", context=["project"])}],
    )  # fmt: skip
    return lambda: start_work(made, by=by, at=now())


@pytest.mark.parametrize(("group", "make"), [("projects", a_project), ("programmes", a_programme)])
def test_a_joint_thing_is_found_by_its_title_in_four_writings_by_whoever_may_see_it(
    page_of: Any, institution_admin: User, partner_admin: User, foreign_admin: User, world: SimpleNamespace,
    group: str, make: Any,
) -> None:  # fmt: skip
    send = make(institution_admin, world)
    lead, partner, outsider = page_of(institution_admin), page_of(partner_admin), page_of(foreign_admin)
    assert titles(lead, "gʻoyalar")[group] == [TITLE]
    assert group not in titles(partner, "gʻoyalar")
    send()
    for words in ("o'qituvchilar g'oyalar", "oʻqituvchilar gʻoyalar", "ўқитувчилар ғоялар", "öqituvçilar ğoyalar"):
        assert titles(partner, words)[group] == [TITLE], words
    assert group not in titles(partner, "gʻoyalar kutubxonasi")
    assert group not in titles(outsider, "gʻoyalar")
