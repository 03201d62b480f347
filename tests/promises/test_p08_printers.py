"""P8: the app prints over Bluetooth; that a printer is used, and which, is information under the policy.

That receipts really come out of a Bluetooth printer is proven in a browser: `tests/browser/shop/test_bluetooth.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shop.web.conftest import Owner, serving, words
from tests.web.conftest import ALICE, BOB, Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USED = "/quay/api/printers/used"
NAME = "shop.printer_name"
FACT = "shop.printer_used"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Service]:
    """Return a service with the shop."""
    yield from serving(tmp_path / "data")


def printed(owner: Owner, name: str = "MPT-II") -> None:
    """Tell that a printer was used, as the page does after a receipt."""
    answer = owner.browser.post(USED, json={"name": name, "transport": "bluetooth"})
    assert answer.status_code == 204, answer.text


def held(shop: Service) -> list[tuple[str, str, str]]:
    """Return item, service and source of what is held because someone printed."""
    store = shop.runtime.context.store
    owners = store.read(lambda unit: unit.values.subjects_with("service.use", after_id="", limit=9))
    rows = store.read(lambda unit: [row for one in owners for row in unit.values.of_subject(one, (FACT, NAME))])
    return sorted((row.item, row.service, row.source.value) for row in rows)


def test_printing_is_recorded_as_declared(shop: Service) -> None:
    """P8: a receipt puts two declared items on record, as observed, through the service `print` - and nothing else."""
    alice = Owner(shop.register(ALICE))
    printed(alice)
    assert held(shop) == [(NAME, "print", "observed"), (FACT, "print", "observed")]


def test_the_customer_sees_which_printer(shop: Service) -> None:
    """P8: in "Dữ liệu của tôi" stand the printer's name and that one was used, with the policy's reasons."""
    alice = Owner(shop.register(ALICE))
    printed(alice, "XP-58 ở quầy")
    said = words(alice.browser.get("/me"))
    assert "XP-58 ở quầy" in said
    assert "Để nối lại đúng máy in của bạn." in said
    assert "XP-58" not in words(Owner(shop.register(BOB)).browser.get("/me"))


def test_a_day_of_receipts_is_one_record(shop: Service) -> None:
    """P8: the second receipt of a day on the same printer puts nothing on record; another printer does."""
    alice = Owner(shop.register(ALICE))
    for _receipt in range(5):
        printed(alice)
    printed(alice, "XP-80")
    assert [item for item, _service, _source in held(shop)].count(NAME) == 2


def test_looking_at_the_page_records_nothing(shop: Service) -> None:
    """P8: opening the page of printers is no use of a printer."""
    alice = Owner(shop.register(ALICE))
    assert alice.get("/printers").status_code == 200
    assert held(shop) == []
