"""What belongs to a request beside itself: the messages of its thread, and the file that answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, columns_of, command
from camket.adapters.store.tables.requests import request_file, request_message
from camket.rows.requests import RequestFileRow, RequestMessageRow

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Link

_FILE: Final = request_file.c.request_id == bindparam("asked")

ADD_MESSAGE: Final = command(sa.insert(request_message))
MESSAGES: Final = Query(
    sa.select(request_message)
    .where(request_message.c.request_id == bindparam("asked"))
    .order_by(request_message.c.at, request_message.c.id),
    RequestMessageRow,
)
MESSAGES_OF_SUBJECT: Final = Query(
    sa.select(request_message)
    .where(request_message.c.subject_id == bindparam("whose"))
    .order_by(request_message.c.at, request_message.c.id),
    RequestMessageRow,
)
DELETE_MESSAGES: Final = command(sa.delete(request_message).where(request_message.c.subject_id == bindparam("whose")))

ADD_FILE: Final = command(sa.insert(request_file))
FILE: Final = Query(sa.select(request_file).where(_FILE), RequestFileRow)
FILE_BY_TOKEN: Final = Query(
    sa.select(request_file).where(request_file.c.token_hash == bindparam("wanted")), RequestFileRow
)
SAVE_FILE: Final = command(
    sa.update(request_file)
    .where(_FILE)
    .values({name: bindparam(f"new_{name}") for name in ("sealed", "token_hash", "expires_at", "fetched_at")})
)
DELETE_FILE: Final = command(sa.delete(request_file).where(_FILE))
DELETE_FILES: Final = command(sa.delete(request_file).where(request_file.c.subject_id == bindparam("whose")))
SWEEP_FILES: Final = command(sa.delete(request_file).where(request_file.c.expires_at < bindparam("before")))


class RequestPartArea:
    """Queries on `request_message` and `request_file`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add_message(self, row: RequestMessageRow) -> None:
        """Store a message."""
        ADD_MESSAGE.store(self._link, row)

    def messages(self, request_id: str) -> tuple[RequestMessageRow, ...]:
        """Return a thread, oldest first."""
        return MESSAGES.all(self._link, asked=request_id)

    def messages_of_subject(self, subject_id: str) -> tuple[RequestMessageRow, ...]:
        """Return the messages of every thread of a subject, oldest first."""
        return MESSAGES_OF_SUBJECT.all(self._link, whose=subject_id)

    def add_file(self, row: RequestFileRow) -> None:
        """Store the file that answers a request, in the place of an older one."""
        DELETE_FILE.run(self._link, asked=row.request_id)
        ADD_FILE.store(self._link, row)

    def file(self, request_id: str) -> RequestFileRow | None:
        """Return the file that answers a request, its content sealed."""
        return FILE.one(self._link, asked=request_id)

    def file_by_token(self, token_hash: bytes) -> RequestFileRow | None:
        """Return the file that a one-time link leads to."""
        return FILE_BY_TOKEN.one(self._link, wanted=token_hash)

    def save_file(self, row: RequestFileRow) -> bool:
        """Store what changes of a file: its content, its link, its times."""
        columns = columns_of(row)
        changes = {f"new_{name}": columns[name] for name in ("sealed", "token_hash", "expires_at", "fetched_at")}
        return SAVE_FILE.run(self._link, asked=row.request_id, **changes) == 1

    def delete_of_subject(self, subject_id: str) -> None:
        """Drop a subject's messages and files."""
        DELETE_MESSAGES.run(self._link, whose=subject_id)
        DELETE_FILES.run(self._link, whose=subject_id)

    def sweep_files(self, *, before: datetime) -> int:
        """Drop files whose time was over before an instant."""
        return SWEEP_FILES.run(self._link, before=before)
