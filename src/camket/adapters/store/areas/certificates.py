"""Certificates of erasure that wait for their subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command
from camket.adapters.store.tables import certificate as table
from camket.rows import CertificateRow, CertificateState

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Link

_THIS: Final = table.c.token_hash == bindparam("wanted")

ADD: Final = command(sa.insert(table))
GET: Final = Query(sa.select(table).where(_THIS), CertificateRow)
COMPLETE: Final = command(
    sa.update(table)
    .where(_THIS, table.c.status == CertificateState.PENDING)
    .values(sealed=bindparam("made"), status=CertificateState.READY, expires_at=bindparam("until"))
)
DELETE: Final = command(sa.delete(table).where(_THIS))
# INVARIANT: one that is still to be made is spared, however late: its token is in the customer's hands.
SWEEP: Final = command(
    sa.delete(table).where(table.c.expires_at < bindparam("before"), table.c.status == CertificateState.READY)
)


class CertificateArea:
    """Queries on the `certificate` table."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: CertificateRow) -> None:
        """Store a certificate."""
        ADD.store(self._link, row)

    def get(self, token_hash: bytes) -> CertificateRow | None:
        """Return the certificate of a token."""
        return GET.one(self._link, wanted=token_hash)

    def complete(self, token_hash: bytes, sealed: bytes, *, expires_at: datetime) -> bool:
        """Make a pending certificate ready, until an instant."""
        return COMPLETE.run(self._link, wanted=token_hash, made=sealed, until=expires_at) == 1

    def delete(self, token_hash: bytes) -> bool:
        """Drop a certificate."""
        return DELETE.run(self._link, wanted=token_hash) == 1

    def sweep(self, *, before: datetime) -> int:
        """Drop finished certificates that expired before an instant."""
        return SWEEP.run(self._link, before=before)
