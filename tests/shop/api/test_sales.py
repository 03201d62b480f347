"""Sales over HTTP, as the sell screen sends them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from camket_shop.ids import new_id, order_code
from tests.shop.selling import sent_sale
from tests.web.conftest import ALICE, Browser, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from httpx2 import Response

SALES = "/quay/api/sales"


def sell(browser: Browser, sale: object | None = None, **fields: object) -> Response:
    """Send a sale."""
    return browser.post(SALES, json=sent_sale(**fields) if sale is None else sale)


def paid(method: str, tendered: int, transferred: int) -> dict[str, object]:
    """Return how a sale was paid."""
    return {"method": method, "tendered": tendered, "transferred": transferred}


def refusal(answer: Response) -> tuple[int, str, str | None]:
    """Return status, code and field of a refusal."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("field")


def test_a_sale_is_answered_whole(alice: Browser) -> None:
    """The answer to a new sale is 201 with everything that a receipt needs."""
    sale = sent_sale(discount=1_000, total=49_000)
    answer = sell(alice, sale)
    told = answer.json()
    assert answer.status_code == 201
    assert told.pop("committed_at").endswith("Z")
    assert told == {
        "id": sale["id"],
        "number": 1,
        "sold_at": "2026-11-22T09:30:00.000Z",
        "lines": [sale["lines"][0] | {"amount": 50_000}],
        "discount": 1_000,
        "total": 49_000,
        "method": "cash",
        "tendered": 100_000,
        "transferred": 0,
        "change": 51_000,
        "order_code": order_code(sale["id"]),
        "voided": None,
    }


def test_a_retry_gets_the_same_answer(alice: Browser) -> None:
    """The same sale again is 200 with the very same answer; the same id with another content is 409."""
    sale = sent_sale()
    first, again = sell(alice, sale), sell(alice, sale)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    other = sale | {"payment": paid("cash", 50_000, 0)}
    assert refusal(sell(alice, other)) == (409, "sale_id_taken", "id")


def test_a_sale_is_there_after_a_restart(mount: Callable[[], Service]) -> None:
    """What was acknowledged is in the book of a service that was started again, and the next number follows."""
    service = mount()
    alice = service.register(ALICE)
    told = sell(alice).json()
    cookies = dict(alice.cookies)
    again = mount().browser()
    again.cookies.update(cookies)
    assert again.get(f"{SALES}/1").json() == told
    assert sell(again).json()["number"] == 2


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"id": "x"}, "id_invalid", "id"),
        ({"id": None}, "id_invalid", "id"),
        ({"sold_at": "yesterday"}, "instant_invalid", "sold_at"),
        ({"sold_at": "2026-11-22T16:30:00"}, "instant_invalid", "sold_at"),
        ({"sold_at": "9999-12-31T23:59:59-14:00"}, "instant_invalid", "sold_at"),
        ({"sold_at": 1_763_803_800}, "not_understood", "sold_at"),
        ({"lines": []}, "lines_wrong", "lines"),
        ({"lines": {}}, "not_understood", "lines"),
        ({"lines": [None]}, "not_understood", "lines.0"),
        ({"total": 50_001}, "total_wrong", "total"),
        ({"total": -1}, "amount_invalid", "total"),
        ({"total": 50_000.0}, "amount_invalid", "total"),
        ({"total": "50000"}, "amount_invalid", "total"),
        ({"total": True}, "amount_invalid", "total"),
        ({"total": 10**12}, "amount_invalid", "total"),
        ({"discount": 50_001}, "discount_too_large", "discount"),
        ({"discount": -1}, "amount_invalid", "discount"),
        ({"payment": "cash"}, "not_understood", "payment"),
        ({"payment": paid("gold", 0, 0)}, "not_understood", "payment.method"),
        ({"payment": paid("cash", 49_999, 0)}, "payment_too_little", "payment.tendered"),
        ({"payment": paid("cash", 49_999, 1)}, "payment_wrong", "payment.transferred"),
        ({"payment": paid("transfer", 1, 50_000)}, "payment_wrong", "payment.tendered"),
        ({"payment": paid("transfer", 0, 49_999)}, "payment_wrong", "payment.transferred"),
        ({"payment": paid("mixed", 0, 50_001)}, "payment_wrong", "payment.transferred"),
        ({"payment": paid("mixed", 1, 49_998)}, "payment_too_little", "payment.tendered"),
        ({"payment": {"method": "cash", "tendered": 50_000}}, "not_understood", "payment.transferred"),
        ({"buyer": "a name"}, "not_understood", None),
    ],
)  # fmt: skip
def test_a_sale_that_does_not_add_up_is_refused(
    alice: Browser, fields: dict[str, Any], code: str, field: str | None
) -> None:
    """Each wrong part is refused with its code and its place, and no number is taken."""
    assert refusal(sell(alice, **fields)) == (422, code, field)
    assert sell(alice).json()["number"] == 1


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"product": "x"}, "id_invalid", "product"),
        ({"product": new_id()}, "product_unknown", "product"),
        ({"name": ""}, "text_empty", "name"),
        ({"name": "a" * 81}, "text_too_long", "name"),
        ({"name": "Cà\u202ephê"}, "text_hidden", "name"),
        ({"name": 7}, "not_understood", "name"),
        ({"unit": "a" * 17}, "text_too_long", "unit"),
        ({"price": -1}, "amount_invalid", "price"),
        ({"price": 0.5}, "amount_invalid", "price"),
        ({"price": None}, "amount_invalid", "price"),
        ({"quantity": "0"}, "quantity_invalid", "quantity"),
        ({"quantity": "1.0001"}, "quantity_invalid", "quantity"),
        ({"quantity": 2}, "quantity_invalid", "quantity"),
        ({"price": 9_999_999_999, "quantity": "2"}, "amount_too_large", "quantity"),
        ({"note": "for a friend"}, "not_understood", None),
    ],
)
def test_a_wrong_line_is_refused_with_its_place(
    alice: Browser, fields: dict[str, Any], code: str, field: str | None
) -> None:
    """The second line's fault is told with its place in the sale."""
    line = sent_sale()["lines"][0]
    answer = sell(alice, lines=[line, line | fields], total=100_000)
    assert refusal(answer) == (422, code, f"lines.1.{field}" if field else "lines.1")


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"7", b"{", b'{"id": NaN}', b"\xff\xfe", b"[" * 50_000, b'{"\\ud800": 1}', b'"\\ud800"'],
)
def test_what_is_no_sale_is_refused(alice: Browser, body: bytes) -> None:
    """Any other body is refused in words, not with a fault of ours."""
    answer = alice.post(SALES, content=body, headers={"Content-Type": "application/json"})
    assert refusal(answer)[0] == 422


def test_two_hundred_lines_fit_and_one_more_does_not(alice: Browser) -> None:
    """A sale of 200 lines with the longest Vietnamese names is taken; 201 lines are refused."""
    line = {"product": None, "name": "ưỡ" * 40, "unit": "ưỡ" * 8, "price": 1_000, "quantity": "0.001"}
    taken = sell(alice, lines=[line] * 200, total=200, payment=paid("cash", 200, 0))
    assert (taken.status_code, len(taken.json()["lines"])) == (201, 200)
    assert refusal(sell(alice, lines=[line] * 201, total=201)) == (422, "lines_wrong", "lines")


def test_a_mixed_payment_gives_change_in_cash(alice: Browser) -> None:
    """Part by transfer, part in cash with change back."""
    assert sell(alice, payment=paid("mixed", 50_000, 20_000)).json()["change"] == 20_000


def test_a_sale_is_voided_with_a_reason(alice: Browser) -> None:
    """A void is answered with the whole sale; the same again is the same, another reason is 409, no reason is 422."""
    sale = sell(alice).json()
    path = f"{SALES}/{sale['id']}/void"
    first = alice.post(path, json={"reason": "returned"})
    assert (first.status_code, first.json()["voided"]["reason"]) == (200, "returned")
    assert alice.post(path, json={"reason": "returned"}).json() == first.json()
    assert refusal(alice.post(path, json={"reason": "test"})) == (409, "sale_voided_otherwise", "reason")
    assert refusal(alice.post(path, json={"reason": "bought by bob"})) == (422, "not_understood", "reason")
    assert refusal(alice.post(path, json={})) == (422, "not_understood", "reason")
    assert alice.get(f"{SALES}/1").json() == first.json()


def test_sales_are_listed_by_pages(alice: Browser) -> None:
    """Forty at a time, newest first; `next_before` leads on until nothing is left."""
    for _ in range(42):
        assert sell(alice).status_code == 201
    first = alice.get(SALES).json()
    assert ([sale["number"] for sale in first["sales"]], first["next_before"]) == ([*range(42, 2, -1)], 3)
    second = alice.get(SALES, params={"before": first["next_before"]}).json()
    assert ([sale["number"] for sale in second["sales"]], second["next_before"]) == ([2, 1], None)


@pytest.mark.parametrize("number", ["0", "2", "-1", "1.0", "x", "９", "9" * 30, "1e1", "%20"])
def test_a_receipt_that_is_not_there_is_not_found(alice: Browser, number: str) -> None:
    """Whatever stands in the address, it is a receipt of this shop or not found."""
    sell(alice)
    assert alice.get(f"{SALES}/{number}").status_code == 404


def test_messages_are_in_the_readers_language(alice: Browser) -> None:
    """A refusal is said in Vietnamese first, in English where that is chosen."""
    in_vietnamese = sell(alice, total=1).json()["error"]["message"]
    in_english = alice.post(f"{SALES}?lang=en", json=sent_sale(total=1)).json()["error"]["message"]
    assert in_vietnamese.startswith("Tổng cộng")
    assert in_english.startswith("The total")


def test_nothing_about_the_buyer_is_kept(service: Service, alice: Browser) -> None:
    """No field of a sale takes words about the buyer, and what is refused leaves no trace in log or books."""
    marker = "Người mua quen ở số nhà ba"
    for sale in (sent_sale(note=marker), sent_sale(buyer={"name": marker}), sent_sale() | {marker: 1}):
        answer = alice.post(SALES, content=json.dumps(sale), headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
        assert marker not in answer.text
    assert marker not in service.log.getvalue()
    assert alice.get(SALES).json()["sales"] == []
