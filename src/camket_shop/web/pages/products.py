"""The catalogue's pages: every product of the shop, and the form for one. They work without JavaScript."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from camket_shop.catalogue import (
    PRODUCTS_OF_A_PAGE,
    ProductChangedError,
    add_product,
    archive_product,
    categories_of,
    change_product,
    count_archived,
    find_any_product,
    read_draft,
    read_version,
    restore_product,
    search_catalogue,
)
from camket_shop.errors import BusyError, InvalidError, ShopError, TooLargeError
from camket_shop.ids import is_client_id, new_id
from camket_shop.money import Refusal, format_dong, read_amount
from camket_shop.text import BARCODE_CHARACTERS, NAME_CHARACTERS, wrong_check_digit
from camket_shop.web.done import done_before, remember_done, said_once
from camket_shop.web.endpoints import page, see_other
from camket_shop.web.first_steps import first_steps
from camket_shop.web.picture_files import PICTURE_FORM_BYTES, read_picture_change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.routing import Route

    from camket_shop.catalogue import Draft
    from camket_shop.store.products import ProductRow
    from camket_shop.web.requests import Shop, Visit

FIELDS: Final = ("name", "price", "unit", "category", "barcode")
FILLED_IN: Final = {"name": "-", "price": "0", "unit": "", "category": "", "barcode": ""}
"""What stands in for a field with a problem, so that the problems of the other fields are found too."""
MOST_PAGES: Final = 1_000


def routes(shop: Shop) -> list[Route]:
    """Return the routes of the catalogue's pages."""
    return [
        page(shop, "/products", get=listing),
        page(shop, "/products/new", get=new_form, post=add, body_bytes=PICTURE_FORM_BYTES, features=["camera"]),
        page(shop, "/products/{id}", get=edit_form, post=change, body_bytes=PICTURE_FORM_BYTES, features=["camera"]),
        page(shop, "/products/{id}/archive", post=archive),
        page(shop, "/products/{id}/restore", post=restore),
    ]


def listing(visit: Visit) -> Response:
    """Show products on sale, or those put away, 40 a page; those that fit what was asked for."""
    asked = " ".join(visit.query.get("q", "").split())[:NAME_CHARACTERS]
    archived = visit.query.get("archived") == "1"
    number = page_asked(visit)
    shop = visit.shop
    products, total = search_catalogue(shop.store, visit.owner, asked, page=number, archived=archived)
    steps, (word, about) = first_steps(visit), _done(visit)
    response = visit.show(
        "products.html",
        products=products,
        total=total,
        number=number,
        last=max(1, -(-total // PRODUCTS_OF_A_PAGE)),
        page_path=lambda to: shop.at(f"/products?{_list_query(asked, archived=archived, number=to)}"),
        asked=asked,
        archived=archived,
        archived_count=count_archived(shop.store, visit.owner),
        steps=steps,
        done=word,
        about=about,
    )
    return said_once(visit, response) if word else response


def new_form(visit: Visit) -> Response:
    """Show the form for a product that is not there yet; the counter names the barcode that it did not know."""
    scanned = visit.query.get("barcode", "")[: max(BARCODE_CHARACTERS)]
    return _form(visit, None, {"id": new_id(), "barcode": scanned})


def add(visit: Visit) -> Response:
    """Add a product; what was typed stays when it cannot be kept. The same form sent twice adds once."""
    typed = _typed(visit)
    if not is_client_id(typed["id"]):
        typed["id"] = new_id()
    draft, problems = _read(visit, typed)
    if draft is None:
        return _form(visit, None, typed, problems)
    try:
        picture = read_picture_change(visit)
        product, _ = add_product(
            visit.shop.store, visit.shop.platform, visit.owner, typed["id"], draft,
            picture=None if isinstance(picture, str) else picture, at=visit.shop.now(),
        )  # fmt: skip
    except (BusyError, InvalidError, TooLargeError) as error:
        return _form(visit, None, typed, {error.field or "name": visit.say(error.message_key, **error.values)})
    another = visit.typed("then") == "another"
    return remember_done(visit, see_other(visit, "/products/new" if another else "/products"), "added", product.id)


def edit_form(visit: Visit) -> Response:
    """Show the form for a product.

    Raises:
        NotFoundError: it is not this shop's.
    """
    product = find_any_product(visit.shop.store, visit.owner, visit.parameters["id"])
    return _form(visit, product, _as_typed(product))


def change(visit: Visit) -> Response:
    """Change a product; one that was changed elsewhere meanwhile is shown beside what was typed."""
    product = find_any_product(visit.shop.store, visit.owner, visit.parameters["id"])
    typed = _typed(visit)
    draft, problems = _read(visit, typed)
    if draft is None:
        return _form(visit, product, typed, problems)
    try:
        changed = change_product(
            visit.shop.store, visit.shop.platform, visit.owner, product.id, draft,
            version=read_version(typed["version"]), picture=read_picture_change(visit), at=visit.shop.now(),
        )  # fmt: skip
    except ProductChangedError as error:
        now = error.product
        sentence = visit.say("products.changed_meanwhile", name=now.name, price=format_dong(now.price))
        return _form(visit, now, typed | {"version": str(now.version)}, {"version": sentence}, status=409)
    except (BusyError, InvalidError, TooLargeError) as error:
        return _form(visit, product, typed, {error.field or "name": visit.say(error.message_key, **error.values)})
    return remember_done(visit, see_other(visit, "/products"), "saved", changed.id)


def archive(visit: Visit) -> Response:
    """Put a product away; the next page offers to undo it."""
    product = archive_product(visit.shop.store, visit.owner, visit.parameters["id"], at=visit.shop.now())
    return remember_done(visit, see_other(visit, "/products"), "archived", product.id)


def restore(visit: Visit) -> Response:
    """Put a product back on sale, or say why it cannot be."""
    try:
        product = restore_product(visit.shop.store, visit.owner, visit.parameters["id"], at=visit.shop.now())
    except (InvalidError, TooLargeError) as error:
        product = find_any_product(visit.shop.store, visit.owner, visit.parameters["id"])
        problem = {error.field or "name": visit.say(error.message_key, **error.values)}
        return _form(visit, product, _as_typed(product), problem)
    return remember_done(visit, see_other(visit, "/products"), "restored", product.id)


def page_asked(visit: Visit) -> int:
    """Return the number of the page that the address asks for; 1 where it asks for none that there can be."""
    asked = visit.query.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= len(str(MOST_PAGES)) else 1
    return min(max(number, 1), MOST_PAGES)


def _list_query(asked: str, *, archived: bool, number: int) -> str:
    named = {"q": asked, "archived": "1" if archived else "", "page": str(number)}
    return urlencode({name: value for name, value in named.items() if value})


def _done(visit: Visit) -> tuple[str, ProductRow | None]:
    """Return the word for what was done to which product just before; an empty word for nothing."""
    done = done_before(visit)
    if done is None or done.word not in {"added", "saved", "archived", "restored"}:
        return "", None
    try:
        return done.word, find_any_product(visit.shop.store, visit.owner, done.about)
    except ShopError:  # it is gone, or the cookie is another owner's of this browser
        return "", None


def _typed(visit: Visit) -> dict[str, str]:
    return {name: visit.typed(name) for name in ("id", "version", *FIELDS)}


def _as_typed(product: ProductRow) -> dict[str, str]:
    values = asdict(product)
    shown = {name: str(values[name] or "") for name in FIELDS}
    return shown | {
        "id": product.id,
        "version": str(product.version),
        "price": format_dong(product.price).removesuffix(" ₫"),
    }


def _read(visit: Visit, typed: Mapping[str, str]) -> tuple[Draft | None, dict[str, str]]:
    """Return what the form says, or all of its problems by field."""
    problems: dict[str, str] = {}
    tried = dict(typed)
    while True:
        try:
            draft = read_draft(tried)
        except InvalidError as error:
            if error.field is None or error.field in problems:
                raise
            problems[error.field] = visit.say(error.message_key, **error.values)
            tried[error.field] = FILLED_IN[error.field]
        else:
            return (None if problems else draft), problems


def _form(
    visit: Visit,
    product: ProductRow | None,
    typed: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
    *,
    status: int = 422,
) -> Response:
    amount = read_amount(typed.get("price", ""))
    found = dict(problems or {})
    if found and "picture" in visit.files:
        found.setdefault("picture", visit.say("products.picture_again"))
    done, about = _done(visit) if product is None and not found else ("", None)
    response = visit.show(
        "product.html",
        status=status if found else 200,
        product=product,
        typed={name: typed.get(name, "") for name in ("id", "version", *FIELDS)},
        problems=found,
        labels={name: visit.say(f"products.{name}") for name in (*FIELDS, "picture")},
        understood=None if isinstance(amount, Refusal) else amount,
        barcode_doubtful=bool(typed.get("barcode")) and wrong_check_digit(typed["barcode"]),
        units=visit.say("products.units").split(", "),
        categories=categories_of(visit.shop.store, visit.owner),
        picture_words=visit.shop.platform.item("shop.picture", visit.language),
        camera_words=visit.shop.platform.item("shop.camera_used", visit.language),
        form_path=f"/products/{product.id}" if product else "/products/new",
        done=done,
        about=about,
    )
    return said_once(visit, response) if done else response
