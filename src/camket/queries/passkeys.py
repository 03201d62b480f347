"""Passkeys, and the challenges that wait for an answer by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.rows.passkeys import ChallengeRow, PasskeyRow


class PasskeyQueries(Protocol):
    """Passkeys."""

    def add(self, row: PasskeyRow) -> None:
        """Store a passkey; a credential that is stored already is a conflict."""
        ...

    def by_credential(self, credential_hash: bytes) -> PasskeyRow | None:
        """Return the passkey of a credential; None where the value with its name is not held any more."""
        ...

    def of_subject(self, subject_id: str) -> tuple[PasskeyRow, ...]:
        """Return a subject's passkeys whose names are held, oldest first."""
        ...

    def used(self, passkey_id: str, *, sign_count: int, at: datetime) -> bool:
        """Remember that a passkey was used; False where the count is not higher, which a copied passkey shows."""
        ...

    def delete(self, subject_id: str, passkey_ids: Sequence[str]) -> int:
        """Drop passkeys of a subject; return how many."""
        ...

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop all passkeys and challenges of a subject; return how many passkeys."""
        ...

    def add_challenge(self, row: ChallengeRow) -> None:
        """Store a challenge."""
        ...

    def take_challenge(self, challenge_hash: bytes) -> ChallengeRow | None:
        """Return a challenge and drop it: it is answered once. Expired ones too."""
        ...

    def sweep_challenges(self, *, before: datetime) -> int:
        """Drop challenges that expired before an instant; return how many."""
        ...
