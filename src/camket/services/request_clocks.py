"""The clocks of a request: the law that its policy version names, counted from the proof, stopped while it waits.

What decides is the policy as it held for its subject when the request was made (`terms_in`); the gate goes on answering
by now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError
from camket.core.gate.history import History
from camket.core.rights.deadlines import Due, DueKind, Pause, deadlines
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import Right
from camket.services.access_standing import subject_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from camket.core.policy.model import PolicyVersion, RightTerms
    from camket.core.rights.law import LawProfile
    from camket.ports import Unit
    from camket.rows.requests import RequestEventRow, RequestRow
    from camket.services.context import Context

SUPPORT_COUNTS_AS: Final = Right.ACCESS
"""A letter to support may turn out to be a request: it is answered as soon as one."""
FIRST_ANSWERS: Final = frozenset(
    {
        RequestEvent.ACCEPT,
        RequestEvent.APPROVE,
        RequestEvent.START,
        RequestEvent.FINISH,
        RequestEvent.REFUSE,
        RequestEvent.ASK_SUBJECT,
        RequestEvent.EXTEND,
    }
)
"""What answers a request for the first time: it is taken up, or its subject is told what becomes of it."""
WRITES_AGAIN: Final = frozenset({RequestEvent.ANSWER, RequestEvent.REOPEN})
"""After these, support owes an answer again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clocks:
    """Until when a request is answered, and carried out.

    Args:
        reply: until when it is answered.
        complete: until when it is carried out; None where no clock runs for that, as for support.
    """

    reply: Due
    complete: Due | None

    @property
    def last(self) -> Due:
        """The one that ends last."""
        return self.complete or self.reply


def clocks_in(unit: Unit, ctx: Context, row: RequestRow, *, answered_from: datetime | None = None) -> Clocks:
    """Return the clocks of a request as it stands.

    Args:
        unit: reads the timeline, for the spans in which it waited.
        ctx: the service.
        row: the request.
        answered_from: when its subject wrote last, for support; the reply is counted from then.
    """
    now = ctx.clock.now()
    version = _version(ctx.policies.in_force_in(unit, now), row.policy_version)
    # INVARIANT: no request is refused because a calendar ends: past its last day, weekends alone are off (early).
    profile = ctx.laws.profile(version.policy.law_profile).without_end()
    received_at = answered_from or row.created_at
    verified_at = None if answered_from else row.verified_at
    right = row.kind.right
    if right is None:
        found = deadlines(profile, SUPPORT_COUNTS_AS, received_at=received_at, verified_at=verified_at)
        return Clocks(reply=found[0], complete=None)
    found = deadlines(
        profile,
        right,
        received_at=received_at,
        verified_at=verified_at,
        extended=row.extended_at is not None,
        pauses=pauses_of(unit.requests.events(row.id), now),
        terms=terms_in(unit, ctx, row),
    )
    by_kind = {due.kind: due for due in found}
    return Clocks(reply=by_kind[DueKind.REPLY], complete=by_kind[DueKind.COMPLETE])


def pauses_of(timeline: Sequence[RequestEventRow], now: datetime) -> tuple[Pause, ...]:
    """Return the spans in which a request waited for its subject; one that has not ended ends now."""
    return tuple(_pauses(timeline, now))


def _pauses(timeline: Sequence[RequestEventRow], now: datetime) -> Iterator[Pause]:
    since: datetime | None = None
    for line in timeline:
        if line.state is RequestState.WAITING:
            since = since or line.at
        elif since is not None:
            yield Pause(since=since, until=line.at)
            since = None
    if since is not None:
        yield Pause(since=since, until=now)


def started_in(unit: Unit, ctx: Context, row: RequestRow) -> RequestRow:
    """Return a request that is being made with its clocks, counted as if it were proven at once."""
    return _timed(row, clocks_in(unit, ctx, row))


def timed_in(unit: Unit, ctx: Context, before: RequestRow, row: RequestRow, event: RequestEvent) -> RequestRow:
    """Return a request that moves with what becomes of its clocks.

    Args:
        unit: the unit of the move.
        ctx: the service.
        before: as it stood.
        row: as it will stand, but for its clocks.
        event: what happens to it.

    Raises:
        ConflictError: an extension that the law does not give, or gave already; the unit must not go on.
    """
    now = ctx.clock.now()
    if event is RequestEvent.EXTEND:
        row = _extended(ctx, before, row)
    if row.replied_at is None and row.verified_at is not None and event in FIRST_ANSWERS:
        row = replace(row, replied_at=now)
    if row.state.ended:
        return row if before.state.ended else _ended(row, now)
    waits = row.state is RequestState.WAITING
    row = replace(row, done_at=None, paused_at=(row.paused_at or now) if waits else None)
    again = row.kind is RequestKind.SUPPORT and event in WRITES_AGAIN and before.replied_at is not None
    if again:
        return _timed(replace(row, replied_at=None, warned_at=None), clocks_in(unit, ctx, row, answered_from=now))
    if not _changes_clocks(before, row, event):
        return row
    if row.kind is RequestKind.SUPPORT and row.replied_at is not None:
        return replace(row, warn_at=None)
    return _timed(row, clocks_in(unit, ctx, row))


def _changes_clocks(before: RequestRow, row: RequestRow, event: RequestEvent) -> bool:
    return (
        event is RequestEvent.EXTEND
        or before.verified_at != row.verified_at
        or before.replied_at != row.replied_at
        or before.paused_at != row.paused_at
    )


def _ended(row: RequestRow, now: datetime) -> RequestRow:
    return replace(
        row,
        done_at=now,
        replied_at=row.replied_at or now,
        paused_at=None,
        warn_at=None,
        failing=None,
        failing_since=None,
    )


def _extended(ctx: Context, before: RequestRow, row: RequestRow) -> RequestRow:
    now = ctx.clock.now()
    if before.kind is RequestKind.SUPPORT:
        raise ConflictError("a letter to support has no time by law that could be extended")
    if before.extended_at is not None:
        raise ConflictError("the law gives one extension, and this request had it")
    if before.due_at is not None and before.due_at < now:
        raise ConflictError("the time is over; an extension is told before it ends")
    return replace(row, extended_at=now)


def _timed(row: RequestRow, clocks: Clocks) -> RequestRow:
    """Return a request with its clocks; officers are warned of the one that ends first."""
    if row.replied_at is None:
        first: Due | None = clocks.reply
    else:
        first = clocks.complete
    # INVARIANT: no clock of the operator's runs out on a request that nobody proved, or that waits for its subject.
    runs = row.verified_at is not None and row.paused_at is None
    return replace(
        row,
        reply_due_at=clocks.reply.at,
        due_at=None if clocks.complete is None else clocks.complete.at,
        warn_at=first.warn_at if first is not None and runs else None,
    )


def terms_in(unit: Unit, ctx: Context, row: RequestRow) -> RightTerms | None:
    """Return the terms of a request: those that held for its subject when it was made, whatever was published since.

    Returns:
        None where the subject did not have the right then, and for support, which is no right.
    """
    right = row.kind.right
    if right is None:
        return None
    history = _until(ctx.policies.in_force_in(unit, ctx.clock.now()), row.policy_version)
    subject = unit.subjects.get(row.subject_id)
    if subject is None:
        return next((terms for terms in history.newest.policy.rights if terms.right is right and terms.present), None)
    standing = history.standing(subject_facts(subject, unit.facts.of_subject(subject.id), history))
    return standing.effective_at(row.created_at).rights.get(right)


def calendar_until(ctx: Context) -> date:
    """Return the last day whose days off are known to the law that the newest policy names.

    Past it, weekends alone are off. The calendar is to be renewed before a clock can reach it.
    """
    history = ctx.policies.in_force(ctx.store, ctx.clock.now())
    return profile_of(ctx, history.newest).calendar.until


def profile_of(ctx: Context, version: PolicyVersion) -> LawProfile:
    """Return the law that a version names."""
    return ctx.laws.profile(version.policy.law_profile)


def _version(history: History, number: int) -> PolicyVersion:
    return history.version(number) or history.newest


@lru_cache(maxsize=16)
def _until(history: History, number: int) -> History:
    """Return the history as it was when a version was the newest."""
    if history.version(number) is None or number == history.newest.number:
        return history
    return History(tuple(version for version in history.versions if version.number <= number))
