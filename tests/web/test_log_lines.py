"""Which requests leave a line in the server log, and how their customer reads it (P6)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.services.server_log import LOG_ITEMS, ServerLog
from camket.web.log_lines import pattern_of
from tests.guest import APPS
from tests.web.conftest import ALICE, BOB
from tests.web.test_guests import mount
from tests.web.test_routes import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Callable

    from camket.services.log_lines import LogLine
    from tests.web.conftest import Browser, Service

HOUR = timedelta(hours=1)
LINE = re.compile(r'<span class="path">([^<]*)</span> <small>([^<]*)</small>')


def waiting(service: Service) -> tuple[LogLine, ...]:
    """Return the lines that wait; they wait no longer."""
    return service.runtime.context.log_queue.take()[0]


@pytest.fixture
def alice(service: Service) -> Browser:
    """Return alice's browser, signed in, with no line waiting."""
    browser = service.register(ALICE)
    waiting(service)
    return browser


def test_a_signed_in_request_has_a_line(service: Service, alice: Browser) -> None:
    """Reading and sending, what works and what does not: each has its pattern, status and address, and one subject."""
    assert alice.get("/me").status_code == 200
    assert alice.get("/me/correct/phone").status_code == 200
    assert alice.send_form("/me/correct/phone", phone="x").status_code == 422
    assert alice.get("/me/requests/none/verify").status_code == 404
    lines = waiting(service)
    assert [(line.path, line.status) for line in lines] == [
        ("/me", 200),
        ("/me/correct/{item}", 200),
        ("/me/correct/{item}", 422),
        ("/me/requests/{request}/verify", 404),
    ]
    assert len({line.subject_id for line in lines}) == 1
    assert {line.service for line in lines} == {"account"}
    assert {line.address for line in lines} == {"testclient"}


def test_public_pages_have_no_line(service: Service, alice: Browser) -> None:
    """No page that is the same for all has a line, though the browser is signed in; neither have files and the API."""
    pages = set(PUBLIC) - {"/register", "/sign-in"}
    for path in [*pages, "/healthz", "/ledger/key", "/static/nothing", "/api/v1/policy", "/nothing", "/certificate"]:
        alice.get(path)
    assert waiting(service) == ()


def test_who_is_not_signed_in_has_no_line(service: Service) -> None:
    """Neither registering nor knocking at a personal page leaves a line, nor does a session that has ended."""
    browser = service.browser()
    for path in ["/register", "/sign-in", "/me", "/me/log"]:
        browser.get(path)
    browser.send_form("/sign-in", email="x")
    assert waiting(service) == ()
    alice = service.register(ALICE)
    alice.send_form("/sign-out")
    waiting(service)
    alice.get("/me")
    assert waiting(service) == ()


def test_a_form_from_another_site_has_no_line(service: Service, alice: Browser) -> None:
    """What the guards refuse was nobody's request: no session was looked up."""
    alice.post("/me/delete", headers={"Sec-Fetch-Site": "cross-site"})
    assert waiting(service) == ()


def test_an_apps_request_has_a_line_in_its_own_service(make_service: Callable[..., Service]) -> None:
    """A request that a mounted app answers for a customer is told by its plain words, in the service that asked."""
    service = mount(make_service(apps=APPS))
    alice = service.register(ALICE)
    waiting(service)
    alice.get("/book/")
    alice.post("/book/lines", content="Quán Alice")
    service.browser().get("/book/")
    lines = waiting(service)
    assert [(line.path, line.status, line.service) for line in lines] == [
        ("/book/", 200, "shop"),
        ("/book/lines", 201, "shop"),
    ]


def test_its_customer_reads_every_line(service: Service, alice: Browser) -> None:
    """The page shows what was written down, newest first, and *My data* leads there and stays as short as it was."""
    before = len(alice.get("/me").text)
    for _ in range(30):
        alice.get("/me/sessions")
    alice.get("/me/copy")
    service.clock.advance(HOUR)
    ServerLog(service.runtime.context).once()
    page = alice.get("/me/log")
    lines = LINE.findall(page.text)
    assert lines[0] == ("/me/copy", "200 · testclient")
    assert lines.count(("/me/sessions", "200 · testclient")) == 30
    assert "32 yêu cầu" in page.text
    centre = alice.get("/me").text
    assert "/me/log" in centre
    assert "/me/sessions</span>" not in centre
    assert abs(len(centre) - before) < 2000


def test_nobody_reads_the_lines_of_another(service: Service, alice: Browser) -> None:
    """Each customer's page holds their own lines."""
    alice.get("/me/delete")
    bob = service.register(BOB)
    ServerLog(service.runtime.context).once()
    assert "/me/delete" not in LINE.findall(bob.get("/me/log").text)
    assert [path for path, _ in LINE.findall(alice.get("/me/log").text)] == ["/me/delete"]


def test_lines_are_shown_page_by_page(service: Service, alice: Browser) -> None:
    """A year of lines is read a few hours at a time; no line is missing, none comes twice, and an end is an end."""
    log = ServerLog(service.runtime.context)
    for _ in range(15):
        alice.get("/me/sessions")
        log.once()
        service.clock.advance(2 * HOUR)
    waiting(service)
    sizes = [len(LINE.findall(alice.get(f"/me/log?page={page}").text)) for page in (1, 2, 3, 4)]
    assert sizes == [6, 6, 3, 0]
    assert "page=2" in alice.get("/me/log").text
    assert "page=4" not in alice.get("/me/log?page=3").text


def test_reading_the_log_is_on_record(service: Service, alice: Browser) -> None:
    """The look at the log stands in the list of uses, and so does that it was written."""
    alice.get("/me")
    ServerLog(service.runtime.context).once()
    alice.get("/me/log")
    shown = alice.get("/me/uses").text
    assert "Nhật ký máy chủ" in shown
    assert "lúc máy chủ nhận yêu cầu" in shown


def test_the_log_is_sealed(service: Service, alice: Browser) -> None:
    """Neither pages nor addresses stand in the database in the clear."""
    alice.get("/me/delete")
    ServerLog(service.runtime.context).once()
    service.runtime.close()
    stored = b"".join(file.read_bytes() for file in service.runtime.settings.data.rglob("*") if file.is_file())
    assert b"testclient" not in stored
    assert all(item.encode() in stored for item in LOG_ITEMS)


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/quay/sell", "/quay/sell"),
        ("/quay/products/0a1b2c", "/quay/products/{}"),
        ("/quay/pictures/3f5a/400.webp", "/quay/pictures/{}/{}"),
        ("/quay/receipts/17", "/quay/receipts/{}"),
        ("/quay/alice@shop.example", "/quay/{}"),
        ("/quay/Alice", "/quay/{}"),
        ("/quay/" + "a" * 25, "/quay/{}"),
        ("/quay/sell\n", "/quay/{}"),
        ("/quay/a/b/c/d/e/f/g/h/i", "/quay/a/b/c/d/e/f"),
        ("/", "/"),
    ],
)
def test_an_address_is_told_by_its_plain_words(path: str, pattern: str) -> None:
    """Of an app's address only short plain words are kept: no number, no id, nothing that somebody typed."""
    assert pattern_of(path) == pattern
