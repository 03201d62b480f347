"""Retention: every value goes at the instant that its subject was shown, and not before."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.errors import VerificationError
from camket.core.ledger.entry import LedgerAction
from camket.core.ledger.verify import verify_ledger
from camket.core.terms import Language
from camket.core.vault.keyring import KeyKind
from camket.core.vault.lookup import IndexField
from camket.jobs.schedule import plan_due
from camket.rows import CodeKind, HeldValueRow
from camket.services.centre import my_data
from camket.services.correction import start_correction
from camket.services.own_requests import withdraw_request
from camket.services.policies import publish_policy
from camket.services.registration import confirm_registration, start_registration
from camket.services.sequencing import tile_reader
from camket.services.uses import use_of
from camket.testing.service import DEFAULT_POLICY, newest_code
from tests.journeys import Customer, Service, register

OBSERVED = "      - {service: account, source: observed}\n"


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


def held(journey: Service, customer: Customer) -> dict[str, HeldValueRow]:
    """Return what is stored about a customer, by item."""
    rows = journey.ctx.store.read(lambda unit: unit.values.of_subject(customer.subject_id))
    return {row.item: row for row in rows}


def sweep(journey: Service) -> None:
    """Let the hour come round."""
    plan_due(journey.ctx)
    journey.work()


def to(journey: Service, *, days: int = 0, hours: int = 0, seconds: int = 0) -> None:
    """Move on from the moment of registration, and let the hour come round."""
    journey.clock.advance(days=days, hours=hours, seconds=seconds)
    sweep(journey)


def publish(journey: Service, folder: Path, item: str, old: str, new: str) -> None:
    """Publish the default policy with one change in the declaration of an item."""
    shutil.copytree(DEFAULT_POLICY, folder)
    file = folder / "policy.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index(f"\n  {item}:\n")
    assert old in text[start:]
    file.write_text(text[:start] + text[start:].replace(old, new, 1), encoding="utf-8")
    publish_policy(journey.ctx, read_policy_folder(folder))


def test_each_value_goes_at_its_instant(journey: Service, alice: Customer) -> None:
    """For every value that has an end, an hour before it is there and at its end it is gone, on record."""
    data = my_data(journey.ctx, alice.session)
    values = [value for group in data.groups for value in group.held]
    values += [value for device in data.devices for value in device.values]
    ends = {value.item: value.kept_until for value in values}
    assert {item for item, end in ends.items() if end is None} == {"name", "phone", "email"}
    for end in sorted({end for end in ends.values() if end is not None}):
        due = {item for item, until in ends.items() if until == end}
        journey.clock.advance(seconds=(end - journey.clock.now()).total_seconds() - 3600)
        sweep(journey)
        assert due <= set(held(journey, alice))
        to(journey, hours=1)
        assert not due & set(held(journey, alice))
        newest = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=50))
        erased = [use for use in map(use_of, newest) if use.action is LedgerAction.ERASE]
        assert (erased[0].who, set(erased[0].items)) == ("service:retention", due)
    assert set(held(journey, alice)) == {"name", "phone", "email"}


def test_what_is_used_again_is_kept_from_then_on(journey: Service, alice: Customer) -> None:
    """A clock that runs from the last use begins anew with a use, and only with one."""
    journey.clock.advance(days=60)
    journey.ctx.door.read(
        actor="service:shop", subject_id=alice.subject_id, items=("device.browser",), purpose="provide"
    )
    to(journey, days=30)
    assert "device.browser" in held(journey, alice)
    assert "device.model" not in held(journey, alice)
    to(journey, days=60)
    assert "device.browser" not in held(journey, alice)


def test_what_may_no_longer_be_collected_goes_when_that_takes_effect(
    journey: Service, alice: Customer, tmp_path: Path
) -> None:
    """A version that no longer collects an item where it was collected has what was collected erased."""
    publish(journey, tmp_path / "v2", "device.model", OBSERVED, "")
    to(journey, hours=1)
    assert "device.model" not in held(journey, alice)
    assert "device.browser" in held(journey, alice)


def test_what_a_law_still_wants_goes_into_hold(journey: Service, alice: Customer, tmp_path: Path) -> None:
    """Of an item that is no longer collected, what a legal minimum covers is kept under `hold` until its day."""
    publish(journey, tmp_path / "v2", "signin.time", OBSERVED, "      - {service: shop, source: observed}\n")
    began = held(journey, alice)["signin.time"].collected_at
    to(journey, hours=1)
    row = held(journey, alice)["signin.time"]
    assert (row.key_kind, row.article) == (KeyKind.HOLD, "Nghị định 333/2026/NĐ-CP")
    assert row.hold_until == began + timedelta(days=730)
    to(journey, days=730)
    assert "signin.time" not in held(journey, alice)


def test_a_hold_ends_on_its_day(journey: Service, alice: Customer) -> None:
    """What a law held of an erased account goes on its day; with the last of it go the hold key and the subject."""
    alice.accept_erasure()
    journey.work()
    to(journey, days=729)
    assert set(held(journey, alice)) == {"email", "signin.time"}
    to(journey, days=1)
    assert held(journey, alice) == {}
    assert journey.ctx.keys.subject_key(alice.subject_id, KeyKind.HOLD) is None
    sweep(journey)
    to(journey, hours=1)
    assert journey.ctx.store.read(lambda unit: unit.subjects.get(alice.subject_id)) is None


def test_an_unconfirmed_registration_goes_after_a_day(journey: Service) -> None:
    """A registration that no one confirms is there for 24 hours, then it is erased with address and keys."""
    fields = {"name": "Alice", "phone": "0912345678", "email": "alice@shop.example"}
    start_registration(journey.ctx, fields=fields, language=Language.VI, browser="b", address=None)
    code = newest_code(journey.ctx, "b", CodeKind.REGISTER)
    (pending,) = journey.ctx.store.read(
        lambda unit: unit.subjects.pending_before(journey.clock.now() + timedelta(days=1), limit=5)
    )
    to(journey, hours=23)
    assert journey.ctx.store.read(lambda unit: unit.subjects.get(pending.id)) is not None
    to(journey, hours=1, seconds=1)
    to(journey, hours=1)
    assert journey.ctx.store.read(lambda unit: unit.subjects.get(pending.id)) is None
    assert journey.ctx.store.read(lambda unit: unit.values.of_subject(pending.id)) == ()
    assert journey.ctx.keys.subject_key(pending.id, KeyKind.LIVE) is None
    assert journey.ctx.keys.subject_key(pending.id, KeyKind.HOLD) is None
    found = journey.ctx.door.look_up(field=IndexField.PHONE, value="0912345678", actor="service:support")
    assert found.id != pending.id
    with pytest.raises(VerificationError):
        confirm_registration(journey.ctx, browser="b", code=code, headers={}, address=None)


def test_records_are_pruned_and_the_ledger_still_verifies(journey: Service, alice: Customer) -> None:
    """Records go on a clock of their own; the tree that they stand in stays whole."""
    journey.sequence()
    first = journey.ctx.store.read(lambda unit: unit.records.by_index(0))
    assert first is not None
    to(journey, days=729)
    assert journey.ctx.store.read(lambda unit: unit.records.by_index(0)) is not None
    to(journey, days=2)
    journey.sequence()
    assert journey.ctx.store.read(lambda unit: unit.records.by_index(0)) is None
    assert verify_ledger(tile_reader(journey.ctx)).holds
    oldest = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=500))[-1]
    assert oldest.created_at > first.created_at


def test_traces_are_swept(journey: Service, alice: Customer) -> None:
    """Sessions, codes, rate limits, settled mails and ended jobs go when they have served."""
    to(journey, days=31)
    to(journey, hours=1)

    def left(customer: Customer) -> tuple[int, int]:
        return journey.ctx.store.read(
            lambda unit: (
                len(unit.sessions.of_subject(customer.subject_id)),
                len(unit.outbox.of_subject(customer.subject_id, limit=9)),
            )
        )

    assert left(alice) == (0, 0)
    ended = journey.ctx.store.read(lambda unit: unit.jobs.get(1))
    assert ended is None


def test_a_correction_that_no_one_carried_out_holds_its_value_for_a_day(journey: Service, alice: Customer) -> None:
    """What a request asks for is a value too: unproved it is dropped a day later; proved, a day after its end."""
    proved = start_correction(journey.ctx, alice.session, item="email", typed="alice@quay.example")
    alice.prove(proved.id)
    unproved = start_correction(journey.ctx, alice.session, item="phone", typed="0987654321")
    to(journey, hours=23)
    requests = journey.ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id))
    assert [request.sealed is None for request in requests] == [False, False]
    to(journey, hours=1)
    to(journey, hours=1)

    def kept() -> dict[str, bool]:
        requests = journey.ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id))
        return {request.id: request.sealed is not None for request in requests}

    assert kept() == {proved.id: True, unproved.id: False}
    withdraw_request(journey.ctx, alice.session, request_id=proved.id)
    to(journey, hours=23)
    assert kept()[proved.id]
    to(journey, hours=2)
    assert not kept()[proved.id]


def test_twice_is_once(journey: Service, alice: Customer) -> None:
    """A sweep that finds nothing over changes nothing and leaves no record."""
    before = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=100))
    stored = held(journey, alice)
    sweep(journey)
    assert held(journey, alice) == stored
    after = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=100))
    assert after == before
