"""Paths, forms, documents and headers that no honest client sends: refused by name, echoed nowhere, never our fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from camket.core.errors import RateLimitedError
from camket.core.terms import Language
from camket.services.devices import LONGEST_HEADER, device_facts
from camket.services.limits import network_of
from camket.services.registration import start_registration
from tests.web.conftest import ALICE
from tests.web.test_routes import stored

if TYPE_CHECKING:
    from tests.journeys import Service as Journey
    from tests.web.conftest import Service

MARK: Final = "m4rk3d"
PATHS: Final = (
    "/static/../../../../etc/passwd",
    "/static/%2e%2e/%2e%2e/app.py",
    "/static/..%2f..%2fapp.py",
    "/static//etc/passwd",
    "/static/a%00b",
    "/static/",
    "/static/" + "a" * 3000,
    "/ledger/tile/%2e%2e/%2e%2e/me",
    "/ledger/tile/0/..%2f..%2fcheckpoint",
    "/ledger/tile/0/000%00",
    "/ledger/tile/0/" + "x999/" * 40 + "999",
    "/ledger/tile/0/%D9%A0%D9%A0%D9%A0",
    "/ledger/tile/-1/000",
    "/ledger/tile/0/000.p/0",
    "/ledger/tile/0/000.p/257",
    "/ledger/tile/0/000.p/1/../../000",
    f"/policy/versions/{'9' * 5000}",
    "/policy/versions/%ff%fe",
    "/policy/versions/1%00",
    "/%2fme",
    "/policy/%2e%2e/dev/mailbox",
    f"/{MARK}",
)
FORMS: Final = {
    "a line end in the address": {"email": "bob@shop.example\r\nBcc: alice@shop.example"},
    "a line end in the name": {"name": f"{MARK}\r\nBcc: x"},
    "an end of text": {"name": f"{MARK}\x00"},
    "a mark that turns text around": {"name": f"{MARK}\u202e"},
    "script as a name of a field": {f"<script>{MARK}</script>": "x"},
    "an end of text in a field's name": {f"{MARK}\x00": "x"},
    "a name of a field that is long": {MARK * 500: "x"},
    "a very long value": {"name": MARK * 2000},
    "an address in brackets": {"email": "bob@[127.0.0.1]"},
    "an address with quotes": {"email": '"bob\r\n"@shop.example'},
    "two addresses": {"email": "bob@shop.example,alice@shop.example"},
}
DOCUMENTS: Final = (
    b"[" * 16_000,
    b'{"fields":' * 1_500,
    b'{"fields":{"name":"\\ud800","phone":"1","email":"2"}}',
    b'{"fields":{"\\ud800":"a"}}',
    b'{"\\ud800":"a"}',
    b'{"fields":NaN}',
    b'{"fields":' + b"9" * 6_000 + b"}",
    b'{"fields":null}',
    b'{"fields":{"name":{"deep":1}}}',
    b"\xff\xfe\xff",
    b"",
    b"null",
    b'{"fields":{},"language":"xx"}',
    b'{"fields":{},"fields":{}}',
)


def kept(service: Service) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, but of the one that counts refused visitors by the hour."""
    return {table: found for table, found in stored(service).items() if table != "visitor_refusal"}


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out_of_what_is_published(service: Service, path: str) -> None:
    """A path that goes up, holds an end of text or is no number is not found, whatever stands there."""
    answer = service.browser().get(path)
    assert answer.status_code in {400, 404}, answer.text[:200]
    assert MARK not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize("what", FORMS)
def test_a_hostile_form_is_refused_and_stores_nothing(service: Service, what: str) -> None:
    """Each is refused as a whole; what is said back is text, never markup; no mail is queued."""
    before = kept(service)
    answer = service.browser().send_form("/register", **(ALICE | FORMS[what]))
    assert answer.status_code in {413, 422}
    assert f"<script>{MARK}" not in answer.text
    assert kept(service) == before


@pytest.mark.parametrize("document", DOCUMENTS, ids=range(len(DOCUMENTS)))
@pytest.mark.parametrize("path", ["/api/v1/registrations", "/api/v1/registrations/confirmation"])
def test_a_hostile_document_is_refused_and_stores_nothing(service: Service, document: bytes, path: str) -> None:
    """Deep, cut, wrongly encoded or surrogate JSON is refused with problem details, and never with a fault of ours."""
    before = kept(service)
    answer = service.browser().post(path, content=document, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert kept(service) == before


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example/me",
        "/\\evil.example",
        "/me/../../evil",
        "/me@evil.example",
        "/me\r\nLocation: //evil.example",
        "/me?next=//evil.example",
        "/meevil",
        "javascript:alert(1)",
    ],
)
def test_signing_in_leads_to_no_other_site(service: Service, wanted: str) -> None:
    """Whatever a link says one wanted, after signing in one lands in the own privacy centre."""
    service.register(ALICE)
    browser = service.browser()
    led = browser.send_form("/sign-in", email=ALICE["email"], next=wanted)
    assert led.headers["location"] == "/sign-in/confirm"
    arrived = browser.send_form("/sign-in/confirm", code=service.newest_code(), next=wanted)
    assert arrived.headers["location"] == "/me"
    assert "\n" not in arrived.headers["location"]


@pytest.mark.parametrize("header", ["user-agent", "sec-ch-ua-model", "sec-ch-ua", "sec-ch-ua-platform"])
def test_of_a_long_header_only_the_beginning_is_read(header: str) -> None:
    """What a stranger can make long is cut before any pattern searches it, so that no search takes its square."""
    honest = {"user-agent": "Android 14; Redmi 12)", "sec-ch-ua": '"Firefox";v="145"'}.get(header, '"Redmi 12"')
    assert device_facts({header: honest}, None) != device_facts({}, None) or header == "sec-ch-ua-platform"
    assert device_facts({header: "x" * LONGEST_HEADER + honest}, None) == device_facts({}, None)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1%eth0", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_visitor_is_their_network(address: str, network: str) -> None:
    """Of an IPv6 address the half that its subscriber can choose freely does not count; IPv4 is taken whole."""
    assert network_of(address) == network


def test_changing_ones_ipv6_address_gains_no_tries(journey: Journey) -> None:
    """Two addresses of one IPv6 network share one limit; the next network has its own."""
    limit = journey.ctx.settings.registrations_per_address_hour

    def register(number: int, address: str) -> None:
        fields = {"name": "Alice", "phone": "0912345678", "email": f"alice{number}@shop.example"}
        start_registration(journey.ctx, fields=fields, language=Language.EN, browser=f"{number}", address=address)

    for number in range(limit):
        register(number, f"2001:db8:1:2::{number:x}")
    with pytest.raises(RateLimitedError):
        register(limit, "2001:db8:1:2:ffff::1")
    register(limit + 1, "2001:db8:1:3::1")


def test_a_name_that_is_markup_is_shown_as_text(service: Service) -> None:
    """What a customer calls themselves is text on every page, in the copy, and in the mail that greets them."""
    browser = service.browser()
    answer = browser.send_form("/register", **(ALICE | {"name": "Alice <b>&"}))
    if answer.status_code == 422:  # the intake takes no such name at all
        assert "<b>&" not in answer.text
        return
    browser.send_form("/register/confirm", code=service.newest_code())
    assert "<b>&" not in browser.get("/me").text
    browser.send_form("/me/copy")
    service.settle()
    assert service.runtime.mailbox is not None
    assert "<b>&" not in service.runtime.mailbox.mails()[0].html


def test_the_mail_to_an_unconfirmed_address_carries_nothing_that_was_typed(service: Service) -> None:
    """A stranger cannot use the registration to write their own words into somebody's mailbox."""
    typed = "Visit evil.example now"
    service.browser().send_form("/register", **(ALICE | {"name": typed}))
    mail = service.newest_mail()
    assert "evil" not in mail
    assert service.runtime.mailbox is not None
    (sent,) = service.runtime.mailbox.mails()
    assert "evil" not in sent.html + sent.subject + sent.sender_name
