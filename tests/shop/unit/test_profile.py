"""What an owner writes into the settings, and what becomes of it."""

import pytest

from camket_shop.errors import InvalidError
from camket_shop.profile import BankAccount, Profile, read_form

BANKS = {"970436": "Vietcombank", "970415": "VietinBank"}
TYPED = {
    "name": " Quán  của Alice ",
    "address": "12 Phố Huế",
    "tax_code": "0123456789-001",
    "bank": "970436",
    "bank_account": "0123 456 789",
    "bank_holder": "NGUYEN THI ALICE",
}


def test_a_form_is_read_whole() -> None:
    """Spaces are put right, and the bank's name comes from the list."""
    assert read_form(TYPED, BANKS) == Profile(
        name="Quán của Alice",
        address="12 Phố Huế",
        tax_code="0123456789-001",
        bank=BankAccount(bin="970436", name="Vietcombank", account="0123456789", holder="NGUYEN THI ALICE"),
    )


def test_nothing_needs_to_be_filled_in() -> None:
    """An empty form is an empty profile: a shop sells without a header and without transfers."""
    assert read_form({}, BANKS) == Profile()


@pytest.mark.parametrize("code", ["0123456789", "0123456789-001", "001234567890", "0123 456 789"])
def test_a_tax_code_has_its_form(code: str) -> None:
    """Ten digits, with or without a branch, or the twelve of a person; spaces do not matter."""
    assert read_form({"tax_code": code}, BANKS).tax_code == code.replace(" ", "")


@pytest.mark.parametrize(
    ("typed", "code", "field"),
    [
        ({"name": "a" * 81}, "text_too_long", "name"),
        ({"name": "Quán\u202e"}, "text_hidden", "name"),
        ({"address": "a" * 161}, "text_too_long", "address"),
        ({"tax_code": "12345"}, "tax_code_invalid", "tax_code"),
        ({"tax_code": "0123456789-01"}, "tax_code_invalid", "tax_code"),
        ({"tax_code": "０123456789"}, "tax_code_invalid", "tax_code"),
        ({"bank": "123456"}, "bank_unknown", "bank"),
        ({"bank": ""}, "bank_unknown", "bank"),
        ({"bank_account": ""}, "bank_account_invalid", "bank_account"),
        ({"bank_account": "12345"}, "bank_account_invalid", "bank_account"),
        ({"bank_account": "1234567890123456789 0"}, "bank_account_invalid", "bank_account"),
        ({"bank_account": "Đ123456"}, "bank_account_invalid", "bank_account"),
        ({"bank_holder": ""}, "text_empty", "bank_holder"),
        ({"bank_holder": "a" * 61}, "text_too_long", "bank_holder"),
    ],
)
def test_what_cannot_be_kept_is_refused(typed: dict[str, str], code: str, field: str) -> None:
    """Each is refused with its reason, beside its own field."""
    with pytest.raises(InvalidError) as refused:
        read_form(TYPED | typed, BANKS)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_no_representation_shows_what_is_personal() -> None:
    """A profile that ends up in a log or a traceback shows neither account nor name."""
    shown = repr(read_form(TYPED, BANKS))
    assert not any(part in shown for part in ("Alice", "0123456789", "ALICE", "Phố Huế"))
