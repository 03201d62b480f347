"""What waits and what failed, counted on every store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.rows import MailState
from camket.rows.health import JobCount, MailCount
from tests.storage.samples import NOW, after, each, mail

if TYPE_CHECKING:
    from camket.ports import Store, Unit


def test_nothing_waits_in_an_empty_store(store: Store) -> None:
    """No mail is counted, and no job needs care."""
    nothing = MailCount(waiting=0, stuck=0, oldest_at=None, dead=0)
    assert store.read(lambda unit: unit.health.mails(stuck_since=NOW)) == nothing
    assert store.read(lambda unit: unit.health.jobs(stuck_since=NOW)) == ()


def test_mail_that_waits_is_told_from_mail_that_is_stuck(store: Store) -> None:
    """What was sent or denied is over; what was given up is counted apart; the oldest of those that wait is named."""
    rows = [
        mail("m1", created_at=after(-60)),
        mail("m2", created_at=after(-5)),
        mail("m3", created_at=after(5)),
        mail("m4", created_at=after(-90), state=MailState.SENT),
        mail("m5", created_at=after(-90), state=MailState.DEAD),
        mail("m6", created_at=after(-90), state=MailState.DENIED),
    ]
    store.write(lambda unit: each(unit.outbox.add, rows))
    found = store.read(lambda unit: unit.health.mails(stuck_since=after(-5)))
    assert found == MailCount(waiting=3, stuck=1, oldest_at=after(-60), dead=1)


def test_jobs_that_failed_or_are_stuck_are_counted_by_kind(store: Store) -> None:
    """A job is stuck when it was due, or its lease ran out, before the instant; one at work or to come is not."""

    def add(unit: Unit) -> None:
        for kind, run_at in (("erase", -60), ("erase", 60), ("copy", -60), ("mail", -60), ("fine", 60)):
            unit.jobs.enqueue(kind, {}, run_at=after(run_at))
        failed = unit.jobs.claim("w", ["copy"], now=NOW, until=after(60))
        assert failed is not None
        unit.jobs.fail(failed.id, fence=failed.fence, at=NOW, error="gone")
        unit.jobs.claim("w", ["mail"], now=NOW, until=after(-30))

    store.write(add)
    assert store.read(lambda unit: unit.health.jobs(stuck_since=after(-10))) == (
        JobCount(kind="copy", failed=1, stuck=0),
        JobCount(kind="erase", failed=0, stuck=1),
        JobCount(kind="mail", failed=0, stuck=1),
    )
    assert store.read(lambda unit: unit.health.jobs(stuck_since=after(-70))) == (
        JobCount(kind="copy", failed=1, stuck=0),
    )
