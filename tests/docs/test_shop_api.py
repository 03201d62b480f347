"""The shop's reference names every route, field, error and setting that there is, and nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.routing import Mount, Route, Router

import camket_shop
from camket.bootstrap import start_runtime
from camket.client.loading import close_apps, load_apps
from camket.config import load_settings
from camket_shop.catalogue import product_document
from camket_shop.profile import BankAccount, Profile, profile_document
from camket_shop.selling import Method, VoidReason, sale_document
from camket_shop.settings import ShopSettings, variable
from camket_shop.store.products import ProductRow
from camket_shop.store.sales import LineRow, SaleRow
from camket_shop.store.tables import metadata
from camket_shop.web.errors import CODES, Boundary
from tests.shop.selling import ALICE, NOW, sent_sale

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "shop-api.md").read_text(encoding="utf-8")
MESSAGES = Path(camket_shop.__file__).parent / "web" / "messages"
LINE = LineRow(position=0, product_id=None, name="Trà", unit="ly", price=1, quantity=1000, amount=1)
SALE = SaleRow(
    shop_id=ALICE, id="0" * 26, number=1, fingerprint="", sold_at=NOW, committed_at=NOW, discount=0, total=1,
    method="cash", tendered=1, transferred=0, change=0, voided_at=NOW, void_reason="test", lines=(LINE,),
)  # fmt: skip
PRODUCT = ProductRow(
    shop_id=ALICE, id="0" * 26, fingerprint="", name="Trà", search="tra", price=1, unit="", category="", barcode=None,
    picture=None, picture_row=None, version=1, created_at=NOW, changed_at=NOW, archived_at=None,
)  # fmt: skip


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, set[str]]]:
    """Return every route of the shop as it is mounted, with its methods."""
    data = tmp_path_factory.mktemp("shop") / "data"
    apps = "/quay=camket_shop.app:create_app"
    settings = load_settings(data=data, development=True, policy=ROOT / "policies" / "default", apps=apps)
    runtime = start_runtime(settings)
    loaded = load_apps(runtime)
    try:
        assert isinstance(loaded[0].app, Boundary)
        assert isinstance(loaded[0].app.app, Router)
        yield dict(map(described, loaded[0].app.app.routes))
    finally:
        close_apps(loaded)
        runtime.close()


def described(route: object) -> tuple[str, set[str]]:
    """Return a route's path and methods; of a mount, that it is read."""
    assert isinstance(route, Route | Mount)
    return route.path, set(route.methods or ()) - {"HEAD"} if isinstance(route, Route) else {"GET"}


def section(heading: str) -> str:
    """Return what stands below a heading, up to the next one of any depth."""
    found = re.search(rf"^#+ {heading}$(.*?)(?=^#|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None, heading
    return found.group(1)


def missing(names: object, heading: str) -> list[str]:
    """Return the names that a section does not say."""
    assert isinstance(names, dict | set | frozenset | list)
    return [name for name in names if f"`{name}`" not in section(heading)]


def test_each_route_is_described(routes: dict[str, set[str]]) -> None:
    """The page lists exactly the routes that the shop serves, each with its methods."""
    listed = re.findall(r"^\| `(/[^`]*)` \| ([A-Z, ]+) \|", PAGE, re.MULTILINE)
    assert {path: set(methods.replace(" ", "").split(",")) for path, methods in listed} == routes


def test_each_field_is_described() -> None:
    """Every field of products, sales, header, and of what a device sends, is named where it belongs."""
    assert missing(product_document(PRODUCT), "Products") == []
    sale = json.loads(json.dumps(sale_document(SALE)))
    assert missing({*sale, *sale["lines"][0], *sale["voided"]}, "Sales") == []
    assert missing({*sent_sale(), *sent_sale()["payment"]}, "Sales") == []
    bank = BankAccount(bin="970436", name="", account="", holder="")
    assert missing({*profile_document(Profile(bank=bank)), *asdict(bank), "revision", "read_at"}, "The header") == []


def test_each_word_is_described() -> None:
    """Ways of paying and reasons of a void are all named."""
    assert missing({*Method, *VoidReason}, "Sales") == []


def test_each_error_is_described() -> None:
    """Every code that the shop can answer with is listed, and no other."""
    known = {*json.loads((MESSAGES / "vi" / "errors.json").read_text(encoding="utf-8")), *CODES.values()}
    rows = re.findall(r"^\| [0-9, ]+ \| (.*) \|$", section("Errors"), re.MULTILINE)
    listed = {code for row in rows for code in re.findall(r"`([a-z_]+)`", row)}
    assert known - listed == set()
    assert listed - known == set()


def test_each_table_is_described() -> None:
    """Every table of the shop's books stands in the reference of the storage, and no other."""
    page = (ROOT / "docs" / "reference" / "storage.md").read_text(encoding="utf-8").partition("## The shop's books")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(metadata.tables)


def test_each_setting_is_described() -> None:
    """Every variable is listed, and no other."""
    listed = set(re.findall(r"^\| `(QUAY_\w+)` \|", section("Settings"), re.MULTILINE))
    assert listed == {variable(name) for name in ShopSettings.model_fields}
