"""One-time codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command, scalar
from camket.adapters.store.tables import login_code as table
from camket.rows import CodeRow

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Link
    from camket.rows import CodeKind

_THIS: Final = table.c.id == bindparam("code_id")
_UNUSED: Final = table.c.used_at.is_(None)
_NEWEST: Final = (
    sa.select(table)
    .where(table.c.browser_hash == bindparam("browser"), table.c.kind == bindparam("of_kind"))
    .order_by(table.c.created_at.desc(), table.c.id.desc())
    .limit(1)
)

ADD: Final = command(sa.insert(table))
NEWEST: Final = Query(_NEWEST, CodeRow)
NEWEST_OF_REQUEST: Final = Query(_NEWEST.where(table.c.request_id == bindparam("request")), CodeRow)
COUNT_TRY: Final[Query[Any]] = Query(
    sa.update(table)
    .where(_THIS, _UNUSED, table.c.tries < bindparam("most"))
    .values(tries=table.c.tries + 1, used_at=bindparam("spent_at"))
    .returning(table.c.tries),
    scalar,
)
USE: Final = command(sa.update(table).where(_THIS, _UNUSED).values(used_at=bindparam("at")))
RETIRE: Final = command(
    sa.delete(table).where(table.c.browser_hash == bindparam("browser"), table.c.kind == bindparam("of_kind"), _UNUSED)
)
DELETE_OF_SUBJECT: Final = command(sa.delete(table).where(table.c.subject_id == bindparam("whose")))
SWEEP: Final = command(sa.delete(table).where(table.c.expires_at < bindparam("before")))


class CodeArea:
    """Queries on the `login_code` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: CodeRow) -> None:
        """Store a code."""
        ADD.store(self._link, row)

    def newest(self, browser_hash: bytes, kind: CodeKind, *, request_id: str | None = None) -> CodeRow | None:
        """Return the newest code of a browser, kind and, where given, request."""
        if request_id is None:
            return NEWEST.one(self._link, browser=browser_hash, of_kind=kind)
        return NEWEST_OF_REQUEST.one(self._link, browser=browser_hash, of_kind=kind, request=request_id)

    def count_try(self, code_id: str, *, limit: int, spent_at: datetime | None = None) -> int | None:
        """Count one try, spend the code where it was the right one, and return the try's number."""
        # INVARIANT: counting and checking are one statement, so that two tries at once are two tries.
        tries: int | None = COUNT_TRY.one(self._link, code_id=code_id, most=limit, spent_at=spent_at)
        return tries

    def use(self, code_id: str, *, at: datetime) -> bool:
        """Spend a code."""
        return USE.run(self._link, code_id=code_id, at=at) == 1

    def retire(self, browser_hash: bytes, kind: CodeKind) -> int:
        """Drop a browser's unused codes of one kind."""
        return RETIRE.run(self._link, browser=browser_hash, of_kind=kind)

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop a subject's codes."""
        return DELETE_OF_SUBJECT.run(self._link, whose=subject_id)

    def sweep(self, *, before: datetime) -> int:
        """Drop codes that expired before an instant."""
        return SWEEP.run(self._link, before=before)
