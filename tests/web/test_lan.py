"""What the plain listener of `serve --lan` answers, and how the encrypted one differs from a public service."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from camket.adapters.tls.authority import make_authority
from camket.web.app import create_app
from camket.web.lan import Lan, create_trust_app
from tests.web.conftest import ALICE, Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Service

ORIGIN = "https://192.168.1.20:8443"
PLAIN = "http://192.168.1.20:8000"
HOSTS = frozenset({"192.168.1.20:8443", "[fd12::20]:8443", "stall.local:8443", "localhost:8443"})
AUTHORITY = make_authority(datetime(2026, 11, 22, tzinfo=UTC))
LAN = Lan(
    origin=ORIGIN,
    page=f"{PLAIN}/lan",
    hosts=HOSTS,
    port=8443,
    authority=AUTHORITY.name,
    certificate=AUTHORITY.certificate,
    fingerprint=AUTHORITY.fingerprint,
)


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    """Return a service as `serve --lan` settles it."""
    return make_service(lan=True, origin=ORIGIN, smtp_url="smtp://127.0.0.1:1")


@pytest.fixture
def plain(service: Service) -> TestClient:
    """Return a phone that has not been told to trust anything yet."""
    return TestClient(create_trust_app(service.runtime, LAN), base_url=PLAIN, follow_redirects=False)


@pytest.fixture
def encrypted(service: Service) -> Browser:
    """Return a browser at the encrypted listener."""
    return Browser(create_app(service.runtime, lan_hosts=HOSTS), base_url=ORIGIN)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", ["máy in Bluetooth", "Cài đặt tin cậy chứng nhận", "Cách gỡ bỏ", "mạng nội bộ"]),
        (
            "en",
            ["Bluetooth and cable printers", "Certificate Trust Settings", "How to remove it again", "local network"],
        ),
    ],
)
def test_the_page_says_what_is_missing_how_to_get_it_and_what_it_means(
    plain: TestClient, language: str, said: list[str]
) -> None:
    """One page in both languages: what plain http lacks, each kind of device, the meaning, and the way back."""
    page = plain.get("/lan", params={"lang": language})
    assert page.status_code == 200
    for words in [*said, "Android", "Windows", "macOS", AUTHORITY.name, "192.168.1.20:8443", f"{PLAIN}/lan"]:
        assert words in page.text, words
    shown = "".join(re.findall(r"<span>([0-9A-F]{2})</span>", page.text))
    assert shown == AUTHORITY.fingerprint.replace(":", "")


def test_the_page_keeps_the_policy_of_content(plain: TestClient) -> None:
    """The QR code is drawn without a style or a script, and the page carries the headers of every other page."""
    page = plain.get("/lan")
    assert page.text.count("<svg") >= 2
    assert re.search(r"<style|\sstyle=|\son\w+=", page.text) is None
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "strict-transport-security" not in page.headers


def test_no_link_of_the_page_leads_to_an_unencrypted_form(plain: TestClient) -> None:
    """Nothing on the page leads to a plain page of the service, whose warning would come before the explanation."""
    links = re.findall(r"href=\"([^\"]*)\"", plain.get("/lan").text)
    own = {link for link in links if not link.startswith(("/static/", "mailto:", "#", "?"))}
    assert own == {"/", "/icon.svg", "/lan/camket-ca.crt", f"{ORIGIN}/"}


def test_the_certificate_comes_as_devices_take_it(plain: TestClient) -> None:
    """The root in DER, under the type that phones install, byte for byte."""
    answer = plain.get("/lan/camket-ca.crt")
    assert answer.headers["content-type"] == "application/x-x509-ca-cert"
    assert answer.content == AUTHORITY.certificate


def test_health_is_answered(plain: TestClient) -> None:
    """A watcher on the network needs no certificate."""
    assert plain.get("/healthz").text == "ok\n"


def test_the_first_page_is_the_one_that_explains(plain: TestClient) -> None:
    """Who types the bare address sees the steps, not a warning."""
    answer = plain.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/lan")


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("192.168.1.20:8000", ORIGIN),
        ("stall.local:8000", "https://stall.local:8443"),
        ("[fd12::20]:8000", "https://[fd12::20]:8443"),
        ("STALL.local", "https://stall.local:8443"),
        ("evil.example:8000", ORIGIN),
        ("192.168.1.99", ORIGIN),
        ("", ORIGIN),
        ("stall.local:8443@evil.example", ORIGIN),
    ],
)
def test_everything_else_leads_to_the_encrypted_address(plain: TestClient, host: str, origin: str) -> None:
    """Path and query are kept, under a name of our certificate and never one that a request makes up."""
    answer = plain.get("/quay/sell?seite=2&q=c%C3%A0", headers={"host": host})
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{origin}/quay/sell?seite=2&q=c%C3%A0"


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "/%0d%0aSet-Cookie:x", "/@evil.example"])
def test_no_path_leads_elsewhere(plain: TestClient, path: str) -> None:
    """A path that looks like another host stays a path of ours."""
    location = plain.get(f"{PLAIN}{path}").headers["location"]
    assert location.startswith(f"{ORIGIN}/")
    assert "\n" not in location


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_form_that_came_unencrypted_is_not_carried_on(plain: TestClient, method: str) -> None:
    """What was typed is sent nowhere again: the browser is led to read the page at the encrypted address."""
    answer = plain.request(method, "/sign-in", data={"email": "alice@shop.example"} if method == "POST" else None)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ORIGIN}/sign-in")


def test_no_session_crosses_the_network_unencrypted(service: Service, plain: TestClient, encrypted: Browser) -> None:
    """Every cookie of the encrypted listener is bound to https, and the plain one sets none and looks at none."""
    given = encrypted.send_form("/register", **ALICE).headers.get_list("set-cookie")
    given += encrypted.get("/?lang=en").headers.get_list("set-cookie")
    assert len(given) >= 2
    assert all(one.startswith("__Host-") and "; Secure" in one for one in given)
    service.settle()
    size = service.runtime.context.store.read(lambda unit: unit.ledger.head().size)
    for path in ("/lan", "/lan/camket-ca.crt", "/healthz", "/me", "/sign-in", "/static/nothing"):
        answer = plain.get(path, headers={"cookie": "camket_session=x; __Host-camket_session=x"})
        assert "set-cookie" not in answer.headers, path
    service.settle()
    assert service.runtime.context.store.read(lambda unit: unit.ledger.head().size) == size


@pytest.mark.parametrize("host", sorted(HOSTS))
def test_every_name_of_the_certificate_is_answered(encrypted: Browser, host: str) -> None:
    """The encrypted listener answers to all of its names, and takes forms from pages under each of them."""
    assert encrypted.get("/", headers={"host": host}).status_code == 200
    sent = encrypted.post("/sign-in", headers={"host": host, "origin": f"https://{host}"}, data={"email": "x"})
    assert sent.status_code == 422


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.20", "192.168.1.21:8443", "stall.local:8000"])
def test_another_name_is_refused(encrypted: Browser, host: str) -> None:
    """A name that is not in the certificate gets no page (DNS rebinding)."""
    assert encrypted.get("/", headers={"host": host}).status_code == 400


def test_a_name_of_a_local_network_is_never_pinned_to_https(encrypted: Browser) -> None:
    """No HSTS: `localhost` would be lost to every other program, and the address to the next machine that gets it."""
    for path in ("/", "/sign-in", "/nothing", "/api/v1/policy"):
        answer = encrypted.get(path)
        assert "strict-transport-security" not in answer.headers, path
        assert "sec-ch-ua-model" in answer.headers["accept-ch"].lower(), path


def test_the_ledgers_name_outlives_the_address(service: Service) -> None:
    """The checkpoints of a service on a local network carry no address, so another one tomorrow changes nothing."""
    assert service.runtime.settings.checkpoint_origin == "localhost/ledger"
    assert service.runtime.mailbox is None
