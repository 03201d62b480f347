"""The receipts' pages, as they work without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.shop.web.conftest import PROFILE, words

if TYPE_CHECKING:
    from tests.shop.web.conftest import Owner

LINK = re.compile(r'href="/quay/receipts/(\d+)"')


def numbers(owner: Owner, path: str = "/receipts") -> list[int]:
    """Return the numbers of the receipts on a page of the list, in its order."""
    return [int(number) for number in LINK.findall(owner.get(path).text)]


def test_without_a_sale_the_page_leads_on(alice: Owner) -> None:
    """It says what will stand there, and shows the way to the first one."""
    page = words(alice.get("/receipts"))
    assert "Chưa có biên nhận nào" in page
    assert "Bắt đầu trong ba bước" in page


def test_receipts_stand_newest_first(alice: Owner) -> None:
    """Each with its number, total and what it was paid with, under its day."""
    alice.sell(total=50_000)
    alice.sell(total=8_000)
    assert numbers(alice) == [2, 1]
    page = words(alice.get("/receipts"))
    assert "Hôm nay" in page
    assert "50.000 ₫" in page


def test_a_page_holds_forty_receipts(alice: Owner) -> None:
    """The older ones follow by number, so that a sale meanwhile moves nothing."""
    for _ in range(41):
        alice.sell()
    assert numbers(alice) == list(range(41, 1, -1))
    assert "/quay/receipts?before=2" in alice.get("/receipts").text
    assert numbers(alice, "/receipts?before=2") == [1]
    assert "Không còn biên nhận nào cũ hơn" in words(alice.get("/receipts?before=1"))
    assert numbers(alice, "/receipts?before=x") == numbers(alice)


def test_a_receipt_is_shown_as_it_is_printed(alice: Owner) -> None:
    """Number, time, lines, total, change, and that it is no tax invoice."""
    page = alice.get(f"/receipts/{alice.sell(total=50_000)}")
    for part in ("BIÊN NHẬN", "22/11/2026 09:12", "Gửi xe", "Tổng cộng 50.000 ₫", "Không phải hóa đơn thuế"):
        assert part in words(page)
    assert 'data-print-receipt data-number="1"' in page.text


def test_looking_at_a_receipt_is_no_use_of_the_address(alice: Owner) -> None:
    """The header comes from the owner's device; without scripts it comes when it is asked for."""
    alice.send("/settings", **PROFILE)
    number = alice.sell()
    assert "12 Lê Lợi" not in words(alice.get(f"/receipts/{number}"))
    page = words(alice.get(f"/receipts/{number}?head=1"))
    assert "Tạp hóa Alice 12 Lê Lợi MST: 0312345678" in page


def test_a_receipt_is_voided_for_a_reason(alice: Owner) -> None:
    """It stays under its number with its mark, and cannot be voided again."""
    number = alice.sell()
    answer = alice.send(f"/receipts/{number}/void", reason="wrong_price")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/quay/receipts/{number}")
    page = alice.get(f"/receipts/{number}")
    assert "Biên nhận đã hủy." in words(page)
    assert "Sai giá" in words(page)
    assert "/void" not in page.text
    assert "Đã hủy" in words(alice.get("/receipts"))
    assert numbers(alice) == [number]


@pytest.mark.parametrize("reason", ["", "khách không thích"])
def test_voiding_asks_for_a_reason_of_the_list(alice: Owner, reason: str) -> None:
    """Free text could say something about the buyer; nothing is preselected, and without one nothing happens."""
    number = alice.sell()
    form = alice.get(f"/receipts/{number}").text
    assert "checked" not in form
    page = alice.send(f"/receipts/{number}/void", reason=reason)
    assert page.status_code == 422
    assert "Hãy chọn một lý do." in words(page)
    assert "<details open>" in page.text
    assert "Đã hủy" not in words(alice.get("/receipts"))


def test_voiding_twice_for_the_same_reason_is_once(alice: Owner) -> None:
    """A double tap is harmless; another reason is refused and says so."""
    number = alice.sell()
    for _ in range(2):
        assert alice.send(f"/receipts/{number}/void", reason="test").status_code == 303
    page = alice.send(f"/receipts/{number}/void", reason="other")
    assert page.status_code == 409
    assert "đã hủy trước đó với lý do khác" in words(page)


def test_another_owners_receipt_is_not_there(alice: Owner, bob: Owner) -> None:
    """Neither to read nor to void; numbers are each shop's own."""
    number = alice.sell()
    assert bob.get(f"/receipts/{number}").status_code == 404
    assert bob.send(f"/receipts/{number}/void", reason="test").status_code == 404
    assert numbers(bob) == []
    assert bob.sell() == number
