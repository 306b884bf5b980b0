"""Signing by a personal link as a partner does it: on a phone, without account and script, in six taps and no password."""

import re
import time
from typing import Any

import pytest

from accounts.clock import now
from cooperation.agreements import actions, links
from cooperation.agreements.models import Agreement, Signature
from institutions.people.declaring import has_people_of_its_own
from institutions.registry.models import Institution
from institutions.territory.models import Term
from lifecycle.models import SignedLink
from tests.browser.conftest import MAIL
from tests.browser.test_frame import KB, first_visit
from tests.browser.test_pages import RULES, SIDEWAYS
from tests.browser.visits import ADMIN

Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="browser tests not run").Axe


def propose(site: Any, *terms: dict[str, Any]) -> Agreement:
    """A proposal of the administrator's house to an organisation that has nobody here, which is to get all terms."""
    admin, house = site.people[ADMIN], Institution.objects.get(public_id=site.landmarks["institution"])
    others = Institution.objects.filter(status="verified").exclude(pk=house.pk).order_by("-pk")
    partner = next(each for each in others if not has_people_of_its_own(each, now().date()))
    kind = Term.objects.get(vocabulary="agreement_kind", code="memorandum")
    draft = actions.draft_agreement(
        by=admin, at=now(), institution=house, title="Ochiq darslar", kind=kind, starts_on=now().date(),
        parties=[{"institution": house}, {"institution": partner}], text="Tomonlar ochiq darslar oʻtkazadi. " * 40,
        terms=[{**term, "from_": house, "to": partner} for term in terms],
    )  # fmt: skip
    return actions.propose_agreement(draft, by=admin, at=now())


def ask(site: Any, proposal: Agreement) -> tuple[SignedLink, str]:
    return links.ask_to_sign(
        proposal, by=site.people[ADMIN], at=now(), email="director@firm.example", name="Vali Aliyev",
        position="Direktor",
    )  # fmt: skip


@pytest.fixture
def proposal(site: Any) -> Agreement:
    return propose(site)


@pytest.fixture
def link(site: Any, proposal: Agreement) -> str:
    """The address of a link to sign it."""
    return f"/i/{ask(site, proposal)[1]}/"


def code_in_the_mail() -> str:
    """The six figures of the newest letter that the site has written."""
    letters = sorted(MAIL.glob("*.log"), key=lambda each: each.stat().st_mtime)
    found = re.findall(r"^(\d{3}) (\d{3})\s*$", letters[-1].read_text(encoding="utf-8"), re.MULTILINE)
    return "".join(found[-1])


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
def test_a_signatory_signs_in_six_taps_without_account_script_and_password(
    open_as: Any, proposal: Agreement, link: str, theme: str, width: int
) -> None:
    started, taps = time.monotonic(), 1  # the link in the letter
    page = open_as(None, f"{link}?lang=uz", width=width, theme=theme, scripts=False)
    assert page.answer.status == 200
    send = page.locator("button[value=code]")
    assert send.bounding_box()["height"] >= 44
    send.click()
    taps += 1
    page.wait_for_selector("#id_code")
    page.locator("#id_code").click()
    taps += 1
    page.keyboard.type(code_in_the_mail())
    sign = page.locator("button[value=sign]")
    assert sign.bounding_box()["height"] >= 44
    sign.click()
    taps += 1
    page.wait_for_load_state()
    assert page.locator("h1").count() == 1 and page.locator("button").count() == 0
    assert taps <= 6 and time.monotonic() - started < 90
    assert page.locator("input[type=password]").count() == 0
    assert Signature.objects.get(revision=proposal.shown).method == "link"


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
def test_the_page_of_a_link_to_sign_has_no_barriers(
    open_as: Any, proposal: Agreement, link: str, theme: str, width: int
) -> None:
    page = open_as(None, link, width=width, theme=theme)
    barriers(page)
    page.locator("button[value=code]").click()
    page.wait_for_selector("#id_code")
    page.locator("main details summary").click()
    page.locator("button[value=decline]").click()
    page.wait_for_selector(".field-error")
    barriers(page)
    assert page.locator("script").count() == 0
    page.locator("button[value=code]").click()
    page.wait_for_selector("#answer .message-error")
    said = page.locator("#answer .message-error").bounding_box()
    assert 0 <= said["y"] < page.viewport_size["height"] - said["height"], "why no code came stands where the reader is"
    SignedLink.objects.filter(subject_id=proposal.public_id).update(expires_at=now())
    page.goto(link)
    barriers(page)
    assert page.locator("button[value=fresh]").bounding_box()["height"] >= 44
    assert proposal.number in page.locator("main").inner_text()


def test_the_page_of_a_link_to_sign_keeps_to_its_weight(open_as: Any, link: str) -> None:
    sizes, _page = first_visit(open_as, None, link)
    assert sum(sizes.values()) <= 60 * KB, sizes
    assert sizes.get("Script", 0) == 0


def barriers(page: Any) -> None:
    results = Axe().run(page, options=RULES)
    assert not results.response["violations"], results.generate_report()
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(SIDEWAYS) <= 0
    page.set_viewport_size(size)


def test_asking_and_paper_have_no_barriers(open_as: Any, proposal: Agreement) -> None:
    for place in ("links/", "paper/", "paper/file/"):
        page = open_as(ADMIN, f"/uz/agreements/{proposal.public_id}/{place}", width=360)
        assert page.answer.status == 200, place
        results = Axe().run(page, options=RULES)
        assert not results.response["violations"], results.generate_report()
        assert page.evaluate(SIDEWAYS) <= 0
