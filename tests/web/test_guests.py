"""Apps that are mounted beside the pages: reached behind the same guards, and led to and from the sign-in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.client.loading import load_apps
from camket.core.errors import SettingsError
from camket.core.terms import SubjectState
from camket.services.policies import publish_policy
from camket.web.app import create_app
from tests.guest import APPS
from tests.web.conftest import ALICE, BOB, ROOT, Service, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def mount(service: Service) -> Service:
    """Return the service with its apps mounted."""
    service.app = create_app(service.runtime, load_apps(service.runtime))
    return service


@pytest.fixture
def hosting(make_service: Callable[..., Service]) -> Service:
    """Return a fresh service that hosts the test's guest."""
    return mount(make_service(apps=APPS))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return a service for tests that change nothing."""
    service = mount(start(tmp_path_factory.mktemp("hosting") / "data", apps=APPS))
    yield service
    service.runtime.close()


def test_a_guest_answers_below_its_prefix(hosting: Service) -> None:
    """It knows where it is mounted and makes addresses that lead back to it."""
    page = hosting.register(ALICE).get("/book/").json()
    assert (page["root"], page["here"]) == ("/book", "http://localhost:8000/book/")


def test_the_bare_prefix_leads_to_the_first_page(shared: Service) -> None:
    """With its query, so that a link without the slash is no dead end."""
    answer = shared.browser().get("/book?lang=en")
    assert (answer.status_code, answer.headers["location"]) == (307, "/book/?lang=en")


@pytest.mark.parametrize("path", ["/books", "/bookkeeping/", "/Book/"])
def test_a_prefix_is_whole(shared: Service, path: str) -> None:
    """What only begins like it is not the guest's."""
    assert shared.browser().get(path).status_code == 404


def test_who_is_not_signed_in_comes_back_after_signing_in(hosting: Service) -> None:
    """From the guest to the sign-in, by the code, and back to the very page."""
    hosting.register(ALICE)
    browser = hosting.browser()
    led = browser.get("/book/").headers["location"]
    assert led == "/sign-in?next=%2Fbook%2F"
    assert 'name="next" value="/book/"' in browser.get(led).text
    asked = browser.send_form("/sign-in", email=ALICE["email"], next="/book/")
    assert asked.headers["location"] == "/sign-in/confirm?next=/book/"
    assert 'name="next" value="/book/"' in browser.get(asked.headers["location"]).text
    arrived = browser.send_form("/sign-in/confirm", code=hosting.newest_code(), next="/book/")
    assert arrived.headers["location"] == "/book/"
    assert browser.get("/book/").json()["lines"] == []


def test_who_is_new_comes_back_after_registering(hosting: Service) -> None:
    """The way through the registration carries the page on, through a form with a mistake too."""
    browser = hosting.browser()
    assert 'href="/register?next=/book/"' in browser.get("/sign-in?next=/book/").text
    form = browser.get("/register?next=/book/").text
    assert 'name="next" value="/book/"' in form
    assert 'href="/sign-in?next=/book/"' in form
    wrong = browser.send_form("/register", **(ALICE | {"phone": "1"}), next="/book/")
    assert wrong.status_code == 422
    assert 'name="next" value="/book/"' in wrong.text
    asked = browser.send_form("/register", **ALICE, next="/book/")
    assert asked.headers["location"] == "/register/confirm?next=/book/"
    code = browser.get(asked.headers["location"]).text
    assert 'name="next" value="/book/"' in code
    assert 'href="/register?next=/book/"' in code
    arrived = browser.send_form("/register/confirm", code=hosting.newest_code(), next="/book/")
    assert arrived.headers["location"] == "/book/"
    for path in ("/register", "/register/confirm", "/sign-in", "/sign-in/confirm"):
        assert browser.get(f"{path}?next=/book/").headers["location"] == "/book/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "/quay/", "/bookish", "/book//evil.example", "/book/../me/delete", "/book/%2e%2e/", "/book/.hidden",
        "/book/a?b=c", "/book/a\\b", "//book/", "https://evil.example/book/", "/book/\n", "/book/é", "/policy",
    ],
)  # fmt: skip
def test_one_is_led_to_pages_of_mounted_apps_alone(hosting: Service, elsewhere: str) -> None:
    """Another host, another prefix, a path that goes up: after signing in one lands in the privacy centre."""
    browser = hosting.browser()
    assert "next" not in browser.get("/sign-in", params={"next": elsewhere}).text.split("<form")[-1]
    assert browser.send_form("/register", **ALICE, next=elsewhere).headers["location"] == "/register/confirm"
    arrived = browser.send_form("/register/confirm", code=hosting.newest_code(), next=elsewhere)
    assert arrived.headers["location"] == "/me"


def test_without_the_app_its_pages_are_nowhere_to_go(service: Service) -> None:
    """A prefix that is not mounted is no page of an app."""
    browser = service.browser()
    assert browser.send_form("/register", **ALICE, next="/book/").headers["location"] == "/register/confirm"
    assert service.browser().get("/book/").status_code == 404


def test_the_pages_lead_to_the_app_by_its_name(hosting: Service) -> None:
    """On the start page and in the privacy centre, in the reader's language."""
    browser = hosting.register(ALICE)
    for path in ("/", "/me"):
        assert 'href="/book/">Mở Sổ tay</a>' in browser.get(f"{path}?lang=vi").text
        assert 'href="/book/">Open Notebook</a>' in browser.get(f"{path}?lang=en").text


def test_the_browsers_language_counts_on_pages_and_in_apps_alike(hosting: Service) -> None:
    """Until one is chosen; then it stays, whatever the browser says."""
    browser = hosting.register(ALICE)
    english = {"Accept-Language": "en-GB,en;q=0.9"}
    assert '<html lang="en">' in browser.get("/me", headers=english).text
    assert browser.get("/book/", headers=english).json()["language"] == "en"
    browser.get("/me?lang=vi")
    assert '<html lang="vi">' in browser.get("/me", headers=english).text
    assert browser.get("/book/", headers=english).json()["language"] == "vi"


def test_a_guests_answers_carry_the_same_headers(shared: Service) -> None:
    """What it does not set itself is set as strictly as on the pages."""
    ours, theirs = shared.browser().get("/policy").headers, shared.browser().get("/book/").headers
    for name in ("Content-Security-Policy", "Permissions-Policy", "X-Frame-Options", "Cache-Control"):
        assert theirs[name] == ours[name]


def test_what_a_guest_keeps_with_camket_is_in_my_data(hosting: Service) -> None:
    """Given in the app, it stands in the privacy centre with its reason, and the app's use of it too."""
    browser = hosting.register(ALICE)
    assert browser.post("/book/lines", content="Quán Alice".encode()).status_code == 201
    assert browser.get("/book/").json()["names"] == ["Quán Alice"]
    assert "Quán Alice" in browser.get("/me").text
    assert hosting.register(BOB).get("/book/").json() | {"here": ""} == {
        "here": "", "language": "vi", "lines": [], "names": [], "notices": [], "root": "/book",
    }  # fmt: skip


def test_a_version_to_come_is_a_banner_in_the_app(hosting: Service) -> None:
    """Published for later with another meaning: every customer of the app is told, in the language they read."""
    browser = hosting.register(ALICE)
    assert browser.get("/book/").json()["notices"] == []
    files = dict(read_policy_folder(ROOT / "policies" / "default"))
    files["policy.yaml"] = files["policy.yaml"].replace(b"maximum: 400 days", b"maximum: 390 days")
    later = hosting.clock.instant + timedelta(days=40)
    publish_policy(hosting.runtime.context, files, effective_at=later)
    assert browser.get("/book/").json()["notices"] == ["Chính sách dữ liệu sẽ thay đổi từ ngày 01/01/2027"]
    assert browser.get("/policy/versions/2").status_code == 200
    hosting.clock.advance(timedelta(days=29))
    browser.get("/me?lang=en")
    assert browser.get("/book/").json()["notices"] == ["The privacy policy changes on 01/01/2027"]


@pytest.mark.parametrize("prefix", ["/me", "/static", "/api", "/sign-in", "/policy", "/ledger", "/healthz"])
def test_an_app_takes_no_place_of_ours(tmp_path: Path, prefix: str) -> None:
    """Not even one below which there would be room."""
    service = start(tmp_path / "data", apps=f"{prefix}=tests.guest:create_app")
    with pytest.raises(SettingsError, match=f"cannot be mounted at `{prefix}`: camket's own pages are there"):
        mount(service)
    service.runtime.close()


def test_a_signal_of_global_privacy_control_counts_in_an_app_too(hosting: Service) -> None:
    """Seen while signed in, wherever, it is a fact for the gate."""
    browser = hosting.register(ALICE)
    browser.get("/book/", headers={"Sec-GPC": "1"})
    store = hosting.runtime.context.store
    (alice,) = store.read(lambda unit: unit.subjects.page(after_id="", limit=2, state=SubjectState.ACTIVE))
    assert alice.gpc_signalled_at is not None
