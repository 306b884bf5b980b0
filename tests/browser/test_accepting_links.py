"""Accepting by a personal link as a partner does it, and the page on which they are asked."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.clock import now
from cooperation.agreements import codes, signing
from cooperation.agreements.links import sign_by_link
from cooperation.agreements.models import Agreement
from cooperation.obligations.actions import add_evidence, submit_obligation
from cooperation.obligations.links import ask_by_link
from cooperation.obligations.models import Evidence, Obligation
from institutions.territory.models import Term
from tests.browser.test_frame import KB, first_visit
from tests.browser.test_pages import RULES, SIDEWAYS
from tests.browser.test_signing_links import ask, barriers, propose
from tests.browser.visits import ADMIN

Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="browser tests not run").Axe


@pytest.fixture
def handed(site: Any) -> Obligation:
    """Two manuals, promised to a partner without accounts and handed in: one as a file, one as an address."""
    admin, kind = site.people[ADMIN], Term.objects.get(vocabulary="obligation_kind", code="materials")
    agreement = propose(site, {"kind": kind, "quantity": Decimal(2), "unit": "items", "due_on": now().date()})
    link, _token = ask(site, agreement)
    agreement = Agreement.objects.get(pk=agreement.pk)
    signing.approve_agreement(agreement, content_hash=link.content_hash, by=admin, at=now())
    codes.confirm_mailbox(link, codes.make_code(link, at=now()), at=now())
    sign_by_link(link, content_hash=link.content_hash, at=now())
    row = Obligation.objects.get(agreement=agreement)
    pieces: list[dict[str, Any]] = [
        {
            "file": ("Tarbiyachilar_uchun_qollanma_va_dars_ishlanmalari_yakuniy.pdf", b"%PDF-1.7 one"),
            "note": "40 nusxa",
        },
        {"link": "https://materials.example/" + "qollanma" * 12},
    ]
    for piece in pieces:
        add_evidence(row, by=admin, at=now(), quantity=Decimal(1), **piece)
    return submit_obligation(row, by=admin, at=now())


@pytest.fixture
def link(site: Any, handed: Obligation) -> str:
    return f"/i/{ask_by_link(handed, by=site.people[ADMIN], at=now(), email='boss@firm.example')[1]}/"


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
def test_a_partner_accepts_with_one_tap_and_meets_no_barrier(
    open_as: Any, handed: Obligation, link: str, theme: str, width: int
) -> None:
    page = open_as(None, f"{link}?lang=uz", width=width, theme=theme, scripts=False)
    assert page.answer.status == 200
    told = page.locator("main").inner_text()
    assert handed.kind.names["uz"] in told and handed.agreement.number in told and "2 dona" in told
    for control in page.locator("main button:visible, main summary, header summary").all():
        assert control.bounding_box()["height"] >= 44, control.inner_text()
    page.locator("button[value=accept]").click()
    page.wait_for_load_state()
    assert page.locator("button").count() == 0 and handed.agreement.number in page.locator("main").inner_text()
    handed.refresh_from_db()
    assert handed.status == "fulfilled"


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
def test_the_page_of_a_link_to_accept_has_no_barriers(
    open_as: Any, site: Any, handed: Obligation, link: str, theme: str, width: int
) -> None:
    page = open_as(None, link, width=width, theme=theme)
    for summary in page.locator("summary").all():
        summary.click()
    barriers(page)
    page.locator("header summary").click()
    page.eval_on_selector_all("form", "them => them.forEach(one => { one.noValidate = true })")
    page.locator("button[value=return]").click()
    page.wait_for_selector(".field-error")
    assert page.locator(".error-summary a").get_attribute("href") == "#reason"
    barriers(page)
    assert page.locator("script").count() == 0
    Evidence.objects.filter(obligation=handed).exclude(link="").delete()
    less = ask_by_link(handed, by=site.people[ADMIN], at=now(), email="other@firm.example")[1]
    for address in (f"/i/{less}/", link):  # too little was handed in; and the link to what lay there before
        page.goto(address)
        barriers(page)
        assert page.locator("button[value=accept]").count() == 0


def test_the_page_of_a_link_to_accept_keeps_to_its_weight(open_as: Any, link: str) -> None:
    sizes, _page = first_visit(open_as, None, link)
    assert sum(sizes.values()) <= 60 * KB, sizes
    assert sizes.get("Script", 0) == 0


def test_asking_to_accept_has_no_barriers_on_a_phone(open_as: Any, handed: Obligation, link: str) -> None:
    for place in ("", "links/"):
        page = open_as(ADMIN, f"/uz/obligations/{handed.public_id}/{place}", width=360, touch=True)
        assert page.answer.status == 200
        results = Axe().run(page, options=RULES)
        assert not results.response["violations"], results.generate_report()
        assert page.evaluate(SIDEWAYS) <= 0
        for control in page.locator("main button:visible, main .button:visible").all():
            assert control.bounding_box()["height"] >= 44, control.inner_text()
