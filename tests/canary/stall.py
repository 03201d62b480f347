"""A day at alice's stall: what she writes in the shop, every word of it a marker."""

from __future__ import annotations

import io
import json
import secrets
from typing import TYPE_CHECKING, Any

from PIL import Image

from camket_shop.ids import new_id
from tests.canary.markers import digits_marker, word_marker

if TYPE_CHECKING:
    from tests.canary.browser import Browser, Page

APPS = "/quay=camket_shop.app:create_app"
STORE = "data/apps/quay/"
"""Where the shop keeps goods and sales, as its policy declares and its documents say."""


class Stall:
    """The shop of one owner, as her browser uses it.

    Args:
        browser: hers, signed in.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.vault = {
            "shop name": word_marker(),
            "shop address": word_marker(),
            "tax code": digits_marker(10),
            "bank account": digits_marker(14),
            "bank holder": f"ALICE {secrets.token_hex(7).upper()}",
            "printer name": word_marker(),
            "photo comment": word_marker(),
        }
        """What camket keeps for the shop."""
        self.books = {
            "product name": word_marker(),
            "product category": word_marker(),
            "product barcode": digits_marker(13),
            "sold by hand": word_marker(),
        }
        """What the shop keeps itself."""
        self.picture = b""

    def open(self) -> None:
        """Fill in the settings, photograph a product, sell it with something typed by hand, and print."""
        self.fill_in()
        self.add_product()
        self.sell()
        self.use_printer()
        for path in ("/quay/sell", "/quay/products", "/quay/receipts", "/quay/settings", "/quay/api/header"):
            assert self.browser.get(path).status == 200, path

    def fill_in(self) -> None:
        """Give what stands on receipts."""
        marks = self.vault
        answer = self.browser.post(
            "/quay/settings",
            name=marks["shop name"],
            address=marks["shop address"],
            tax_code=marks["tax code"],
            bank="970436",
            bank_account=marks["bank account"],
            bank_holder=marks["bank holder"],
        )
        assert answer.status == 303, answer.text

    def add_product(self) -> None:
        """Add a product with a photo that says more than its pixels."""
        photo = io.BytesIO()
        Image.effect_noise((640, 640), 80).convert("RGB").save(
            photo, "JPEG", comment=self.vault["photo comment"].encode()
        )
        fields = {
            "id": new_id(),
            "name": self.books["product name"],
            "price": "25k",
            "unit": "ly",
            "category": self.books["product category"],
            "barcode": self.books["product barcode"],
            "picture_source": "camera",
            "whiten": "0",
        }
        body, media_type = multipart(fields, photo.getvalue())
        product = self._told(self.browser.send("/quay/api/products", body, media_type), 201)
        shown = self.browser.get(f"/quay/pictures/{product['picture']}/1200.webp")
        assert shown.status == 200
        self.picture = shown.body

    def sell(self) -> None:
        """Sell something that is in no catalogue."""
        line = {"product": None, "name": self.books["sold by hand"], "unit": "ly", "price": 25_000, "quantity": "2"}
        sale = {
            "id": new_id(),
            "sold_at": "2026-11-22T16:30:00.000+07:00",
            "lines": [line],
            "discount": 0,
            "payment": {"method": "cash", "tendered": 100_000, "transferred": 0},
            "total": 50_000,
        }
        self._told(self._send("/quay/api/sales", sale), 201)

    def use_printer(self) -> None:
        """Print on a printer that has a name."""
        used = {"name": self.vault["printer name"], "transport": "bluetooth"}
        assert self._send("/quay/api/printers/used", used).status == 204

    def _send(self, path: str, value: object) -> Page:
        return self.browser.send(path, json.dumps(value).encode(), "application/json")

    @staticmethod
    def _told(answer: Page, status: int) -> dict[str, Any]:
        assert answer.status == status, answer.text
        told: dict[str, Any] = json.loads(answer.body)
        return told


def multipart(fields: dict[str, str], photo: bytes) -> tuple[bytes, str]:
    """Return a form with a file as a browser sends it, and its media type."""
    boundary = secrets.token_hex(16)
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    body += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="picture"; filename="photo.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    return body + photo + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
