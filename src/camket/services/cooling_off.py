"""Between accepting a deletion and its beginning: the account is as it was, and its customer may keep it after all.

Signing in never cancels; only the customer's own wish does (LAW Art. 4.1; the policy's `cooling_off`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from camket.core.errors import ConflictError, NotFoundError
from camket.core.rights.machine import RequestEvent, RequestState
from camket.services.access import SUBJECT
from camket.services.erasure import erasure_key
from camket.services.request_moves import move_in
from camket.services.requests import NO_REQUEST

if TYPE_CHECKING:
    from datetime import datetime

    from camket.ports import Unit
    from camket.rows import JobRow
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.sessions import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureAhead:
    """An accepted deletion that has not begun.

    Args:
        request_id: of the request that it was accepted on.
        begins_at: aware.
    """

    request_id: str
    begins_at: datetime


def erasure_ahead(ctx: Context, session: Session) -> ErasureAhead | None:
    """Return the deletion that lies ahead of an account; None where none does, or it has begun or was stopped."""

    def look(unit: Unit) -> ErasureAhead | None:
        job = unit.jobs.find(erasure_key(session.subject_id))
        if job is None or "request" not in job.args or not _lies_ahead(job, ctx.clock.now()):
            return None
        row = unit.requests.get(session.subject_id, str(job.args["request"]))
        if row is None or row.state is not RequestState.APPROVED:
            return None
        return ErasureAhead(request_id=row.id, begins_at=job.run_at)

    return ctx.store.read(look)


def keep_account(ctx: Context, session: Session, *, request_id: str) -> None:
    """Take an accepted deletion back.

    Args:
        ctx: the service.
        session: whose account.
        request_id: the request that the deletion was accepted on.

    Raises:
        NotFoundError: no deletion of this account was accepted on that request, or it was taken back before.
        ConflictError: it has begun; nothing was changed, and it goes on.

    Effects: the job, the place of its certificate and the request's end change together, with a ledger record. Another
        deletion may be asked for at once.
    """
    ctx.store.write(lambda unit: keep_account_in(unit, ctx, subject_id=session.subject_id, request_id=request_id))


def keep_account_in(unit: Unit, ctx: Context, *, subject_id: str, request_id: str, actor: str = SUBJECT) -> RequestRow:
    """Do what `keep_account` does inside the caller's unit of work; return the request, cancelled."""
    now = ctx.clock.now()
    job = unit.jobs.find(erasure_key(subject_id))
    if job is None or job.args.get("request") != request_id:
        raise NotFoundError(NO_REQUEST)
    # INVARIANT: what a worker may have begun is never taken back: keys that are destroyed do not return.
    if not unit.jobs.withdraw(job.id, now=now):
        raise ConflictError("the deletion has begun and cannot be taken back")
    if "certificate" in job.args:
        unit.certificates.delete(bytes.fromhex(str(job.args["certificate"])))
    row = unit.requests.get(subject_id, request_id)
    if row is None:
        raise NotFoundError(NO_REQUEST)
    return move_in(unit, ctx, row, RequestEvent.WITHDRAW, actor=actor)


def _lies_ahead(job: JobRow, now: datetime) -> bool:
    return job.attempts == 0 and job.run_at > now
