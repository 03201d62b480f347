"""Rows of the tables in `camket.adapters.store.tables.staff`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class StaffStage(StrEnum):
    """How far someone has come in signing in; only the last opens any page but those of signing in."""

    SECOND = "second"
    """The password was right; the second factor is missing."""
    ENROL = "enrol"
    """The password was right, and there is no second factor yet: it is to be set up."""
    FULL = "full"
    """Signed in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffRow:
    """A member of staff, who is a subject too. Name and e-mail address lie in the vault.

    Args:
        subject_id: of the same person as a subject.
        pseudonym: what the ledger calls them, and what they sign in with; never given twice.
        roles: words of their roles, at least one.
        password_hash: argon2id in the PHC string format; None for who signs in otherwise.
        totp_sealed: the secret of their one-time passwords, sealed under their key; None before it is made.
        totp_step: the time step of the newest one-time password that was accepted; None before the first, and the
            secret is not confirmed until then.
    """

    subject_id: str
    pseudonym: str
    roles: Sequence[str]
    password_hash: str | None = field(repr=False)
    totp_sealed: bytes | None = field(repr=False)
    totp_step: int | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffSessionRow:
    """A browser in which someone of the staff is signing in, or signed in.

    Args:
        token_hash: SHA-256 of the token; the token itself is nowhere.
        id: names the session to its owner, opens nothing.
        tries: how many second factors were entered.
        expires_at: good until, however much it is used.
    """

    token_hash: bytes
    id: str
    subject_id: str
    stage: StaffStage
    tries: int
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffInvitationRow:
    """A place that waits for someone to take it with a one-time link.

    Args:
        id: names the invitation; opens nothing.
        token_hash: SHA-256 of the link's token; the token itself is nowhere.
        roles: words of the roles that come with it, at least one.
        invited_by: pseudonym of who invited; None for the machine's own operator.
        expires_at: good until, exclusive.
    """

    id: str
    token_hash: bytes
    roles: Sequence[str]
    invited_by: str | None
    created_at: datetime
    expires_at: datetime
