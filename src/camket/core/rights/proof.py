"""Proofs of identity: where one is given, how long it lasts, what it is strong enough for (P14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, VerificationError
from camket.core.terms import Verification

if TYPE_CHECKING:
    from collections.abc import Iterable

PROOF_LIFETIME: Final = timedelta(minutes=15)
"""How long what someone proved themselves holds: long enough to read what happens, and to say yes."""
SEEN_LIFETIME: Final = timedelta(days=1)
"""How long it holds that staff saw someone: a second person may have to say yes, and comes to work tomorrow."""
FOLLOWED: Final = timedelta(days=30)
"""How long after its last proof a browser outside a session may look where a request stands, and no more than that."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofPlace:
    """Where a proof is given, and the one place where it holds: a session, a browser, or the desk of staff.

    Args:
        session_id: of the session that gives it.
        browser_hash: hash of the random token of the browser that gives it, outside any session.
        given_by: pseudonym of the staff who saw the person.

    Raises:
        InvalidValueError: it is none of these, or more than one.
    """

    session_id: str | None = None
    browser_hash: bytes | None = None
    given_by: str | None = None

    def __post_init__(self) -> None:
        # INVARIANT: a proof holds in one place; what was given in a session is worth nothing in a browser without it.
        if sum(one is not None for one in (self.session_id, self.browser_hash, self.given_by)) != 1:
            raise InvalidValueError("a proof is given in a session, in a browser or by staff: name one of the three")

    @property
    def actor(self) -> str:
        """Who gives it, as the ledger names them."""
        return "subject" if self.given_by is None else f"staff:{self.given_by}"


def lifetime_of(level: Verification) -> timedelta:
    """Return how long a proof of this level holds."""
    return SEEN_LIFETIME if level is Verification.IN_PERSON else PROOF_LIFETIME


def suffices(given: Verification, *, needed: Verification) -> bool:
    """Say whether one proof is as strong as another has to be."""
    return given.strength >= needed.strength


def strongest(levels: Iterable[Verification]) -> Verification:
    """Return the strongest of some levels, at least one."""
    return max(levels, key=lambda level: level.strength)


def require_code_for_file(level: Verification) -> None:
    """Refuse to hand everything over at once to who has proven no more than a session, whatever the policy asks for.

    A session that was left open or stolen shows what its owner sees, page by page; a file with all of it takes a code.

    Raises:
        VerificationError: saying so.
    """
    if not suffices(level, needed=Verification.EMAIL_CODE):
        raise VerificationError("a copy shows everything at once: it needs the proof `email_code` at least")


def require_session_enough(needed: Verification) -> None:
    """Refuse to take a session alone for a proof where the policy asks for more.

    Raises:
        VerificationError: naming what it asks for.
    """
    if not suffices(Verification.SESSION, needed=needed):
        raise VerificationError(f"this request needs the proof `{needed}`, and being signed in is none")
