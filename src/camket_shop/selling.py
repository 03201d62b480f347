"""Selling: a sale is committed once, whole and checked, under the next number; it is voided, never deleted.

Nothing about the buyer is in it: no name, no note, no free text but the names of the goods.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from camket_shop.errors import ConflictError, InvalidError, NotFoundError
from camket_shop.ids import is_client_id, order_code, require_client_id
from camket_shop.money import MOST_DONG, format_quantity, line_amount, read_quantity
from camket_shop.store import products, sales, shops
from camket_shop.store.sales import LineRow, SaleRow
from camket_shop.text import NAME_CHARACTERS, UNIT_CHARACTERS, read_line

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from camket_shop.store.engine import ShopStore

W = TypeVar("W", bound=StrEnum)

LINES_OF_A_SALE: Final = 200
SALES_OF_A_PAGE: Final = 40
MOST_NUMBER: Final = 2**53


class Method(StrEnum):
    """How a sale was paid."""

    CASH = "cash"
    TRANSFER = "transfer"
    MIXED = "mixed"


class VoidReason(StrEnum):
    """Why a sale was voided. A closed set: free text could say something about the buyer."""

    WRONG_ITEM = "wrong_item"
    WRONG_PRICE = "wrong_price"
    RETURNED = "returned"
    TEST = "test"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSale:
    """A sale as a device sent it, with every sum checked. Made by `read_sale`.

    Args:
        id: the device's.
        sold_at: what the device's clock said; however wrong, it is kept beside the server's.
        lines: 1 to 200.
        discount: in đồng, at most the sum of the lines.
        total: what was to be paid.
        method: how.
        tendered: cash that was handed over.
        transferred: what came by transfer.
        change: cash that was handed back.
    """

    id: str
    sold_at: datetime
    lines: tuple[LineRow, ...]
    discount: int
    total: int
    method: Method
    tendered: int
    transferred: int
    change: int

    @property
    def fingerprint(self) -> str:
        """The digest of everything that a device says of a sale; equal for a retry, and for nothing else."""
        lines = [[line.product_id, line.name, line.unit, line.price, line.quantity] for line in self.lines]
        content = [self.sold_at.isoformat(), lines, self.discount, self.method, self.tendered, self.transferred]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def read_sale(sent: object) -> NewSale:
    """Return a sale from the JSON that a device sent.

    Args:
        sent: as `docs/reference/shop-api.md` says.

    Raises:
        InvalidError: the first field that is missing, of another kind, or does not add up; `field` is its place, such
            as `lines.0.quantity`. Nothing unknown is passed over: another field is refused too.
    """
    sale = _object(sent, "", {"id", "sold_at", "lines", "discount", "payment", "total"})
    payment = _object(sale["payment"], "payment", {"method", "tendered", "transferred"})
    lines = _lines(sale["lines"])
    amount = sum(line.amount for line in lines)
    discount = _dong(sale["discount"], "discount")
    if discount > amount:
        raise InvalidError("discount_too_large", field="discount")
    total = _dong(sale["total"], "total")
    if total != amount - discount:
        raise InvalidError("total_wrong", field="total")
    method = _word(Method, payment["method"], "payment.method")
    tendered = _dong(payment["tendered"], "payment.tendered")
    transferred = _dong(payment["transferred"], "payment.transferred")
    return NewSale(
        id=require_client_id(sale["id"]),
        sold_at=_instant(sale["sold_at"], "sold_at"),
        lines=lines,
        discount=discount,
        total=total,
        method=method,
        tendered=tendered,
        transferred=transferred,
        change=_change(method, total=total, tendered=tendered, transferred=transferred),
    )


def read_reason(sent: object) -> VoidReason:
    """Return why a sale is voided, from the JSON that a device sent.

    Raises:
        InvalidError: it is none of the reasons (`reason`).
    """
    return _word(VoidReason, _object(sent, "", {"reason"})["reason"], "reason")


def commit_sale(store: ShopStore, shop_id: str, sale: NewSale, *, at: datetime) -> tuple[SaleRow, bool]:
    """Commit a sale under the shop's next number.

    Args:
        store: the books.
        shop_id: whose.
        sale: from `read_sale`.
        at: now, by the server's clock.

    Returns:
        The sale, and whether it was committed now; a retry finds the one that it committed before.

    Raises:
        ConflictError: the id is another sale's (`sale_id_taken`).
        InvalidError: a line names a product that is not this shop's (`product_unknown`).
        StoreError: nothing was stored, no number was taken.

    Effects:
        Durable on return. Twice is once. Numbers have no gaps: one is taken only with the sale that bears it.
    """

    def known(connection: Connection) -> SaleRow | None:
        found = sales.find_sale(connection, shop_id, sale.id)
        if found is not None and found.fingerprint != sale.fingerprint:
            raise ConflictError("sale_id_taken", field="id")
        return found

    def commit(connection: Connection) -> tuple[SaleRow, bool]:
        # INVARIANT: the shop is locked before the id is looked for, so a double tap finds what the first one did.
        shops.lock_shop(connection, shop_id, at=at)
        if (found := known(connection)) is not None:
            return found, False
        _require_own_products(connection, shop_id, sale)
        row = SaleRow(
            shop_id=shop_id, id=sale.id, number=shops.next_number(connection, shop_id), fingerprint=sale.fingerprint,
            sold_at=sale.sold_at, committed_at=at, discount=sale.discount, total=sale.total, method=sale.method.value,
            tendered=sale.tendered, transferred=sale.transferred, change=sale.change,
            voided_at=None, void_reason=None, lines=sale.lines,
        )  # fmt: skip
        sales.add_sale(connection, row)
        return row, True

    return store.write(commit)


def void_sale(store: ShopStore, shop_id: str, sale_id: str, reason: VoidReason, *, at: datetime) -> SaleRow:
    """Void a sale: it stays in the books under its number, marked, and counts no more.

    Returns:
        The sale as voided; one that was voided before for the same reason is returned as it is.

    Raises:
        NotFoundError: the shop has no such sale (`sale_unknown`).
        ConflictError: it was voided for another reason (`sale_voided_otherwise`).
        StoreError: nothing was stored.

    Effects:
        Durable on return. Twice is once.
    """

    def void(connection: Connection) -> SaleRow:
        shops.lock_shop(connection, shop_id, at=at)
        found = sales.find_sale(connection, shop_id, sale_id) if is_client_id(sale_id) else None
        if found is None:
            raise NotFoundError("sale_unknown")
        if found.voided_at is not None:
            if found.void_reason != reason:
                raise ConflictError("sale_voided_otherwise", field="reason")
            return found
        sales.void_sale(connection, shop_id, sale_id, reason=reason.value, at=at)
        voided = sales.find_sale(connection, shop_id, sale_id)
        return voided or found

    return store.write(void)


def find_sale(store: ShopStore, shop_id: str, number: int) -> SaleRow:
    """Return a sale by its receipt's number.

    Raises:
        NotFoundError: the shop has no such sale (`sale_unknown`).
    """
    found = store.read(lambda connection: sales.find_number(connection, shop_id, number))
    if found is None:
        raise NotFoundError("sale_unknown")
    return found


def list_sales(store: ShopStore, shop_id: str, *, before: int | None = None) -> tuple[SaleRow, ...]:
    """Return a page of 40 sales, newest first; empty where there are none below `before`."""
    return store.read(lambda connection: sales.list_sales(connection, shop_id, before=before, limit=SALES_OF_A_PAGE))


def read_number(typed: str) -> int:
    """Return a receipt's number from an address.

    Raises:
        NotFoundError: it can be none (`sale_unknown`).
    """
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= len(str(MOST_NUMBER)) else 0
    if not 1 <= number <= MOST_NUMBER:
        raise NotFoundError("sale_unknown")
    return number


def sale_document(row: SaleRow) -> dict[str, object]:
    """Return a sale as the API gives it."""
    return {
        "id": row.id,
        "number": row.number,
        "sold_at": instant_text(row.sold_at),
        "committed_at": instant_text(row.committed_at),
        "lines": [
            {
                "product": line.product_id,
                "name": line.name,
                "unit": line.unit,
                "price": line.price,
                "quantity": format_quantity(line.quantity),
                "amount": line.amount,
            }
            for line in row.lines
        ],
        "discount": row.discount,
        "total": row.total,
        "method": row.method,
        "tendered": row.tendered,
        "transferred": row.transferred,
        "change": row.change,
        "order_code": order_code(row.id),
        "voided": None if row.voided_at is None else {"at": instant_text(row.voided_at), "reason": row.void_reason},
    }


def instant_text(instant: datetime) -> str:
    """Return an instant in UTC to the millisecond, as a browser writes it: `2026-11-22T02:12:00.000Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _require_own_products(connection: Connection, shop_id: str, sale: NewSale) -> None:
    named = {line.product_id for line in sale.lines if line.product_id is not None}
    missing = products.missing_products(connection, shop_id, named) if named else frozenset()
    for line in sale.lines:
        if line.product_id in missing:
            raise InvalidError("product_unknown", field=f"lines.{line.position}.product")


def _lines(sent: object) -> tuple[LineRow, ...]:
    if not isinstance(sent, list):
        raise InvalidError("not_understood", field="lines")
    if not 1 <= len(sent) <= LINES_OF_A_SALE:
        raise InvalidError("lines_wrong", field="lines", values={"most": LINES_OF_A_SALE})
    return tuple(_line(line, position) for position, line in enumerate(sent))


def _line(sent: object, position: int) -> LineRow:
    place = f"lines.{position}"
    line = _object(sent, place, {"product", "name", "unit", "price", "quantity"})
    price = _dong(line["price"], f"{place}.price")
    quantity = read_quantity(line["quantity"], field=f"{place}.quantity")
    amount = line_amount(price, quantity)
    if amount > MOST_DONG:
        raise InvalidError("amount_too_large", field=f"{place}.quantity")
    product = line["product"]
    return LineRow(
        position=position,
        product_id=None if product is None else require_client_id(product, field=f"{place}.product"),
        name=read_line(_text(line["name"], f"{place}.name"), field=f"{place}.name", most=NAME_CHARACTERS),
        unit=read_line(
            _text(line["unit"], f"{place}.unit"), field=f"{place}.unit", most=UNIT_CHARACTERS, required=False
        ),
        price=price,
        quantity=quantity,
        amount=amount,
    )


def _change(method: Method, *, total: int, tendered: int, transferred: int) -> int:
    """Return the cash that was handed back.

    Raises:
        InvalidError: what was paid is too little, or not what its method says.
    """
    if method is Method.CASH and transferred:
        raise InvalidError("payment_wrong", field="payment.transferred")
    if method is Method.TRANSFER and tendered:
        raise InvalidError("payment_wrong", field="payment.tendered")
    # No one hands back cash for a transfer: what was transferred is at most the total.
    if transferred > total or (method is Method.TRANSFER and transferred != total):
        raise InvalidError("payment_wrong", field="payment.transferred")
    if tendered + transferred < total:
        raise InvalidError("payment_too_little", field="payment.tendered")
    return tendered + transferred - total


def _object(sent: object, place: str, names: set[str]) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise InvalidError("not_understood", field=place or None)
    for name in sorted(names - set(sent)):
        raise InvalidError("not_understood", field=f"{place}.{name}" if place else name)
    if set(sent) - names:  # its name is not ours, and is not repeated
        raise InvalidError("not_understood", field=place or None)
    return sent


def _text(sent: object, place: str) -> str:
    if not isinstance(sent, str):
        raise InvalidError("not_understood", field=place)
    return sent


def _dong(sent: object, place: str) -> int:
    if not isinstance(sent, int) or isinstance(sent, bool) or not 0 <= sent <= MOST_DONG:
        raise InvalidError("amount_invalid", field=place)
    return sent


def _word(words: type[W], sent: object, place: str) -> W:
    if not isinstance(sent, str) or sent not in {word.value for word in words}:
        raise InvalidError("not_understood", field=place)
    return words(sent)


def _instant(sent: object, place: str) -> datetime:
    """Read an ISO 8601 instant with its offset, to the millisecond; how far it is from now does not matter."""
    try:
        told = datetime.fromisoformat(_text(sent, place))
        instant = told.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidError("instant_invalid", field=place) from None
    if told.tzinfo is None:
        raise InvalidError("instant_invalid", field=place)
    return instant.replace(microsecond=instant.microsecond // 1_000 * 1_000)
