"""The quick log on a phone: half a minute by the effort model, and nothing lost or doubled without a network."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.browser.phones import Network, Phone
from tests.browser.test_frame import KB, first_visit

NEW = "/uz/activities/new/"
THINK, POINT, KEY, HAND = 1.35, 1.1, 0.45, 0.4
SLOW = {"offline": False, "latency": 100, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
FIRST_LIMIT, REPEAT_LIMIT, REPEAT_TAPS = 45, 30, 6
PAGE_BYTES, SCRIPT_BYTES, REPEAT_BYTES = 60 * KB, 30 * KB, 9 * KB


def cookie_of(site: Any, part: str, url: str) -> dict[str, str]:
    return {"name": settings.SESSION_COOKIE_NAME, "value": site.cookies[part], "url": url}


@pytest.fixture
def network(site: Any) -> Iterator[Network]:
    found = Network(int(site.url.rsplit(":", 1)[1]))
    yield found
    found.cut()


@pytest.fixture
def phone(site: Any, chromium: Any, network: Network, tmp_path: Path) -> Iterator[Phone]:
    url = f"http://127.0.0.1:{network.port}"
    found = Phone(chromium.browser_type, tmp_path / "profile", cookie_of(site, "teacher", url))
    found.url = url  # type: ignore[attr-defined]
    yield found
    found.kill()


def until(page: Any, script: str, seconds: int = 30) -> None:
    """Waits until this is true; the page's own rules forbid the waiting that comes with the driver."""
    for _attempt in range(seconds * 10):
        if page.evaluate(script):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"not within {seconds} s: {script}; {page.locator('#queue').inner_text()}")


def ready(page: Any) -> None:
    """The worker has taken over and keeps the page."""
    until(page, "navigator.serviceWorker.controller !== null")
    until(page, "caches.open('pages').then(kept => kept.keys()).then(them => them.length > 0)")


def rows_of(page: Any, state: str) -> int:
    return int(page.locator(f"#queue li[data-state={state}]").count())


def write(page: Any, number: int, photo: bytes | None = None) -> None:
    """One entry, as a thumb writes it."""
    page.locator(".tile").nth(number % 8).click()
    page.locator("#id_number").fill(str(number + 10))
    if photo:
        if not page.locator("#id_photo").is_visible():
            page.get_by_text("Izoh yoki surat", exact=True).click()
        page.locator("#id_photo").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo})
    before = page.locator("#queue li").count()
    page.locator(".entry-save button").click()
    until(page, f"document.querySelectorAll('#queue li').length > {before}")


def test_ten_entries_without_a_network_and_a_killed_browser_are_nine_rows_when_one_was_deleted(
    phone: Phone, network: Network
) -> None:
    page = phone.open()
    page.goto(phone.url + NEW)  # type: ignore[attr-defined]
    ready(page)
    picture = page.screenshot(type="jpeg")
    before = {
        row["id"] for row in page.evaluate("fetch('/api/v1/activities/?limit=200').then(a => a.json())")["results"]
    }
    network.cut()
    for number in range(10):
        write(page, number, picture if number in (3, 6) else None)
    assert rows_of(page, "kept") == 10
    assert page.locator("#queue li .badge-warn").count() == 10
    phone.kill()

    page = phone.open()
    page.goto(phone.url + NEW)  # type: ignore[attr-defined]
    until(page, "document.querySelectorAll('#queue li').length === 10")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#queue li [data-act=remove]").first.click()
    until(page, "document.querySelectorAll('#queue li').length === 9")
    network.restore()
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, "document.querySelectorAll('#queue li[data-state=received]').length === 9", 60)
    until(page, "entryStore.all(document.querySelector('#queue').dataset.person)"
                           ".then(them => them.every(each => !each.photo))", 60)  # fmt: skip
    page.evaluate("entrySync()")
    rows = page.evaluate("fetch('/api/v1/activities/?limit=200').then(a => a.json())")["results"]
    new = [row for row in rows if row["id"] not in before]
    assert len(new) == 9
    assert sorted(number for row in new for number in row["counts"].values()) == list(range(10, 19))
    photos = 0
    for row in new:
        page.goto(f"{phone.url}/uz/activities/{row['id']}/")  # type: ignore[attr-defined]
        photos += page.locator(".photo img").count()
    assert photos == 2


def test_the_worker_sends_what_waits_also_when_no_page_is_open(site: Any, phone: Phone, network: Network) -> None:
    page = phone.open()
    url = phone.url  # type: ignore[attr-defined]
    page.goto(url + NEW)
    ready(page)
    mine = "fetch('/api/v1/activities/?limit=200').then(a => a.json()).then(told => told.results.map(row => row.id))"
    before = set(page.evaluate(mine))
    network.cut()
    write(page, 2, page.screenshot(type="jpeg"))
    page.goto("about:blank")
    network.restore()
    # the browser's own wake-up call, given by hand: when it comes is the browser's own business
    wake = page.context.new_cdp_session(page)
    registrations: list[str] = []
    wake.on("ServiceWorker.workerRegistrationUpdated", lambda told: registrations.extend(
        each["registrationId"] for each in told["registrations"] if each["scopeURL"].startswith(url)
    ))  # fmt: skip
    wake.send("ServiceWorker.enable")
    page.wait_for_timeout(500)
    call = {"origin": url, "registrationId": registrations[-1], "tag": "entries", "lastChance": False}
    wake.send("ServiceWorker.dispatchSyncEvent", call)
    page.wait_for_timeout(4000)
    page.goto(f"{url}/uz/activities/")
    new = [each for each in page.evaluate(mine) if each not in before]
    assert len(new) == 1
    page.goto(f"{url}/uz/activities/{new[0]}/")
    assert page.locator(".photo img").count() == 1
    page.goto(url + NEW)
    until(page, "document.querySelectorAll('#queue li[data-state=received]').length === 1")
    page.evaluate("entrySync()")
    assert len(set(page.evaluate(mine)) - before) == 1


def test_another_person_on_the_same_phone_neither_sees_nor_sends_what_waits(
    site: Any, phone: Phone, network: Network
) -> None:
    page = phone.open()
    page.goto(phone.url + NEW)  # type: ignore[attr-defined]
    ready(page)
    network.cut()
    write(page, 1)
    page.evaluate("entrySync()")
    network.restore()
    url = phone.url  # type: ignore[attr-defined]
    phone.context.clear_cookies()
    phone.context.add_cookies([cookie_of(site, "institution_admin", url)])
    page.evaluate("entrySync()")
    page.wait_for_timeout(500)
    assert rows_of(page, "kept") == 1
    page.goto(url + NEW)
    page.wait_for_timeout(500)
    assert page.locator("#queue li").count() == 0
    phone.context.clear_cookies()
    phone.context.add_cookies([cookie_of(site, "teacher", url)])
    page.goto(url + NEW)
    until(page, "document.querySelectorAll('#queue li[data-state=received]').length === 1")


def test_signing_out_asks_first_while_something_waits_and_forgets_the_kept_page(phone: Phone, network: Network) -> None:
    page = phone.open()
    page.goto(phone.url + NEW)  # type: ignore[attr-defined]
    ready(page)
    network.cut()
    write(page, 1)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.locator(".tools details.menu summary").last.click()
    page.locator("form[action$='/accounts/logout/'] button").click()
    page.wait_for_timeout(300)
    assert len(asked) == 1
    assert page.url.endswith(NEW)


def test_first_entry_and_repeat_stay_within_the_effort_on_a_slow_phone(open_as: Any, site: Any) -> None:
    page = open_as("teacher", "/livez", width=360)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    session.send("Network.emulateNetworkConditions", SLOW)
    page.clock_start = page.evaluate("Date.now()")
    page.goto(NEW, wait_until="load")
    opening = (page.evaluate("Date.now()") - page.clock_start) / 1000
    page.locator(".tile").nth(0).click()
    page.locator("#id_number").click()
    page.keyboard.type("25")
    sent = saved(page, 1)
    first = opening + sent + 3 * THINK + 3 * POINT + 2 * KEY + HAND
    page.reload(wait_until="load")
    page.locator("[data-repeat]").click()
    page.get_by_text("Izoh yoki surat", exact=True).click()
    picture = page.screenshot(type="jpeg")
    page.locator("#id_photo").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture})
    taps = 5  # repeat, note or photo, choose, the picture, save
    repeat = opening + saved(page, 2) + 3 * THINK + taps * POINT
    print(f"first {first:.1f} s of {FIRST_LIMIT}, repeat {repeat:.1f} s of {REPEAT_LIMIT} with {taps} taps")
    assert first <= FIRST_LIMIT
    assert repeat <= REPEAT_LIMIT
    assert taps <= REPEAT_TAPS
    assert page.locator("#entry fieldset, #entry .field:visible").count() <= 12


def saved(page: Any, place: int) -> float:
    """Seconds from the tap on Save until the server has the text."""
    began = page.evaluate("Date.now()")
    page.locator(".entry-save button").click()
    until(page, f"document.querySelectorAll('#queue li[data-state=received]').length >= {place}")
    return float((page.evaluate("Date.now()") - began) / 1000)


def test_the_log_is_light_at_first_and_then_the_page_alone(open_as: Any) -> None:
    sizes, page = first_visit(open_as, "teacher", NEW)
    page.wait_for_timeout(500)
    assert sum(sizes.values()) <= PAGE_BYTES, sizes
    assert sizes["Script"] <= SCRIPT_BYTES, sizes
    assert sizes["Document"] <= REPEAT_BYTES, sizes  # all that a later visit fetches, its files being kept


def test_without_scripts_the_form_is_a_plain_form(open_as: Any) -> None:
    page = open_as("teacher", NEW, width=360, scripts=False)
    page.locator(".tile input").first.check(force=True)
    page.locator("#id_number").fill("12")
    page.locator(".entry-save button").click()
    assert "/activities/" in page.url and not page.url.endswith(NEW)
    assert page.locator("#facts").count() == 1


def test_a_page_that_cannot_be_fetched_says_so_and_shows_the_way_to_the_log(phone: Phone, network: Network) -> None:
    page = phone.open()
    page.goto(phone.url + NEW)  # type: ignore[attr-defined]
    ready(page)
    network.cut()
    page.goto(phone.url + "/uz/activities/mine/")  # type: ignore[attr-defined]
    assert page.get_by_role("heading", name="Internet yoʻq").is_visible()
    page.get_by_role("link", name="Tadbir qoʻshish").click()
    assert page.locator("#entry").is_visible()
