"""Sales on every store: committed once, numbered without gaps, voided and never deleted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from camket_shop.catalogue import archive_product, change_product, read_draft
from camket_shop.errors import ConflictError, InvalidError, NotFoundError, StoreError
from camket_shop.ids import new_id
from camket_shop.selling import (
    SALES_OF_A_PAGE,
    NewSale,
    VoidReason,
    commit_sale,
    find_sale,
    list_sales,
    read_sale,
    sale_document,
    void_sale,
)
from camket_shop.store.engine import ShopStore
from tests.shop.selling import ALICE, BOB, COFFEE, NOW, Vault, added, new_sale, sent_sale

LATER = NOW + timedelta(minutes=1)


def test_a_sale_is_there_after_a_restart(open_again: Callable[[], ShopStore]) -> None:
    """A committed sale is read back whole by another process, lines in order."""
    first = open_again()
    coffee = added(first)
    line = {"product": coffee.id, "name": "Cà phê sữa đá", "unit": "ly", "price": 25_000, "quantity": "1"}
    lines = [line, {"product": None, "name": "Bánh", "unit": "", "price": 3_333, "quantity": "1.5"}]
    sale = new_sale(lines=lines, total=30_000, payment={"method": "cash", "tendered": 50_000, "transferred": 0})
    committed, is_new = commit_sale(first, ALICE, sale, at=NOW)
    first.close()
    again = open_again()
    assert is_new
    assert find_sale(again, ALICE, 1) == committed
    assert [(line.name, line.amount) for line in committed.lines] == [("Cà phê sữa đá", 25_000), ("Bánh", 5_000)]
    assert (committed.total, committed.change) == (30_000, 20_000)


def test_a_sale_sent_twice_is_committed_once(store: ShopStore) -> None:
    """The same sale again finds the first, with the same number and the same answer."""
    sale = new_sale()
    first, is_new = commit_sale(store, ALICE, sale, at=NOW)
    again, is_new_again = commit_sale(store, ALICE, sale, at=LATER)
    assert (is_new, is_new_again) == (True, False)
    assert sale_document(again) == sale_document(first)
    assert len(list_sales(store, ALICE)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"sold_at": "2026-11-22T16:30:00.001+07:00"},
        {"discount": 1, "total": 49_999},
        {"payment": {"method": "cash", "tendered": 50_000, "transferred": 0}},
        {"payment": {"method": "transfer", "tendered": 0, "transferred": 50_000}},
        {"lines": [{"product": None, "name": "Trà", "unit": "ly", "price": 25_000, "quantity": "2"}]},
        {"lines": [{"product": None, "name": "Cà phê sữa đá", "unit": "ly", "price": 50_000, "quantity": "1"}]},
        {"lines": [{"product": None, "name": "Cà phê sữa đá", "unit": "cốc", "price": 25_000, "quantity": "2"}]},
    ],
)
def test_an_id_is_not_given_to_another_sale(store: ShopStore, other: dict[str, object]) -> None:
    """The same id with anything different is refused, and takes no number."""
    sent = sent_sale()
    commit_sale(store, ALICE, read_sale(sent), at=NOW)
    with pytest.raises(ConflictError, match="sale_id_taken"):
        commit_sale(store, ALICE, read_sale(sent | other), at=NOW)
    assert commit_sale(store, ALICE, new_sale(), at=NOW)[0].number == 2


def test_the_same_instant_in_another_zone_is_the_same_sale(store: ShopStore) -> None:
    """How the device writes its clock does not make another sale."""
    sent = sent_sale()
    commit_sale(store, ALICE, read_sale(sent), at=NOW)
    _, is_new = commit_sale(store, ALICE, read_sale(sent | {"sold_at": "2026-11-22T09:30:00Z"}), at=NOW)
    assert not is_new


def test_numbers_of_many_at_once_have_no_gaps(store: ShopStore) -> None:
    """Sales of two shops from sixteen threads, each sent three times: each shop counts from 1 without a gap."""
    sales = [(shop, new_sale()) for shop in (ALICE, BOB) for _ in range(20)]
    work = [*sales, *reversed(sales), *sales]

    def commit(one: tuple[str, NewSale]) -> tuple[str, str, int]:
        shop, sale = one
        row, _ = commit_sale(store, shop, sale, at=NOW)
        return shop, row.id, row.number

    with ThreadPoolExecutor(16) as threads:
        answers = set(threads.map(commit, work))
    assert len(answers) == 40
    for shop in (ALICE, BOB):
        assert sorted(number for of, _, number in answers if of == shop) == list(range(1, 21))


def test_a_refused_sale_takes_no_number(store: ShopStore) -> None:
    """A sale that names a product of no one, or of another shop, is refused with the line, and leaves no gap."""
    theirs = added(store, BOB)
    line = sent_sale()["lines"][0]
    for product in (new_id(), theirs.id):
        with pytest.raises(InvalidError) as refused:
            commit_sale(store, ALICE, new_sale(lines=[line, line | {"product": product}], total=100_000), at=NOW)
        assert (refused.value.code, refused.value.field) == ("product_unknown", "lines.1.product")
    assert commit_sale(store, ALICE, new_sale(), at=NOW)[0].number == 1


def test_names_and_prices_of_a_sale_are_frozen(store: ShopStore) -> None:
    """Changing or archiving a product changes nothing that was sold; a device that did not hear of it may go on."""
    coffee = added(store)
    line = sent_sale()["lines"][0] | {"product": coffee.id}
    sold, _ = commit_sale(store, ALICE, new_sale(lines=[line]), at=NOW)
    change_product(store, Vault(), ALICE, coffee.id, read_draft(COFFEE | {"price": "99k"}), version=1, at=LATER)
    archive_product(store, ALICE, coffee.id, at=LATER)
    assert find_sale(store, ALICE, 1) == sold
    late, _ = commit_sale(store, ALICE, new_sale(lines=[line]), at=LATER)
    assert (late.number, late.lines[0].price) == (2, 25_000)


@pytest.mark.parametrize("sold_at", ["1999-12-31T23:59:59.999Z", "2099-01-01T00:00:00+07:00", "0001-01-02T00:00:00Z"])
def test_a_wrong_clock_loses_no_sale(store: ShopStore, sold_at: str) -> None:
    """However wrong the device's clock is, the sale is kept with it, and with the server's beside it."""
    row, _ = commit_sale(store, ALICE, new_sale(sold_at=sold_at), at=NOW)
    assert find_sale(store, ALICE, row.number).sold_at == datetime.fromisoformat(sold_at).astimezone(UTC)
    assert row.committed_at == NOW


def test_a_void_marks_and_deletes_nothing(store: ShopStore) -> None:
    """A voided sale keeps its number, its lines and its sums, and says when and why."""
    sale, _ = commit_sale(store, ALICE, new_sale(), at=NOW)
    voided = void_sale(store, ALICE, sale.id, VoidReason.WRONG_ITEM, at=LATER)
    assert (voided.voided_at, voided.void_reason) == (LATER, "wrong_item")
    assert (voided.number, voided.lines, voided.total) == (sale.number, sale.lines, sale.total)
    assert find_sale(store, ALICE, sale.number) == voided
    assert commit_sale(store, ALICE, new_sale(), at=LATER)[0].number == 2


def test_voiding_twice_is_voiding_once(store: ShopStore) -> None:
    """The same void again finds the first; another reason is refused, and the first stays."""
    sale, _ = commit_sale(store, ALICE, new_sale(), at=NOW)
    voided = void_sale(store, ALICE, sale.id, VoidReason.TEST, at=LATER)
    assert void_sale(store, ALICE, sale.id, VoidReason.TEST, at=LATER + timedelta(days=1)) == voided
    with pytest.raises(ConflictError, match="sale_voided_otherwise"):
        void_sale(store, ALICE, sale.id, VoidReason.RETURNED, at=LATER)
    assert find_sale(store, ALICE, sale.number) == voided


def test_a_retry_after_a_void_tells_of_it(store: ShopStore) -> None:
    """A late retry of a sale that was voided meanwhile sells nothing, and says that it is voided."""
    sale = new_sale()
    row, _ = commit_sale(store, ALICE, sale, at=NOW)
    voided = void_sale(store, ALICE, row.id, VoidReason.TEST, at=LATER)
    assert commit_sale(store, ALICE, sale, at=LATER) == (voided, False)


def test_sales_are_listed_newest_first(store: ShopStore) -> None:
    """Pages of forty go down by number; each sale stands on one of them, with its own lines."""
    for price in range(1, SALES_OF_A_PAGE + 3):
        line = {"product": None, "name": "Món", "unit": "", "price": price, "quantity": "1"}
        commit_sale(store, ALICE, new_sale(lines=[line], total=price), at=NOW)
    first = list_sales(store, ALICE)
    second = list_sales(store, ALICE, before=first[-1].number)
    assert [row.number for row in (*first, *second)] == list(range(SALES_OF_A_PAGE + 2, 0, -1))
    assert all(row.lines[0].price == row.number for row in (*first, *second))
    assert list_sales(store, ALICE, before=1) == ()


def test_no_shop_reaches_a_sale_of_another(store: ShopStore) -> None:
    """With the right id or number and the wrong shop nothing is read or voided, and the same id may be used."""
    sale = new_sale()
    row, _ = commit_sale(store, ALICE, sale, at=NOW)
    with pytest.raises(NotFoundError):
        find_sale(store, BOB, row.number)
    with pytest.raises(NotFoundError):
        void_sale(store, BOB, row.id, VoidReason.TEST, at=LATER)
    assert list_sales(store, BOB) == ()
    mine, is_new = commit_sale(store, BOB, sale, at=LATER)
    assert (is_new, mine.number, mine.shop_id) == (True, 1, BOB)
    assert find_sale(store, ALICE, 1) == row


@pytest.mark.parametrize("sale_id", ["", "x", "\0", "0" * 27, "../x"])
def test_what_is_no_id_is_not_voided(store: ShopStore, sale_id: str) -> None:
    """Whatever stands in an address, it names a sale or nothing, on every store."""
    with pytest.raises(NotFoundError):
        void_sale(store, ALICE, sale_id, VoidReason.TEST, at=LATER)


def test_a_reader_writes_nothing(store: ShopStore) -> None:
    """What only reads cannot write by mistake, on every store."""
    commit_sale(store, ALICE, new_sale(), at=NOW)
    with pytest.raises(StoreError):
        store.read(lambda connection: connection.execute(sa.text("DELETE FROM sale_line")))
    assert len(find_sale(store, ALICE, 1).lines) == 1
