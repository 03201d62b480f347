"""A reader of EMVCo payment codes, written apart from the writer: fields and checksum from the specification's tables.

Source: EMV QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1, sections 3 and 4.
"""

from __future__ import annotations

from binascii import crc_hqx
from dataclasses import dataclass

CHECKSUM = "63"
TEMPLATES = {"38", "62"}
START = 0xFFFF


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """What a banking app fills in from a VietQR."""

    bin: str
    account: str
    amount: int
    text: str


def fields_of(text: str) -> dict[str, str]:
    """Return a row of fields by name, in their order; each name stands once and nothing is left over."""
    fields: dict[str, str] = {}
    rest = text
    while rest:
        name, length, rest = rest[:2], int(rest[2:4]), rest[4:]
        assert name not in fields, f"{name} stands twice"
        assert len(rest) >= length, f"{name} is cut off"
        fields[name], rest = rest[:length], rest[length:]
    return fields


def read_transfer(code: str) -> Transfer:
    """Return what a VietQR asks to transfer; everything that the format demands is there and as it must be."""
    fields = fields_of(code)
    assert next(iter(fields)) == "00"
    assert list(fields)[-1] == CHECKSUM
    assert f"{crc_hqx(code[:-4].encode('ascii'), START):04X}" == fields[CHECKSUM]
    assert fields["00"] == "01"
    assert fields["01"] == "12"
    assert fields["53"] == "704"
    assert fields["58"] == "VN"
    account = fields_of(fields["38"])
    assert account["00"] == "A000000727"
    assert account["02"] == "QRIBFTTA"
    beneficiary = fields_of(account["01"])
    return Transfer(
        bin=beneficiary["00"],
        account=beneficiary["01"],
        amount=int(fields["54"]),
        text=fields_of(fields["62"])["08"],
    )
