"""Requests for a copy, to read or to take elsewhere: accepted with their proof, made by a job, ready as a file.

The job goes on at its step whatever happens to its process. What apps and other systems hold is asked for first, one by
one, and kept sealed; the subject's own values are read last, in one unit of work, so that the copy is of one moment. A
job that dies between reading them and storing the file reads them again, and that is on record twice, as it happened.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from camket.core.errors import CamketError, ConflictError, DeniedError, NotFoundError, VaultError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.rights.proof import require_code_for_file
from camket.core.terms import SubjectState
from camket.services.calendar import day_of
from camket.services.copy import build_copy, read_copy_in
from camket.services.copy_holdings import ask_holders, read_given
from camket.services.ids import random_id
from camket.services.outbox import queue_mail_in
from camket.services.request_files import FILE_LIFETIME, file_ready_in, seal_parts
from camket.services.request_moves import move_in
from camket.services.requests import NO_REQUEST, begin_in, start_request_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from camket.core.terms import VerifiedIdentity
    from camket.ports import Unit
    from camket.rows import Json
    from camket.rows.requests import RequestPartRow, RequestRow
    from camket.services.context import Context
    from camket.services.sessions import Session
    from camket.services.steps import Run

COPY_JOB: Final = "copy"
COPIER: Final = "service:copy"
COPIED: Final = frozenset({RequestKind.ACCESS, RequestKind.PORT})
"""Requests that are answered with a copy."""
READY_MAIL: Final = "copy_ready"

BREATH: Final = timedelta(seconds=1)
"""How long a file is made before its job says that it is still alive."""

_START: Final = "start"
_READY: Final = "ready"
_UNDER_WAY: Final = frozenset({RequestState.APPROVED, RequestState.RUNNING, RequestState.DONE})


class _StoppedError(CamketError):
    """The request is not being carried out any more: taken back, or its subject is erased."""


def start_copy(ctx: Context, session: Session, *, kind: RequestKind = RequestKind.PORT) -> RequestRow:
    """Ask for a copy; it is made once identity is proved as the policy wants.

    Args:
        ctx: the service.
        session: who asks.
        kind: `access` or `port`; both are answered with the same file.

    Raises:
        RateLimitedError: too many requests of this subject in this hour; nothing was stored.

    Effects: the request and its ledger record are durable. Twice joins the request that is open.
    """
    return ctx.store.write(lambda unit: start_request_in(unit, ctx, subject_id=session.subject_id, kind=kind))


def begin_copy(ctx: Context, identity: VerifiedIdentity) -> RequestRow:
    """Have a copy made for who has proven who they are.

    Args:
        ctx: the service.
        identity: proof of who asks, for this request.

    Returns:
        The request, approved; or as it stands, where its copy is under way or ready.

    Raises:
        NotFoundError: there is no such request for a copy.
        VerificationError: the proof does not hold.
        ConflictError: the request waits for someone else's yes, or has ended without a copy.

    Effects: durable on return: from now on it happens, whatever happens to this process. Twice makes one.
    """
    return ctx.store.write(lambda unit: begin_copy_in(unit, ctx, identity))


def begin_copy_in(unit: Unit, ctx: Context, identity: VerifiedIdentity) -> RequestRow:
    """Do what `begin_copy` does in the caller's unit of work; it must not go on after an error."""
    row = unit.requests.get(identity.subject_id, identity.request_id)
    if row is None or row.kind not in COPIED or row.kind.right is None:
        raise NotFoundError(NO_REQUEST)
    if row.state not in _UNDER_WAY:
        # INVARIANT: no session alone has a copy made, on the right to see either.
        require_code_for_file(identity.level)
        row = begin_in(unit, ctx, identity=identity, right=row.kind.right)
    if row.state is RequestState.APPROVED:
        queue_copy_in(unit, ctx, row)
    return row


def queue_copy_in(unit: Unit, ctx: Context, row: RequestRow) -> None:
    """Queue the job that makes the copy of an approved request, in the unit that approves it. Twice is once."""
    unit.jobs.enqueue(
        COPY_JOB,
        {"subject": row.subject_id, "request": row.id},
        run_at=ctx.clock.now(),
        dedupe_key=f"{COPY_JOB}:{row.id}",
    )


def run_copy(ctx: Context, run: Run) -> None:
    """Make the copy of an approved request, from wherever the last run stopped.

    Raises:
        HolderError: an app or another system could not give what it holds; the request says which, and the job asks it
            again when it is run again.

    Effects: see this module; each step is durable before the next begins, and done once. A request that was taken back,
        and a subject who is erased meanwhile, end it; what was kept until then is dropped.
    """
    request_id = str(run.args["request"])
    if run.result(_READY) is not None:
        return
    try:
        run.step(_START, lambda unit: _start_in(unit, ctx, request_id))
        request = ctx.store.read(lambda unit: _running_in(unit, request_id))
        ask_holders(ctx, run, request, running_in=lambda unit: _running_in(unit, request_id))
        _make(ctx, run, request)
    except _StoppedError:
        ctx.store.write(lambda unit: unit.request_parts.drop_parts(request_id))


def _start_in(unit: Unit, ctx: Context, request_id: str) -> Json:
    row = unit.requests.find(request_id)
    if row is None or row.state is not RequestState.APPROVED or not _is_active(unit, row):
        raise _StoppedError
    # INVARIANT: nothing leaves on a request that was not verified (P14), whoever approved it.
    if row.verified_at is None:
        raise ConflictError("nobody has proven who asks")
    move_in(unit, ctx, row, RequestEvent.START, actor=COPIER)
    return True


def _running_in(unit: Unit, request_id: str) -> RequestRow:
    # INVARIANT: no step of a copy stores anything for a request that was taken back, or for an erased subject.
    row = unit.requests.find(request_id)
    if row is None or row.state is not RequestState.RUNNING or not _is_active(unit, row):
        raise _StoppedError
    return row


def _is_active(unit: Unit, row: RequestRow) -> bool:
    subject = unit.subjects.get(row.subject_id)
    return subject is not None and subject.state is SubjectState.ACTIVE


def _make(ctx: Context, run: Run, request: RequestRow) -> None:
    """Read, build, seal and store the file."""
    breathe = _breath(ctx, run)
    try:
        given = read_given(ctx, run, request)
        read = ctx.store.write(lambda unit: read_copy_in(unit, ctx, _running_in(unit, request.id)))
        copy = build_copy(ctx, read, given, going_on=breathe)
        making = f"file {random_id(ctx.entropy)}"
        parts = seal_parts(ctx, request, making, copy.data)
    except (NotFoundError, DeniedError, VaultError):
        # An account that is erased while its copy is made is no failure of the copy; anything else is.
        ctx.store.read(lambda unit: _running_in(unit, request.id))
        raise
    for part in parts[:-1]:
        run.step(f"{making} {part.position}", partial(_store_in, part=part))

    def ready(unit: Unit) -> Json:
        row = _running_in(unit, request.id)
        unit.request_parts.add_part(parts[-1])
        link_id = file_ready_in(
            unit,
            ctx,
            row,
            making=making,
            file_name=copy.file_name,
            size_bytes=len(copy.data),
            parts=len(parts),
        )
        move_in(unit, ctx, row, RequestEvent.FINISH, actor=COPIER, detail={"file": "ready"})
        until = day_of(ctx.clock.now() + FILE_LIFETIME).isoformat()
        args = {"request": row.id, "number": row.number, "link": link_id, "until": until}
        queue_mail_in(unit, ctx, subject_id=row.subject_id, template=READY_MAIL, args=args)
        return len(parts)

    run.step(_READY, ready)


def _breath(ctx: Context, run: Run) -> Callable[[], None]:
    """Return what keeps the job's lease while a large file is made: called as often as one likes, it writes seldom."""
    run.going_on()
    last = ctx.clock.now()

    def breathe() -> None:
        nonlocal last
        now = ctx.clock.now()
        if now - last >= BREATH:
            run.going_on()
            last = now

    return breathe


def _store_in(unit: Unit, *, part: RequestPartRow) -> Json:
    _running_in(unit, part.request_id)
    unit.request_parts.add_part(part)
    return True
