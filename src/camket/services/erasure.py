"""Erasing an account: shown first, accepted in so many words, then carried out step by step whatever happens.

The order is what keeps the promise. First what a law holds is sealed under `hold`; then, in one unit, the erasure is
recorded, the subject counts as erased for the gate, and the openings of their entries are sealed for the token in their
hands; then each app destroys what it holds itself; then the `live` key is destroyed; then everything that pointed at
them is forgotten. A process that dies anywhere in between goes on at its step, and an app that fails is asked again
until it has done it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, HolderError, InvalidValueError
from camket.core.ledger.entry import LedgerAction
from camket.core.notices.erasure_mails import ERASURE_AHEAD
from camket.core.rights.failing import Failing
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import RIGHTS_PURPOSE, Right
from camket.core.vault.drop import TOKEN_BYTES, address_of
from camket.core.vault.keyring import KeyKind
from camket.rows import CertificateRow, CertificateState
from camket.services.access import SUBJECT
from camket.services.calendar import day_of
from camket.services.certificates import CERTIFICATE_LIFETIME, gather_in
from camket.services.erasure_plan import plan_in
from camket.services.erasure_preview import preview_in
from camket.services.holdings import count_held
from camket.services.ids import random_id
from camket.services.outbox import queue_mail_in
from camket.services.request_failures import note_failing
from camket.services.request_moves import move_in
from camket.services.requests import begin_in, start_request_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from camket.core.terms import VerifiedIdentity
    from camket.ports import Unit
    from camket.rows import Json
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.holdings import Held
    from camket.services.sessions import Session
    from camket.services.steps import Run

ERASE_JOB: Final = "erase"
ERASER: Final = "service:erasure"
STOPPED: Final = "stopped"
"""What the first step of an erasure gives whose request was refused or taken back."""
ON_BEHALF_WAIT: Final = timedelta(days=1)
"""How long an erasure that staff set going waits at least, so that its subject reads of it and may keep the account."""
LONGEST_REQUEST: Final = timedelta(minutes=1)
"""A request to an app that was under way when the account was closed has ended by then, one way or the other."""


def start_erasure(ctx: Context, session: Session) -> RequestRow:
    """Ask for the account to be erased; nothing happens until identity is proved and the consequences are accepted.

    Raises:
        RateLimitedError: too many requests of this subject in this hour; nothing was stored.

    Effects: the request and its ledger record are durable. Twice makes two requests; neither runs by itself.
    """
    return ctx.store.write(
        lambda unit: start_request_in(unit, ctx, subject_id=session.subject_id, kind=RequestKind.ERASE)
    )


def accept_erasure(ctx: Context, identity: VerifiedIdentity, *, accepted: str, token: str | None = None) -> str:
    """Accept the consequences and have the account erased.

    Args:
        ctx: the service.
        identity: proof of who asks, for this request.
        accepted: `Preview.acceptance` of what was shown.
        token: from `certificate_token`, where the customer's browser had it before: then neither a lost answer nor a
            form sent twice loses the certificate. A new one is made when None.

    Returns:
        The token of the certificate, 64 hexadecimal digits: a secret for the customer alone. It is nowhere else.

    Raises:
        ConflictError: what would happen now is not what was accepted, the request was carried out before, or another
            one has the account erased already; nothing was changed, and the preview is to be shown again.
        VerificationError: the proof does not hold.
        HolderError: an app cannot say what it holds; nothing was changed.
        InvalidValueError: the token is not 64 hexadecimal digits.

    Effects: the acceptance is durable and on record, and the job that erases is queued; from now on it happens,
        whatever happens to this process. Where there is time to take it back, a mail says until when. Twice is refused.

    Source: LAW Art. 14.1(a).
    """
    secret = read_token(token or certificate_token(ctx))
    held = count_held(ctx, identity.subject_id)

    def accept(unit: Unit) -> None:
        preview = preview_in(unit, ctx, identity.subject_id, held)
        if preview.acceptance != accepted:
            raise ConflictError("what would be deleted is no longer what was shown; look at it again")
        request = begin_in(unit, ctx, identity=identity, right=Right.ERASE)
        wait = timedelta(days=preview.cooling_off_days)
        _queue_in(unit, ctx, request, wait=wait, held=held, certificate=address_of(secret))

    ctx.store.write(accept)
    return secret.hex()


def carry_out_erasure(
    ctx: Context, identity: VerifiedIdentity, *, actor: str, before: Callable[[Unit], object] | None = None
) -> RequestRow:
    """Have an account erased on its subject's behalf, who was told the consequences and accepted them.

    There is no browser of theirs to hold a certificate, so none is made. The erasure begins a day later at the
    earliest: a mail tells them first, and they may keep the account until then.

    Args:
        ctx: the service.
        identity: proof of who asks, for this request.
        actor: `staff:pseudonym` of who says the last yes.
        before: done first in the same unit of work: the second person's yes. What it raises undoes everything.

    Returns:
        The request, approved.

    Raises:
        ConflictError: the request was carried out before, the proof was used, or the account is being erased on another
            request; nothing was changed.
        VerificationError: the proof does not hold.
        NotFoundError: there is no such request.
        HolderError: an app cannot say what it holds; nothing was changed.

    Effects: as `accept_erasure`.
    """
    held = count_held(ctx, identity.subject_id)

    def approve(unit: Unit) -> RequestRow:
        if before is not None:
            before(unit)
        request = begin_in(unit, ctx, identity=identity, right=Right.ERASE, actor=actor)
        days = ctx.policies.in_force_in(unit, ctx.clock.now()).newest.policy.cooling_off_days
        wait = max(timedelta(days=days), ON_BEHALF_WAIT)
        _queue_in(unit, ctx, request, wait=wait, held=held, certificate=None)
        return request

    return ctx.store.write(approve)


def _queue_in(
    unit: Unit, ctx: Context, request: RequestRow, *, wait: timedelta, held: Held, certificate: bytes | None
) -> None:
    """Queue the job of an erasure that was accepted; where it begins later, say until when it can be taken back."""
    now = ctx.clock.now()
    args: dict[str, Json] = {"subject": request.subject_id, "request": request.id, "held": dict(held)}
    if certificate is not None:
        unit.certificates.add(
            CertificateRow(
                token_hash=certificate,
                sealed=None,
                status=CertificateState.PENDING,
                created_at=now,
                expires_at=now + wait + CERTIFICATE_LIFETIME,
            )
        )
        args["certificate"] = certificate.hex()
    key = erasure_key(request.subject_id)
    _drop_stopped_in(unit, key, now)
    # INVARIANT: every token that is handed out is one that the erasure completes.
    if unit.jobs.enqueue(ERASE_JOB, args, run_at=now + wait, dedupe_key=key) is None:
        raise ConflictError("the account is being deleted already, on another request")
    if wait:
        mail = {"request": request.id, "until": day_of(now + wait).isoformat()}
        queue_mail_in(unit, ctx, subject_id=request.subject_id, template=ERASURE_AHEAD.id, args=mail)


def _drop_stopped_in(unit: Unit, key: str, now: datetime) -> None:
    """Make room for a job where the one before stands for a request that was refused or taken back."""
    job = unit.jobs.find(key)
    if job is None or "request" not in job.args:
        return
    stopped = unit.requests.find(str(job.args["request"]))
    if stopped is not None and stopped.state.ended and not unit.jobs.withdraw(job.id, now=now):
        unit.jobs.release(job.id)


def certificate_token(ctx: Context) -> str:
    """Return a new token for a certificate, 64 hexadecimal digits; nothing is stored."""
    return ctx.entropy.token(TOKEN_BYTES).hex()


def read_token(token: str) -> bytes:
    """Return the bytes of a token.

    Raises:
        InvalidValueError: it is not 64 hexadecimal digits.
    """
    if len(token) != 2 * TOKEN_BYTES or not set(token) <= set("0123456789abcdef"):
        raise InvalidValueError("a certificate's token is 64 hexadecimal digits")
    return bytes.fromhex(token)


def erasure_key(subject_id: str) -> str:
    """Return the key under which the one job stands that erases a subject."""
    return f"{ERASE_JOB}:{subject_id}"


def erase_unconfirmed_in(unit: Unit, ctx: Context, subject_id: str) -> None:
    """Have a registration that was never confirmed erased, as part of the caller's unit of work.

    Effects: the job that erases is queued when the unit is durable. Twice is once.
    """
    unit.jobs.enqueue(ERASE_JOB, {"subject": subject_id}, run_at=ctx.clock.now(), dedupe_key=erasure_key(subject_id))


def run_erasure(ctx: Context, run: Run) -> datetime | None:
    """Carry an accepted erasure out, from wherever the last run stopped.

    Returns:
        When apps are to be asked once more, for what a request that was under way wrote in between; None when done, or
        when the request was refused or taken back before it began.

    Raises:
        HolderError: an app could not destroy what it holds; the erasure goes on with it when it is run again.

    Effects: see this module; each step is durable before the next begins, and done once.
    """
    subject_id = str(run.args["subject"])
    request_id = str(run.args["request"]) if "request" in run.args else None
    certificate = bytes.fromhex(str(run.args["certificate"])) if "certificate" in run.args else None

    if run.step("reseal", lambda unit: _begin_in(unit, ctx, subject_id, request_id)) == STOPPED:
        return None
    record_id = run.step(
        "record", lambda unit: _record_in(unit, ctx, subject_id, request_id, certificate, _held_of(run))
    )
    erase_holdings(ctx, run, subject_id, request_id=request_id)
    if run.result("kill") is None:
        # The key store is no part of the database: killing twice is once, so a step that dies here is done again.
        _kill(ctx, subject_id, hold_dies=not _holds(ctx, subject_id))
    generation = ctx.keys.generation()
    run.step("kill", lambda unit: _remember_kill_in(unit, generation))
    done = not ctx.holders.all()
    run.step("forget", lambda unit: _forget_in(unit, ctx, subject_id, request_id, record_id if done else None))
    again_at = _erase_holdings_again(ctx, run, subject_id, request_id)
    if again_at is None and request_id is not None:
        run.step("finish", lambda unit: _finish_in(unit, ctx, request_id, record_id))
    return again_at


def _begin_in(unit: Unit, ctx: Context, subject_id: str, request_id: str | None) -> Json:
    """Begin, unless the request was stopped; seal under `hold` what a law holds, and return how many values stay."""
    if request_id is not None:
        row = unit.requests.find(request_id)
        # INVARIANT: nothing is erased on a request that was refused or taken back, whatever waits in the job table.
        if row is None or row.state is not RequestState.APPROVED:
            return STOPPED
        move_in(unit, ctx, row, RequestEvent.START, actor=ERASER)
    return _reseal_in(unit, ctx, subject_id)


def _finish_in(unit: Unit, ctx: Context, request_id: str, record_id: Json) -> Json:
    """Say on the request that it is done, and which record is the erasure's; it names no one any more."""
    row = unit.requests.find(request_id)
    if row is not None and not row.state.ended:
        move_in(unit, ctx, row, RequestEvent.FINISH, actor=ERASER, detail={"record": record_id})
    return True


def erase_holdings(
    ctx: Context, run: Run, subject_id: str, *, request_id: str | None = None, step: str = "holder"
) -> None:
    """Have every app destroy what it holds about a subject, each in a step of its own.

    Raises:
        HolderError: an app could not do it, or is not loaded in this process; all others have. The job is tried again,
            and asks those that failed; the request says which, and why.
    """
    failures: list[HolderError] = []
    for holder in ctx.holders.all():
        name = f"{step}:{holder.name}"
        if run.result(name) is None:
            run.going_on()
            try:
                # An app's tables are no part of the database: erasing twice is once, so a step that dies is done again.
                holder.erase(subject_id)
            except HolderError as failure:
                # One that fails keeps the erasure from its end, and no other from being asked.
                failures.append(failure)
                continue
            # INVARIANT: the step is done when the app says that it has, and never otherwise.
            run.step(name, lambda _unit: True)
    if request_id is not None:
        note_failing(ctx, request_id, [Failing(step=f"holder:{one.holder}", failure=one.failure) for one in failures])
    if failures:
        raise failures[0]


def _erase_holdings_again(ctx: Context, run: Run, subject_id: str, request_id: str | None) -> datetime | None:
    if not ctx.holders.all():
        return None
    later = run.step("later", lambda _unit: (ctx.clock.now() + LONGEST_REQUEST).isoformat())
    due = datetime.fromisoformat(str(later))
    if ctx.clock.now() < due:
        return due
    erase_holdings(ctx, run, subject_id, request_id=request_id, step="holder again")
    return None


def _held_of(run: Run) -> Held:
    """Return what apps held when the erasure was accepted; nothing where no one accepted it."""
    held = run.args.get("held")
    return {item: count for item, count in held.items() if isinstance(count, int)} if isinstance(held, dict) else {}


def _reseal_in(unit: Unit, ctx: Context, subject_id: str) -> Json:
    """Seal under `hold` what a law holds; return how many values stay."""
    plan = plan_in(unit, ctx, subject_id)
    ctx.door.reseal_in(unit, subject_id=subject_id, kept=plan.reseal)
    return len(plan.kept)


def _record_in(
    unit: Unit, ctx: Context, subject_id: str, request_id: str | None, certificate: bytes | None, held: Held
) -> Json:
    """Record the erasure, close the subject for the gate, seal the openings for the token; return the record's id."""
    now = ctx.clock.now()
    plan = plan_in(unit, ctx, subject_id)
    # What came in since the first step is kept by the same law; after this unit nothing comes in any more.
    ctx.door.reseal_in(unit, subject_id=subject_id, kept=plan.reseal)
    record_id = ctx.door.record_in(
        unit,
        actor=SUBJECT if request_id else ERASER,
        action=LedgerAction.ERASE,
        subject_id=subject_id,
        items=tuple(sorted({value.item for value in plan.destroy} | set(held))),
        purpose=RIGHTS_PURPOSE,
        request=request_id,
    )
    if certificate is not None:
        gather_in(unit, ctx, subject_id=subject_id, plan=plan, held=held, record_id=record_id, address=certificate)
    # INVARIANT: from this commit on the gate knows them as erased and no session opens anything.
    unit.subjects.erase(subject_id, at=now)
    unit.sessions.delete_of_subject(subject_id)
    unit.codes.delete_of_subject(subject_id)
    unit.passkeys.delete_of_subject(subject_id)
    return record_id


def _holds(ctx: Context, subject_id: str) -> bool:
    held = ctx.store.read(lambda unit: unit.values.of_subject(subject_id))
    return any(row.key_kind is KeyKind.HOLD for row in held)


def _kill(ctx: Context, subject_id: str, *, hold_dies: bool) -> None:
    now = ctx.clock.now()
    ctx.keys.destroy_subject_key(subject_id, KeyKind.LIVE, at=now)
    if hold_dies:
        ctx.keys.destroy_subject_key(subject_id, KeyKind.HOLD, at=now)


def _remember_kill_in(unit: Unit, generation: int) -> Json:
    # INVARIANT: a key store that was put back to before the kill is behind the database, and is refused at the start.
    unit.installation.set_key_generation(generation)
    return True


def _forget_in(unit: Unit, ctx: Context, subject_id: str, request_id: str | None, done: Json) -> Json:
    """Drop every row that points at the subject, but what is under `hold`; return how many values are held.

    Their last request stays, cut from them: that an erasure was asked for, when, and that it was done in time. It is
    done where `done` gives the erasure's record.
    """
    held = unit.values.of_subject(subject_id)
    if request_id is not None:
        if done is not None:
            _finish_in(unit, ctx, request_id, done)
        unit.requests.cut(request_id, stranger=random_id(ctx.entropy))
    unit.values.delete([row.id for row in held if row.key_kind is KeyKind.LIVE])
    unit.identifiers.delete_of_subject(subject_id)
    unit.facts.delete_of_subject(subject_id)
    unit.consents.delete_of_subject(subject_id)
    unit.records.unlink_subject(subject_id)
    unit.requests.delete_of_subject(subject_id)
    unit.request_parts.delete_of_subject(subject_id)
    unit.outbox.delete_of_subject(subject_id)
    unit.notices.forget_subject(subject_id)
    unit.news.delete_unsubscriptions_of_subject(subject_id)
    unit.sessions.delete_of_subject(subject_id)
    unit.codes.delete_of_subject(subject_id)
    unit.passkeys.delete_of_subject(subject_id)
    unit.staff.delete(subject_id)
    staying = sum(row.key_kind is KeyKind.HOLD for row in held)
    if not staying:
        unit.subjects.delete(subject_id)
    return staying
