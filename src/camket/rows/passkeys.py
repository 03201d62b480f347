"""Rows of the tables in `camket.adapters.store.tables.passkeys`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Ceremony(StrEnum):
    """What a challenge was made for; an answer to it is good for nothing else."""

    CREATE = "create"
    SIGN_IN = "sign_in"
    PROVE = "prove"
    STAFF_SIGN_IN = "staff_sign_in"


@dataclass(frozen=True, kw_only=True, slots=True)
class PasskeyRow:
    """A passkey of a subject, without its name, which is a sealed value of the same id.

    Args:
        id: also the id of the held value that carries its name; where that value is gone, so is the passkey.
        credential_hash: SHA-256 of the credential id that the authenticator gave; unique.
        public_key: as COSE has it.
        sign_count: the highest one that the authenticator told; 0 for those that count nothing.
    """

    id: str
    subject_id: str
    credential_hash: bytes
    public_key: bytes
    sign_count: int
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChallengeRow:
    """A challenge that waits for its answer.

    Args:
        challenge_hash: SHA-256 of the 32 random bytes; those are nowhere but in the browser that asked.
        browser_hash: the browser that asked.
        subject_id: whose passkey must answer; None where anyone's may.
        request_id: the one request that the answer proves.
    """

    challenge_hash: bytes
    ceremony: Ceremony
    browser_hash: bytes
    subject_id: str | None
    request_id: str | None
    expires_at: datetime
