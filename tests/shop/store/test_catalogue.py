"""The catalogue on every store: what is added, changed and put away, and what another tab did meanwhile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from camket_shop.catalogue import (
    PRODUCTS_OF_A_PAGE,
    NewPicture,
    ProductChangedError,
    add_product,
    archive_product,
    categories_of,
    change_product,
    changes,
    count_archived,
    find_any_product,
    find_picture,
    find_product,
    lose_picture,
    read_catalogue,
    read_draft,
    restore_product,
    search_catalogue,
)
from camket_shop.errors import ConflictError, InvalidError, NotFoundError, StoreError, TooLargeError
from camket_shop.ids import new_id
from camket_shop.store.engine import ShopStore
from tests.shop.selling import ALICE, BOB, COFFEE, NOW, Vault, added

PICTURE = NewPicture(digest="ab" * 32, archive=b"three sizes")
OTHER_PICTURE = NewPicture(digest="cd" * 32, archive=b"three other sizes")
LATER = NOW + timedelta(minutes=1)


def revision(store: ShopStore, shop_id: str = ALICE) -> int:
    """Return the catalogue's revision."""
    return read_catalogue(store, shop_id).revision


def test_a_product_is_there_after_a_restart(open_again: Callable[[], ShopStore]) -> None:
    """What was added is read back whole by another process."""
    first = open_again()
    product = added(first, barcode="8936000000012")
    first.close()
    again = open_again()
    assert find_product(again, ALICE, product.id) == product
    assert read_catalogue(again, ALICE).products == (product,)
    assert (product.name, product.price, product.unit) == ("Cà phê sữa đá", 25_000, "ly")
    assert product.search == "ca phe sua da 8936000000012 do uong"


def test_adding_twice_is_adding_once(store: ShopStore) -> None:
    """The same id with the same content finds the product, and nothing changes."""
    vault, product_id, draft = Vault(), new_id(), read_draft(COFFEE)
    first, is_new = add_product(store, vault, ALICE, product_id, draft, picture=PICTURE, at=NOW)
    again, is_new_again = add_product(store, vault, ALICE, product_id, draft, picture=PICTURE, at=LATER)
    assert (is_new, is_new_again) == (True, False)
    assert again == first
    assert revision(store) == 1
    assert len(vault.pictures) == 1


@pytest.mark.parametrize("typed", [{"price": "26k"}, {"name": "Cà phê"}, {"barcode": "8936"}])
def test_an_id_is_not_given_to_another_product(store: ShopStore, typed: dict[str, str]) -> None:
    """The same id with other content is refused, and what is there stays."""
    product = added(store)
    with pytest.raises(ConflictError, match="product_id_taken"):
        add_product(store, Vault(), ALICE, product.id, read_draft(COFFEE | typed), at=NOW)
    assert read_catalogue(store, ALICE).products == (product,)


def test_a_retry_is_known_after_a_change(store: ShopStore) -> None:
    """A late retry of adding finds the product as it is by now, and takes no change back."""
    product = added(store)
    changed = change_product(
        store, Vault(), ALICE, product.id, read_draft(COFFEE | {"price": "30k"}), version=1, at=LATER
    )
    again, is_new = add_product(store, Vault(), ALICE, product.id, read_draft(COFFEE), at=LATER)
    assert (again, is_new) == (changed, False)


def test_a_change_gives_the_next_version_and_revision(store: ShopStore) -> None:
    """A change is kept whole, with a version of its own, and the catalogue has another revision."""
    product = added(store)
    changed = change_product(
        store, Vault(), ALICE, product.id, read_draft(COFFEE | {"price": "30.000"}), version=1, at=LATER
    )
    assert (changed.price, changed.version, changed.changed_at, changed.created_at) == (30_000, 2, LATER, NOW)
    assert find_product(store, ALICE, product.id) == changed
    assert revision(store) == 2


def test_the_second_of_two_tabs_is_told(store: ShopStore) -> None:
    """A change made from an older version is refused and carries the product as it is now."""
    product = added(store)
    first = change_product(
        store, Vault(), ALICE, product.id, read_draft(COFFEE | {"price": "30k"}), version=1, at=LATER
    )
    with pytest.raises(ProductChangedError) as refused:
        change_product(store, Vault(), ALICE, product.id, read_draft(COFFEE | {"price": "35k"}), version=1, at=LATER)
    assert refused.value.product == first
    assert find_product(store, ALICE, product.id) == first


def test_a_change_sent_twice_is_made_once(store: ShopStore) -> None:
    """The same change again, from the version before it, finds it done."""
    product = added(store)
    draft = read_draft(COFFEE | {"price": "30k"})
    first = change_product(store, Vault(), ALICE, product.id, draft, version=1, at=LATER)
    assert change_product(store, Vault(), ALICE, product.id, draft, version=1, at=LATER) == first
    assert revision(store) == 2


def test_a_barcode_belongs_to_one_product(store: ShopStore) -> None:
    """Another product with the same barcode is refused, and the error names the one that has it."""
    tea = added(store, name="Trà đá", barcode="8936000000012")
    with pytest.raises(InvalidError) as refused:
        added(store, barcode="8936000000012")
    assert (refused.value.code, refused.value.field) == ("barcode_taken", "barcode")
    assert refused.value.values == {"name": "Trà đá"}
    coffee = added(store)
    with pytest.raises(InvalidError, match="barcode_taken"):
        change_product(
            store, Vault(), ALICE, coffee.id, read_draft(COFFEE | {"barcode": "8936000000012"}), version=1, at=LATER
        )
    archive_product(store, ALICE, tea.id, at=LATER)
    assert added(store, barcode="8936000000012").barcode == "8936000000012"
    with pytest.raises(InvalidError, match="barcode_taken"):
        restore_product(store, ALICE, tea.id, at=LATER)


def test_two_shops_may_use_one_barcode(store: ShopStore) -> None:
    """A barcode is unique within a shop, not among shops."""
    assert added(store, ALICE, barcode="8936").barcode == added(store, BOB, barcode="8936").barcode


def test_one_of_two_at_once_gets_the_barcode(store: ShopStore) -> None:
    """Of products added at the same moment with one barcode exactly one is kept; the other is told."""

    def try_it(_number: int) -> str:
        try:
            return added(store, barcode="8936").id
        except InvalidError as error:
            return error.code

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(try_it, range(8)))
    assert outcomes.count("barcode_taken") == 7
    assert len(read_catalogue(store, ALICE).products) == 1


def test_a_double_tap_adds_once(store: ShopStore) -> None:
    """One form sent by eight requests at the same moment makes one product and keeps one picture."""
    vault, product_id, draft = Vault(), new_id(), read_draft(COFFEE)

    def send(_number: int) -> bool:
        return add_product(store, vault, ALICE, product_id, draft, picture=PICTURE, at=NOW)[1]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(send, range(8))).count(True) == 1
    assert revision(store) == 1
    product = find_product(store, ALICE, product_id)
    assert list(vault.pictures) == [product.picture_row]


def test_a_product_is_put_away_and_back(store: ShopStore) -> None:
    """An archived product is off sale and off the catalogue, is still there, and can be sold again."""
    product = added(store)
    archived = archive_product(store, ALICE, product.id, at=LATER)
    assert archive_product(store, ALICE, product.id, at=LATER + timedelta(days=1)) == archived
    assert read_catalogue(store, ALICE).products == ()
    with pytest.raises(NotFoundError):
        find_product(store, ALICE, product.id)
    with pytest.raises(NotFoundError):
        change_product(store, Vault(), ALICE, product.id, read_draft(COFFEE), version=2, at=LATER)
    assert find_any_product(store, ALICE, product.id) == archived
    assert count_archived(store, ALICE) == 1
    back = restore_product(store, ALICE, product.id, at=LATER)
    assert read_catalogue(store, ALICE).products == (back,)
    assert restore_product(store, ALICE, product.id, at=LATER) == back
    assert (count_archived(store, ALICE), revision(store)) == (0, 3)


def test_a_picture_is_replaced_and_removed_in_the_vault_too(store: ShopStore) -> None:
    """The vault holds exactly the picture that the product shows."""
    vault = Vault()
    product, _ = add_product(store, vault, ALICE, new_id(), read_draft(COFFEE), picture=PICTURE, at=NOW)
    assert find_picture(store, ALICE, PICTURE.digest) == product
    draft = read_draft(COFFEE)
    other = change_product(store, vault, ALICE, product.id, draft, version=1, picture=OTHER_PICTURE, at=LATER)
    assert list(vault.pictures) == [other.picture_row]
    assert find_picture(store, ALICE, PICTURE.digest) is None
    kept = change_product(store, vault, ALICE, product.id, read_draft(COFFEE | {"price": "1k"}), version=2, at=LATER)
    assert kept.picture_row == other.picture_row
    bare = change_product(
        store, vault, ALICE, product.id, read_draft(COFFEE | {"price": "1k"}), version=3, picture="remove", at=LATER
    )
    assert (bare.picture, bare.picture_row, vault.pictures) == (None, None, {})


def test_a_picture_that_the_vault_lost_is_shown_no_more(store: ShopStore) -> None:
    """A product whose picture its owner deleted shows none, at the next revision; one that has another keeps that."""
    vault = Vault()
    product, _ = add_product(store, vault, ALICE, new_id(), read_draft(COFFEE), picture=PICTURE, at=NOW)
    assert product.picture_row is not None
    lose_picture(store, ALICE, product.id, product.picture_row, at=LATER)
    bare = find_product(store, ALICE, product.id)
    assert (bare.picture, bare.picture_row, bare.version, revision(store)) == (None, None, 2, 2)
    change_product(store, vault, ALICE, product.id, read_draft(COFFEE), version=2, picture=OTHER_PICTURE, at=LATER)
    lose_picture(store, ALICE, product.id, product.picture_row, at=LATER)
    assert find_product(store, ALICE, product.id).picture == OTHER_PICTURE.digest
    assert revision(store) == 3


def test_a_picture_that_the_vault_would_not_remove_is_removed_later(store: ShopStore) -> None:
    """Where the vault fails, the product is changed all the same and the picture goes with the next change."""

    class StuckVault(Vault):
        def remove(self, subject_id: str, row_ids: object) -> None:
            raise StoreError("platform_failed", reason=f"{subject_id} {row_ids}")

    stuck = StuckVault()
    product, _ = add_product(store, stuck, ALICE, new_id(), read_draft(COFFEE), picture=PICTURE, at=NOW)
    draft = read_draft(COFFEE)
    change_product(store, stuck, ALICE, product.id, draft, version=1, picture="remove", at=LATER)
    assert find_product(store, ALICE, product.id).picture is None
    vault = Vault()
    change_product(store, vault, ALICE, product.id, read_draft(COFFEE | {"price": "1k"}), version=2, at=LATER)
    assert vault.removed == [product.picture_row]
    change_product(store, vault, ALICE, product.id, read_draft(COFFEE | {"price": "2k"}), version=3, at=LATER)
    assert vault.removed == [product.picture_row]


def test_a_picture_of_a_product_that_could_not_be_kept_is_taken_back(
    store: ShopStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the books fail after the vault has kept the picture, the vault is told to remove it."""
    vault = Vault()

    def full(_work: object) -> None:
        raise StoreError("store_full", reason="the disk is full")

    monkeypatch.setattr(store, "write", full)
    with pytest.raises(StoreError, match="store_full"):
        add_product(store, vault, ALICE, new_id(), read_draft(COFFEE), picture=PICTURE, at=NOW)
    assert vault.pictures == {}


def test_search_ignores_accents_and_needs_every_word(store: ShopStore) -> None:
    """A search finds name, category and barcode, with or without accents, and treats no character as a pattern."""
    names = ["Cà phê đen", "Cà phê sữa", "Trà sữa", "Bánh 100%"]
    for number, name in enumerate(names):
        added(store, name=name, category="Nóng" if number == 0 else "", barcode=f"893600{number}")
    added(store, BOB, name="Cà phê của Bob")

    def found(query: str) -> list[str]:
        rows, total = search_catalogue(store, ALICE, query, page=1)
        assert total == len(rows)
        return [row.name for row in rows]

    assert found("ca phe") == ["Cà phê đen", "Cà phê sữa"]
    assert found("SỮA") == ["Cà phê sữa", "Trà sữa"]
    assert found("sữa cà") == ["Cà phê sữa"]
    assert found("nong") == ["Cà phê đen"]
    assert found("8936002") == ["Trà sữa"]
    assert found("100%") == ["Bánh 100%"]
    assert found("_") == []
    assert found("\0sữa\0 \n") == ["Cà phê sữa", "Trà sữa"]
    assert found("") == ["Bánh 100%", "Cà phê đen", "Cà phê sữa", "Trà sữa"]


def test_a_list_has_pages_of_forty(store: ShopStore) -> None:
    """Every product stands on exactly one page, and the total is told with each."""
    for number in range(PRODUCTS_OF_A_PAGE + 2):
        added(store, name=f"Món {number:03}")
    first, total = search_catalogue(store, ALICE, "mon", page=1)
    second, _ = search_catalogue(store, ALICE, "mon", page=2)
    assert (len(first), len(second), total) == (PRODUCTS_OF_A_PAGE, 2, PRODUCTS_OF_A_PAGE + 2)
    assert len({row.id for row in (*first, *second)}) == total
    assert search_catalogue(store, ALICE, "mon", page=3)[0] == ()


def test_archived_products_are_found_where_they_are_looked_for(store: ShopStore) -> None:
    """A search looks at what is on sale or at what was put away, never at both."""
    gone, there = added(store, name="Trà cũ"), added(store, name="Trà mới")
    archive_product(store, ALICE, gone.id, at=LATER)
    assert [row.id for row in search_catalogue(store, ALICE, "tra", page=1)[0]] == [there.id]
    assert [row.id for row in search_catalogue(store, ALICE, "tra", page=1, archived=True)[0]] == [gone.id]


def test_categories_are_those_on_sale(store: ShopStore) -> None:
    """Each category of a product on sale is listed once; that of an archived one is not."""
    added(store, category="Đồ uống")
    added(store, category="Đồ uống")
    added(store, category="")
    archive_product(store, ALICE, added(store, category="Bánh").id, at=LATER)
    assert categories_of(store, ALICE) == ("Đồ uống",)


def test_a_shop_has_so_many_products_and_no_more(store: ShopStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the limit nothing is added or put back; what is put away makes room."""
    monkeypatch.setattr(changes, "PRODUCTS_OF_A_SHOP", 2)
    first = added(store, name="Một")
    added(store, name="Hai")
    with pytest.raises(TooLargeError, match="too_many_products"):
        added(store, name="Ba")
    archive_product(store, ALICE, first.id, at=LATER)
    added(store, name="Ba")
    with pytest.raises(TooLargeError, match="too_many_products"):
        restore_product(store, ALICE, first.id, at=LATER)


def test_no_shop_reaches_a_product_of_another(store: ShopStore) -> None:
    """With the right id and the wrong shop nothing is read, changed or put away, and its own id is still free."""
    product = added(store, ALICE)
    attempts: list[Callable[[], object]] = [
        lambda: find_any_product(store, BOB, product.id),
        lambda: archive_product(store, BOB, product.id, at=LATER),
        lambda: restore_product(store, BOB, product.id, at=LATER),
        lambda: change_product(store, Vault(), BOB, product.id, read_draft(COFFEE), version=1, at=LATER),
    ]
    for attempt in attempts:
        with pytest.raises(NotFoundError):
            attempt()
    assert read_catalogue(store, BOB).products == ()
    mine, is_new = add_product(store, Vault(), BOB, product.id, read_draft(COFFEE | {"price": "1k"}), at=NOW)
    assert is_new
    assert (mine.shop_id, find_product(store, ALICE, product.id)) == (BOB, product)


@pytest.mark.parametrize("product_id", ["", "x", "\0", "0" * 27, "ư" * 26, "../x"])
def test_what_is_no_id_is_not_found(store: ShopStore, product_id: str) -> None:
    """Whatever stands in an address, it names a product or nothing, on every store."""
    with pytest.raises(NotFoundError):
        find_any_product(store, ALICE, product_id)
    with pytest.raises(NotFoundError):
        archive_product(store, ALICE, product_id, at=LATER)
