from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket.core.errors import InvalidValueError
from camket.core.policy.model import Clock, LegalMinimum
from camket.core.vault.keyring import KeyKind
from camket.core.vault.shred import (
    ErasureStage,
    HeldValue,
    Kept,
    Preservation,
    erasure_status,
    plan_end_of_hold,
    plan_erasure,
)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def live(item: str = "log.path", *, age_days: int = 10, used_days: int | None = None, row_id: str = "r1") -> HeldValue:
    """Return a value under `live` that was collected and used so many days ago."""
    return HeldValue(
        row_id=row_id,
        item=item,
        kind=KeyKind.LIVE,
        collected_at=NOW - age_days * DAY,
        last_used_at=None if used_days is None else NOW - used_days * DAY,
    )


def minimum(days: int, clock: Clock = Clock.COLLECTED) -> LegalMinimum:
    """Return a legal minimum of so many days."""
    return LegalMinimum(clock=clock, days=days, article="D333 Art. 9", reason={})


def test_what_no_law_names_is_destroyed() -> None:
    """Without a legal minimum and without a case nothing stays, and the hold key dies with the live one."""
    values = (live("email"), live("phone", row_id="r2"))
    plan = plan_erasure(values, {}, (), NOW)
    assert plan.destroy == values
    assert plan.kept == ()
    assert plan.hold_dies


@pytest.mark.parametrize(
    ("clock", "until"),
    [(Clock.COLLECTED, NOW + 20 * DAY), (Clock.LAST_USED, NOW + 27 * DAY), (Clock.ERASED, NOW + 30 * DAY)],
)
def test_a_legal_minimum_keeps_until_its_clock_has_run(clock: Clock, until: datetime) -> None:
    """What a legal minimum covers is sealed anew with its article, until its own clock has run out."""
    plan = plan_erasure((live(used_days=3),), {"log.path": minimum(30, clock)}, (), NOW)
    assert plan.reseal == (Kept(row_id="r1", item="log.path", article="D333 Art. 9", until=until),)
    assert not plan.destroy
    assert not plan.hold_dies


def test_a_value_never_used_counts_from_its_collection() -> None:
    """The clock of the last use starts at the collection where there was no use."""
    (kept,) = plan_erasure((live(),), {"log.path": minimum(30, Clock.LAST_USED)}, (), NOW).reseal
    assert kept.until == NOW + 20 * DAY


@pytest.mark.parametrize(("days", "stays"), [(9, False), (10, False), (11, True)])
def test_a_minimum_that_has_run_out_keeps_nothing(days: int, *, stays: bool) -> None:
    """A legal minimum whose last day has come keeps nothing any more."""
    plan = plan_erasure((live(age_days=10),), {"log.path": minimum(days)}, (), NOW)
    assert bool(plan.reseal) is stays
    assert bool(plan.destroy) is not stays


def test_a_minimum_keeps_its_own_item_only() -> None:
    """The legal minimum of one item does not keep another."""
    plan = plan_erasure((live("email"), live("log.path", row_id="r2")), {"log.path": minimum(30)}, (), NOW)
    assert [value.item for value in plan.destroy] == ["email"]
    assert [kept.item for kept in plan.reseal] == ["log.path"]


def test_a_preservation_case_keeps_what_it_names() -> None:
    """A case keeps its items until it is over, and nothing once it is."""
    case = Preservation(items=frozenset({"email"}), article="LAW Art. 15", until=NOW + DAY)
    plan = plan_erasure((live("email"), live("phone", row_id="r2")), {}, (case,), NOW)
    assert plan.reseal == (Kept(row_id="r1", item="email", article="LAW Art. 15", until=NOW + DAY),)
    assert plan_erasure((live("email"),), {}, (case,), NOW + DAY).kept == ()


def test_the_latest_cover_counts() -> None:
    """Where a law and a case cover a value, it stays as long as the longer one says, with that one's article."""
    case = Preservation(items=frozenset({"log.path"}), article="LAW Art. 15", until=NOW + 40 * DAY)
    (kept,) = plan_erasure((live(),), {"log.path": minimum(30)}, (case,), NOW).reseal
    assert (kept.article, kept.until) == ("LAW Art. 15", NOW + 40 * DAY)
    (kept,) = plan_erasure((live(),), {"log.path": minimum(90)}, (case,), NOW).reseal
    assert (kept.article, kept.until) == ("D333 Art. 9", NOW + 80 * DAY)


def held(until: datetime) -> HeldValue:
    """Return a value that an earlier run sealed under `hold`."""
    return HeldValue(
        row_id="r1", item="log.path", kind=KeyKind.HOLD, collected_at=NOW - 10 * DAY, article="A", until=until
    )


def test_a_second_run_does_not_start_the_clock_again() -> None:
    """A value that is under hold already keeps its date, also where the law's clock starts at the erasure."""
    plan = plan_erasure((held(NOW + DAY),), {"log.path": minimum(30, Clock.ERASED)}, (), NOW)
    assert plan.held == (Kept(row_id="r1", item="log.path", article="A", until=NOW + DAY),)
    assert plan.reseal == ()
    assert plan.destroy == ()


def test_hold_ends_on_its_date() -> None:
    """A value under hold dies at the instant of its date; one with a later date and one under live do not."""
    assert plan_end_of_hold((held(NOW), live()), NOW) == (held(NOW),)
    assert plan_end_of_hold((held(NOW + timedelta(microseconds=1)),), NOW) == ()
    assert plan_erasure((held(NOW),), {}, (), NOW).destroy == (held(NOW),)


@given(
    ages=st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 100)), max_size=8),
    days=st.dictionaries(st.sampled_from(["a", "b"]), st.integers(1, 100)),
    case_days=st.integers(-5, 100),
)
def test_every_value_has_one_fate(ages: list[tuple[str, int]], days: dict[str, int], case_days: int) -> None:
    """Each value is sealed anew or destroyed, never both and never neither; what stays has an article and a date."""
    values = tuple(live(item, age_days=age, row_id=str(row)) for row, (item, age) in enumerate(ages))
    case = Preservation(items=frozenset({"b"}), article="case", until=NOW + case_days * DAY)
    plan = plan_erasure(values, {item: minimum(number) for item, number in days.items()}, (case,), NOW)
    rows = [kept.row_id for kept in plan.kept] + [value.row_id for value in plan.destroy]
    assert sorted(rows) == sorted(value.row_id for value in values)
    assert all(kept.article and kept.until > NOW for kept in plan.kept)


def test_hold_needs_its_reason() -> None:
    """A value cannot be under hold without article and date, nor under live with them."""
    with pytest.raises(InvalidValueError, match="article and a date"):
        HeldValue(row_id="r1", item="email", kind=KeyKind.HOLD, collected_at=NOW)
    with pytest.raises(InvalidValueError, match="article and a date"):
        HeldValue(row_id="r1", item="email", kind=KeyKind.LIVE, collected_at=NOW, article="A", until=NOW)


def test_a_preservation_says_what_and_why() -> None:
    """A preservation without items or without an article cannot be made."""
    with pytest.raises(InvalidValueError, match="items"):
        Preservation(items=frozenset(), article="A", until=NOW)
    with pytest.raises(InvalidValueError, match="article"):
        Preservation(items=frozenset({"email"}), article=" ", until=NOW)


def test_naive_instants_are_refused() -> None:
    """A plan needs an instant with a zone."""
    with pytest.raises(InvalidValueError, match="time zone"):
        plan_erasure((), {}, (), NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("killed", "destroyed_days_ago", "says"),
    [
        (None, None, "recorded"),
        (4, None, "pending epoch 4"),
        (4, 0, "pending epoch 4"),
        (4, 29, "pending epoch 4"),
        (4, 30, "destroyed"),
    ],
)
def test_the_certificate_claims_no_more_than_holds(
    killed: int | None, destroyed_days_ago: int | None, says: str
) -> None:
    """`recorded` while the key exists, `pending` while its epoch's key or a backup may, `destroyed` after that."""
    at = None if destroyed_days_ago is None else NOW - destroyed_days_ago * DAY
    status = erasure_status(killed_in_epoch=killed, epoch_destroyed_at=at, keys_backup_days=30, now=NOW)
    assert str(status) == says
    if at is not None:
        assert status.destroyed_from == at + 30 * DAY


def test_without_backups_the_end_of_the_epoch_destroys() -> None:
    """Where no backups of the key store are made, the key is destroyed at the instant its epoch's key is."""
    status = erasure_status(killed_in_epoch=1, epoch_destroyed_at=NOW, keys_backup_days=0, now=NOW)
    assert status.stage is ErasureStage.DESTROYED
