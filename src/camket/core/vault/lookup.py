"""Finding a subject by e-mail or phone without keeping either: blind indexes.

A blind index is HMAC-SHA-256 over the normalised value under a key of its field. Whoever has the database alone can
neither read nor guess it; whoever has the key too can test a guess, which is why the keys change with the epochs.
"""

from __future__ import annotations

import dataclasses
import hmac
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import idna

from camket.core.errors import InvalidValueError
from camket.core.intake import Accepted, read_phone
from camket.core.vault.box import KEY_BYTES, bind

INDEX_BYTES: Final = 32


class IndexField(StrEnum):
    """What is looked up blindly, each under keys of its own."""

    EMAIL = "email"
    PHONE = "phone"
    VISITOR = "visitor"
    """Addresses in rate limits (semantics section 8)."""
    CODE = "code"
    """One-time codes, which are too short for a plain hash."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexKey:
    """A key of one field; the version is stored beside each index that was made with it.

    Args:
        version: from 1, never used again for another key of the field.
        key: 32 bytes.
    """

    field: IndexField
    version: int
    key: bytes = dataclasses.field(repr=False)

    def __post_init__(self) -> None:
        if self.version < 1 or len(self.key) != KEY_BYTES:
            raise InvalidValueError(f"an index key has a version from 1 and {KEY_BYTES} bytes")


def blind_index(key: IndexKey, text: str) -> bytes:
    """Return the 32-byte blind index of a value under a key.

    Total: every text has an index, an invalid address too, so that looking up does the same work for all of them.

    Args:
        key: of the field that the value belongs to.
        text: *personal*; as typed or as stored, the index is the same.
    """
    return index_normalised(key, normalise(key.field, text))


def index_normalised(key: IndexKey, form: str) -> bytes:
    """Return the 32-byte blind index of a value that is in its normal form already, *personal*."""
    return hmac.digest(key.key, bind("camket index", key.field, form), "sha256")


def normalise(field: IndexField, text: str) -> str:
    """Return the form in which values of a field are compared, *personal*. Twice is once."""
    match field:
        case IndexField.EMAIL:
            return normalise_email(text)
        case IndexField.PHONE:
            return normalise_phone(text)
        case IndexField.VISITOR | IndexField.CODE:
            return text.strip()


def normalise_email(text: str) -> str:
    """Return an address for comparing: its domain in the ASCII form of IDNA where it has one, all in small letters.

    Two addresses that can have two owners never have one form: who proves the one must not pass for the other. So
    `ß` is not `ss`, nor is a ligature its letters: mail servers and domain registries tell them apart.

    Source: RFC 5321 section 2.4 lets a server tell `A` from `a` before the `@`; hardly one does. RFC 5891 registers
    `ß` and `ς` as letters of their own.
    """
    local_part, sign, domain = text.strip().rpartition("@")
    # INVARIANT: one form, one mailbox; registering with an address that has an account signs in to that account.
    return f"{_small(local_part)}{sign}{_ascii_domain(domain)}" if sign else _small(domain)


def normalise_phone(text: str) -> str:
    """Return a number for comparing: E.164 where it is a phone number, else the text without outer spaces."""
    answer = read_phone(text)
    return answer.value if isinstance(answer, Accepted) else text.strip()


def _small(text: str) -> str:
    # Small letters can undo a composition, and composing can bring back a capital; the second pass settles both.
    small = text
    for _ in range(2):
        small = unicodedata.normalize("NFC", unicodedata.normalize("NFC", small).lower())
    return small


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain.lower()  # what IDNA makes of it, a domain that it refuses included
    try:
        return idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return _small(domain)
