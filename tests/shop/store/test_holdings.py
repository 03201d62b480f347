"""What the shop holds about its owner: counted, given whole, destroyed, and never made anew after that."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from camket_shop.catalogue import archive_product, read_catalogue
from camket_shop.errors import SignedOutError
from camket_shop.holdings import count_holdings, erase_holdings, export_holdings
from camket_shop.selling import VoidReason, commit_sale, list_sales, void_sale
from camket_shop.store import tables
from camket_shop.store.engine import FILE_NAME, ShopStore, open_store
from tests.shop.selling import ALICE, BOB, NOW, added, new_sale

LATER = NOW + timedelta(minutes=1)


def sell(store: ShopStore, shop_id: str, name: str) -> None:
    """Commit one sale of something with a name."""
    line = {"product": None, "name": name, "unit": "", "price": 50_000, "quantity": "1"}
    commit_sale(store, shop_id, new_sale(lines=[line]), at=NOW)


def rows_of(store: ShopStore, shop_id: str) -> int:
    """Return how many rows of a shop there are in all tables."""
    named = [table.c.shop_id if "shop_id" in table.c else table.c.id for table in tables.metadata.sorted_tables
             if table is not tables.erased_shop]  # fmt: skip
    return store.read(
        lambda connection: sum(
            connection.execute(sa.select(sa.func.count()).where(column == shop_id)).scalar_one() for column in named
        )
    )


def test_everything_is_counted(store: ShopStore) -> None:
    """Archived products and voided sales are held too, and another shop's are not."""
    archive_product(store, ALICE, added(store).id, at=LATER)
    added(store, name="Trà")
    sale, _ = commit_sale(store, ALICE, new_sale(), at=NOW)
    void_sale(store, ALICE, sale.id, VoidReason.TEST, at=LATER)
    sell(store, BOB, "Của Bob")
    assert count_holdings(store, ALICE) == {"shop.catalogue": 2, "shop.sales": 1}
    assert count_holdings(store, "no-one") == {"shop.catalogue": 0, "shop.sales": 0}


def test_everything_is_given(store: ShopStore) -> None:
    """Goods and sales come as two files of JSON, whole and readable, and nothing of another shop is in them."""
    product = added(store, barcode="8936")
    archive_product(store, ALICE, product.id, at=LATER)
    sale, _ = commit_sale(store, ALICE, new_sale(), at=NOW)
    void_sale(store, ALICE, sale.id, VoidReason.WRONG_PRICE, at=LATER)
    sell(store, BOB, "Của Bob")
    goods, sales = export_holdings(store, ALICE)
    assert [(one.item, one.file_name, one.media_type, one.count) for one in (goods, sales)] == [
        ("shop.catalogue", "catalogue.json", "application/json", 1),
        ("shop.sales", "sales.json", "application/json", 1),
    ]
    assert json.loads(goods.content) == {
        "products": [
            {
                "id": product.id, "name": "Cà phê sữa đá", "price": 25_000, "unit": "ly", "category": "Đồ uống",
                "barcode": "8936", "picture": None, "created_at": "2026-11-22T09:30:00.000Z",
                "changed_at": "2026-11-22T09:31:00.000Z", "archived_at": "2026-11-22T09:31:00.000Z",
            }
        ]
    }  # fmt: skip
    (told,) = json.loads(sales.content)["sales"]
    assert (told["number"], told["total"], told["voided"]["reason"]) == (1, 50_000, "wrong_price")
    assert "Của Bob" not in goods.content.decode() + sales.content.decode()


def test_who_has_nothing_gets_no_file(store: ShopStore) -> None:
    """A shop without goods and sales gives nothing."""
    assert export_holdings(store, ALICE) == ()


def test_erasing_leaves_nothing_of_the_shop(open_again: Callable[[], ShopStore]) -> None:
    """Every row of the shop is gone after a restart too, the other shop's are all there, and twice is once."""
    store = open_again()
    for shop in (ALICE, BOB):
        added(store, shop, barcode="8936")
        sell(store, shop, "Bánh")
    kept = rows_of(store, BOB)
    erase_holdings(store, ALICE, at=LATER)
    erase_holdings(store, ALICE, at=LATER)
    erase_holdings(store, "no-one", at=LATER)
    store.close()
    again = open_again()
    assert rows_of(again, ALICE) == 0
    assert rows_of(again, BOB) == kept > 0
    assert count_holdings(again, ALICE) == {"shop.catalogue": 0, "shop.sales": 0}


def test_nothing_is_made_anew_after_erasing(store: ShopStore) -> None:
    """A request that was under way while its account was erased keeps nothing; other shops go on."""
    added(store)
    erase_holdings(store, ALICE, at=LATER)
    with pytest.raises(SignedOutError):
        sell(store, ALICE, "Muộn")
    with pytest.raises(SignedOutError):
        added(store)
    assert rows_of(store, ALICE) == 0
    assert (read_catalogue(store, ALICE).products, list_sales(store, ALICE)) == ((), ())
    sell(store, BOB, "Bánh")


def test_erasing_while_selling_leaves_nothing(store: ShopStore) -> None:
    """Sales that race with the erasure either end before it or are refused; none is left over."""

    def race(number: int) -> bool:
        if number == 12:
            erase_holdings(store, ALICE, at=LATER)
            return True
        try:
            sell(store, ALICE, f"Món {number}")
        except SignedOutError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(race, range(40)))
    assert rows_of(store, ALICE) == 0


def test_erased_bytes_leave_the_file(tmp_path: Path) -> None:
    """On SQLite neither the file nor its log holds a name of the erased shop."""
    folder = tmp_path / "quay"
    store = open_store(folder)
    for number in range(100):
        added(store, name=f"Bánh dày {number}")
        sell(store, ALICE, f"Xôi gấc {number}")
    before = b"".join(file.read_bytes() for file in folder.iterdir())
    assert "Bánh dày".encode() in before
    assert "Xôi gấc".encode() in before
    erase_holdings(store, ALICE, at=LATER)
    after = b"".join(file.read_bytes() for file in folder.iterdir())
    assert {name: (name.encode() in after) for name in ("Bánh dày", "Xôi gấc", "banh day", ALICE)} == {
        "Bánh dày": False, "Xôi gấc": False, "banh day": False, ALICE: False,
    }  # fmt: skip
    assert (folder / f"{FILE_NAME}-wal").stat().st_size == 0
    store.close()
