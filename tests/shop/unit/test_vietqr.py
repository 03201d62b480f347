"""A VietQR says what it was asked to say, to readers that share no line with its writer."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.shop.emv import Transfer, read_transfer

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[3]
SELLING = ROOT / "src" / "camket_shop" / "web" / "static" / "src" / "selling"
WRITE = """
import { readFileSync } from "node:fs";
import { qrModules } from "./qr.js";
import { vietQr } from "./vietqr.js";
const codes = JSON.parse(readFileSync(0, "utf-8")).map((payment) => vietQr(payment));
console.log(JSON.stringify(codes.map((code) => ({ code, modules: qrModules(code) }))));
"""
PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PAYMENTS = st.fixed_dictionaries(
    {
        "bin": st.text("0123456789", min_size=6, max_size=6),
        "account": st.text(PLAIN, min_size=1, max_size=19),
        "amount": st.integers(1, 9_999_999_999),
        "text": st.text(f"{PLAIN} ", min_size=1, max_size=25),
    }
)
PUBLISHED = [
    (
        "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA"
        "530370454061200005802VN62170813ung ho lu lut6304C15C"
    ),
    (
        "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA"
        "5303704540410005802VN62150811Chuyen tien6304BBB8"
    ),
]


def write(payments: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the code of each payment, and its picture as rows of modules."""
    run = subprocess.run(
        ["node", "--input-type=module", "-e", WRITE],
        cwd=SELLING, input=json.dumps(payments), capture_output=True, text=True, check=True,
    )  # fmt: skip
    written: list[dict[str, Any]] = json.loads(run.stdout)
    return written


def seen(modules: Sequence[Sequence[bool]]) -> str:
    """Return what a camera reads from the modules, drawn with a quiet margin."""
    quiet, scale = 4, 4
    size = len(modules) + 2 * quiet
    picture = Image.new("L", (size, size), 255)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                picture.putpixel((x + quiet, y + quiet), 0)
    found = zxingcpp.read_barcodes(picture.resize((size * scale, size * scale), Image.Resampling.NEAREST))
    assert len(found) == 1
    return str(found[0].text)


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_are_read(code: str) -> None:
    """The reader of these tests reads codes that others published, so that it may judge ours."""
    assert read_transfer(code).amount in {120_000, 1_000}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PAYMENTS, min_size=1, max_size=20))
def test_what_is_asked_is_what_is_read(payments: list[dict[str, Any]]) -> None:
    """Bank, account, amount and text come back from every code as they went in, and from its picture the same code."""
    for payment, written in zip(payments, write(payments), strict=True):
        assert read_transfer(written["code"]) == Transfer(**payment)
    assert seen(written["modules"]) == written["code"]


def test_a_changed_letter_is_noticed() -> None:
    """A code in which one digit of the amount changed fails its checksum."""
    with pytest.raises(AssertionError):
        read_transfer(PUBLISHED[0].replace("5406120000", "5406920000"))
