"""One-time codes: many threads at once, codes of another kind, browser, request or person."""

from __future__ import annotations

import threading
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Final

import pytest

from camket.core.errors import CamketError, RateLimitedError, VerificationError
from camket.core.terms import Language
from camket.rows import CodeKind
from camket.services.codes import EXPIRED, TOO_MANY, WRONG, code_text
from camket.services.copy_requests import start_copy
from camket.services.correction import start_correction
from camket.services.ids import random_id
from camket.services.registration import confirm_registration, start_registration
from camket.services.signin import confirm_sign_in, start_sign_in
from camket.services.verification import prove, send_code
from camket.testing.service import newest_code
from tests import journeys

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys import Customer
    from tests.journeys import Service as Journey

THREADS: Final = 50
BROWSER: Final = "one browser"
NO_ONE: Final = {"name": "Bob Trần", "phone": "0923456789", "email": "bob@mail.example"}


def at_once(work: Callable[[int], object], threads: int = THREADS) -> list[object]:
    """Do something in many threads at the same time; return what each came to, an error as itself."""
    begin = threading.Barrier(threads)
    results: list[object] = []

    def run(number: int) -> None:
        begin.wait()
        try:
            results.append(work(number))
        except CamketError as error:
            results.append(error)

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return results


def wrong(code: str, number: int) -> str:
    """Return another code, a different one for each number."""
    return f"{(int(code) + 1 + number) % 1_000_000:06}"


def test_fifty_guesses_at_once_are_five(journey: Journey, alice: Customer) -> None:
    """However many guess at the same time, five are compared; the right code is then refused as well."""
    start_sign_in(journey.ctx, email=alice.email, browser=BROWSER, address=None)
    code = newest_code(journey.ctx, BROWSER, CodeKind.SIGN_IN)

    def guess(number: int) -> object:
        return confirm_sign_in(journey.ctx, browser=BROWSER, code=wrong(code, number), headers={}, address=None)

    said = Counter(str(one) for one in at_once(guess))
    assert said == {WRONG: 5, TOO_MANY: THREADS - 5}
    with pytest.raises(VerificationError, match=TOO_MANY):
        confirm_sign_in(journey.ctx, browser=BROWSER, code=code, headers={}, address=None)


def test_one_code_opens_one_session_however_often_it_is_sent_at_once(journey: Journey, alice: Customer) -> None:
    """The right code, sent by many at the same time within its five tries, signs in once."""
    start_sign_in(journey.ctx, email=alice.email, browser=BROWSER, address=None)
    code = newest_code(journey.ctx, BROWSER, CodeKind.SIGN_IN)
    before = len(journey.ctx.store.read(lambda unit: unit.sessions.of_subject(alice.subject_id)))

    def enter(_number: int) -> object:
        return confirm_sign_in(journey.ctx, browser=BROWSER, code=code, headers={}, address=None)

    results = at_once(enter, threads=5)
    assert sum(not isinstance(one, CamketError) for one in results) == 1
    assert {str(one) for one in results if isinstance(one, CamketError)} == {EXPIRED}
    assert len(journey.ctx.store.read(lambda unit: unit.sessions.of_subject(alice.subject_id))) == before + 1


def test_a_new_code_gives_no_more_tries_than_its_own(journey: Journey, alice: Customer) -> None:
    """Asking anew in the same browser begins five tries for the new code, and only as often as the hour allows."""
    limit = journey.ctx.settings.codes_per_subject_hour
    said: Counter[str] = Counter()
    journey.clock.advance(hours=1)
    for _ in range(limit):
        start_sign_in(journey.ctx, email=alice.email, browser=BROWSER, address=None)
        journey.clock.advance(seconds=1)
        code = newest_code(journey.ctx, BROWSER, CodeKind.SIGN_IN)
        for number in range(7):
            with pytest.raises(VerificationError) as refused:
                confirm_sign_in(journey.ctx, browser=BROWSER, code=wrong(code, number), headers={}, address=None)
            said[str(refused.value)] += 1
    assert said == {WRONG: 5 * limit, TOO_MANY: 2 * limit}
    with pytest.raises(RateLimitedError):
        start_sign_in(journey.ctx, email=alice.email, browser="another", address=None)


def test_a_code_is_good_for_its_own_kind(journey: Journey, alice: Customer) -> None:
    """In one and the same browser a registration's code signs no one in, a sign-in's proves no request, and so on."""
    ctx = journey.ctx
    start_registration(ctx, fields=NO_ONE, language=Language.EN, browser=BROWSER, address=None)
    start_sign_in(ctx, email=alice.email, browser=BROWSER, address=None)
    request = start_copy(ctx, alice.session)
    send_code(ctx, alice.session, request.id, browser=BROWSER)
    codes = {kind: newest_code(ctx, BROWSER, kind) for kind in (CodeKind.REGISTER, CodeKind.SIGN_IN, CodeKind.VERIFY)}
    if len(set(codes.values())) < 3:
        pytest.skip("two of the random codes are the same")

    def enter(kind: CodeKind, code: str) -> object:
        if kind is CodeKind.REGISTER:
            return confirm_registration(ctx, browser=BROWSER, code=code, headers={}, address=None)
        if kind is CodeKind.SIGN_IN:
            return confirm_sign_in(ctx, browser=BROWSER, code=code, headers={}, address=None)
        return prove(ctx, alice.session, request_id=request.id, code=code, browser=BROWSER)

    for kind, (other, code) in product(codes, codes.items()):
        if kind is not other:
            with pytest.raises(VerificationError, match=WRONG):
                enter(kind, code)
    for kind, code in codes.items():
        assert enter(kind, code)


def test_a_code_for_one_request_proves_no_other(journey: Journey, alice: Customer) -> None:
    """The code of a copy does not carry a correction out, in the same session and browser."""
    ctx = journey.ctx
    copy, correction = start_copy(ctx, alice.session), start_correction(ctx, alice.session, item="name", typed="Bob")
    send_code(ctx, alice.session, copy.id, browser=BROWSER)
    send_code(ctx, alice.session, correction.id, browser=BROWSER)
    code = newest_code(ctx, BROWSER, CodeKind.VERIFY, request_id=copy.id)
    other = newest_code(ctx, BROWSER, CodeKind.VERIFY, request_id=correction.id)
    if code == other:
        pytest.skip("the two random codes are the same")
    with pytest.raises(VerificationError):
        prove(ctx, alice.session, request_id=correction.id, code=code, browser=BROWSER)
    assert prove(ctx, alice.session, request_id=copy.id, code=code, browser=BROWSER).request_id == copy.id


def test_the_digits_are_spread_over_the_whole_range(journey: Journey) -> None:
    """Six digits that follow from random ids: none is far more likely than another, so a guess is one in a million."""
    codes = [code_text(journey.ctx, random_id(journey.ctx.entropy)) for _ in range(20_000)]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    first = Counter(code[0] for code in codes)
    assert set(first) == set("0123456789")
    assert max(first.values()) < 2 * min(first.values())
    assert len(set(codes)) > 19_000


def test_a_session_that_stood_before_is_not_the_one_after(journey: Journey, alice: Customer) -> None:
    """Signing in makes a token of its own: one that was there before, or that someone planted, gains nothing."""
    start_sign_in(journey.ctx, email=alice.email, browser=alice.browser, address=None)
    code = newest_code(journey.ctx, alice.browser, CodeKind.SIGN_IN)
    arrived = confirm_sign_in(journey.ctx, browser=alice.browser, code=code, headers={}, address=None)
    assert arrived.session_token != alice.token
    bob = journeys.register(journey, "Bob Trần", email="bob@mail.example", phone="0923456789")
    assert len({arrived.session_token, alice.token, bob.token}) == 3
