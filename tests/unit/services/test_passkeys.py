"""Passkeys: adding, signing in, proving a request, and everything that must not open an account."""

from __future__ import annotations

import json

import pytest

from camket.core.errors import ConflictError, NotFoundError, RateLimitedError, VerificationError
from camket.core.rights.machine import RequestKind, RequestState
from camket.core.terms import Verification
from camket.rows import CodeKind
from camket.services.forms import FormError
from camket.services.passkey_ceremonies import site_of
from camket.services.passkey_use import (
    prove_by_passkey,
    sign_in_by_passkey,
    start_passkey_proof,
    start_passkey_sign_in,
)
from camket.services.passkeys import MOST_PASSKEYS, add_passkey, list_passkeys, remove_passkey, start_passkey
from camket.services.removal import finish_removal, start_removal
from camket.services.requests import start_request_in
from camket.services.retention import sweep_traces
from camket.services.sessions import Session, find_session
from camket.services.step_up import freshen_session, is_fresh, send_session_code
from tests.authenticator import Authenticator
from tests.unit.services.conftest import ALICE, BOB, FIREFOX, OpenService, Service

HERE = "browser"


def signed_in(service: Service, fields: dict[str, str] = ALICE, browser: str = HERE) -> Session:
    """Return the session of someone who has just registered."""
    session = find_session(service.ctx, service.register(fields, browser=browser).session_token)
    assert session is not None
    return session


def device(service: Service, *, counts: bool = True, sees: bool = True) -> Authenticator:
    """Return a device without a passkey."""
    return Authenticator(origin=service.ctx.settings.origin, counts=counts, sees=sees)


def add(service: Service, session: Session, key: Authenticator, *, browser: str = HERE, name: str = "Redmi") -> None:
    """Add a passkey, as the page does."""
    options = start_passkey(service.ctx, session, browser=browser, name=name)
    add_passkey(service.ctx, session.subject_id, browser=browser, credential=key.create(options), name=name)


def sign_in(service: Service, key: Authenticator, *, browser: str = "another") -> str:
    """Sign in by a passkey and return the subject."""
    options = start_passkey_sign_in(service.ctx, browser=browser, address=None)
    return sign_in_by_passkey(
        service.ctx, browser=browser, credential=key.sign(options), headers=FIREFOX, address=None
    ).subject_id


def request_of(service: Service, session: Session, kind: RequestKind = RequestKind.ERASE) -> str:
    """Return a request of a subject that waits for its proof."""
    return service.ctx.store.write(
        lambda unit: start_request_in(unit, service.ctx, subject_id=session.subject_id, kind=kind)
    ).id


@pytest.mark.parametrize("counts", [True, False])
def test_a_passkey_signs_its_owner_in(service: Service, *, counts: bool) -> None:
    """In a browser that never saw the account, again and again, whether the device counts or not."""
    alice = signed_in(service)
    key = device(service, counts=counts)
    add(service, alice, key)
    assert sign_in(service, key) == alice.subject_id
    assert sign_in(service, key, browser="third") == alice.subject_id
    (shown,) = list_passkeys(service.ctx, alice.subject_id)
    assert (shown.name, shown.last_used_at) == ("Redmi", service.clock.now())


def test_what_is_kept_is_a_public_key(service: Service) -> None:
    """The row holds neither the name nor the credential's id; a mail says that it was added, and the ledger too."""
    alice = signed_in(service)
    key = device(service)
    add(service, alice, key)
    (row,) = service.ctx.store.read(lambda unit: unit.passkeys.of_subject(alice.subject_id))
    assert key.credential_id not in (row.credential_hash, row.public_key)
    assert "Redmi" not in repr(row)
    mails = service.ctx.store.read(lambda unit: unit.outbox.of_subject(alice.subject_id, limit=1))
    assert mails[0].template == "passkey_added"
    records = service.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=9))
    assert ["signin.passkey"] in [json.loads(record.facts)["items"] for record in records]


def test_a_passkey_proves_a_request(service: Service) -> None:
    """It is as good as a code and better, for the one request that it was asked for."""
    alice = signed_in(service)
    key = device(service)
    add(service, alice, key)
    first, second = request_of(service, alice), request_of(service, alice, RequestKind.PORT)
    options = start_passkey_proof(service.ctx, alice, first, browser=HERE)
    answer = key.sign(options)
    with pytest.raises(VerificationError):
        prove_by_passkey(service.ctx, alice, request_id=second, browser=HERE, credential=answer)
    answer = key.sign(start_passkey_proof(service.ctx, alice, first, browser=HERE))
    identity = prove_by_passkey(service.ctx, alice, request_id=first, browser=HERE, credential=answer)
    assert (identity.request_id, identity.level) == (first, Verification.PASSKEY)
    row = service.ctx.store.read(lambda unit: unit.requests.get(alice.subject_id, first))
    assert row is not None
    assert (row.state, row.verified_level) == (RequestState.VERIFIED, Verification.PASSKEY)


def test_a_passkey_of_someone_else_proves_nothing(service: Service) -> None:
    """Bob's passkey answers in alice's session: her request stays unproven."""
    alice, bob = signed_in(service), signed_in(service, BOB, "bob")
    key = device(service)
    add(service, bob, key, browser="bob")
    request = request_of(service, alice)
    options = start_passkey_proof(service.ctx, alice, request, browser=HERE)
    with pytest.raises(VerificationError):
        prove_by_passkey(service.ctx, alice, request_id=request, browser=HERE, credential=key.sign(options))
    row = service.ctx.store.read(lambda unit: unit.requests.get(alice.subject_id, request))
    assert row is not None
    assert row.state is RequestState.UNVERIFIED


def test_an_answer_is_good_once(service: Service) -> None:
    """The same answer sent again opens nothing, even by a device that counts nothing."""
    alice = signed_in(service)
    key = device(service, counts=False)
    add(service, alice, key)
    options = start_passkey_sign_in(service.ctx, browser="b", address=None)
    answer = key.sign(options)
    given = {"browser": "b", "credential": answer, "headers": FIREFOX, "address": None}
    sign_in_by_passkey(service.ctx, **given)  # type: ignore[arg-type]  # one dictionary of all
    with pytest.raises(VerificationError):
        sign_in_by_passkey(service.ctx, **given)  # type: ignore[arg-type]  # as above


def test_a_challenge_is_of_one_browser_and_five_minutes(service: Service) -> None:
    """Another browser's answer is refused and uses the challenge up; so is one that comes too late."""
    alice = signed_in(service)
    key = device(service)
    add(service, alice, key)
    answer = key.sign(start_passkey_sign_in(service.ctx, browser="b", address=None))
    for browser in ("c", "b"):
        with pytest.raises(VerificationError):
            sign_in_by_passkey(service.ctx, browser=browser, credential=answer, headers=FIREFOX, address=None)
    late = key.sign(start_passkey_sign_in(service.ctx, browser="b", address=None))
    service.clock.advance(minutes=5)
    with pytest.raises(VerificationError):
        sign_in_by_passkey(service.ctx, browser="b", credential=late, headers=FIREFOX, address=None)


def test_a_challenge_to_add_signs_no_one_in(service: Service) -> None:
    """An answer is good for what was asked alone."""
    alice = signed_in(service)
    key = device(service)
    add(service, alice, key)
    options = start_passkey(service.ctx, alice, browser=HERE, name="Redmi")
    answer = key.sign({"challenge": options["challenge"], "rpId": options["rp"]["id"]})
    with pytest.raises(VerificationError):
        sign_in_by_passkey(service.ctx, browser=HERE, credential=answer, headers=FIREFOX, address=None)


def test_a_copied_passkey_is_found_out(service: Service) -> None:
    """A count that does not grow means that two devices have one key: the second is refused."""
    alice = signed_in(service)
    key = device(service)
    add(service, alice, key)
    sign_in(service, key)
    sign_in(service, key)
    key.count = 0
    with pytest.raises(VerificationError):
        sign_in(service, key)


def test_a_device_that_saw_no_one_is_refused(service: Service) -> None:
    """A lost phone that nobody unlocked opens nothing, and adds nothing."""
    alice = signed_in(service)
    key = device(service)
    add(service, alice, key)
    key.sees = False
    with pytest.raises(VerificationError):
        sign_in(service, key)
    with pytest.raises(VerificationError):
        add(service, alice, device(service, sees=False))


def test_another_site_cannot_use_it(service: Service) -> None:
    """What was signed for a page that only looks like ours is refused."""
    alice = signed_in(service)
    key = device(service)
    add(service, alice, key)
    key.origin = "http://localhost.example:8000"
    with pytest.raises(VerificationError):
        sign_in(service, key)
    key.origin = service.ctx.settings.origin
    options = start_passkey_sign_in(service.ctx, browser="b", address=None)
    with pytest.raises(VerificationError):
        sign_in_by_passkey(
            service.ctx,
            browser="b",
            credential=key.sign(options | {"rpId": "shop.example"}),
            headers=FIREFOX,
            address=None,
        )


def test_an_unknown_key_opens_nothing(service: Service) -> None:
    """A device that was never added, and one with the right id and another key."""
    alice = signed_in(service)
    key = device(service)
    add(service, alice, key)
    with pytest.raises(VerificationError):
        sign_in(service, device(service))
    forged = device(service)
    forged.credential_id = key.credential_id
    with pytest.raises(VerificationError):
        sign_in(service, forged)


NO_ANSWERS = {
    "nothing": "",
    "half": "{",
    "a list": "[]",
    "an empty object": "{}",
    "a number for an id": '{"rawId": 1, "response": {}}',
    "too long": "x" * 20_000,
    "too deep": "[" * 11_000,
}


@pytest.mark.parametrize("sent", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_is_no_answer_is_refused(service: Service, sent: str) -> None:
    """Anything at all may be sent: it is refused in one way."""
    with pytest.raises(VerificationError):
        sign_in_by_passkey(service.ctx, browser="b", credential=sent, headers=FIREFOX, address=None)


def test_one_credential_has_one_owner(service: Service) -> None:
    """A credential that is stored is not stored again, for its owner or for anyone."""
    alice, bob = signed_in(service), signed_in(service, BOB, "bob")
    key = device(service)
    add(service, alice, key)
    with pytest.raises(ConflictError):
        add(service, bob, key, browser="bob")
    assert list_passkeys(service.ctx, bob.subject_id) == ()


def test_a_passkey_is_added_by_who_proved_themselves(service: Service) -> None:
    """A quarter of an hour after signing in, a stolen session adds and deletes none; a code by e-mail frees the way."""
    alice = signed_in(service)
    key = device(service)
    add(service, alice, key)
    (passkey,) = list_passkeys(service.ctx, alice.subject_id)
    service.clock.advance(minutes=15)
    assert not is_fresh(service.ctx, alice)
    with pytest.raises(VerificationError):
        start_passkey(service.ctx, alice, browser=HERE, name="thief")
    with pytest.raises(VerificationError):
        remove_passkey(service.ctx, alice, passkey.id)
    send_session_code(service.ctx, alice, browser=HERE)
    code = service.code(HERE, CodeKind.VERIFY)
    wrong = "000000" if code != "000000" else "000001"
    with pytest.raises(VerificationError):
        freshen_session(service.ctx, alice, code=wrong, browser=HERE, address=None)
    assert not is_fresh(service.ctx, alice)
    freshen_session(service.ctx, alice, code=code, browser=HERE, address=None)
    remove_passkey(service.ctx, alice, passkey.id)
    assert list_passkeys(service.ctx, alice.subject_id) == ()
    with pytest.raises(VerificationError):
        sign_in(service, key)


def test_the_code_of_a_request_freshens_no_session(service: Service) -> None:
    """A code says what it is for; the one that was sent for a session proves no request either."""
    alice, bob = signed_in(service), signed_in(service, BOB, "bob")
    service.clock.advance(minutes=15)
    send_session_code(service.ctx, bob, browser="bob")
    code = service.code("bob", CodeKind.VERIFY)
    with pytest.raises(VerificationError):
        freshen_session(service.ctx, alice, code=code, browser="bob", address=None)
    assert not is_fresh(service.ctx, alice)


def test_deleting_the_name_deletes_the_passkey(service: Service) -> None:
    """In the list of what is held the passkey can be deleted as any value; then it opens nothing."""
    alice = signed_in(service)
    key = device(service)
    add(service, alice, key)
    (passkey,) = list_passkeys(service.ctx, alice.subject_id)
    request = start_removal(service.ctx, alice, row_id=passkey.id)
    options = start_passkey_proof(service.ctx, alice, request.id, browser=HERE)
    finish_removal(
        service.ctx,
        prove_by_passkey(service.ctx, alice, request_id=request.id, browser=HERE, credential=key.sign(options)),
    )
    with pytest.raises(VerificationError):
        sign_in(service, key)
    assert service.counts()["passkey"] == 0


def test_no_one_deletes_the_passkey_of_another(service: Service) -> None:
    """Known by its id alone, it stays."""
    alice, bob = signed_in(service), signed_in(service, BOB, "bob")
    key = device(service)
    add(service, alice, key)
    (passkey,) = list_passkeys(service.ctx, alice.subject_id)
    with pytest.raises(NotFoundError):
        remove_passkey(service.ctx, bob, passkey.id)
    assert sign_in(service, key) == alice.subject_id


def test_there_are_at_most_so_many(service: Service) -> None:
    """One more is refused before the device makes it."""
    alice = signed_in(service)
    for number in range(MOST_PASSKEYS):
        service.clock.advance(minutes=61 * (number % 5 == 4))
        session = alice if number < 4 else fresh(service, alice)
        add(service, session, device(service), name=f"key {number}")
    with pytest.raises(VerificationError, match="20 passkeys"):
        start_passkey(service.ctx, fresh(service, alice), browser=HERE, name="one more")


def fresh(service: Service, session: Session) -> Session:
    """Return the session after it was made fresh again."""
    until = service.clock.now().replace(year=2027)
    service.ctx.store.write(lambda unit: unit.sessions.verify(session.id, until=until))
    return session


def test_a_name_is_one(service: Service) -> None:
    """Nothing, or what no name is, is refused before the device makes anything."""
    alice = signed_in(service)
    for name in ("", "   ", "x" * 2001):
        with pytest.raises(FormError):
            start_passkey(service.ctx, alice, browser=HERE, name=name)
    assert service.counts()["passkey_challenge"] == 0


def test_challenges_are_counted_and_swept(open_service: OpenService) -> None:
    """One address gets so many in an hour; what nobody answered is gone with the next sweep."""
    service = open_service(sign_ins_per_address_hour=2)
    for _ in range(2):
        start_passkey_sign_in(service.ctx, browser="b", address="192.0.2.7")
    with pytest.raises(RateLimitedError):
        start_passkey_sign_in(service.ctx, browser="b", address="192.0.2.7")
    assert service.counts()["passkey_challenge"] == 2
    service.clock.advance(minutes=6)
    sweep_traces(service.ctx)
    assert service.counts()["passkey_challenge"] == 0


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("http://localhost:8000", "localhost"),
        ("https://camket.example", "camket.example"),
        ("http://127.0.0.1:8000", None),
        ("https://[2001:db8::7]", None),
        ("http://camket.example", None),
    ],
)
def test_passkeys_are_bound_to_a_name(origin: str, site: str | None) -> None:
    """Browsers bind them to a name over https, or to localhost; never to an address."""
    assert site_of(origin) == site


def test_where_browsers_allow_none_there_are_none(open_service: OpenService) -> None:
    """At an address without a name nothing is begun, and it is said."""
    service = open_service(origin="http://127.0.0.1:8000")
    with pytest.raises(NotFoundError, match="not available"):
        start_passkey_sign_in(service.ctx, browser="b", address=None)
    assert service.counts()["passkey_challenge"] == 0
