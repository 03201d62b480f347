"""Passkeys, and the challenges that wait for an answer by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, columns_of, command
from camket.adapters.store.tables import held_value
from camket.adapters.store.tables.passkeys import passkey as table
from camket.adapters.store.tables.passkeys import passkey_challenge as challenge_table
from camket.rows.passkeys import ChallengeRow, PasskeyRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.adapters.store.statements import Link

_THEIRS: Final = table.c.subject_id == bindparam("whose")
# INVARIANT: a passkey whose name was deleted opens nothing.
_NAMED: Final = sa.exists().where(held_value.c.id == table.c.id, held_value.c.subject_id == table.c.subject_id)
_COUNTED: Final = sa.or_(
    bindparam("count") > table.c.sign_count, sa.and_(bindparam("count") == 0, table.c.sign_count == 0)
)

ADD: Final = command(sa.insert(table))
BY_CREDENTIAL: Final = Query(sa.select(table).where(table.c.credential_hash == bindparam("wanted"), _NAMED), PasskeyRow)
OF_SUBJECT: Final = Query(sa.select(table).where(_THEIRS, _NAMED).order_by(table.c.created_at, table.c.id), PasskeyRow)
USED: Final = command(
    sa.update(table)
    .where(table.c.id == bindparam("passkey_id"), _COUNTED)
    .values(sign_count=bindparam("count"), last_used_at=bindparam("used_at"))
)
DELETE: Final = command(sa.delete(table).where(_THEIRS, table.c.id == bindparam("passkey_id")))
DELETE_OF_SUBJECT: Final = command(sa.delete(table).where(_THEIRS))
ADD_CHALLENGE: Final = command(sa.insert(challenge_table))
CHALLENGE: Final = Query(
    sa.select(challenge_table).where(challenge_table.c.challenge_hash == bindparam("wanted")), ChallengeRow
)
DROP_CHALLENGE: Final = command(
    sa.delete(challenge_table).where(challenge_table.c.challenge_hash == bindparam("wanted"))
)
DROP_CHALLENGES_OF_SUBJECT: Final = command(
    sa.delete(challenge_table).where(challenge_table.c.subject_id == bindparam("whose"))
)
SWEEP: Final = command(sa.delete(challenge_table).where(challenge_table.c.expires_at < bindparam("before")))


class PasskeyArea:
    """Queries on the `passkey` and `passkey_challenge` tables."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: PasskeyRow) -> None:
        """Store a passkey."""
        ADD.run(self._link, **columns_of(row))

    def by_credential(self, credential_hash: bytes) -> PasskeyRow | None:
        """Return the passkey of a credential, as long as its name is held."""
        return BY_CREDENTIAL.one(self._link, wanted=credential_hash)

    def of_subject(self, subject_id: str) -> tuple[PasskeyRow, ...]:
        """Return a subject's passkeys, oldest first."""
        return OF_SUBJECT.all(self._link, whose=subject_id)

    def used(self, passkey_id: str, *, sign_count: int, at: datetime) -> bool:
        """Remember that a passkey was used."""
        return USED.run(self._link, passkey_id=passkey_id, count=sign_count, used_at=at) == 1

    def delete(self, subject_id: str, passkey_ids: Sequence[str]) -> int:
        """Drop passkeys of a subject."""
        return sum(DELETE.run(self._link, whose=subject_id, passkey_id=one) for one in passkey_ids)

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop all passkeys and challenges of a subject."""
        DROP_CHALLENGES_OF_SUBJECT.run(self._link, whose=subject_id)
        return DELETE_OF_SUBJECT.run(self._link, whose=subject_id)

    def add_challenge(self, row: ChallengeRow) -> None:
        """Store a challenge."""
        ADD_CHALLENGE.run(self._link, **columns_of(row))

    def take_challenge(self, challenge_hash: bytes) -> ChallengeRow | None:
        """Return a challenge and drop it."""
        row = CHALLENGE.one(self._link, wanted=challenge_hash)
        # INVARIANT: of two who answer one challenge at a time, one has it.
        return row if DROP_CHALLENGE.run(self._link, wanted=challenge_hash) == 1 else None

    def sweep_challenges(self, *, before: datetime) -> int:
        """Drop challenges that expired before an instant."""
        return SWEEP.run(self._link, before=before)
