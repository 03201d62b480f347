"""P12 and P13 for the shop: everything personal in it is in my data, in the copy and in the deletion."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from camket.client.loading import close_apps, load_apps
from camket.core.terms import Language
from camket.web.app import create_app
from camket_shop.ids import new_id
from tests.pictures import picture
from tests.shop.selling import COFFEE, sent_sale
from tests.web.conftest import ALICE, Service, start
from tests.web.test_privacy_centre import ask, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camket.core.policy.model import Item
    from tests.web.conftest import Browser

APPS = "/quay=camket_shop.app:create_app"
OF_THE_SHOP = ("shop", "print")
SETTINGS = {
    "name": "Quán Alice",
    "address": "12 Phố Huế, Hà Nội",
    "tax_code": "0123456789",
    "bank": "970436",
    "bank_account": "0071000123456",
    "bank_holder": "NGUYEN THI ALICE",
}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Return a service that hosts the shop."""
    service = start(tmp_path / "data", apps=APPS)
    apps = load_apps(service.runtime)
    service.app = create_app(service.runtime, apps)
    yield service
    close_apps(apps)
    service.runtime.close()


@pytest.fixture
def alice(service: Service) -> Browser:
    """Return alice's browser after a first day in the shop: every part of it was used."""
    browser = service.register(ALICE)
    assert browser.post("/quay/settings", data=SETTINGS).status_code == 303
    photo = {"picture": ("photo.webp", _photo(), "image/webp")}
    product = COFFEE | {"id": new_id(), "picture_source": "camera", "whiten": "0"}
    assert browser.post("/quay/api/products", data=product, files=photo).status_code == 201
    assert browser.post("/quay/api/sales", json=sent_sale()).status_code == 201
    printer = {"name": "Máy in quầy", "transport": "bluetooth"}
    assert browser.post("/quay/api/printers/used", json=printer).status_code == 204
    return browser


def _photo() -> bytes:
    with zipfile.ZipFile(io.BytesIO(picture("teal"))) as archive:
        return archive.read("1200.webp")


def items_of_the_shop(service: Service) -> list[Item]:
    """Return every item that is collected for the shop alone: what the account collects too is not the shop's."""
    policy = service.runtime.context.policies.published(service.runtime.context.store)[-1].version.policy
    return [item for item in policy.items if {way.service for way in item.collected} <= set(OF_THE_SHOP)]


def test_everything_that_the_policy_lets_a_shop_keep_is_in_my_data(service: Service, alice: Browser) -> None:
    """P12: each item that the policy declares for shop and print stands on the page with its own reason."""
    items = items_of_the_shop(service)
    assert len(items) >= 12
    page = text_of(alice.get("/me"))
    assert [item.id for item in items if item.label[Language.VI] not in page] == []
    assert [item.id for item in items if item.why[Language.VI] not in page] == []


def test_everything_of_the_shop_is_in_the_copy(service: Service, alice: Browser) -> None:
    """P12: each of these items is in the copy, as a value or as a file that the shop gave; each picture is a file."""
    request, code = ask(service, alice, "/me/copy")
    alice.send_form(f"{request}/verify", code=code)
    service.settle()
    archive = zipfile.ZipFile(io.BytesIO(alice.send_form(f"{request}/copy").content))
    data = json.loads(archive.read("data.json"))
    given = {one["item"] for one in data["values"]} | {one["item"] for one in data["holdings"]}
    assert {item.id for item in items_of_the_shop(service)} - given == set()
    files = [one["file"] for one in (*data["values"], *data["holdings"]) if one["file"]]
    assert len(files) == 3
    assert all(archive.read(file) for file in files)


def test_everything_of_the_shop_goes_with_the_account(service: Service, alice: Browser) -> None:
    """P12: before the deletion each of these items is named among what goes, and none among what stays."""
    goes, _, stays = text_of(alice.get("/me/delete")).partition("Những gì phải giữ, theo luật nào")
    assert "Nghị định" in stays
    labels = [item.label[Language.VI] for item in items_of_the_shop(service)]
    assert [label for label in labels if label not in goes] == []
    assert [label for label in labels if label in stays] == []
