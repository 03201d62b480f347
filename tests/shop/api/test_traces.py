"""Where a shop's data lies after a day's work: each kind in its own place, and none of it in log or ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camket_shop.ids import new_id
from camket_shop.store.engine import FILE_NAME
from tests.shop.selling import sent_sale

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Service

API = "/quay/api"
GOODS = {"product": "Bánh gai dấu vết", "typed in": "Món nhanh dấu vết", "category": "Nhóm dấu vết"}
PROFILE = {"name": "Quán Dấu Vết", "address": "99 Ngõ Dấu Vết", "tax code": "9876543210", "account": "5554443332221"}
TYPED_WRONG = "Người mua dấu vết"


@pytest.fixture(name="day")
def day_of_work(service: Service, alice: Browser) -> Service:
    """Return a service in which alice has filled in everything, sold, voided, and been refused."""
    product = {"id": new_id(), "name": GOODS["product"], "price": "5k", "category": GOODS["category"]}
    assert alice.post(f"{API}/products", data=product).status_code == 201
    settings = {
        "name": PROFILE["name"], "address": PROFILE["address"], "tax_code": PROFILE["tax code"], "bank": "970436",
        "bank_account": PROFILE["account"], "bank_holder": "ALICE",
    }  # fmt: skip
    assert alice.post("/quay/settings", data=settings).status_code == 303
    alice.get(f"{API}/header")
    line = {"product": None, "name": GOODS["typed in"], "unit": "", "price": 50_000, "quantity": "1"}
    sale = alice.post(f"{API}/sales", json=sent_sale(lines=[line])).json()
    alice.post(f"{API}/sales/{sale['id']}/void", json={"reason": "test"})
    for path in ("/quay/receipts", "/quay/products?q=dau+vet", "/quay/sell", "/me"):
        alice.get(path)
    assert alice.post(f"{API}/sales", json=sent_sale(note=TYPED_WRONG)).status_code == 422
    assert alice.post(f"{API}/products", data=product | {"price": TYPED_WRONG}).status_code == 422
    assert alice.get(f"{API}/sales/{TYPED_WRONG}").status_code == 404
    service.settle()
    return service


def found_in(paths: list[Path], *texts: str) -> list[str]:
    """Return those of the texts that stand in the clear in any of the files."""
    content = b"".join(path.read_bytes() for path in paths)
    return [text for text in texts if text.encode() in content]


def files_of(folder: Path) -> list[Path]:
    """Return every file below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def test_goods_and_sales_lie_in_the_books_alone(day: Service) -> None:
    """Names of goods are in the shop's own file and in no file of camket's."""
    data = day.runtime.settings.data
    books = [path for path in files_of(data) if path.name.startswith(FILE_NAME)]
    others = [path for path in files_of(data) if path not in books]
    assert found_in(books, *GOODS.values()) == list(GOODS.values())
    assert found_in(others, *GOODS.values()) == []


def test_the_header_lies_in_the_vault_alone(day: Service) -> None:
    """Name, address, tax code and bank account are sealed: no file holds them in the clear, the books least of all."""
    assert found_in(files_of(day.runtime.settings.data), *PROFILE.values()) == []


def test_what_was_refused_lies_nowhere(day: Service) -> None:
    """What was typed where it does not belong is kept in no file."""
    assert found_in(files_of(day.runtime.settings.data), TYPED_WRONG) == []


def test_the_log_says_nothing_of_it(day: Service) -> None:
    """No name, no number, no word of what was sold, set or refused is in the operational log."""
    log = day.log.getvalue()
    assert [text for text in (*GOODS.values(), *PROFILE.values(), TYPED_WRONG) if text in log] == []
