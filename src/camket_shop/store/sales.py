"""Sales in the books: a row each with its lines, added once, voided at most once, never changed otherwise."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from camket_shop.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

_sale: Final = tables.sale.c
_line: Final = tables.sale_line.c


@dataclass(frozen=True, kw_only=True, slots=True)
class LineRow:
    """One line of a sale, as it was when it was sold.

    Args:
        position: from 0.
        product_id: of the product; None for one that was typed in.
        name: as it was.
        unit: as it was.
        price: in đồng, of one.
        quantity: in thousandths.
        amount: in đồng, rounded half up.
    """

    position: int
    product_id: str | None
    name: str
    unit: str
    price: int
    quantity: int
    amount: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SaleRow:
    """One sale of one shop. All amounts are in đồng.

    Args:
        shop_id: whose it is.
        id: given by the device that sold.
        number: of its receipt, from 1 without gaps.
        fingerprint: of what the device sent, so that a retry is known.
        sold_at: what the device's clock said.
        committed_at: what the server's clock said when it was kept.
        discount: taken off the sum of the lines.
        total: what was to be paid.
        method: `cash`, `transfer` or `mixed`.
        tendered: cash that was handed over.
        transferred: what came by transfer.
        change: cash that was handed back.
        voided_at: when it was voided; None while it stands.
        void_reason: why; None while it stands.
        lines: at least one.
    """

    shop_id: str
    id: str
    number: int
    fingerprint: str
    sold_at: datetime
    committed_at: datetime
    discount: int
    total: int
    method: str
    tendered: int
    transferred: int
    change: int
    voided_at: datetime | None
    void_reason: str | None
    lines: tuple[LineRow, ...]


SALE_COLUMNS: Final = [_sale[name] for name in SaleRow.__slots__ if name != "lines"]
LINE_COLUMNS: Final = [_line[name] for name in LineRow.__slots__]


def add_sale(connection: Connection, row: SaleRow) -> None:
    """Add a sale with its lines."""
    values = asdict(row)
    lines = values.pop("lines")
    connection.execute(sa.insert(tables.sale), values)
    sale = {"shop_id": row.shop_id, "sale_id": row.id}
    connection.execute(sa.insert(tables.sale_line), [line | sale for line in lines])


def void_sale(connection: Connection, shop_id: str, sale_id: str, *, reason: str, at: datetime) -> None:
    """Mark a sale as voided; the shop is locked, and the sale was seen to stand under that lock."""
    update = sa.update(tables.sale).where(_sale.shop_id == shop_id, _sale.id == sale_id)
    connection.execute(update.values(voided_at=at, void_reason=reason))


def find_sale(connection: Connection, shop_id: str, sale_id: str) -> SaleRow | None:
    """Return a sale of a shop; None where the shop has none of this id."""
    return _first(connection, shop_id, _sale.id == sale_id)


def find_number(connection: Connection, shop_id: str, number: int) -> SaleRow | None:
    """Return a sale of a shop by its receipt's number; None where there is none."""
    return _first(connection, shop_id, _sale.number == number)


def list_sales(connection: Connection, shop_id: str, *, before: int | None, limit: int) -> tuple[SaleRow, ...]:
    """Return sales with their lines, newest first.

    Args:
        connection: of a unit of work.
        shop_id: whose.
        before: only numbers below this one; None from the newest on.
        limit: at most so many.
    """
    query = sa.select(*SALE_COLUMNS).where(_sale.shop_id == shop_id).order_by(_sale.number.desc()).limit(limit)
    if before is not None:
        query = query.where(_sale.number < before)
    return _with_lines(connection, shop_id, connection.execute(query).mappings().all())


def all_sales(connection: Connection, shop_id: str) -> tuple[SaleRow, ...]:
    """Return every sale of a shop with its lines, oldest first."""
    query = sa.select(*SALE_COLUMNS).where(_sale.shop_id == shop_id).order_by(_sale.number)
    rows = connection.execute(query).mappings().all()
    of_shop = sa.select(_line.sale_id, *LINE_COLUMNS).where(_line.shop_id == shop_id)
    lines = _by_sale(connection.execute(of_shop.order_by(_line.sale_id, _line.position)))
    return tuple(SaleRow(**row, lines=lines[row["id"]]) for row in rows)


def count_sales(connection: Connection, shop_id: str) -> int:
    """Return how many sales a shop has, voided ones too."""
    return int(connection.execute(sa.select(sa.func.count()).where(_sale.shop_id == shop_id)).scalar_one())


def _first(connection: Connection, shop_id: str, condition: sa.ColumnElement[bool]) -> SaleRow | None:
    query = sa.select(*SALE_COLUMNS).where(_sale.shop_id == shop_id, condition)
    rows = _with_lines(connection, shop_id, connection.execute(query).mappings().all())
    return rows[0] if rows else None


def _with_lines(connection: Connection, shop_id: str, rows: Iterable[sa.RowMapping]) -> tuple[SaleRow, ...]:
    found = tuple(rows)
    some = sa.select(_line.sale_id, *LINE_COLUMNS).where(
        _line.shop_id == shop_id, _line.sale_id.in_([row["id"] for row in found])
    )
    lines = _by_sale(connection.execute(some.order_by(_line.sale_id, _line.position))) if found else {}
    return tuple(SaleRow(**row, lines=lines[row["id"]]) for row in found)


def _by_sale(rows: Iterable[sa.Row[tuple[object, ...]]]) -> dict[str, tuple[LineRow, ...]]:
    """Return the lines of each sale; the rows come by sale and position."""
    return {
        sale_id: tuple(
            LineRow(**{name: value for name, value in row._mapping.items() if name != "sale_id"})  # noqa: SLF001 - SQLAlchemy's public name
            for row in lines
        )
        for sale_id, lines in groupby(rows, key=attrgetter("sale_id"))
    }
