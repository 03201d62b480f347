"""The catalogue: products are added, changed and archived, never deleted, as sales name them.

Every change gives the catalogue its next revision, so a device knows at once whether what it keeps is still right.
Pictures are not here: they lie in camket's vault, and a product only names the one it shows.
"""

from camket_shop.catalogue.changes import (
    PRODUCTS_OF_A_SHOP,
    ProductChangedError,
    add_product,
    archive_product,
    change_product,
    lose_picture,
    restore_product,
)
from camket_shop.catalogue.drafts import Draft, NewPicture, PictureChange, read_draft, read_version
from camket_shop.catalogue.pictures import PictureVault
from camket_shop.catalogue.reading import (
    PRODUCTS_OF_A_PAGE,
    Catalogue,
    categories_of,
    count_archived,
    find_any_product,
    find_picture,
    find_product,
    product_document,
    read_catalogue,
    read_revision,
    search_catalogue,
)

__all__ = [
    "PRODUCTS_OF_A_PAGE",
    "PRODUCTS_OF_A_SHOP",
    "Catalogue",
    "Draft",
    "NewPicture",
    "PictureChange",
    "PictureVault",
    "ProductChangedError",
    "add_product",
    "archive_product",
    "categories_of",
    "change_product",
    "count_archived",
    "find_any_product",
    "find_picture",
    "find_product",
    "lose_picture",
    "product_document",
    "read_catalogue",
    "read_draft",
    "read_revision",
    "read_version",
    "restore_product",
    "search_catalogue",
]
