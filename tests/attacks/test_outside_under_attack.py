"""The public way to a request: no stranger learns whether an account exists, and it opens to who proved it alone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from camket.adapters.keys.store import FileKeyStore
from camket.core.errors import RateLimitedError, VerificationError
from camket.core.rights.machine import RequestKind
from camket.core.rights.proof import ProofPlace
from camket.rows import CodeKind
from camket.services.codes import browser_hash
from camket.services.outside import EnteredCode, OutsideAsk, ask_outside, prove_outside
from camket.services.verification import standing_proof, standing_proof_in
from camket.testing.service import newest_code
from camket.web.app import page_routes
from camket.web.assets import Assets
from camket.web.cookies import BROWSER
from camket.web.rendering import Pages
from camket.web.site import Site
from tests.attacks.test_accounts_stay_unknown import (
    ERASED,
    KNOWN,
    PENDING,
    UNKNOWN,
    ledger_size,
    peopled,
    rows_of,
    seen,
)
from tests.attacks.test_codes_under_attack import at_once
from tests.unit.services.recording import statements_of
from tests.web.conftest import ALICE, BOB
from tests.web.test_routes import stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from camket.core.vault.keyring import KeyKind
    from tests import journeys
    from tests.web.conftest import Browser, Service

__all__ = ["peopled"]

NOBODY: Final = {"email": UNKNOWN, "phone": ""}
"""Whom a stranger compares with."""
NOBODY_BY_PHONE: Final = {"email": "", "phone": "0955 555 555"}
KNOWN_AS: Final[dict[str, tuple[dict[str, str], dict[str, str]]]] = {
    "by e-mail": ({"email": KNOWN, "phone": ""}, NOBODY),
    "unconfirmed": ({"email": PENDING, "phone": ""}, NOBODY),
    "erased": ({"email": ERASED, "phone": ""}, NOBODY),
    "by phone": ({"email": "", "phone": ALICE["phone"]}, NOBODY_BY_PHONE),
    "by both": ({"email": KNOWN, "phone": ALICE["phone"]}, NOBODY | {"phone": "0955 555 555"}),
    "by both, one of another": ({"email": KNOWN, "phone": BOB["phone"]}, NOBODY | {"phone": "0955 555 555"}),
}
"""How a stranger may name someone, and the same way of naming no one."""
cases: Final = pytest.mark.parametrize(("someone", "nobody"), KNOWN_AS.values(), ids=KNOWN_AS)


def steps(service: Service, known: dict[str, str]) -> Iterator[tuple[object, ...]]:
    """Go as far as one comes without reading the mail; yield everything that is seen on the way."""
    browser = service.browser()
    number = "7K3F9-2QXTB"
    for start, code in (("/requests", "/requests/erase/code"), (f"/requests/{number}", f"/requests/{number}/code")):
        yield seen(browser.send_form(start, kind="erase", **known))
        yield seen(browser.get(code))
        yield seen(browser.send_form(code, code="000 000"))
        yield seen(browser.send_form(start, kind="erase", **known))
        for _ in range(6):
            yield seen(browser.send_form(code, code="111111"))


@cases
def test_the_answers_are_the_same(peopled: Service, someone: dict[str, str], nobody: dict[str, str]) -> None:
    """Status, headers, names of cookies, sizes and every word, up to the sixth wrong code, are those for no one."""
    assert list(steps(peopled, someone)) == list(steps(peopled, nobody))


def test_the_ledger_grows_the_same(peopled: Service) -> None:
    """The public ledger, watched from outside, grows by as many entries, at once and after the mail was written."""
    for name, (someone, nobody) in KNOWN_AS.items():
        grown = []
        for asked in (nobody, someone):
            before = ledger_size(peopled)
            peopled.browser().send_form("/requests", kind="erase", **asked)
            peopled.settle()
            grown.append(ledger_size(peopled) - before)
        assert grown[0] == grown[1] > 0, name
        peopled.clock.advance(timedelta(hours=1))


@cases
def test_the_work_is_the_same(
    peopled: Service,
    monkeypatch: pytest.MonkeyPatch,
    someone: dict[str, str],
    nobody: dict[str, str],
) -> None:
    """The same statements in the same order reach the store, and as many rows are written, while the visitor waits."""
    browsers = [peopled.browser() for _ in range(3)]
    for asked in (nobody, someone):
        browsers[0].send_form("/requests", kind="erase", **asked)
    done = []
    for browser, asked in ((browsers[1], nobody), (browsers[2], someone)):
        before = rows_of(peopled)
        statements = statements_of(
            monkeypatch,
            lambda browser=browser, asked=asked: browser.send_form("/requests", kind="erase", **asked),  # type: ignore[misc]  # bound on purpose
        )
        after = rows_of(peopled)
        done.append((statements, {name: after[name] - before[name] for name in before}))
    assert done[0] == done[1]


def test_the_key_store_is_searched_as_often(peopled: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key store's file is read as often for no one as for someone who was there before."""
    searches: list[KeyKind] = []
    read = FileKeyStore._read_subject_key

    def counted(keys: FileKeyStore, subject_id: str, kind: KeyKind) -> bytes | None:
        searches.append(kind)
        return read(keys, subject_id, kind)

    for name, (someone, nobody) in KNOWN_AS.items():
        peopled.clock.advance(timedelta(hours=1))
        peopled.browser().send_form("/requests", kind="erase", **someone)
        counts = []
        with monkeypatch.context() as patched:
            patched.setattr(FileKeyStore, "_read_subject_key", counted)
            for asked in (nobody, someone):
                searches.clear()
                peopled.browser().send_form("/requests", kind="erase", **asked)
                counts.append(list(searches))
        assert counts[0] == counts[1], name


def test_the_limits_are_the_same(make_service: Callable[..., Service]) -> None:
    """Someone's address or number takes as many codes in an hour as no one's, and is then refused in the same words."""
    service = make_service(sign_ins_per_address_hour=1000)
    service.register(ALICE)
    for name, (someone, nobody) in KNOWN_AS.items():
        service.clock.advance(timedelta(hours=1))
        tries = []
        for asked in (nobody, someone):
            answers = [service.browser().send_form("/requests", kind="port", **asked) for _ in range(12)]
            tries.append([(answer.status_code, re.sub(r"\d+", "", answer.text)) for answer in answers])
        assert tries[0] == tries[1], name
        assert {status for status, _ in tries[0]} == {303, 429}, name


def test_a_hundred_requests_in_a_minute_are_a_handful_of_codes(
    journey: journeys.Service, alice: journeys.Customer
) -> None:
    """From a hundred browsers and networks: as many mails as one person gets in an hour, and not one request."""
    ctx = journey.ctx
    journey.clock.advance(hours=2)
    mails = len(journey.mail.mails)
    refused = 0
    for number in range(100):
        ask = OutsideAsk(email=alice.email, phone="", browser=f"b{number}", address=f"192.0.2.{number}")
        try:
            ask_outside(ctx, ask, kind=RequestKind.ERASE)
        except RateLimitedError:
            refused += 1
    journey.work()
    sent = len(journey.mail.mails) - mails
    assert sent == 100 - refused == ctx.settings.codes_per_subject_hour
    assert ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id)) == ()


def prove(service: Service, browser: Browser, kind: str, email: str = ALICE["email"]) -> str:
    """Prove a request in a browser and return the address of its page."""
    place = browser.send_form("/requests", kind=kind, email=email, phone="").headers["location"]
    page = browser.send_form(place, code=service.newest_code()).headers["location"]
    assert re.fullmatch(r"/requests/[0-9A-Z]{5}-[0-9A-Z]{5}", page)
    return page


def acts(service: Service, page: str) -> list[tuple[str, str]]:
    """Return method and address of everything that can be done or read on a request."""
    site = Site(runtime=service.runtime, pages=Pages(Assets()), https=False)
    return [
        (method, route.path.replace("/requests/{number}", page))
        for route in page_routes(site, threads=1)
        if route.path.startswith("/requests/{number}/")
        for method in sorted(set(route.methods or ()) - {"HEAD"})
    ]


@pytest.mark.parametrize("kind", RequestKind)
@pytest.mark.parametrize("late", [False, True], ids=["another browser", "after a quarter of an hour"])
def test_a_forwarded_link_and_an_old_proof_open_nothing(service: Service, kind: str, late: bool) -> None:  # noqa: FBT001 - two cases
    """Whoever has the address of a request, and its own browser when the proof ran out, reads and changes nothing."""
    service.register(ALICE)
    service.clock.advance(timedelta(hours=1))
    browser = service.browser()
    page = prove(service, browser, kind)
    if late:
        service.clock.advance(timedelta(minutes=16))
    visitor = browser if late else service.browser()
    service.settle()
    before = stored(service)
    for method, place in acts(service, page):
        if place.endswith("/forget"):
            continue
        fields = {"accepted": "yes", "item": "phone", "value": "0987654321", "purpose": "provide", "consent": "all"}
        answer = visitor.get(place) if method == "GET" else visitor.send_form(place, text="x", code="000000", **fields)
        assert (answer.status_code, answer.headers["location"]) == (303, page), place
    service.settle()
    assert stored(service) == before
    shown = visitor.get(page).text
    assert "Alice" not in shown
    assert ALICE["email"] not in shown


def test_a_code_is_good_for_what_its_mail_named(service: Service) -> None:
    """Asked for to see the data, it deletes nothing, proves no request by number, and nothing in another browser."""
    service.register(ALICE)
    service.clock.advance(timedelta(hours=1))
    browser, other = service.browser(), service.browser()
    page = prove(service, service.browser(), "erase")
    browser.send_form("/requests", kind="access", email=ALICE["email"], phone="")
    code = service.newest_code()
    for place in ("/requests/erase/code", f"{page}/code"):
        assert browser.send_form(place, code=code).status_code == 422
    other.send_form("/requests", kind="access", email=UNKNOWN, phone="")
    assert other.send_form("/requests/access/code", code=code).status_code == 422
    assert browser.send_form("/requests/access/code", code=code).status_code == 303
    assert browser.send_form("/requests/access/code", code=code).status_code == 422


def test_a_number_of_someone_else_is_as_good_as_none(service: Service) -> None:
    """Bob, who proves his own address, opens neither Alice's request nor one of nobody, and is told the same."""
    service.register(ALICE)
    service.register(BOB)
    service.clock.advance(timedelta(hours=1))
    page = prove(service, service.browser(), "support")
    told = []
    for wanted in (page, "/requests/7K3F9-2QXTB"):
        bob = service.browser()
        before = bob.get(wanted)
        place = bob.send_form(wanted, email=BOB["email"], phone="").headers["location"]
        answer = bob.send_form(place, code=service.newest_code())
        after = bob.get(wanted)
        told.append([seen(one) for one in (before, answer, after)])
    number = page.rpartition("/")[2]
    assert str(told[0]).replace(number, "7K3F9-2QXTB") == str(told[1])


def test_a_proof_holds_where_it_was_given(journey: journeys.Service, alice: journeys.Customer) -> None:
    """Outside a session it is worth nothing in one, not in the same browser either; nor the other way round."""
    ctx = journey.ctx
    journey.clock.advance(hours=2)
    ask = OutsideAsk(email=alice.email, phone="", browser=alice.browser, address=None)
    ask_outside(ctx, ask, kind=RequestKind.PORT)
    journey.work()
    found = re.search(r"\d{6}", journey.last_mail(alice.email).text)
    assert found is not None
    entered = EnteredCode(browser=alice.browser, code=found.group(), address=None)
    row = prove_outside(ctx, entered, kind=RequestKind.PORT)
    here = ProofPlace(browser_hash=browser_hash(alice.browser))
    assert ctx.store.read(lambda unit: standing_proof_in(unit, ctx, row, here)).request_id == row.id
    with pytest.raises(VerificationError):
        standing_proof(ctx, alice.session, row.id)
    assert alice.prove(row.id).request_id == row.id
    elsewhere = ProofPlace(browser_hash=browser_hash("another"))
    with pytest.raises(VerificationError):
        ctx.store.read(lambda unit: standing_proof_in(unit, ctx, row, elsewhere))
    journey.clock.advance(minutes=16)
    with pytest.raises(VerificationError):
        ctx.store.read(lambda unit: standing_proof_in(unit, ctx, row, here))


def test_one_code_makes_one_request_however_often_it_is_sent_at_once(
    journey: journeys.Service, alice: journeys.Customer
) -> None:
    """Fifty threads enter the right code at the same time: one of them proves, and there is one request."""
    ctx = journey.ctx
    journey.clock.advance(hours=2)
    ask_outside(ctx, OutsideAsk(email=alice.email, phone="", browser="phone", address=None), kind=RequestKind.PORT)
    entered = EnteredCode(browser="phone", code=newest_code(ctx, "phone", CodeKind.OUTSIDE), address=None)
    results = at_once(lambda _number: prove_outside(ctx, entered, kind=RequestKind.PORT))
    assert sum(not isinstance(one, VerificationError) for one in results) == 1
    (row,) = ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id))
    assert len(ctx.store.read(lambda unit: unit.requests.proofs(row.id))) == 1


def test_a_made_up_browser_follows_nothing(service: Service) -> None:
    """A cookie that someone wrote themselves opens no request, whatever its number."""
    service.register(ALICE)
    service.clock.advance(timedelta(hours=1))
    page = prove(service, service.browser(), "port")
    stranger = service.browser()
    for value in ("", "x", "0" * 43):
        stranger.cookies.set(BROWSER.key(https=False), value)
        assert stranger.send_form(f"{page}/copy/make").headers["location"] == page
        assert 'name="email"' in stranger.get(page).text
