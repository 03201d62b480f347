"""Whether an address has an account cannot be told from outside: not by text, status, headers, ledger or work."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from camket.adapters.keys.store import FileKeyStore
from tests.unit.services.recording import statements_of
from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from httpx2 import Response

    from camket.core.vault.keyring import KeyKind
    from tests.web.conftest import Browser, Service

KNOWN: Final = "alice@shop.example"
PENDING: Final = "pending@shop.example"
ERASED: Final = "erased@shop.example"
UNKNOWN: Final = "unknown@shop.example"
ADDRESSES: Final = (KNOWN, PENDING, ERASED)
PHONES: Final = iter(f"09{45_000_000 + number}" for number in range(1000))


def erase(service: Service, browser: Browser) -> None:
    """Delete the account of a browser."""
    place = browser.send_form("/me/delete").headers["location"]
    last = browser.send_form(place, code=service.newest_code()).headers["location"]
    found = re.search(r'name="accepted" value="([^"]+)"', browser.get(last).text)
    assert found is not None
    assert browser.send_form(last, accepted=found.group(1)).headers["location"] == "/certificate"
    service.settle()


@pytest.fixture
def peopled(service: Service) -> Service:
    """Return a service that knows an address, has one pending, and had one that was erased."""
    service.register(ALICE)
    erase(service, service.register(BOB | {"email": ERASED}))
    service.browser().send_form("/register", **(BOB | {"email": PENDING}))
    service.settle()
    service.clock.advance(timedelta(hours=1))  # what was tried until now counts for nothing any more
    return service


def sign_in(browser: Browser, email: str) -> Response:
    """Begin a sign-in."""
    return browser.send_form("/sign-in", email=email)


def register(browser: Browser, email: str) -> Response:
    """Begin a registration."""
    return browser.send_form("/register", **(BOB | {"email": email, "phone": next(PHONES)}))


BEGINS: Final[dict[str, Callable[[Browser, str], Response]]] = {"/sign-in": sign_in, "/register": register}


def seen(answer: Response) -> tuple[object, ...]:
    """Return everything that a stranger sees of an answer, random names apart."""
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in {"set-cookie", "date"}]
    cookies = [re.sub(r"=[^;]*", "=", value, count=1) for value in answer.headers.get_list("set-cookie")]
    return answer.status_code, headers, cookies, answer.text


def steps(service: Service, path: str, email: str) -> Iterator[tuple[object, ...]]:
    """Go as far as one comes without reading the mail; yield everything that is seen on the way."""
    browser = service.browser()
    yield seen(BEGINS[path](browser, email))
    yield seen(browser.get(f"{path}/confirm"))
    yield seen(browser.send_form(f"{path}/confirm", code="000 000"))
    yield seen(BEGINS[path](browser, email))
    for _ in range(6):
        yield seen(browser.send_form(f"{path}/confirm", code="111111"))


def rows_of(service: Service) -> dict[str, int]:
    """Return how many rows each table has."""
    with closing(sqlite3.connect(service.runtime.settings.data / "camket.db")) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - the database's own names
            for (name,) in names
        }


def ledger_size(service: Service) -> int:
    """Return how many entries the published checkpoint counts."""
    return int(service.browser().get("/ledger/checkpoint").text.splitlines()[1])


@pytest.mark.parametrize("path", BEGINS)
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_answers_are_the_same(peopled: Service, path: str, address: str) -> None:
    """Status, headers, names of cookies and every word, up to the sixth wrong code, are those of an unknown address."""
    assert list(steps(peopled, path, address)) == list(steps(peopled, path, UNKNOWN))


@pytest.mark.parametrize("path", BEGINS)
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_ledger_grows_the_same(peopled: Service, path: str, address: str) -> None:
    """The public ledger, watched from outside, grows by as many entries, at once and after the mail was written."""
    grown = []
    for asked in (UNKNOWN, address):
        before = ledger_size(peopled)
        BEGINS[path](peopled.browser(), asked)
        peopled.settle()
        grown.append(ledger_size(peopled) - before)
    assert grown[0] == grown[1] > 0


@pytest.mark.parametrize("path", BEGINS)
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_work_is_the_same(peopled: Service, monkeypatch: pytest.MonkeyPatch, path: str, address: str) -> None:
    """The same statements in the same order reach the store, and as many rows are written, while the visitor waits."""
    # Whether a batch of keys was made for it depends on those that came before, never on the address.
    monkeypatch.setattr(peopled.runtime.context.spare_keys, "is_untold", lambda _new: True)
    browsers = [peopled.browser() for _ in range(3)]
    BEGINS[path](browsers[0], "warm@shop.example")
    done = []
    for browser, asked in ((browsers[1], UNKNOWN), (browsers[2], address)):
        before = rows_of(peopled)
        statements = statements_of(monkeypatch, lambda browser=browser, asked=asked: BEGINS[path](browser, asked))  # type: ignore[misc]  # bound on purpose
        after = rows_of(peopled)
        done.append((statements, {name: after[name] - before[name] for name in before}))
    assert done[0] == done[1]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_key_store_is_searched_as_often(peopled: Service, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """A sign-in reads the key store's file as often for an unknown address as for one that has signed in before."""
    searches: list[KeyKind] = []
    read = FileKeyStore._read_subject_key

    def counted(keys: FileKeyStore, subject_id: str, kind: KeyKind) -> bytes | None:
        searches.append(kind)
        return read(keys, subject_id, kind)

    sign_in(peopled.browser(), address)
    monkeypatch.setattr(FileKeyStore, "_read_subject_key", counted)
    counts = []
    for asked in (UNKNOWN, address):
        searches.clear()
        sign_in(peopled.browser(), asked)
        counts.append(list(searches))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("taken", [True, False])
def test_correcting_to_an_address_tells_nothing_of_it(peopled: Service, taken: bool) -> None:  # noqa: FBT001 - a case
    """Who asks for their e-mail to become Alice's is told the same as for a free one, up to a code only she has."""
    wanted = KNOWN if taken else "free@shop.example"
    browser = peopled.register(BOB | {"email": "bob2@mail.example", "phone": "0987 000 111"})
    place = browser.send_form("/me/correct/email", email=wanted).headers["location"]
    led = browser.send_form(place, code=peopled.newest_code())
    assert led.status_code == 303
    assert led.headers["location"] == place.replace("/verify", "/new-address")
    page = browser.get(led.headers["location"])
    assert page.status_code == 200
    wrong = browser.send_form(led.headers["location"], code="000000")
    assert wrong.status_code == 422
    peopled.settle()
    assert peopled.runtime.mailbox is not None
    assert peopled.runtime.mailbox.mails()[0].recipient == wanted


def test_a_taken_address_stays_with_its_account(peopled: Service) -> None:
    """Even with both mailboxes in hand an address is not moved out of the account that has it; nothing is changed."""
    browser = peopled.register(BOB | {"email": "bob2@mail.example", "phone": "0987 000 111"})
    place = browser.send_form("/me/correct/email", email=KNOWN).headers["location"]
    led = browser.send_form(place, code=peopled.newest_code()).headers["location"]
    assert browser.send_form(led, code=peopled.newest_code()).status_code == 409
    page = browser.get("/me")
    assert "bob2@mail.example" in page.text, peopled.log.getvalue()


def test_a_code_that_went_to_the_former_address_opens_nothing(peopled: Service) -> None:
    """Who still reads the old mailbox, and asked for a code just before the address was changed, gets no further."""
    browser = peopled.register(BOB | {"email": "bob2@mail.example", "phone": "0987 000 111"})
    other = peopled.browser()
    sign_in(other, "bob2@mail.example")
    old_code = peopled.newest_code()
    peopled.clock.advance(timedelta(seconds=1))
    place = browser.send_form("/me/correct/email", email="bob3@mail.example").headers["location"]
    led = browser.send_form(place, code=peopled.newest_code()).headers["location"]
    assert browser.send_form(led, code=peopled.newest_code()).headers["location"].startswith("/me")
    assert other.send_form("/sign-in/confirm", code=old_code).status_code == 422
    assert other.get("/me").headers["location"].startswith("/sign-in")
