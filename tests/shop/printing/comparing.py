"""Says in one line where two prints differ: every dot of both would hide which test failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.shop.printing.decoder import Strip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.shop.printing.decoder import Part


def assert_printed(found: Sequence[Part], wanted: Sequence[Part]) -> None:
    """Assert that what was printed is what was wanted, part for part and dot for dot."""
    said = _difference(found, wanted)
    assert not said, said


def assert_same_rows(found: Sequence[bytes | bytearray], wanted: Sequence[bytes]) -> None:
    """Assert that two pictures are the same, row for row."""
    said = _difference_of_rows(found, wanted)
    assert not said, said


def assert_same_bytes(found: bytes, wanted: bytes) -> None:
    """Assert that a printer got the bytes that it was to get, and no other."""
    at = next((at for at, (one, other) in enumerate(zip(found, wanted, strict=False)) if one != other), None)
    assert at is None, f"byte {at} is {found[at]:#04x} and was to be {wanted[at]:#04x}"
    assert len(found) == len(wanted), f"{len(found)} bytes came in and were to be {len(wanted)}"


def _difference(found: Sequence[Part], wanted: Sequence[Part]) -> str:
    kinds, others = ([type(part).__name__ for part in parts] for parts in (found, wanted))
    if kinds != others:
        return f"printed was {' '.join(kinds)}, wanted {' '.join(others)}"
    for at, (one, other) in enumerate(zip(found, wanted, strict=True)):
        if isinstance(one, Strip) and isinstance(other, Strip):
            said = _difference_of_rows(one.rows, other.rows)
        else:
            said = "" if one == other else f"printed was {one}, wanted {other}"
        if said:
            return f"part {at}: {said}"
    return ""


def _difference_of_rows(found: Sequence[bytes | bytearray], wanted: Sequence[bytes]) -> str:
    for y, (one, other) in enumerate(zip(found, wanted, strict=False)):
        if len(one) != len(other):
            return f"row {y} has {len(one)} bytes, wanted {len(other)}"
        dots = int.from_bytes(one) ^ int.from_bytes(other)
        if dots:
            left = len(one) * 8 - dots.bit_length()
            return f"row {y} differs from dot {left} in {dots.bit_count()}; {len(found)} rows, wanted {len(wanted)}"
    return "" if len(found) == len(wanted) else f"{len(found)} rows, wanted {len(wanted)}"
