from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from camket.core.staff.one_time import (
    LETTERS,
    RECOVERY_BYTES,
    enrolment_address,
    matching_step,
    normal_recovery_code,
    password_of_step,
    pseudonym,
    recovery_code,
    shown_secret,
    step_at,
)

SECRET = b"12345678901234567890"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [
        (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
        (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ],
)  # fmt: skip
def test_the_vectors_of_the_standard_hold(seconds: int, digits: str) -> None:
    """RFC 6238, appendix B, with the last six of its eight digits."""
    assert password_of_step(SECRET, step_at(datetime.fromtimestamp(seconds, UTC))) == digits


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_password_of_a_step_around_now_matches(seconds: int) -> None:
    """Clocks differ by a step, and people put spaces between digits."""
    then = NOW + timedelta(seconds=seconds)
    digits = password_of_step(SECRET, step_at(then))
    assert matching_step(SECRET, f" {digits[:3]} {digits[3:]} ", NOW) == step_at(then)


@pytest.mark.parametrize("seconds", [-60, 60])
def test_a_password_further_away_does_not_match(seconds: int) -> None:
    """Two steps are too many."""
    digits = password_of_step(SECRET, step_at(NOW + timedelta(seconds=seconds)))
    assert matching_step(SECRET, digits, NOW) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "\x00"])
def test_what_is_no_password_does_not_match(typed: str) -> None:
    """Whatever is typed has an answer."""
    assert matching_step(SECRET, typed, NOW) is None


def test_an_authenticator_is_told_everything() -> None:
    """The address names operator and work name and carries the secret; the same secret can be typed."""
    address = enrolment_address(SECRET, account="k7m2q4xa", issuer="Quầy")
    assert address.startswith("otpauth://totp/")
    assert "k7m2q4xa" in address
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in address
    assert shown_secret(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_a_recovery_code_is_read_as_it_is_written_or_not() -> None:
    """Sixteen letters in groups of four; capitals, spaces and missing dashes do not matter."""
    code = recovery_code(bytes(range(RECOVERY_BYTES)))
    letters = code.replace("-", "")
    assert len(letters) == 16
    assert set(letters) <= set(LETTERS)
    assert normal_recovery_code(f" {code.upper()} ") == normal_recovery_code(letters) == letters


def test_a_work_name_has_eight_letters_that_no_one_mistakes() -> None:
    """Other bytes give another name, and none has a letter that looks like another."""
    names = {pseudonym(number.to_bytes(16, "big") * 1) for number in range(1000)}
    assert len(names) == 1000
    assert {len(name) for name in names} == {8}
    assert not set("".join(names)) & set("01iloO")
