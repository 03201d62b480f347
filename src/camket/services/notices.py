"""Telling customers of a significant change: planned as a job, in batches, each customer once (P10, P17).

A notice goes to every customer who joined before its version, in the channels that their own effective policy promises
for the services that they use. The banner stands from the publication on, the mail is queued at once. Who joins between
the publication and the day on which the version takes effect is found by a further round each day, and a last one on
that day; who joins later joined under it and is told nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from camket.core.gate.question import SubjectFacts
from camket.core.ledger.entry import LedgerAction
from camket.core.notices.policy_changed import POLICY_CHANGED
from camket.core.terms import Channel
from camket.rows.notices import DeliveryRow, DeliveryState, NoticeState
from camket.services.access_standing import subject_facts
from camket.services.apps import USE_ITEM
from camket.services.notice_texts import find_published, is_significant
from camket.services.outbox import bulk_mail, queue_bulk_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from camket.core.gate.history import History
    from camket.ports import Unit
    from camket.rows import FactRow, Json, SubjectRow
    from camket.services.context import Context
    from camket.services.policies import PublishedVersion
    from camket.services.steps import Run

NOTICE_JOB: Final = "notice"
NOTIFIER: Final = "service:notices"
"""The actor in the ledger entry of a notice."""
BATCH: Final = 500
"""Customers who are planned in one transaction."""
ROUND_EVERY: Final = timedelta(days=1)
"""How long after a round the next one looks for who joined since."""

Channels = frozenset[tuple[str, Channel]]
"""Root of the service, channel: how one is told of significant changes."""


def plan_notice_in(unit: Unit, ctx: Context, number: int) -> None:
    """Have everyone told whom a published version concerns.

    Args:
        unit: the notice is planned when this unit is durable, and never if it fails; it publishes the version.
        ctx: the service.
        number: of the version.

    Effects: a job compares the version with the one before and plans who is told of what and how. Twice is once.
    """
    unit.jobs.enqueue(NOTICE_JOB, {"version": number}, run_at=ctx.clock.now(), dedupe_key=f"{NOTICE_JOB}:{number}")


def plan_notice(ctx: Context, run: Run) -> datetime | None:
    """Plan who is told of a version and how; the job `notice`.

    Returns:
        When the next round is due; None when the version is in force and everyone was found.

    Effects: one delivery for each customer, with its mail where one is promised; each batch is durable before the next
        begins and planned once, whatever dies in between. One ledger entry for each notice.
    """
    number = int(str(run.args["version"]))
    after, before = find_published(ctx, number)
    needed = is_significant(before, after)
    run.step("begin", lambda unit: _begin_in(unit, ctx, after, needed=needed))
    if not needed:
        return None
    turn = 0
    while run.result(f"{turn}:end") is not None:
        turn += 1
    begun = datetime.fromisoformat(str(run.step(f"{turn}:begin", lambda _unit: ctx.clock.now().isoformat())))
    _plan_round(ctx, run, number, turn)
    run.step(f"{turn}:end", lambda unit: _end_in(unit, ctx, number))
    if begun >= after.effective_at:
        return None
    return min(after.effective_at, begun + ROUND_EVERY)


def _begin_in(unit: Unit, ctx: Context, after: PublishedVersion, *, needed: bool) -> Json:
    number = after.version.number
    unit.notices.begin(number, at=ctx.clock.now())
    if not needed:
        unit.notices.move(number, NoticeState.NOT_NEEDED)
        return False
    ctx.door.record_in(
        unit,
        actor=NOTIFIER,
        action=LedgerAction.NOTICE,
        purpose=POLICY_CHANGED.purpose,
        request=str(number),
        about=after.version.document_hash,
    )
    return True


def _plan_round(ctx: Context, run: Run, number: int, turn: int) -> None:
    batch, last_id = 0, ""
    while (planned := _plan_batch(ctx, run, number, f"{turn}:{batch}", last_id)) != "":
        batch, last_id = batch + 1, planned


def _plan_batch(ctx: Context, run: Run, number: int, step: str, after_id: str) -> str:
    return str(run.step(step, lambda unit: _plan_batch_in(unit, ctx, number, after_id)))


def _end_in(unit: Unit, ctx: Context, number: int) -> Json:
    unit.notices.move(number, NoticeState.PLANNED, planned_at=ctx.clock.now())
    return True


def _plan_batch_in(unit: Unit, ctx: Context, number: int, after_id: str) -> Json:
    """Plan the next customers; return the last one's id, empty where there was none."""
    people = unit.notices.untold(number, after_id=after_id, limit=BATCH)
    if not people:
        return ""
    plan_people_in(unit, ctx, number, people)
    return people[-1].id


def plan_people_in(unit: Unit, ctx: Context, number: int, people: Sequence[SubjectRow]) -> None:
    """Plan how customers are told of a version, in the caller's unit of work.

    Args:
        unit: deliveries and mails are queued when this unit is durable.
        ctx: the service.
        number: of the version.
        people: in the order of their ids, at least one; none of them has a delivery of this notice yet.
    """
    first, last = people[0].id, people[-1].id
    history = ctx.policies.in_force_in(unit, ctx.clock.now())
    channels = _channels(history, people, unit.notices.agreements(first, last))
    uses = _services_used(history, unit.notices.uses(USE_ITEM, first, last))
    deliveries, mails = [], []
    account = history.tables.names.services.get(history.newest.policy.registration_service, "")
    for person in people:
        told = {channel for service, channel in channels[person.id] if service in uses.get(person.id, {account})}
        deliveries.append(_delivery(ctx, number, person.id, told))
        if Channel.EMAIL in told:
            args = {"notice": str(number)}
            mails.append(bulk_mail(ctx, subject_id=person.id, template=POLICY_CHANGED.id, args=args))
    unit.notices.add(deliveries)
    if mails:
        queue_bulk_in(unit, ctx, mails, about=f"{NOTICE_JOB}:{number}")


def forget_old_evidence(ctx: Context) -> int:
    """Turn the deliveries of old notices into counts of no one; return how many went.

    They are kept as long as the policy keeps records, from the day on which the version took effect.
    """
    now = ctx.clock.now()
    kept = timedelta(days=ctx.policies.in_force(ctx.store, now).newest.policy.record_days)
    old = [one.version.number for one in ctx.policies.published(ctx.store) if one.effective_at + kept < now]
    return ctx.store.write(lambda unit: sum(unit.notices.forget(number) for number in old)) if old else 0


def _delivery(ctx: Context, number: int, subject_id: str, told: set[Channel]) -> DeliveryRow:
    return DeliveryRow(
        number=number,
        subject_id=subject_id,
        banner=Channel.BANNER in told,
        mail=DeliveryState.QUEUED if Channel.EMAIL in told else DeliveryState.NONE,
        planned_at=ctx.clock.now(),
    )


def _channels(history: History, people: Sequence[SubjectRow], agreements: Iterable[FactRow]) -> Mapping[str, Channels]:
    """Return how each is told, by their own effective policy; who has said nothing shares it with all of their age."""
    said: dict[str, list[FactRow]] = {}
    for fact in agreements:
        said.setdefault(fact.subject_id, []).append(fact)
    of_age: dict[int, Channels] = {}
    found: dict[str, Channels] = {}
    for person in people:
        joined = max(person.joined_version, history.oldest)
        if person.id in said:
            found[person.id] = _promised(history, subject_facts(person, said[person.id], history))
            continue
        if joined not in of_age:
            of_age[joined] = _promised(history, SubjectFacts(joined=joined))
        found[person.id] = of_age[joined]
    return found


def _promised(history: History, facts: SubjectFacts) -> Channels:
    services = history.tables.names.services
    notices = history.standing(facts).notices
    return frozenset((services.get(one.service, one.service), one.channel) for one in notices)


def _services_used(history: History, uses: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    """Return roots of the services that each customer uses; having an account is using that service."""
    services = history.tables.names.services
    account = history.newest.policy.registration_service
    found: dict[str, set[str]] = {}
    for subject_id, service in uses:
        used = found.setdefault(subject_id, {services.get(account, account)})
        used.add(services.get(service, service))
    return found
