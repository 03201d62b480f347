"""The end of an epoch: survivors go on as before, what was deleted can no longer be opened by anyone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from camket.core.ledger.entry import LedgerAction
from camket.core.terms import RIGHTS_PURPOSE
from camket.core.vault.keyring import KeyKind
from camket.core.vault.lookup import IndexField
from camket.jobs.engine import LEASE, Engine
from camket.jobs.kinds import KINDS
from camket.rows import FactKind, FactRow
from camket.services.epochs import next_end, queue_end
from tests.journeys import Customer, LostError, Service, StoppingStore, register, run_all


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


def end(journey: Service) -> None:
    """End the epoch."""
    assert queue_end(journey.ctx, name=str(len(journey.ctx.keys.epochs())))
    journey.work()


def require_ended(journey: Service, alice: Customer) -> None:
    """Assert that the epoch has ended and that alice goes on as before."""
    ctx = journey.ctx
    assert [epoch.destroyed_at is None for epoch in ctx.keys.epochs()] == [False, True]
    for field in (IndexField.EMAIL, IndexField.PHONE):
        assert len(ctx.keys.index_keys(field)) == 1
    opened = ctx.door.read(actor="subject", subject_id=alice.subject_id, items=("email",), purpose=RIGHTS_PURPOSE)
    assert opened.first("email") == alice.email
    for field, value in ((IndexField.EMAIL, alice.email), (IndexField.PHONE, "0912345678")):
        assert ctx.door.look_up(field=field, value=value, actor="service:support").id == alice.subject_id
    rows = ctx.store.read(lambda unit: unit.identifiers.of_subject(alice.subject_id))
    assert sorted((row.field, row.claim is not None) for row in rows) == [("email", True), ("phone", False)]
    assert {row.key_version for row in rows} == {2}


def test_survivors_go_on(journey: Service, alice: Customer) -> None:
    """Values open, sign-in finds, the claim of the address stands; the old keys are gone."""
    before = journey.ctx.store.read(lambda unit: unit.identifiers.of_subject(alice.subject_id))
    end(journey)
    require_ended(journey, alice)
    after = journey.ctx.store.read(lambda unit: unit.identifiers.of_subject(alice.subject_id))
    assert not {row.blind_index for row in before} & {row.blind_index for row in after}


def test_it_is_on_record(journey: Service) -> None:
    """The end of an epoch is an entry of the ledger."""
    journey.sequence()
    size = journey.ctx.store.read(lambda unit: unit.ledger.head()).size
    end(journey)
    journey.sequence()
    grown = journey.ctx.store.read(lambda unit: unit.ledger.head()).size
    rows = journey.ctx.store.read(lambda unit: [unit.records.by_index(at) for at in range(size, grown)])
    assert [row for row in rows if row and f'"action":"{LedgerAction.EPOCH}"'.encode() in row.facts]


def test_a_restriction_locks_no_one_out(journey: Service, alice: Customer) -> None:
    """Who has restricted every use still signs in after the end of an epoch."""
    fact = FactRow(
        id="f1",
        subject_id=alice.subject_id,
        kind=FactKind.RESTRICTION,
        body={"purposes": "all"},
        at=journey.clock.now(),
        withdrawn_at=None,
    )
    journey.ctx.store.write(lambda unit: unit.facts.add(fact))
    end(journey)
    require_ended(journey, alice)


def test_what_was_deleted_does_not_come_back(journey: Service, alice: Customer) -> None:
    """An erased subject has no key after the end of the epoch, and no row that an index key could find."""
    alice.accept_erasure()
    journey.work()
    end(journey)
    assert journey.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None
    assert journey.ctx.keys.subject_key(alice.subject_id, KeyKind.HOLD) is not None
    assert journey.ctx.store.read(lambda unit: unit.identifiers.of_subject(alice.subject_id)) == ()


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", range(1, 6))
def test_an_end_that_was_broken_off_goes_on(journey: Service, alice: Customer, commit: int, moment: str) -> None:
    """A node lost before or after any commit leaves an end that another node finishes, once."""
    queue_end(journey.ctx, name="test")
    lost = replace(journey.ctx, store=StoppingStore(journey.ctx.store, commit, before=moment == "before"))
    with pytest.raises(LostError):
        run_all(Engine(lost, KINDS))
    journey.clock.advance(seconds=2 * LEASE.total_seconds())
    journey.work()
    require_ended(journey, alice)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (datetime(2026, 11, 22, 3, 0, tzinfo=UTC), datetime(2026, 11, 22, 19, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 18, 59, tzinfo=UTC), datetime(2026, 11, 22, 19, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 19, 0, tzinfo=UTC), datetime(2026, 11, 23, 19, 0, tzinfo=UTC)),
    ],
)
def test_the_next_end_is_the_next_night_in_vietnam(now: datetime, ends: datetime) -> None:
    """An epoch ends by itself at 02:00 in Vietnam; at that very minute the next one has begun."""
    assert next_end(now) == ends
