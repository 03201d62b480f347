"""Mail that waits to be sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, columns_of, command, scalar
from camket.adapters.store.tables import outbox as table
from camket.rows import MailLane, MailRow, MailState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.adapters.store.statements import Link

_THIS: Final = table.c.id == bindparam("mail_id")
_THEIRS: Final = table.c.subject_id == bindparam("whose")
_QUEUED: Final = table.c.state == MailState.QUEUED

_ASKED: Final = bindparam("asked_at", type_=table.c.created_at.type)
# Rows have random ids: of mails queued in one instant only the moment that each bears says which came first.
_AFTER_THE_LAST: Final = (
    sa.select(sa.func.max(table.c.created_at) + sa.literal_column("1"))
    .where(_THEIRS, table.c.created_at >= _ASKED)
    .scalar_subquery()
)

ADD: Final = command(sa.insert(table))
QUEUE: Final = command(
    sa.insert(table).values(
        {column.key: bindparam(column.key) for column in table.c if column.key != "created_at"}
        | {"created_at": sa.func.coalesce(_AFTER_THE_LAST, _ASKED)}
    )
)
# On PostgreSQL a mail that another unit is taking is passed over; on SQLite there is no other writing unit.
DUE: Final = Query(
    sa.select(table)
    .where(_QUEUED, table.c.lane == bindparam("wanted"), table.c.next_at <= bindparam("now"))
    .order_by(table.c.next_at, table.c.created_at, table.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True),
    MailRow,
)
TAKE: Final = command(
    sa.update(table)
    .where(_THIS)
    .values(attempts=table.c.attempts + 1, next_at=bindparam("retry_at"), last_error_kind=sa.null())
)
_ATTEMPT: Final = sa.update(table).where(_THIS, _QUEUED, table.c.attempts == bindparam("attempt"))
SETTLE: Final = command(
    _ATTEMPT.values(
        state=bindparam("new_state"),
        message_id=bindparam("as_sent"),
        last_error_kind=bindparam("error"),
        sent_at=bindparam("at"),
    )
)
TRY_AGAIN: Final = command(_ATTEMPT.values(last_error_kind=bindparam("error"), next_at=bindparam("at")))
OF_SUBJECT: Final = Query(
    sa.select(table).where(_THEIRS).order_by(table.c.created_at.desc(), table.c.id.desc()).limit(bindparam("limit")),
    MailRow,
)
NEXT_AT: Final[Query[Any]] = Query(sa.select(sa.func.min(table.c.next_at)).where(_QUEUED), scalar)
NEXT_IN_LANE: Final[Query[Any]] = Query(
    sa.select(sa.func.min(table.c.next_at)).where(_QUEUED, table.c.lane == bindparam("wanted")), scalar
)
DELETE_OF_SUBJECT: Final = command(sa.delete(table).where(_THEIRS))
SWEEP: Final = command(
    sa.delete(table).where(table.c.state != MailState.QUEUED, table.c.created_at < bindparam("before"))
)


class OutboxArea:
    """Queries on the `outbox` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: MailRow) -> None:
        """Queue a mail."""
        ADD.run(self._link, **columns_of(row))

    def queue(self, row: MailRow) -> None:
        """Queue a mail behind those that were queued for its subject before."""
        columns = columns_of(row)
        QUEUE.run(self._link, whose=row.subject_id, asked_at=columns.pop("created_at"), **columns)

    def add_many(self, rows: Sequence[MailRow]) -> None:
        """Queue many mails."""
        ADD.many(self._link, map(columns_of, rows))

    def claim_due(
        self, *, now: datetime, retry_at: datetime, limit: int, lane: MailLane = MailLane.PROMPT
    ) -> tuple[MailRow, ...]:
        """Take queued mails of a lane that are due, counting an attempt."""
        due = DUE.all(self._link, now=now, limit=limit, wanted=lane)
        TAKE.many(self._link, [{"mail_id": mail.id, "retry_at": retry_at} for mail in due])
        return tuple([replace(mail, attempts=mail.attempts + 1, next_at=retry_at) for mail in due])

    def settle(
        self,
        mail_id: str,
        *,
        attempts: int,
        state: MailState,
        at: datetime,
        message_id: str | None = None,
        error_kind: str | None = None,
    ) -> bool:
        """Write how an attempt ended."""
        if state is MailState.QUEUED:
            return TRY_AGAIN.run(self._link, mail_id=mail_id, attempt=attempts, at=at, error=error_kind) == 1
        settled = SETTLE.run(
            self._link,
            mail_id=mail_id,
            attempt=attempts,
            new_state=state,
            as_sent=message_id,
            error=error_kind,
            at=at if state is MailState.SENT else None,
        )
        return settled == 1

    def of_subject(self, subject_id: str, *, limit: int) -> tuple[MailRow, ...]:
        """Return a subject's mails, newest first."""
        return OF_SUBJECT.all(self._link, whose=subject_id, limit=limit)

    def next_at(self, lane: MailLane | None = None) -> datetime | None:
        """Return when the next queued mail, of a lane or of any, is due."""
        due: datetime | None
        due = NEXT_AT.one(self._link) if lane is None else NEXT_IN_LANE.one(self._link, wanted=lane)
        return due

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop a subject's mails."""
        return DELETE_OF_SUBJECT.run(self._link, whose=subject_id)

    def sweep(self, *, before: datetime) -> int:
        """Drop mails queued before an instant that are no longer queued."""
        return SWEEP.run(self._link, before=before)
