"""The outbox: mail is queued in the transaction of its cause, and filled through the door when it is sent.

A queued row names its template and ids, never an address or a value. Whether it may be sent is asked of the gate at the
moment of sending, so a customer who has objected, or is gone, since it was queued gets nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from camket.core.errors import DeniedError, InvalidValueError, MailError, NotFoundError, VaultError
from camket.core.notices.templates import find_template
from camket.core.notices.text import Addressee
from camket.rows import MailLane, MailRow, MailState
from camket.rows.notices import DeliveryState
from camket.services.letters import MAILER, compose, message_id_of
from camket.services.mail_queue import BULK_JOB, OUTBOX_JOB, bulk_mail, queue_bulk_in, queue_mail_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.steps import Run

__all__ = (
    "BATCH",
    "BULK_JOB",
    "KEPT",
    "MAILER",
    "MOST_TRIES",
    "OUTBOX_JOB",
    "SENDING",
    "bulk_mail",
    "message_id_of",
    "queue_bulk_in",
    "queue_mail_in",
    "run_bulk",
    "send_bulk",
    "send_due",
)

BATCH: Final = 5
"""Mails that one job sends at the most."""
SENDING: Final = timedelta(minutes=5)
"""How long one try may take; a mail whose sender died is tried again after this."""
FIRST_RETRY: Final = timedelta(seconds=15)
LONGEST_RETRY: Final = timedelta(hours=6)
MOST_TRIES: Final = 16
BULK_TURN: Final = timedelta(seconds=5)
"""How long bulk mail is sent before whatever else is due has its turn, and a process that stops can stop."""
BULK_SPAN: Final = timedelta(seconds=50)
"""How long one job has turns; the next minute's goes on, so that there is one at a time."""
DOWN_IN_A_ROW: Final = 2
"""So many mails, one after the other, that the relay did not answer: it is down, and the rest waits untried."""
BREATH: Final = timedelta(seconds=1)
"""How long a job sends before it says that it is still alive."""
KEPT: Final = timedelta(days=30)
"""How long the row of a mail that is settled is kept: as evidence that it was sent."""

log = structlog.get_logger("camket.outbox")


def send_due(ctx: Context) -> int:
    """Send queued mail that is due; return how many mails were tried.

    Effects: each mail is settled as sent, denied by the gate, or dead; or queued again with growing pauses. A process
        that dies between sending and settling sends the mail again, under the same Message-ID.
    """
    tried = 0
    while tried < BATCH and (row := _claim(ctx, MailLane.PROMPT)) is not None:
        _send(ctx, row)
        tried += 1
    return tried


def _claim(ctx: Context, lane: MailLane) -> MailRow | None:
    """Take the mail that has been due the longest; one at a time, so that one that goes wrong takes no other along."""
    now = ctx.clock.now()
    due = ctx.store.read(lambda unit: unit.outbox.next_at(lane))
    if due is None or due > now:
        return None
    rows = ctx.store.write(lambda unit: unit.outbox.claim_due(now=now, retry_at=now + SENDING, limit=1, lane=lane))
    return rows[0] if rows else None


def run_bulk(ctx: Context, run: Run) -> datetime | None:
    """Send bulk mail that is due, by turns; the job `bulk_mail`.

    Returns:
        When the next turn is due; None when nothing is left to send now, or the next minute's job goes on.
    """
    begun = datetime.fromisoformat(str(run.step("begin", lambda _unit: ctx.clock.now().isoformat())))
    more = send_bulk(ctx, going_on=run.going_on)
    now = ctx.clock.now()
    return now if more and now < begun + BULK_SPAN else None


def send_bulk(ctx: Context, *, going_on: Callable[[], None]) -> bool:
    """Send bulk mail that is due, for one turn.

    Args:
        ctx: the service.
        going_on: called again and again while mails are sent; whatever it raises ends the turn.

    Returns:
        True where the turn was over before all of it was sent.

    Effects: as `send_due`. Mail that someone is waiting for goes first, before each. Where the relay does not answer
        at all, what was not tried waits, uncounted, for the next turn.
    """
    until = ctx.clock.now() + BULK_TURN
    tried = down = 0
    breath = ctx.clock.now()
    while ctx.clock.now() < until:
        send_due(ctx)
        row = _claim(ctx, MailLane.BULK)
        if row is None:
            return False
        if ctx.clock.now() - breath >= BREATH:
            going_on()
            breath = ctx.clock.now()
        down = down + 1 if _send(ctx, row) else 0
        tried += 1
        if down >= DOWN_IN_A_ROW:
            log.warning("mail_relay_down", tried=tried)
            return False
    return True


def _send(ctx: Context, row: MailRow) -> bool:
    """Try one mail; say whether it was the relay that failed, not this mail."""
    template = find_template(row.template)
    if row.attempts > 1 and row.last_error_kind is None:
        # The last try ended between sending and saying so; the Message-ID is the same.
        log.warning("mail_sent_again", mail=row.id, template=row.template, attempts=row.attempts)
    if template.minutes is not None and row.created_at + timedelta(minutes=template.minutes) <= ctx.clock.now():
        _settle(ctx, row, MailState.DEAD, error_kind="too_late")
        return False
    if row.attempts > MOST_TRIES:
        # Only a mail that takes its whole sender with it comes this far.
        _settle(ctx, row, MailState.DEAD, error_kind="gave_up")
        return False
    try:
        ctx.mail.carry(compose(ctx, row, template))
    except (DeniedError, NotFoundError):
        _settle(ctx, row, MailState.DENIED)
    except (InvalidValueError, VaultError):
        _settle(ctx, row, MailState.DEAD, error_kind="unfit")
    except MailError as error:
        if error.permanent or row.attempts >= MOST_TRIES:
            _settle(ctx, row, MailState.DEAD, error_kind=error.kind, code=error.code, refused=error.permanent)
        else:
            _try_later(ctx, row, error)
        return error.relay_down
    else:
        _settle(ctx, row, MailState.SENT)
    return False


def _settle(
    ctx: Context,
    row: MailRow,
    state: MailState,
    *,
    error_kind: str | None = None,
    code: int | None = None,
    refused: bool = False,
) -> None:
    now = ctx.clock.now()
    sent = message_id_of(ctx, row.id) if state is MailState.SENT else None

    def settle(unit: Unit) -> None:
        settled = unit.outbox.settle(
            row.id, attempts=row.attempts, state=state, at=now, message_id=sent, error_kind=error_kind
        )
        if find_template(row.template).to is Addressee.FORMER:
            # The former address was kept for this one notice.
            unit.requests.clear(str(row.args["request"]))
        if settled:
            became = DeliveryState.REFUSED if refused else DeliveryState(state)
            _keep_evidence_in(unit, row, became, at=now, message_id=sent, code=code, error_kind=error_kind)

    ctx.store.write(settle)
    if state is MailState.DEAD:
        log.error("mail_given_up", template=row.template, attempts=row.attempts, reason=error_kind)


def _try_later(ctx: Context, row: MailRow, error: MailError) -> None:
    pause = min(FIRST_RETRY * (1 << min(row.attempts - 1, 16)), LONGEST_RETRY)
    now = ctx.clock.now()
    at = now + pause
    log.warning("mail_failed", template=row.template, attempts=row.attempts, reason=error.kind)

    def put_back(unit: Unit) -> None:
        unit.outbox.settle(row.id, attempts=row.attempts, state=MailState.QUEUED, at=at, error_kind=error.kind)
        _keep_evidence_in(unit, row, DeliveryState.QUEUED, at=now, code=error.code, error_kind=error.kind)
        if row.lane is MailLane.PROMPT:
            unit.jobs.enqueue(OUTBOX_JOB, {"mail": row.id}, run_at=at)

    ctx.store.write(put_back)


def _keep_evidence_in(
    unit: Unit,
    row: MailRow,
    became: DeliveryState,
    *,
    at: datetime,
    message_id: str | None = None,
    code: int | None = None,
    error_kind: str | None = None,
) -> None:
    if "notice" in row.args and row.subject_id is not None:
        number = int(str(row.args["notice"]))
        unit.notices.settle(
            number, row.subject_id, became, at=at, message_id=message_id, smtp_code=code, error_kind=error_kind
        )
