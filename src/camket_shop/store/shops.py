"""Shops: the row that everything of one shop hangs on, and the end of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from camket_shop.errors import SignedOutError
from camket_shop.store import tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

_shop: Final = tables.shop.c


@dataclass(frozen=True, kw_only=True, slots=True)
class ShopRow:
    """One shop.

    Args:
        id: the subject id of its owner.
        catalogue_revision: counts every change of a product.
        last_number: of the newest receipt; 0 before the first.
    """

    id: str
    catalogue_revision: int
    last_number: int


def find_shop(connection: Connection, shop_id: str) -> ShopRow:
    """Return a shop; one that has kept nothing yet is all zeros."""
    return _row(connection, shop_id, lock=False) or ShopRow(id=shop_id, catalogue_revision=0, last_number=0)


def lock_shop(connection: Connection, shop_id: str, *, at: datetime) -> ShopRow:
    """Return a shop, made where it is new, that no other unit of work changes before this one ends.

    Raises:
        SignedOutError: the shop was erased, so its owner has no account any more.
    """
    found = _row(connection, shop_id, lock=True)
    if found is not None:
        return found
    made = _make(connection, shop_id, at=at)
    # INVARIANT: nothing is kept for a shop that was erased, whenever a request for it began. Making the row has waited
    # for an erasure that was under way, so its mark is seen here; what was made is undone with the transaction.
    _refuse_erased(connection, shop_id)
    return made


def count_catalogue_up(connection: Connection, shop_id: str) -> int:
    """Give the catalogue its next revision and return it; the shop is locked."""
    return _count_up(connection, shop_id, _shop.catalogue_revision)


def next_number(connection: Connection, shop_id: str) -> int:
    """Return the number of the shop's next receipt; the shop is locked.

    It is taken only with the transaction that uses it, so numbers have no gaps.
    """
    return _count_up(connection, shop_id, _shop.last_number)


def erase_shop(connection: Connection, shop_id: str, *, at: datetime) -> None:
    """Delete every row of a shop, and keep the digest of its id so that none is made again; twice is once."""
    # The row is made and locked first: what is under way for this shop ends before and goes too, or finds the mark.
    _make(connection, shop_id, at=at)
    mark = insert_into(connection, tables.erased_shop).values(digest=_digest(shop_id), erased_at=at)
    connection.execute(mark.on_conflict_do_nothing())
    for table in (tables.sale_line, tables.sale, tables.dropped_picture, tables.product):
        connection.execute(sa.delete(table).where(table.c.shop_id == shop_id))
    connection.execute(sa.delete(tables.shop).where(_shop.id == shop_id))


def insert_into(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return the store's own insert, which knows ON CONFLICT; the two dialects spell it alike and share no class."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _make(connection: Connection, shop_id: str, *, at: datetime) -> ShopRow:
    counters = dict.fromkeys(("catalogue_revision", "last_number"), 0)
    made = insert_into(connection, tables.shop).values(id=shop_id, created_at=at, **counters)
    connection.execute(made.on_conflict_do_nothing())
    row = _row(connection, shop_id, lock=True)
    if row is None:
        raise SignedOutError("signed_out")
    return row


def _row(connection: Connection, shop_id: str, *, lock: bool) -> ShopRow | None:
    query = sa.select(_shop.id, _shop.catalogue_revision, _shop.last_number).where(_shop.id == shop_id)
    # SQLite has no such clause and needs none: its one writer has the whole file.
    found = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if found is None else ShopRow(**found)


def _count_up(connection: Connection, shop_id: str, column: sa.Column[int]) -> int:
    update = sa.update(tables.shop).where(_shop.id == shop_id).values({column: column + 1}).returning(column)
    return int(connection.execute(update).scalar_one())


def _refuse_erased(connection: Connection, shop_id: str) -> None:
    mark = tables.erased_shop.c.digest
    if connection.execute(sa.select(mark).where(mark == _digest(shop_id))).first() is not None:
        raise SignedOutError("signed_out")


def _digest(shop_id: str) -> str:
    return hashlib.sha256(shop_id.encode()).hexdigest()
