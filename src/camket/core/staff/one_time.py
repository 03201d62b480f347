"""The second factor of staff: time-based one-time passwords, and recovery codes for when the device is lost.

Source: RFC 6238 (TOTP) over RFC 4226 (HOTP) with HMAC-SHA-1, six digits and 30 seconds, which every authenticator
knows. The collisions of SHA-1 are no weakness of HMAC (RFC 6194, section 3.3).
"""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP

if TYPE_CHECKING:
    from datetime import datetime

SECRET_BYTES: Final = 20
DIGITS: Final = 6
STEP_SECONDS: Final = 30
HASH: Final = SHA1()  # noqa: S303 - inside HMAC, where its collisions are no weakness; authenticators know no other
STEPS_AROUND: Final = 1
"""A password of the step before or after is accepted: clocks differ, and typing takes time (RFC 6238, section 5.2)."""

RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10
"""80 random bits each: they are kept hashed, and no one guesses them."""
LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""No two of them are mistaken for each other."""
PSEUDONYM_LETTERS: Final = 8
PSEUDONYM_BYTES: Final = 16


def step_at(at: datetime) -> int:
    """Return the time step that an instant lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def password_of_step(secret: bytes, step: int) -> str:
    """Return the six digits of a time step."""
    return HOTP(secret, DIGITS, HASH, enforce_key_length=False).generate(step).decode()


def matching_step(secret: bytes, typed: str, at: datetime) -> int | None:
    """Return the time step that a one-time password belongs to, or None where it is of none around now.

    Whether a password of that step was accepted before is the caller's to know.

    Args:
        secret: 20 bytes.
        typed: as typed; spaces do not matter.
        at: aware; now.
    """
    given = "".join(typed.split()).encode()
    now = step_at(at)
    found = None
    # Every step is compared, so that the time taken tells nothing of which one it was.
    for step in range(now - STEPS_AROUND, now + STEPS_AROUND + 1):
        if hmac.compare_digest(password_of_step(secret, step).encode(), given):
            found = step
    return found


def enrolment_address(secret: bytes, *, account: str, issuer: str) -> str:
    """Return the `otpauth:` address that an authenticator reads from a QR code.

    Args:
        secret: 20 bytes.
        account: the work name.
        issuer: what the operator is called.
    """
    totp = TOTP(secret, DIGITS, HASH, STEP_SECONDS, enforce_key_length=False)
    return totp.get_provisioning_uri(account, issuer)


def shown_secret(secret: bytes) -> str:
    """Return a secret as people type it into an authenticator: Base32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def recovery_code(random: bytes) -> str:
    """Return a recovery code of unpredictable bytes, in groups of four."""
    text = _letters(random, RECOVERY_BYTES * 8 // 5)
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def normal_recovery_code(typed: str) -> str:
    """Return a recovery code as it is compared: small letters, nothing between them."""
    return "".join(typed.lower().replace("-", " ").split())


def pseudonym(random: bytes) -> str:
    """Return a work name of unpredictable bytes; it says nothing about whose it is."""
    return _letters(random, PSEUDONYM_LETTERS)


def _letters(random: bytes, length: int) -> str:
    number = int.from_bytes(random, "big")
    text = ""
    for _ in range(length):
        number, place = divmod(number, len(LETTERS))
        text += LETTERS[place]
    return text
