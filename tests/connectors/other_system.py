"""Another system of the operator: customers, orders and their lines, in a database of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

ALICE = "a1" * 16
BOB = "b0" * 16
PLACED = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 - the other system keeps no zone

metadata = sa.MetaData()
customers = sa.Table(
    "customers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("camket_id", sa.String(32), unique=True),
    sa.Column("Full Name", sa.Text, nullable=False),
)
orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.ForeignKey("customers.id")),
    sa.Column("address", sa.Text),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("placed_at", sa.DateTime, nullable=False),
)
lines = sa.Table(
    "lines",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("order_id", sa.ForeignKey("orders.id"), nullable=False),
    sa.Column("what", sa.Text, nullable=False),
)

SAID = {"vi": "Lời", "en": "Word"}
CUSTOMERS: dict[str, Any] = {
    "table": "customers",
    "item": "shop.catalogue",
    "subject": "camket_id",
    "columns": {"Full Name": {"vi": "Họ tên", "en": "Full name"}},
    "corrects": {"Full Name": "name"},
}
ORDERS: dict[str, Any] = {
    "table": "orders",
    "item": "shop.sales",
    "through": {"column": "customer_id", "table": "customers", "key": "id"},
    "columns": {"address": SAID, "total": SAID, "placed_at": SAID},
    "clear": ["address"],
    "replace": {"note": "-"},
}
LINES: dict[str, Any] = {
    "table": "lines",
    "item": "shop.sales",
    "through": {"column": "order_id", "table": "orders", "key": "id"},
    "columns": {"what": SAID},
}


def declared(url: str, *tables: dict[str, Any]) -> dict[str, Any]:
    """Return the setting `connectors` for the system at an address."""
    said = {
        "kind": "sql",
        "url": url,
        "label": {"vi": "Sổ khách hàng", "en": "Customer records"},
        "tables": list(tables or (CUSTOMERS, ORDERS, LINES)),
    }
    return {"crm": said}


class OtherSystem:
    """The system as its own programs see it.

    Args:
        url: SQLAlchemy address.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
        metadata.create_all(self.engine)

    def fill(self, subject_id: str, name: str, *, number: int) -> None:
        """Give a customer one order with two lines."""
        with self.engine.begin() as connection:
            connection.execute(customers.insert().values({"id": number, "camket_id": subject_id, "Full Name": name}))
            connection.execute(
                orders.insert().values(
                    id=number * 10,
                    customer_id=number,
                    address=f"{name}'s street",
                    note=f"for {name}",
                    total=25000,
                    placed_at=PLACED,
                )
            )
            for place in (1, 2):
                connection.execute(
                    lines.insert().values(id=number * 100 + place, order_id=number * 10, what=f"tea {place}")
                )

    def rows(self, table: sa.Table) -> list[tuple[Any, ...]]:
        """Return every row of a table, by its id."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.select(table).order_by(table.c.id))]

    def run(self, statement: str) -> None:
        """Change the system behind the connector's back."""
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement))
