"""The shop's profile: what its owner wants on top of their receipts, and where buyers transfer to.

All of it lies in camket's vault. A device asks once and keeps the answer; the profile's revision tells it to ask again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from camket_shop.errors import InvalidError
from camket_shop.text import read_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket_shop.platform import Held

NAME: Final = "shop.name"
ADDRESS: Final = "shop.address"
TAX_CODE: Final = "shop.tax_code"
BANK: Final = "shop.bank"
BANK_ACCOUNT: Final = "shop.bank_account"
BANK_HOLDER: Final = "shop.bank_holder"
ITEMS: Final = (NAME, ADDRESS, TAX_CODE, BANK, BANK_ACCOUNT, BANK_HOLDER)
"""The declared items of a profile."""

SHOP_NAME_CHARACTERS: Final = 80
ADDRESS_CHARACTERS: Final = 160
HOLDER_CHARACTERS: Final = 60
BANK_NAME_CHARACTERS: Final = 40
_BIN: Final = re.compile(r"[0-9]{6}")
_ACCOUNT: Final = re.compile(r"[0-9A-Z]{6,19}")
_TAX_CODE: Final = re.compile(r"[0-9]{10}(?:-[0-9]{3})?|[0-9]{12}")
"""Ten digits, three more for a branch, or the owner's twelve-digit personal number, which counts since July 2025."""


class ProfileVault(Protocol):
    """Where a profile lies; `camket_shop.platform.Platform` is it."""

    def values(self, subject_id: str, items: tuple[str, ...]) -> Mapping[str, Held]:
        """Return what is held of some items; one use on record."""
        ...

    def revision(self, subject_id: str, items: tuple[str, ...]) -> str:
        """Return a word that changes with what is held of some items; empty for nothing."""
        ...

    def set_values(self, subject_id: str, values: Mapping[str, str]) -> None:
        """Keep texts in the place of those before; durable on return."""
        ...

    def remove(self, subject_id: str, row_ids: Sequence[str]) -> None:
        """Remove values; durable on return, and twice is once."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class BankAccount:
    """Where buyers transfer to.

    Args:
        bin: of the bank, six digits.
        name: of the bank, as people call it.
        account: *personal*; its number, or what the bank gave in its place.
        holder: *personal*; whose it is.
    """

    bin: str
    name: str
    account: str = field(repr=False)
    holder: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What stands on top of receipts; what is empty is not printed.

    Args:
        name: *personal*.
        address: *personal*.
        tax_code: *personal*.
        bank: None where buyers do not transfer.
    """

    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    tax_code: str = field(default="", repr=False)
    bank: BankAccount | None = None


def read_form(typed: Mapping[str, str], bank_names: Mapping[str, str]) -> Profile:
    """Return the profile that a form says.

    Args:
        typed: *personal*; `name`, `address`, `tax_code`, `bank` (the bank's six digits), `bank_account` and
            `bank_holder`; what is missing is empty. The three of the bank are all there or all empty.
        bank_names: six digits -> name, of the banks that there are.

    Raises:
        InvalidError: the first field that cannot be kept, with its reason.
    """
    return Profile(
        name=_line(typed, "name", SHOP_NAME_CHARACTERS),
        address=_line(typed, "address", ADDRESS_CHARACTERS),
        tax_code=_tax_code(typed),
        bank=_bank(typed, bank_names),
    )


def read_profile(vault: ProfileVault, subject_id: str) -> Profile:
    """Return the profile: one use for `provide` on record, whatever is held.

    Raises:
        DeniedError: the policy does not let it be used.
    """
    # Corrected in "Dữ liệu của tôi" a text may have several lines; a receipt's header has one for each.
    held = {item: ", ".join(one.value.splitlines()) for item, one in vault.values(subject_id, ITEMS).items()}
    bin_number, _, bank_name = held.get(BANK, "").partition(" ")
    account = held.get(BANK_ACCOUNT, "")
    bank = BankAccount(bin=bin_number, name=bank_name, account=account, holder=held.get(BANK_HOLDER, ""))
    return Profile(
        name=held.get(NAME, ""),
        address=held.get(ADDRESS, ""),
        tax_code=held.get(TAX_CODE, ""),
        # One of them may have been deleted in "Dữ liệu của tôi": a bank without its account is none.
        bank=bank if _BIN.fullmatch(bin_number) and account else None,
    )


def profile_revision(vault: ProfileVault, subject_id: str) -> str:
    """Return a word that changes with the profile, in the settings as in "Dữ liệu của tôi"; empty while it is empty."""
    return vault.revision(subject_id, ITEMS)


def save_profile(vault: ProfileVault, subject_id: str, profile: Profile) -> None:
    """Keep a profile in the place of the one before.

    Raises:
        DeniedError: the policy does not let it be kept; nothing was.

    Effects:
        Durable on return; what is empty now is removed from the vault. Twice is once.
    """
    texts = _texts(profile)
    kept = {item: text for item, text in texts.items() if text}
    emptied = tuple(item for item, text in texts.items() if not text)
    if kept:
        vault.set_values(subject_id, kept)
    if emptied and vault.revision(subject_id, emptied):
        vault.remove(subject_id, [one.row_id for one in vault.values(subject_id, emptied).values()])


def profile_document(profile: Profile) -> dict[str, object]:
    """Return a profile as the API gives it, *personal*."""
    bank = profile.bank
    return {
        "name": profile.name,
        "address": profile.address,
        "tax_code": profile.tax_code,
        "bank": bank and {"bin": bank.bin, "name": bank.name, "account": bank.account, "holder": bank.holder},
    }


def _texts(profile: Profile) -> dict[str, str]:
    bank = profile.bank
    return {
        NAME: profile.name,
        ADDRESS: profile.address,
        TAX_CODE: profile.tax_code,
        BANK: f"{bank.bin} {bank.name}" if bank else "",
        BANK_ACCOUNT: bank.account if bank else "",
        BANK_HOLDER: bank.holder if bank else "",
    }


def _line(typed: Mapping[str, str], name: str, most: int, *, required: bool = False) -> str:
    return read_line(typed.get(name, ""), field=name, most=most, required=required)


def _tax_code(typed: Mapping[str, str]) -> str:
    code = "".join(_line(typed, "tax_code", SHOP_NAME_CHARACTERS).split())
    if code and not _TAX_CODE.fullmatch(code):
        raise InvalidError("tax_code_invalid", field="tax_code")
    return code


def _bank(typed: Mapping[str, str], bank_names: Mapping[str, str]) -> BankAccount | None:
    number = _line(typed, "bank", BANK_NAME_CHARACTERS)
    account = "".join(_line(typed, "bank_account", BANK_NAME_CHARACTERS).upper().split())
    holder = _line(typed, "bank_holder", HOLDER_CHARACTERS)
    if not (number or account or holder):
        return None
    if number not in bank_names:
        raise InvalidError("bank_unknown", field="bank")
    if not _ACCOUNT.fullmatch(account):
        raise InvalidError("bank_account_invalid", field="bank_account")
    holder = _line(typed, "bank_holder", HOLDER_CHARACTERS, required=True)
    return BankAccount(bin=number, name=bank_names[number], account=account, holder=holder)
