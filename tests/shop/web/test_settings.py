"""The settings' page: what is on receipts, said why, kept in the vault, taken away again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from camket_shop.web.banks import banks
from tests.shop.web.conftest import PROFILE, words

if TYPE_CHECKING:
    from tests.shop.web.conftest import Owner


def test_what_is_saved_is_on_receipts(alice: Owner) -> None:
    """All of it comes back in the header, with the bank by its name."""
    assert alice.send("/settings", **PROFILE).headers["location"] == "/quay/settings"
    page = alice.get("/settings")
    assert "Đã lưu." in words(page)
    assert 'value="0312345678"' in page.text
    assert '<option value="970436" selected>' in page.text
    header = alice.get("/api/header").json()
    assert (header["name"], header["address"], header["tax_code"]) == ("Tạp hóa Alice", "12 Lê Lợi", "0312345678")
    assert header["bank"]["name"] == "Vietcombank"


def test_each_field_says_why_in_the_policys_words(alice: Owner) -> None:
    """The same words stand on the policy page."""
    page, policy = words(alice.get("/settings")), words(alice.browser.get("/policy"))
    for why in ("Để in lên biên nhận của bạn.", "Để in lên biên nhận khi bạn cần hóa đơn."):
        assert why in page
        assert why in policy


def test_saving_replaces_what_was_there(alice: Owner) -> None:
    """The former value is gone from the vault, so my data shows one."""
    alice.send("/settings", **PROFILE)
    alice.send("/settings", **(PROFILE | {"name": "Quán Alice"}))
    mine = words(alice.browser.get("/me"))
    assert "Quán Alice" in mine
    assert "Tạp hóa Alice" not in mine


def test_all_problems_are_said_and_what_was_typed_stays(alice: Owner) -> None:
    """Nothing is kept while something is wrong."""
    page = alice.send("/settings", name="", tax_code="123", bank="123456", bank_account="9", address="12 Lê Lợi")
    assert page.status_code == 422
    for said in ("Hãy gõ tên cửa hàng.", "Mã số thuế có 10 chữ số", "Hãy chọn ngân hàng trong danh sách."):
        assert words(page).count(said) == 2, said
    assert 'value="12 Lê Lợi"' in page.text
    assert alice.get("/api/header").json()["address"] == ""


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("bank", "Hãy chọn ngân hàng"),
        ("bank_account", "Số tài khoản có từ"),
        ("bank_holder", "Hãy điền ô này"),
    ],
)
def test_a_bank_is_whole_or_not_there(alice: Owner, missing: str, said: str) -> None:
    """A code for transfers needs all three."""
    assert said in words(alice.send("/settings", **(PROFILE | {missing: ""})))


@pytest.mark.parametrize("field", ["name", "address", "tax_code", "bank"])
def test_a_value_is_deleted_by_one_button(alice: Owner, field: str) -> None:
    """It leaves the vault; the others stay. A bank goes with its account and holder."""
    alice.send("/settings", **PROFILE)
    before = alice.get("/api/header").json()
    assert f'id="remove-{field}"' in alice.get("/settings").text
    assert alice.send("/settings/remove", field=field).status_code == 303
    page = alice.get("/settings")
    assert "Đã xóa." in words(page)
    assert f'id="remove-{field}"' not in page.text
    after = alice.get("/api/header").json()
    assert {name for name in before if before[name] != after[name]} == {field, "revision", "read_at"}
    assert PROFILE[field] not in words(alice.browser.get("/me")) or field == "bank"


def test_there_is_nothing_else_to_delete(alice: Owner) -> None:
    """A field that the settings do not have is not found."""
    assert alice.send("/settings/remove", field="email").status_code == 404


def test_another_owner_sees_none_of_it(alice: Owner, bob: Owner) -> None:
    """The page and the header are each owner's own."""
    alice.send("/settings", **PROFILE)
    assert "Tạp hóa Alice" not in bob.get("/settings").text
    assert bob.get("/api/header").json()["bank"] is None


def test_the_banks_have_numbers_of_six_digits() -> None:
    """Each has a name, and no two share a name."""
    listed = banks().values()
    assert len(listed) > 40
    assert all(len(bank.bin) == 6 and bank.bin.isdigit() and bank.name and bank.long_name for bank in listed)
    assert len({bank.name for bank in listed}) == len(listed)


def test_improvement_news_is_offered_and_ended_where_the_shop_is_set_up(alice: Owner) -> None:
    """The platform's own question is asked and answered, and one is back in the settings; a yes ends by one click."""
    page = alice.get("/settings")
    assert "Gửi tin cải tiến và ưu đãi" in words(page)
    assert 'action="/ask"' in page.text
    assert 'src="/ask/component.js"' in page.text
    asked = alice.browser.send_form("/ask", purpose="promote", next="/quay/settings").headers["location"]
    question = alice.browser.get(asked).text
    (shown,) = set(re.findall(r'name="text_hash" value="([0-9a-f]{64})"', question))
    path = asked.partition("?")[0]
    answered = alice.browser.send_form(path, answer="yes", text_hash=shown, next="/quay/settings")
    assert answered.headers["location"] == "/quay/settings"
    page = alice.get("/settings")
    assert "bạn đang đồng ý" in words(page)
    (withdraw,) = re.findall(r'action="(/me/consents/[0-9a-f]+/withdraw)"', page.text)
    assert alice.browser.send_form(withdraw, next="/quay/settings").headers["location"] == "/quay/settings"
    assert "Xem câu hỏi và trả lời" in words(alice.get("/settings"))
