"""The public tree: its head, its tiles, and the lease on extending it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command, scalar
from camket.adapters.store.tables import ledger_head as head_table
from camket.adapters.store.tables import ledger_tile as tile_table
from camket.core.errors import ConflictError
from camket.rows import LedgerHeadRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from camket.adapters.store.statements import Insert, Link

THE_ROW: Final = 1
EMPTY: Final = LedgerHeadRow(
    size=0,
    root=hashlib.sha256(b"").digest(),
    checkpoint="",
    signed_at=None,
    lease_owner=None,
    lease_until=None,
    fence=0,
)
"""The head of a tree without entries (RFC 9162 section 2.1.1)."""


def _begin(insert: Insert) -> sa.Insert:
    return (
        insert(head_table)
        .values(id=THE_ROW, size=EMPTY.size, root=EMPTY.root, checkpoint=EMPTY.checkpoint, fence=EMPTY.fence)
        .on_conflict_do_nothing(index_elements=["id"])
    )


def _put(insert: Insert) -> sa.Insert:
    statement = insert(tile_table)
    return statement.on_conflict_do_update(index_elements=["path"], set_={"data": statement.excluded.data})


_HELD: Final = sa.and_(head_table.c.lease_owner == bindparam("owner"), head_table.c.lease_until > bindparam("now"))

HEAD: Final = Query(sa.select(*[column for column in head_table.c if column.key != "id"]), LedgerHeadRow)
BEGIN: Final = command(_begin)
LEASE: Final[Query[Any]] = Query(
    sa.update(head_table)
    .where(
        sa.or_(
            head_table.c.lease_until.is_(None),
            head_table.c.lease_until <= bindparam("now"),
            head_table.c.lease_owner == bindparam("owner"),
        )
    )
    .values(
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until"),
        fence=sa.case((_HELD, head_table.c.fence), else_=head_table.c.fence + 1),
    )
    .returning(head_table.c.fence),
    scalar,
)
RELEASE: Final = command(
    sa.update(head_table)
    .where(head_table.c.lease_owner == bindparam("owner"), head_table.c.fence == bindparam("held_fence"))
    .values(lease_owner=sa.null(), lease_until=sa.null())
)
ADVANCE: Final = command(
    sa.update(head_table)
    .where(head_table.c.fence == bindparam("held_fence"), head_table.c.size <= bindparam("new_size"))
    .values(
        size=bindparam("new_size"),
        root=bindparam("new_root"),
        checkpoint=bindparam("note"),
        signed_at=bindparam("at"),
    )
)
PUT: Final = command(_put)
DELETE: Final = command(sa.delete(tile_table).where(tile_table.c.path == bindparam("wanted")))
TILE: Final[Query[Any]] = Query(sa.select(tile_table.c.data).where(tile_table.c.path == bindparam("wanted")), scalar)
PATHS: Final[Query[Any]] = Query(
    sa.select(tile_table.c.path)
    .where(tile_table.c.path > bindparam("after"))
    .order_by(tile_table.c.path)
    .limit(bindparam("limit")),
    scalar,
)


class LedgerArea:
    """Queries on the `ledger_head` and `ledger_tile` tables."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def head(self) -> LedgerHeadRow:
        """Return the head."""
        return HEAD.one(self._link) or EMPTY

    def lease(self, owner: str, *, now: datetime, until: datetime) -> int | None:
        """Take or renew the lease."""
        BEGIN.run(self._link)
        fence = LEASE.one(self._link, owner=owner, now=now, until=until)
        return None if fence is None else int(fence)

    def release(self, owner: str, *, fence: int) -> None:
        """Give the lease back."""
        RELEASE.run(self._link, owner=owner, held_fence=fence)

    def advance(self, *, fence: int, size: int, root: bytes, checkpoint: str, signed_at: datetime) -> None:
        """Move the head."""
        # INVARIANT: only the holder of the newest fence moves the head, and the tree never shrinks.
        moved = ADVANCE.run(self._link, held_fence=fence, new_size=size, new_root=root, note=checkpoint, at=signed_at)
        if moved != 1:
            raise ConflictError(f"the ledger's head was not moved to {size} entries: the lease is no longer held")

    def put_tiles(self, tiles: Mapping[str, bytes]) -> None:
        """Store tiles by path."""
        PUT.many(self._link, [{"path": path, "data": data} for path, data in tiles.items()])

    def delete_tiles(self, paths: Sequence[str]) -> None:
        """Drop tiles."""
        DELETE.many(self._link, [{"wanted": path} for path in paths])

    def tile(self, path: str) -> bytes | None:
        """Return a tile."""
        data: bytes | None = TILE.one(self._link, wanted=path)
        return data

    def paths(self, *, after: str, limit: int) -> tuple[str, ...]:
        """Return the paths of tiles in byte order."""
        return PATHS.all(self._link, after=after, limit=limit)
