"""The shop behind a whole service: mounted as `serve` mounts it, with real SQLite, keys and policy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

import pytest

from camket.client.loading import close_apps, load_apps
from camket.web.app import create_app
from camket_shop.ids import new_id
from tests.web.conftest import ALICE, BOB, Service, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx2 import Response

    from tests.web.conftest import Browser

APPS = "/quay=camket_shop.app:create_app"
COFFEE = {"name": "Cà phê sữa đá", "price": "25k", "unit": "ly", "category": "Đồ uống", "barcode": ""}
PROFILE = {
    "name": "Tạp hóa Alice", "address": "12 Lê Lợi", "tax_code": "0312345678", "bank": "970436",
    "bank_account": "0123456789", "bank_holder": "NGUYEN THI ALICE",
}  # fmt: skip
PRODUCT_LINK = re.compile(r'href="/quay/products/([0-9a-z]{26})"')


def serving(data: Path, **settings: object) -> Iterator[Service]:
    """Yield a service with the shop mounted, and close both; settings may be given by name."""
    service = start(data, apps=APPS, registrations_per_address_hour=1000, **settings)
    apps = load_apps(service.runtime)
    service.app = create_app(service.runtime, apps)
    yield service
    close_apps(apps)
    service.runtime.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Return a fresh service with the shop."""
    yield from serving(tmp_path / "data")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return a service that a module's tests share: for those that only read, or whose every form is refused."""
    yield from serving(tmp_path_factory.mktemp("shared") / "data")


@pytest.fixture(scope="module")
def reader(shared: Service) -> Owner:
    """Return an owner who only reads."""
    return Owner(shared.register(ALICE))


@dataclass
class Owner:
    """One shop owner at their browser."""

    browser: Browser

    def get(self, path: str, **options: object) -> Response:
        """Open a page of the shop."""
        return self.browser.get(f"/quay{path}", **options)  # type: ignore[arg-type]  # passed through unread

    def send(self, path: str, **fields: str) -> Response:
        """Send a form of the shop, without a file."""
        return self.browser.post(f"/quay{path}", data=fields)

    def add(self, **fields: str) -> str:
        """Add a product by the form and return its id."""
        product_id = new_id()
        assert self.send("/products/new", **({"id": product_id} | COFFEE | fields)).status_code == 303
        return product_id

    def sell(self, *, total: int = 50_000) -> int:
        """Sell something that is no product, in cash, and return the receipt's number."""
        line = {"product": None, "name": "Gửi xe", "unit": "", "price": total, "quantity": "1"}
        payment = {"method": "cash", "tendered": total, "transferred": 0}
        sale = {"id": new_id(), "sold_at": "2026-11-22T09:12:00.000+07:00", "lines": [line], "discount": 0}
        answer = self.browser.post("/quay/api/sales", json=sale | {"payment": payment, "total": total})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["number"])

    def listed(self, path: str = "/products") -> list[str]:
        """Return the ids of the products on a page of the list, in its order."""
        return PRODUCT_LINK.findall(self.get(path).text)


@pytest.fixture
def alice(service: Service) -> Owner:
    """Return alice, just registered."""
    return Owner(service.register(ALICE))


@pytest.fixture
def bob(service: Service) -> Owner:
    """Return bob, just registered, at a browser of his own."""
    return Owner(service.register(BOB))


def words(response: Response) -> str:
    """Return what a page says to a reader, in one line."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
