"""Queueing mail in the transaction of its cause; `camket.services.outbox` sends it.

A queued row names its template and ids, never an address or a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.notices.templates import find_template
from camket.rows import MailLane, MailRow, MailState
from camket.services.ids import random_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.ports import Unit
    from camket.services.context import Context

OUTBOX_JOB: Final = "outbox"
BULK_JOB: Final = "bulk_mail"


def queue_mail_in(
    unit: Unit, ctx: Context, *, subject_id: str, template: str, args: Mapping[str, str] | None = None
) -> str:
    """Queue a mail in the caller's unit of work and return its id.

    Args:
        unit: the mail is queued when this unit is durable, and never if it fails.
        ctx: the service.
        subject_id: to whom; one whom no subject has gets nothing, by the same work.
        template: its id.
        args: ids that the template's places are filled from: `code`, `request`, `item`.

    Raises:
        InvalidValueError: there is no such mail.

    Effects: a worker sends it soon after the unit is durable, after those that were queued for the same subject in the
        same instant. Twice queues two mails.
    """
    if find_template(template).bulk:
        row = bulk_mail(ctx, subject_id=subject_id, template=template, args=args or {})
        queue_bulk_in(unit, ctx, (row,), about=" ".join(dict(args or {}).values()))
        return row.id
    now = ctx.clock.now()
    mail_id = random_id(ctx.entropy)
    unit.outbox.queue(
        MailRow(
            id=mail_id,
            subject_id=subject_id,
            template=template,
            args=dict(args or {}),
            state=MailState.QUEUED,
            attempts=0,
            created_at=now,
            next_at=now,
            message_id=None,
            last_error_kind=None,
            sent_at=None,
        )
    )
    unit.jobs.enqueue(OUTBOX_JOB, {"mail": mail_id}, run_at=now)
    return mail_id


def bulk_mail(ctx: Context, *, subject_id: str, template: str, args: Mapping[str, str]) -> MailRow:
    """Return a mail of many, to be queued by `queue_bulk_in`; nothing is stored yet."""
    now = ctx.clock.now()
    return MailRow(
        id=random_id(ctx.entropy),
        subject_id=subject_id,
        template=template,
        args=dict(args),
        state=MailState.QUEUED,
        attempts=0,
        created_at=now,
        next_at=now,
        message_id=None,
        last_error_kind=None,
        sent_at=None,
        lane=MailLane.BULK,
    )


def queue_bulk_in(unit: Unit, ctx: Context, rows: Sequence[MailRow], *, about: str) -> None:
    """Queue mails of many in the caller's unit of work; they wait for every mail that someone is waiting for.

    Args:
        unit: they are queued when this unit is durable, and never if it fails.
        ctx: the service.
        rows: from `bulk_mail`.
        about: what they are all about, an id; the first of them has the sending begun at once.
    """
    unit.outbox.add_many(rows)
    unit.jobs.enqueue(BULK_JOB, {}, run_at=ctx.clock.now(), dedupe_key=f"{BULK_JOB}:{about}")
