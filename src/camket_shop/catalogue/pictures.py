"""A product's picture on its way into camket's vault and out of it; the books only name its row there.

What the vault is told comes after what the books say, and is noted until it is done, so that a crash loses neither.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, TypeVar

from camket_shop.catalogue.drafts import NewPicture, PictureChange
from camket_shop.errors import ShopError
from camket_shop.store import products

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection

    from camket_shop.store.engine import ShopStore

T = TypeVar("T")


class PictureVault(Protocol):
    """Where pictures lie; `camket_shop.platform.Platform` is it."""

    def add_picture(self, subject_id: str, archive: bytes) -> str:
        """Keep a picture and return its row; durable on return."""
        ...

    def remove(self, subject_id: str, row_ids: Sequence[str]) -> None:
        """Remove values; durable on return, and twice is once."""
        ...


def keep_picture(vault: PictureVault, shop_id: str, picture: PictureChange | None) -> str | None:
    """Keep a new picture in the vault and return its row; None where there is no new one."""
    return vault.add_picture(shop_id, picture.archive) if isinstance(picture, NewPicture) else None


def or_take_back(vault: PictureVault, shop_id: str, picture_row: str | None, work: Callable[[], T]) -> T:
    """Return what a unit of work returns; where it fails, the picture that was kept for it is removed again."""
    try:
        return work()
    except ShopError:
        if picture_row is not None:
            with suppress(ShopError):  # why the product was not kept matters more
                vault.remove(shop_id, (picture_row,))
        raise


def drop(connection: Connection, shop_id: str, picture_row: str | None) -> None:
    """Note that the vault is to remove a picture, in the transaction in which its product stops to show it."""
    if picture_row is not None:
        products.drop_picture(connection, shop_id, picture_row)


def clear_pictures(store: ShopStore, vault: PictureVault, shop_id: str) -> None:
    """Have the vault remove pictures that no product shows any more.

    Effects:
        Removed and then forgotten, so a crash in between removes twice, which is once. What the vault refuses to
        remove just now stays noted for the next time.
    """
    dropped = store.read(lambda connection: products.dropped_pictures(connection, shop_id))
    if not dropped:
        return
    try:
        vault.remove(shop_id, dropped)
    except ShopError:
        return
    store.write(lambda connection: products.forget_dropped(connection, shop_id, dropped))
