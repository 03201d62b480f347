"""The declaration in the how-to is one: it is read, and fits tables of such names."""

from __future__ import annotations

import hashlib
import hmac
import re
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Any

from camket.adapters.connectors import make_connector
from camket.adapters.connectors.webhook.sending import signed_headers
from camket.core.rights.connectors import PlannedRows, RowEnd, WebhookDeclaration, read_connectors

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "connect-other-systems.md"
TABLES = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, camket_id TEXT, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), address TEXT, total INTEGER,
    note TEXT NOT NULL);
INSERT INTO customers VALUES (1, 'a', 'Alice');
INSERT INTO orders VALUES (1, 1, 'a street', 3000, 'ring twice'), (2, NULL, NULL, 2000, '-');
"""


def declaration(place: int) -> dict[str, Any]:
    """Return what a block of TOML on the page declares."""
    blocks = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return dict(tomllib.loads(blocks[place])["connectors"])


def test_the_webhook_of_the_page_is_one_and_its_signature_is_as_the_page_says() -> None:
    """It is read, and a program that follows the page verifies what is sent."""
    (news,) = read_connectors(declaration(1))
    assert isinstance(news, WebhookDeclaration)
    body = b'{"ask": "check"}'
    headers = signed_headers(news, body, at=1763800000)
    key = bytes.fromhex(declaration(1)["news"]["key"])
    signature = hmac.new(key, headers["Camket-Time"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert (headers["Camket-Key"], headers["Camket-Signature"]) == ("2026-11", signature)


def test_the_declaration_of_the_page_does_what_the_page_says(tmp_path: Path) -> None:
    """Customers are deleted, orders stay without their address and note."""
    found = declaration(0)
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
