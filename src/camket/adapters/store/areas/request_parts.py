"""What belongs to a request beside itself: the messages of its thread, and the file that answers it, in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, columns_of, command
from camket.adapters.store.tables.requests import request_file, request_message, request_part
from camket.rows.requests import RequestFileRow, RequestMessageRow, RequestPartRow

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Link

_FILE: Final = request_file.c.request_id == bindparam("asked")

ADD_MESSAGE: Final = command(sa.insert(request_message))
MESSAGES: Final = Query(
    sa.select(request_message)
    .where(request_message.c.request_id == bindparam("asked"))
    .order_by(request_message.c.position, request_message.c.id),
    RequestMessageRow,
)
MESSAGES_OF_SUBJECT: Final = Query(
    sa.select(request_message)
    .where(request_message.c.subject_id == bindparam("whose"))
    .order_by(request_message.c.at, request_message.c.request_id, request_message.c.position),
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
    .values({name: bindparam(f"new_{name}") for name in ("token_hash", "expires_at", "fetched_at")})
)
DELETE_FILE: Final = command(sa.delete(request_file).where(_FILE))
DELETE_FILES: Final = command(sa.delete(request_file).where(request_file.c.subject_id == bindparam("whose")))
_OVER: Final = request_file.c.expires_at < bindparam("before")
SWEEP_FILES: Final = command(sa.delete(request_file).where(_OVER))
TAKE_LINK: Final = command(
    sa.update(request_file)
    .where(request_file.c.token_hash == bindparam("wanted"), request_file.c.expires_at > bindparam("now"))
    .values(token_hash=sa.null(), fetched_at=bindparam("now"))
)

_PART: Final = request_part.c.request_id == bindparam("asked")
ADD_PART: Final = command(sa.insert(request_part))
DELETE_PART: Final = command(
    sa.delete(request_part).where(
        _PART, request_part.c.name == bindparam("named"), request_part.c.position == bindparam("at")
    )
)
PART: Final = Query(
    sa.select(request_part).where(
        _PART, request_part.c.name == bindparam("named"), request_part.c.position == bindparam("at")
    ),
    RequestPartRow,
)
DROP_PARTS: Final = command(sa.delete(request_part).where(_PART, request_part.c.name != bindparam("kept")))
DELETE_PARTS: Final = command(sa.delete(request_part).where(request_part.c.subject_id == bindparam("whose")))
SWEEP_PARTS: Final = command(
    sa.delete(request_part).where(request_part.c.request_id.in_(sa.select(request_file.c.request_id).where(_OVER)))
)


class RequestPartArea:
    """Queries on `request_message`, `request_file` and `request_part`."""

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
        """Return the file that answers a request."""
        return FILE.one(self._link, asked=request_id)

    def file_by_token(self, token_hash: bytes) -> RequestFileRow | None:
        """Return the file that a one-time link leads to."""
        return FILE_BY_TOKEN.one(self._link, wanted=token_hash)

    def save_file(self, row: RequestFileRow) -> bool:
        """Store what changes of a file: its link and its times."""
        columns = columns_of(row)
        changes = {f"new_{name}": columns[name] for name in ("token_hash", "expires_at", "fetched_at")}
        return SAVE_FILE.run(self._link, asked=row.request_id, **changes) == 1

    def take_link(self, token_hash: bytes, *, at: datetime) -> bool:
        """Use a one-time link up."""
        return TAKE_LINK.run(self._link, wanted=token_hash, now=at) == 1

    def add_part(self, row: RequestPartRow) -> None:
        """Store a part, in the place of an older one."""
        DELETE_PART.run(self._link, asked=row.request_id, named=row.name, at=row.position)
        ADD_PART.store(self._link, row)

    def part(self, request_id: str, name: str, position: int) -> RequestPartRow | None:
        """Return a part."""
        return PART.one(self._link, asked=request_id, named=name, at=position)

    def drop_parts(self, request_id: str, *, but: str = "") -> int:
        """Drop a request's parts, but those of one name."""
        return DROP_PARTS.run(self._link, asked=request_id, kept=but)

    def drop_file(self, request_id: str) -> bool:
        """Drop the file that answers a request, with every part."""
        DROP_PARTS.run(self._link, asked=request_id, kept="")
        return DELETE_FILE.run(self._link, asked=request_id) == 1

    def delete_of_subject(self, subject_id: str) -> None:
        """Drop a subject's messages, files and parts."""
        DELETE_PARTS.run(self._link, whose=subject_id)
        DELETE_MESSAGES.run(self._link, whose=subject_id)
        DELETE_FILES.run(self._link, whose=subject_id)

    def sweep_files(self, *, before: datetime) -> int:
        """Drop files whose time was over before an instant, with their parts."""
        SWEEP_PARTS.run(self._link, before=before)
        return SWEEP_FILES.run(self._link, before=before)
