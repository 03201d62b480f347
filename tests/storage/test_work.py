"""Jobs and the outbox: leases, fences, steps, attempts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from camket.core.errors import ConflictError
from camket.ports import Store, Unit
from camket.rows import JobRow, JobState, MailState
from tests.storage.samples import NOW, after, each, mail


def enqueue(store: Store, kind: str = "erase", *, seconds: int = 0, key: str | None = None) -> int | None:
    """Store a job that is due so many seconds after now."""
    return store.write(
        lambda unit: unit.jobs.enqueue(kind, {"subject": "alice"}, run_at=after(seconds), dedupe_key=key)
    )


def claim(store: Store, owner: str = "one", *, seconds: int = 0, kinds: tuple[str, ...] = ("erase",)) -> JobRow | None:
    """Claim a job for ten seconds."""
    return store.write(lambda unit: unit.jobs.claim(owner, kinds, now=after(seconds), until=after(seconds + 10)))


def claimed(store: Store, owner: str = "one", *, seconds: int = 0) -> JobRow:
    """Claim a job that must be there."""
    job = claim(store, owner, seconds=seconds)
    assert job is not None
    return job


def test_a_claimed_job_comes_back_whole(store: Store) -> None:
    """A claim gives the job with its lease, its fence and its attempt; the store says the same."""
    job_id = enqueue(store, key="erase:alice")
    job = claimed(store)
    assert job == JobRow(
        id=job_id or 0,
        kind="erase",
        args={"subject": "alice"},
        dedupe_key="erase:alice",
        state=JobState.RUNNING,
        run_at=NOW,
        attempts=1,
        lease_owner="one",
        lease_until=after(10),
        fence=1,
        last_error=None,
        finished_at=None,
    )
    assert store.read(lambda unit: unit.jobs.get(job.id)) == job
    assert store.read(lambda unit: unit.jobs.get(job.id + 1)) is None


def test_the_key_of_a_done_job_is_released(store: Store) -> None:
    """One that waits or runs keeps its key; one that is done lets another have it, and stays as it is."""
    first = enqueue(store, key="k") or 0
    assert not store.write(lambda unit: unit.jobs.release(first))
    job = claimed(store)
    assert not store.write(lambda unit: unit.jobs.release(first))
    store.write(lambda unit: unit.jobs.finish(first, fence=job.fence, at=after(1)))
    assert store.write(lambda unit: unit.jobs.release(first))
    assert enqueue(store, key="k") is not None
    done = store.read(lambda unit: unit.jobs.get(first))
    assert done is not None
    assert (done.state, done.dedupe_key) == (JobState.DONE, None)


def test_a_key_holds_one_job_until_it_is_swept(store: Store) -> None:
    """A second job with the same key is not stored, done or not, until the first is swept; without a key all are."""
    first = enqueue(store, key="k")
    assert first is not None
    assert enqueue(store, key="k") is None
    assert enqueue(store, key="other") is not None
    job = claimed(store)
    assert job.id == first
    store.write(lambda unit: unit.jobs.finish(job.id, fence=job.fence, at=NOW))
    assert enqueue(store, key="k") is None
    assert store.write(lambda unit: unit.jobs.sweep(before=after(1))) == 1
    assert (enqueue(store, key="k") or 0) > first


def test_the_job_due_longest_is_claimed_first(store: Store) -> None:
    """Jobs are claimed by when they are due, then by age; not before, and only of the kinds asked for."""
    late, early, same = enqueue(store, seconds=-1), enqueue(store, seconds=-2), enqueue(store, seconds=-1)
    enqueue(store, seconds=5)
    enqueue(store, "mail", seconds=-9)
    assert [claimed(store).id for _ in range(3)] == [early, late, same]
    assert claim(store) is None
    assert claim(store, kinds=()) is None
    assert claim(store, kinds=("mail", "erase")) is not None
    assert claim(store, seconds=5) is not None


def test_a_job_whose_lease_ran_out_is_claimed_by_another(store: Store) -> None:
    """A lease keeps a job until it ends, which heartbeats move; then another worker gets it with a higher fence."""
    enqueue(store)
    first = claimed(store)
    assert claim(store, "two", seconds=9) is None
    store.write(lambda unit: unit.jobs.heartbeat(first.id, fence=first.fence, until=after(20)))
    assert claim(store, "two", seconds=19) is None
    second = claimed(store, "two", seconds=20)
    assert (second.id, second.fence, second.attempts, second.lease_owner) == (first.id, 2, 2, "two")


STALE: list[Callable[[Unit, JobRow], None]] = [
    lambda unit, job: unit.jobs.heartbeat(job.id, fence=job.fence, until=after(99)),
    lambda unit, job: unit.jobs.finish_step(job.id, fence=job.fence, step="kill", result=None, at=NOW),
    lambda unit, job: unit.jobs.reschedule(job.id, fence=job.fence, run_at=after(99)),
    lambda unit, job: unit.jobs.finish(job.id, fence=job.fence, at=NOW),
    lambda unit, job: unit.jobs.fail(job.id, fence=job.fence, at=NOW, error="late"),
]


@pytest.mark.parametrize("act", STALE, ids=["heartbeat", "finish_step", "reschedule", "finish", "fail"])
def test_a_stale_fence_writes_nothing(store: Store, act: Callable[[Unit, JobRow], None]) -> None:
    """Whoever lost a job cannot write for it: the unit is undone with whatever else it did."""
    enqueue(store)
    first = claimed(store)
    second = claimed(store, "two", seconds=10)

    def late(unit: Unit) -> None:
        unit.outbox.add(mail("effect"))
        act(unit, first)

    with pytest.raises(ConflictError, match="no longer this worker's"):
        store.write(late)
    assert store.read(lambda unit: unit.jobs.get(first.id)) == second
    assert store.read(lambda unit: unit.jobs.steps(first.id)) == ()
    assert store.read(lambda unit: unit.outbox.next_at()) is None


@pytest.mark.parametrize("act", STALE, ids=["heartbeat", "finish_step", "reschedule", "finish", "fail"])
def test_an_ended_job_is_not_written_again(store: Store, act: Callable[[Unit, JobRow], None]) -> None:
    """After a job has ended its own worker cannot change it either."""
    enqueue(store)
    job = claimed(store)
    store.write(lambda unit: unit.jobs.finish(job.id, fence=job.fence, at=after(1)))
    with pytest.raises(ConflictError):
        store.write(lambda unit: act(unit, job))
    ended = store.read(lambda unit: unit.jobs.get(job.id))
    assert ended == replace(job, state=JobState.DONE, lease_owner=None, lease_until=None, finished_at=after(1))


def test_a_step_is_done_once(store: Store) -> None:
    """A finished step stays with its result; doing it again undoes the unit, whoever does it."""
    enqueue(store)
    job = claimed(store)

    def step(fence: int, name: str, seconds: int) -> None:
        def work(unit: Unit) -> None:
            unit.outbox.add(mail(f"{name}{seconds}"))
            unit.jobs.finish_step(job.id, fence=fence, step=name, result={"n": seconds}, at=after(seconds))

        store.write(work)

    step(job.fence, "reseal", 1)
    step(job.fence, "kill", 2)
    again = claimed(store, "two", seconds=10)
    with pytest.raises(ConflictError, match=r"step `kill` of job \d+ is done already"):
        step(again.fence, "kill", 11)
    step(again.fence, "forget", 12)
    steps = store.read(lambda unit: unit.jobs.steps(job.id))
    assert [(row.step, row.fence, row.result, row.done_at) for row in steps] == [
        ("reseal", 1, {"n": 1}, after(1)),
        ("kill", 1, {"n": 2}, after(2)),
        ("forget", 2, {"n": 12}, after(12)),
    ]
    assert len(store.read(lambda unit: unit.outbox.of_subject("alice", limit=9))) == 3


def test_a_step_without_a_result_has_none(store: Store) -> None:
    """No result comes back as None, and a list as a list."""
    enqueue(store)
    job = claimed(store)
    for name, result in [("a", None), ("b", [1, None])]:
        store.write(
            lambda unit, name=name, result=result: unit.jobs.finish_step(  # type: ignore[misc]
                job.id, fence=job.fence, step=name, result=result, at=NOW
            )
        )
    assert [row.result for row in store.read(lambda unit: unit.jobs.steps(job.id))] == [None, [1, None]]


def test_a_rescheduled_job_waits_and_keeps_its_steps(store: Store) -> None:
    """A job given back is not claimed before its instant, then goes on with a higher fence and its finished steps."""
    enqueue(store)
    job = claimed(store)
    store.write(lambda unit: unit.jobs.finish_step(job.id, fence=job.fence, step="accept", result=None, at=NOW))
    store.write(lambda unit: unit.jobs.reschedule(job.id, fence=job.fence, run_at=after(60), error="KeyStoreError"))
    assert claim(store, seconds=59) is None
    again = claimed(store, seconds=60)
    assert (again.fence, again.attempts, again.last_error) == (2, 2, "KeyStoreError")
    assert [row.step for row in store.read(lambda unit: unit.jobs.steps(job.id))] == ["accept"]


def test_a_job_that_got_on_counts_its_tries_anew(store: Store) -> None:
    """Given back without an error a job has no tries and no error behind it, and a higher fence all the same."""
    enqueue(store)
    job = claimed(store)
    store.write(lambda unit: unit.jobs.reschedule(job.id, fence=job.fence, run_at=after(1), error="StoreError"))
    again = claimed(store, seconds=1)
    store.write(lambda unit: unit.jobs.reschedule(again.id, fence=again.fence, run_at=after(2)))
    last = claimed(store, seconds=2)
    assert (last.fence, last.attempts, last.last_error) == (3, 1, None)


def test_the_next_job_is_announced(store: Store) -> None:
    """The next instant is when a ready job is due or a running one's lease ends; ended jobs announce nothing."""
    kinds = ("erase", "mail")

    def next_at() -> object:
        return store.read(lambda unit: unit.jobs.next_at(kinds))

    assert next_at() is None
    enqueue(store, seconds=-5)
    enqueue(store, "mail", seconds=30)
    enqueue(store, "epoch", seconds=-99)
    assert next_at() == after(-5)
    job = claimed(store)
    assert next_at() == after(10)
    store.write(lambda unit: unit.jobs.fail(job.id, fence=job.fence, at=NOW, error="gone"))
    assert next_at() == after(30)
    assert store.read(lambda unit: unit.jobs.count()) == {"failed": 1, "ready": 2}
    assert store.read(lambda unit: unit.jobs.next_at(("mail",))) == after(30)


def test_sweeping_takes_ended_jobs_with_their_steps(store: Store) -> None:
    """Jobs that ended before the instant go with their steps; running, ready and newer ones stay."""
    for _ in range(3):
        enqueue(store)
    old, new, running = (claimed(store) for _ in range(3))

    def end(unit: Unit) -> None:
        for job, seconds in ((old, 1), (new, 2)):
            unit.jobs.finish_step(job.id, fence=job.fence, step="a", result=None, at=NOW)
            unit.jobs.finish(job.id, fence=job.fence, at=after(seconds))

    store.write(end)
    assert store.write(lambda unit: unit.jobs.sweep(before=after(2))) == 1
    left = store.read(lambda unit: [unit.jobs.get(job.id) is not None for job in (old, new, running)])
    assert left == [False, True, True]
    assert store.read(lambda unit: (unit.jobs.steps(old.id), len(unit.jobs.steps(new.id)))) == ((), 1)


def test_a_job_is_found_by_its_key(store: Store) -> None:
    """The one job with a key is found by it; another key finds none."""
    job_id = store.write(lambda unit: unit.jobs.enqueue("a", {"n": 1}, run_at=NOW, dedupe_key="k"))
    found = store.read(lambda unit: unit.jobs.find("k"))
    assert found is not None
    assert (found.id, found.args) == (job_id, {"n": 1})
    assert store.read(lambda unit: unit.jobs.find("K")) is None


def test_jobs_are_found_by_the_request_that_they_carry(store: Store) -> None:
    """Those that name exactly this request among their arguments are found, oldest first; no wildcard is one."""
    args = [{"request": "r1", "subject": "s"}, {"request": "r10"}, {"request": "r1"}, {"subject": "r1"}]
    ids = store.write(lambda unit: [unit.jobs.enqueue("a", {**given}, run_at=NOW) for given in args])
    found = store.read(lambda unit: [job.id for job in unit.jobs.of_request("r1")])
    assert found == [ids[0], ids[2]]
    assert store.read(lambda unit: (unit.jobs.of_request("r_"), unit.jobs.of_request("%"))) == ((), ())


def test_a_job_is_withdrawn_before_anyone_could_begin_it(store: Store) -> None:
    """One that is due or was begun stays; one that lies ahead goes, and its key is free again."""
    starts = {"ahead": after(9), "due": NOW, "begun": after(-9)}

    def enqueue(unit: Unit) -> dict[str, int]:
        return {key: unit.jobs.enqueue("a", {}, run_at=at, dedupe_key=key) or 0 for key, at in starts.items()}

    ids = store.write(enqueue)
    claimed = store.write(lambda unit: unit.jobs.claim("w", ["a"], now=NOW, until=after(60)))
    assert claimed is not None
    assert claimed.id == ids["begun"]
    store.write(lambda unit: unit.jobs.reschedule(claimed.id, fence=claimed.fence, run_at=after(99), error="E"))
    gone = store.write(lambda unit: {key: unit.jobs.withdraw(job_id, now=NOW) for key, job_id in ids.items()})
    assert gone == {"ahead": True, "due": False, "begun": False}
    assert store.read(lambda unit: [unit.jobs.find(key) is not None for key in ids]) == [False, True, True]
    assert store.write(lambda unit: unit.jobs.enqueue("a", {}, run_at=NOW, dedupe_key="ahead")) is not None


def test_a_job_that_waits_for_another_try_goes_on_at_once(store: Store) -> None:
    """One that failed goes on from its steps with every try before it, one that was given up too; no other does."""
    enqueue(store)
    job = claimed(store)

    def hasten() -> bool:
        return store.write(lambda unit: unit.jobs.hasten(job.id, now=after(1)))

    assert not hasten()
    store.write(lambda unit: unit.jobs.finish_step(job.id, fence=job.fence, step="accept", result=None, at=NOW))
    store.write(lambda unit: unit.jobs.reschedule(job.id, fence=job.fence, run_at=after(3600), error="HolderError"))
    assert hasten()
    again = claimed(store, seconds=1)
    assert (again.id, again.fence, again.attempts) == (job.id, 2, 1)
    assert [row.step for row in store.read(lambda unit: unit.jobs.steps(job.id))] == ["accept"]
    store.write(lambda unit: unit.jobs.fail(job.id, fence=again.fence, at=after(2), error="gave_up"))
    assert hasten()
    last = claimed(store, seconds=2)
    assert (last.id, last.finished_at) == (job.id, None)
    store.write(lambda unit: unit.jobs.finish(job.id, fence=last.fence, at=after(3)))
    assert not hasten()


def test_a_job_that_no_one_has_begun_is_not_hastened(store: Store) -> None:
    """What waits for its day, because someone may still take it back, begins on that day."""
    job_id = enqueue(store, seconds=99)
    assert job_id is not None
    assert not store.write(lambda unit: unit.jobs.hasten(job_id, now=NOW))
    assert claim(store, seconds=98) is None


def test_due_mail_is_taken_with_an_attempt(store: Store) -> None:
    """Mail that is due is taken longest waiting first, counts an attempt, and comes again if nothing is said of it."""
    rows = [mail("m1"), mail("m2", next_at=after(-1)), mail("m3", next_at=after(1)), mail("m4", state=MailState.SENT)]
    store.write(lambda unit: each(unit.outbox.add, rows))
    taken = store.write(lambda unit: unit.outbox.claim_due(now=NOW, retry_at=after(60), limit=9))
    assert taken == (
        replace(rows[1], attempts=1, next_at=after(60)),
        replace(rows[0], attempts=1, next_at=after(60)),
    )
    assert store.read(lambda unit: unit.outbox.of_subject("alice", limit=9))[-1].attempts in (0, 1)
    assert store.write(lambda unit: unit.outbox.claim_due(now=NOW, retry_at=after(60), limit=9)) == ()
    again = store.write(lambda unit: unit.outbox.claim_due(now=after(60), retry_at=after(99), limit=2))
    assert [(row.id, row.attempts) for row in again] == [("m3", 1), ("m1", 2)]


def test_mail_of_one_instant_is_taken_as_it_was_queued(store: Store) -> None:
    """What is due at one instant is taken in the order in which it was queued, whatever its ids are."""
    rows = [mail("z", created_at=after(-3)), mail("a", created_at=after(-2)), mail("m", created_at=after(-1))]
    store.write(lambda unit: each(unit.outbox.add, rows[::-1]))
    taken = store.write(lambda unit: unit.outbox.claim_due(now=NOW, retry_at=after(60), limit=9))
    assert [row.id for row in taken] == ["z", "a", "m"]


def test_an_attempt_is_settled_by_the_one_who_made_it(store: Store) -> None:
    """How an attempt ended is written once, and not by an attempt that another has followed."""
    store.write(lambda unit: unit.outbox.add(mail("m")))
    store.write(lambda unit: unit.outbox.claim_due(now=NOW, retry_at=after(60), limit=1))
    store.write(lambda unit: unit.outbox.claim_due(now=after(60), retry_at=after(120), limit=1))

    def settle(attempts: int, state: MailState, **given: str) -> bool:
        return store.write(
            lambda unit: unit.outbox.settle(
                "m",
                attempts=attempts,
                state=state,
                at=after(90),
                message_id=given.get("message_id"),
                error_kind=given.get("error_kind"),
            )
        )

    assert not settle(1, MailState.SENT, message_id="<late>")
    assert settle(2, MailState.QUEUED, error_kind="refused")
    (row,) = store.read(lambda unit: unit.outbox.of_subject("alice", limit=9))
    assert (row.state, row.next_at, row.last_error_kind, row.sent_at) == (MailState.QUEUED, after(90), "refused", None)
    assert settle(2, MailState.SENT, message_id="<m@shop.example>")
    assert not settle(2, MailState.DEAD, error_kind="again")
    (row,) = store.read(lambda unit: unit.outbox.of_subject("alice", limit=9))
    assert (row.state, row.message_id, row.sent_at) == (MailState.SENT, "<m@shop.example>", after(90))
    assert store.read(lambda unit: unit.outbox.next_at()) is None


@pytest.mark.parametrize("state", [MailState.DENIED, MailState.DEAD])
def test_mail_that_was_not_sent_has_no_sending_time(store: Store, state: MailState) -> None:
    """Mail that ends unsent keeps why, and never says that it was sent."""
    store.write(lambda unit: unit.outbox.add(mail("m")))
    store.write(lambda unit: unit.outbox.claim_due(now=NOW, retry_at=after(60), limit=1))
    store.write(lambda unit: unit.outbox.settle("m", attempts=1, state=state, at=after(1), error_kind="why"))
    (row,) = store.read(lambda unit: unit.outbox.of_subject("alice", limit=9))
    assert (row.state, row.sent_at, row.last_error_kind) == (state, None, "why")


def test_mail_is_listed_and_dropped_by_subject(store: Store) -> None:
    """A subject's mail comes newest first; dropping it leaves others'; sweeping leaves what is still queued."""
    rows = [
        mail("m1"),
        mail("m2", created_at=after(1)),
        mail("m3", state=MailState.SENT),
        mail("o", subject_id="bob", state=MailState.DENIED),
    ]
    store.write(lambda unit: each(unit.outbox.add, rows))
    found = store.read(lambda unit: unit.outbox.of_subject("alice", limit=2))
    assert [row.id for row in found] == ["m2", "m3"]
    assert store.write(lambda unit: unit.outbox.sweep(before=after(1))) == 2
    assert store.write(lambda unit: unit.outbox.delete_of_subject("alice")) == 2
    assert store.read(lambda unit: unit.outbox.of_subject("bob", limit=9)) == ()


def test_mails_of_one_instant_keep_the_order_in_which_they_were_queued(store: Store) -> None:
    """Each bears a later moment than the one before it of the same subject, and its own where it comes later anyway."""

    def queue(unit: Unit) -> None:
        each(unit.outbox.queue, [mail("m3"), mail("m2"), mail("m1"), mail("b1", subject_id="bob")])
        unit.outbox.queue(mail("m0", created_at=after(1)))

    store.write(queue)
    rows = store.read(lambda unit: unit.outbox.of_subject("alice", limit=9))
    assert [(row.id, row.created_at - NOW) for row in reversed(rows)] == [
        ("m3", timedelta(0)),
        ("m2", timedelta(microseconds=1)),
        ("m1", timedelta(microseconds=2)),
        ("m0", timedelta(seconds=1)),
    ]
    assert store.read(lambda unit: unit.outbox.of_subject("bob", limit=9))[0].created_at == NOW
    assert rows[-1] == mail("m3")
