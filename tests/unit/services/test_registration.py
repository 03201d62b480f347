from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import RateLimitedError, StoreError, VerificationError
from camket.core.intake import ProblemCode
from camket.core.terms import Language, SubjectState
from camket.core.vault.keyring import KeyKind
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.rows import CodeKind
from camket.services import registration
from camket.services.codes import EXPIRED, TOO_MANY, WRONG, RefusedCode, browser_hash, enter_code, use_code_in
from camket.services.forms import FormError
from camket.services.registration import registration_form, start_registration
from camket.services.sessions import find_session
from tests.unit.services.conftest import ALICE, BOB, OpenService, Service
from tests.unit.services.recording import statements_of

if TYPE_CHECKING:
    from camket.services.context import Context
    from tests.postgres import Postgres

POLICIES = Path(__file__).parents[3] / "conformance" / "policies"


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_form_asks_for_exactly_the_items_that_the_policy_requires(service: Service) -> None:
    """Three fields, in the policy's order, with its labels and reasons (P3)."""
    fields = registration_form(service.ctx)
    assert [field.name for field in fields] == ["name", "phone", "email"]
    assert all(field.required and field.label and field.why for field in fields)


def test_a_confirmed_registration_is_held_findable_and_signed_in(service: Service) -> None:
    """After the code the subject is active, what they gave is held in its canonical form, and the session is theirs."""
    arrived = service.register(ALICE)
    opened = service.ctx.door.read(
        actor="subject", subject_id=arrived.subject_id, items=("name", "phone", "email"), purpose="rights"
    )
    assert opened.first("name") == "Alice Nguyễn"
    assert opened.first("phone") == "+84912345678"
    assert opened.first("email") == "alice@shop.example"
    session = find_session(service.ctx, arrived.session_token)
    assert session is not None
    assert session.subject_id == arrived.subject_id


def test_every_policy_makes_its_own_form(open_service: OpenService) -> None:
    """The form of another trade asks for what that trade's policy requires, and takes no field of this one."""
    folder = next(path for path in sorted(POLICIES.iterdir()) if (path / "policy.yaml").exists())
    other = open_service("other", policy=folder)
    required = [item.id for item in other.ctx.policies.in_force(other.ctx.store, other.clock.now()).newest.policy.items]
    assert [field.name for field in registration_form(other.ctx)] != []
    assert {field.name for field in registration_form(other.ctx)} <= set(required)


@pytest.mark.parametrize("name", ["passport", "emial", "x" * 500, "<script>", "name\n", "email "])
def test_a_field_that_is_not_declared_is_refused_by_name_and_nothing_is_stored(service: Service, name: str) -> None:
    """No row of any table is written, in the form's other fields neither; the message quotes no value."""
    before = service.counts()
    with pytest.raises(FormError) as refused:
        service.start(ALICE | {name: "secret value"})
    assert service.counts() == before | {"visitor_refusal": 1}
    assert [problem.code for problem in refused.value.problems.values()] == [ProblemCode.UNDECLARED]
    assert "not declared" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_the_nearest_field_is_named(service: Service) -> None:
    """A misspelt field is told which one it comes close to."""
    with pytest.raises(FormError, match=r"`emial` is not declared by the policy \(did you mean `email`\?\)"):
        service.start(ALICE | {"emial": "x"})


def test_all_problems_come_at_once_and_quote_nothing(service: Service) -> None:
    """Each wrong field has its own problem; a missing field is an empty one."""
    before = service.counts()
    with pytest.raises(FormError) as refused:
        service.start({"name": "alice\u202e", "phone": "12-secret"})
    assert {name: problem.code for name, problem in refused.value.problems.items()} == {
        "name": ProblemCode.DIRECTION_MARK,
        "phone": refused.value.problems["phone"].code,
        "email": ProblemCode.EMPTY,
    }
    assert "secret" not in str(refused.value)
    assert service.counts() == before


def test_a_wrong_code_is_refused_and_the_right_one_still_works(service: Service) -> None:
    """One slip costs a try, nothing else."""
    service.start(ALICE)
    code = service.code()
    with pytest.raises(VerificationError, match=WRONG):
        service.confirm(_wrong(code))
    assert service.confirm(code).subject_id


def test_the_sixth_try_is_refused_even_with_the_right_code(service: Service) -> None:
    """Five tries are all there is."""
    service.start(ALICE)
    code = service.code()
    for _ in range(5):
        with pytest.raises(VerificationError, match=WRONG):
            service.confirm(_wrong(code))
    with pytest.raises(VerificationError, match=TOO_MANY):
        service.confirm(code)


def test_tries_are_counted_across_a_restart(open_service: OpenService) -> None:
    """The counter lives in the database: a restart gives no try back."""
    first = open_service()
    first.start(ALICE)
    code = first.code()
    for _ in range(5):
        with pytest.raises(VerificationError):
            first.confirm(_wrong(code))
    first.runtime.close()
    with pytest.raises(VerificationError, match=TOO_MANY):
        open_service().confirm(code)


def test_a_try_counts_although_the_process_dies_before_telling(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The try is durable before anyone hears that it was wrong."""
    service.start(ALICE)
    code = service.code()

    def die(_ctx: Context, _refused: RefusedCode) -> VerificationError:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("camket.services.registration.refused_code", die)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                service.confirm(_wrong(code))
    with pytest.raises(VerificationError, match=TOO_MANY):
        service.confirm(code)


def test_a_code_ends_after_ten_minutes(service: Service) -> None:
    """At ten minutes to the microsecond it is over; a moment before it is good."""
    service.start(ALICE, browser="late")
    late = service.code("late")
    service.start(BOB, browser="in time")
    in_time = service.code("in time")
    service.clock.advance(minutes=10, microseconds=-1)
    assert service.confirm(in_time, browser="in time").subject_id
    service.clock.advance(microseconds=1)
    with pytest.raises(VerificationError, match=EXPIRED):
        service.confirm(late, browser="late")


def test_a_code_works_once(service: Service) -> None:
    """The second time it was used."""
    service.start(ALICE)
    code = service.code()
    service.confirm(code)
    with pytest.raises(VerificationError, match=EXPIRED):
        service.confirm(code)


def test_a_code_works_in_its_own_browser_alone(service: Service) -> None:
    """Another browser is told the same as for a code that never was, and takes no try from the right one."""
    service.start(ALICE)
    code = service.code()
    for _ in range(6):
        with pytest.raises(VerificationError, match=EXPIRED):
            service.confirm(code, browser="another")
    assert service.confirm(code).subject_id


def test_of_two_codes_the_newest_counts(service: Service) -> None:
    """Asking again makes the first code worthless."""
    service.start(ALICE)
    first = service.code()
    service.clock.advance(seconds=1)
    service.start(ALICE)
    second = service.code()
    assert first != second
    with pytest.raises(VerificationError):
        service.confirm(first)
    assert service.confirm(second).subject_id


def test_codes_are_not_in_the_database(service: Service) -> None:
    """Neither the digits nor anything typed stand in any file of the data folder."""
    service.start(ALICE)
    code = service.code()
    written = b"".join(file.read_bytes() for file in (service.folder / "data").rglob("*") if file.is_file())
    for secret in (code, "alice@shop.example", "Alice Nguyễn", "912345678"):
        assert secret.encode() not in written


def test_registering_a_known_address_does_the_same_as_an_unknown_one(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same statements in the same order, the same number of rows in every table, ledger records among them."""
    # Whether a batch of keys was made for it depends on those that came before, never on the address.
    monkeypatch.setattr(service.ctx.spare_keys, "is_untold", lambda _new: True)
    service.register(ALICE, browser="first")
    service.clock.advance(hours=1)
    service.start(BOB | {"email": "warm@mail.example"}, browser="warm")
    before = service.counts()
    unknown = statements_of(monkeypatch, lambda: service.start(BOB, browser="second"))
    between = service.counts()
    known = statements_of(monkeypatch, lambda: service.start(BOB | {"email": "ALICE@shop.example"}, browser="third"))
    after = service.counts()
    assert known == unknown
    assert {name: between[name] - before[name] for name in before} == {
        name: after[name] - between[name] for name in after
    }


def test_a_known_address_is_signed_in_to_its_own_account(service: Service) -> None:
    """Whoever registers again with an address they own lands in the account that they have, and loses nothing."""
    first = service.register(ALICE, browser="first")
    second = service.register(BOB | {"email": "Alice@SHOP.example"}, browser="second")
    assert second.subject_id == first.subject_id
    opened = service.ctx.door.read(
        actor="subject", subject_id=first.subject_id, items=("name", "phone"), purpose="rights"
    )
    assert opened.first("name") == "Alice Nguyễn"
    assert opened.first("phone") == "+84912345678"


def test_an_address_is_claimed_once_while_the_index_keys_change(service: Service) -> None:
    """Between the end of an epoch and the re-keying: found under the old key and the new one, confirmed once."""
    service.start(ALICE, browser="first")
    service.start(ALICE, browser="second")
    first, second = service.code("first"), service.code("second")
    arrived = service.confirm(first, browser="first")
    service.ctx.keys.begin_epoch(at=service.clock.now())
    assert service.confirm(second, browser="second").subject_id == arrived.subject_id
    service.start(ALICE, browser="third")
    assert service.confirm(service.code("third"), browser="third").subject_id == arrived.subject_id
    service.start(BOB, browser="bob")
    service.ctx.keys.begin_epoch(at=service.clock.now())
    bob = service.confirm(service.code("bob"), browser="bob")
    assert bob.subject_id != arrived.subject_id


def test_confirming_does_not_open_the_address(service: Service) -> None:
    """What was indexed is claimed; the sealed address is not read for it."""
    subject_id = service.register(ALICE).subject_id
    rows = service.ctx.store.read(lambda unit: unit.records.of_subject(subject_id, limit=100))
    assert [json.loads(row.facts)["action"] for row in rows] == ["session", "collect", "collect"]


def test_what_was_typed_for_a_known_address_is_erased(service: Service) -> None:
    """The pending subject of the second registration goes like any other, with their keys."""
    service.register(ALICE, browser="first")
    service.start(BOB | {"email": ALICE["email"]}, browser="second")
    row = service.ctx.store.read(lambda unit: unit.codes.newest(browser_hash("second"), CodeKind.REGISTER))
    assert row is not None
    pending = row.subject_id or ""
    service.confirm(service.code("second"), browser="second")
    engine = Engine(service.ctx, KINDS)
    while engine.run_next("worker"):
        pass
    assert service.ctx.store.read(lambda unit: unit.values.of_subject(pending)) == ()
    assert service.ctx.store.read(lambda unit: unit.identifiers.of_subject(pending)) == ()
    assert service.ctx.keys.subject_key(pending, KeyKind.LIVE) is None


def test_a_code_that_was_compared_twice_is_used_once(service: Service) -> None:
    """Two requests may find the same code right at the same time; one of them has its effect."""
    service.start(ALICE)
    code = service.code()
    rows = [enter_code(service.ctx, kind=CodeKind.REGISTER, browser="browser", typed=code) for _ in range(2)]
    now = service.clock.now()
    service.ctx.store.write(lambda unit: use_code_in(unit, rows[0], now))
    with pytest.raises(VerificationError, match=EXPIRED):
        service.ctx.store.write(lambda unit: use_code_in(unit, rows[1], now))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_confirmations_of_one_address_end_in_one_account(
    open_service: OpenService, request: pytest.FixtureRequest, kind: str
) -> None:
    """Both confirm at the same time; both are signed in, and to the same account."""
    settings: dict[str, str | int] = {}
    if kind == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        settings["database_url"] = postgres.url(postgres.new_database())
    service = open_service(kind, **settings)
    browsers = [f"browser {number}" for number in range(4)]
    for browser in browsers:
        service.start(ALICE, browser=browser)
    codes = {browser: service.code(browser) for browser in browsers}
    arrived: list[str] = []
    begin = threading.Barrier(len(browsers))

    def confirm(browser: str) -> None:
        begin.wait()
        arrived.append(service.confirm(codes[browser], browser=browser).subject_id)

    threads = [threading.Thread(target=confirm, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(arrived) == len(browsers)
    assert len(set(arrived)) == 1
    subject = service.ctx.store.read(lambda unit: unit.subjects.get(arrived[0]))
    assert subject is not None
    assert subject.state is SubjectState.ACTIVE


def test_a_registration_that_fails_midway_leaves_nothing(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last step of the unit fails: no subject, value, record, code or count of tries is left."""
    before = service.counts()

    def fail(*_args: object, **_named: object) -> str:
        raise StoreError("the disk is full")

    monkeypatch.setattr(registration, "queue_mail_in", fail)
    with pytest.raises(StoreError):
        service.start(ALICE, address="192.0.2.1")
    assert service.counts() == before


def test_one_network_address_registers_only_so_often(open_service: OpenService) -> None:
    """The limit is counted in the database, holds across a restart, ends with its hour, and names the wait."""
    service = open_service(registrations_per_address_hour=2)
    for number in range(2):
        service.start(ALICE | {"email": f"alice{number}@shop.example"}, address="192.0.2.1")
    before = service.counts()
    generation = service.ctx.keys.generation()
    with pytest.raises(RateLimitedError) as limited:
        service.start(BOB, address="192.0.2.1")
    assert 0 < limited.value.retry_after_seconds <= 3600
    assert service.counts() == before | {"visitor_refusal": 1}
    assert service.ctx.keys.generation() == generation
    service.start(BOB, address="192.0.2.2", browser="another")
    service.runtime.close()
    service = open_service(registrations_per_address_hour=2)
    with pytest.raises(RateLimitedError):
        service.start(BOB, address="192.0.2.1")
    service.clock.advance(hours=1)
    service.start(BOB, address="192.0.2.1")


def test_one_email_address_gets_only_so_many_codes(open_service: OpenService) -> None:
    """However it is written and wherever the requests come from."""
    service = open_service(codes_per_subject_hour=2)
    service.start(ALICE, address="192.0.2.1")
    service.start(ALICE | {"email": "ALICE@shop.example"}, address="192.0.2.2")
    with pytest.raises(RateLimitedError):
        service.start(ALICE, address="192.0.2.3")


def test_no_network_address_is_kept_in_the_clear(service: Service) -> None:
    """A rate limit keeps an HMAC under the key of the day."""
    service.start(ALICE, address="192.0.2.77")
    written = b"".join(file.read_bytes() for file in (service.folder / "data").rglob("*") if file.is_file())
    assert b"192.0.2.77" not in written


def test_a_code_for_signing_in_confirms_no_registration(service: Service) -> None:
    """A code is good for one kind of thing."""
    service.start(ALICE)
    code = service.code()
    with pytest.raises(LookupError):
        service.code(kind=CodeKind.SIGN_IN)
    assert service.confirm(code).subject_id


def test_a_registration_waits_as_long_as_the_policy_says(service: Service) -> None:
    """The answer says until when it may be confirmed: 24 hours in the default policy."""
    started = start_registration(service.ctx, fields=ALICE, language=Language.EN, browser="browser", address=None)
    assert started.expires_at == service.clock.now() + timedelta(hours=24)
