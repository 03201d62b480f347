"""The declaration in the how-to is one: it is read, and fits tables of such names."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

from camket.adapters.connectors import make_connector
from camket.core.rights.connectors import PlannedRows, RowEnd, read_connectors

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "connect-other-systems.md"
TABLES = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, camket_id TEXT, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), address TEXT, total INTEGER,
    note TEXT NOT NULL);
INSERT INTO customers VALUES (1, 'a', 'Alice');
INSERT INTO orders VALUES (1, 1, 'a street', 3000, 'ring twice'), (2, NULL, NULL, 2000, '-');
"""


def test_the_declaration_of_the_page_does_what_the_page_says(tmp_path: Path) -> None:
    """Customers are deleted, orders stay without their address and note."""
    block = re.search(r"^```toml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert block is not None
    found = tomllib.loads(block.group(1))["connectors"]
    file = tmp_path / "orders.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(TABLES)
    found["orders"]["url"] = f"sqlite:///{file}"
    connector = make_connector(read_connectors(found)[0])
    assert connector.check() == ()
    assert connector.plan("a") == (
        PlannedRows(table="customers", item="shop.catalogue", rows=1, end=RowEnd.DELETE),
        PlannedRows(table="orders", item="shop.sales", rows=1, end=RowEnd.ANONYMISE),
    )
    connector.erase("a")
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT * FROM customers").fetchall() == []
        assert database.execute("SELECT * FROM orders WHERE id = 1").fetchall() == [(1, None, None, 3000, "-")]
