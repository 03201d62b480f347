"""Rate limits, and the hourly sums of refused visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command, scalar
from camket.adapters.store.tables import rate_limit as table
from camket.adapters.store.tables import visitor_refusal as refusal_table
from camket.rows import RefusalCountRow

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Insert, Link


def _hit(insert: Insert) -> sa.Insert:
    return (
        insert(table)
        .values(bucket=bindparam("bucket"), key_hmac=bindparam("key"), window_start=bindparam("start"), count=1)
        .on_conflict_do_update(index_elements=["bucket", "key_hmac", "window_start"], set_={"count": table.c.count + 1})
        .returning(table.c.count)
    )


def _refuse(insert: Insert) -> sa.Insert:
    return (
        insert(refusal_table)
        .values(hour=bindparam("hour"), reason=bindparam("reason"), count=1)
        .on_conflict_do_update(index_elements=["hour", "reason"], set_={"count": refusal_table.c.count + 1})
    )


HIT: Final[Query[Any]] = Query(_hit, scalar)
COUNT: Final[Query[Any]] = Query(
    sa.select(table.c.count).where(
        table.c.bucket == bindparam("bucket"),
        table.c.key_hmac == bindparam("key"),
        table.c.window_start == bindparam("start"),
    ),
    scalar,
)
REFUSE: Final = command(_refuse)
REFUSALS: Final = Query(
    sa.select(refusal_table)
    .where(refusal_table.c.hour >= bindparam("since"))
    .order_by(refusal_table.c.hour, refusal_table.c.reason),
    RefusalCountRow,
)
SWEEP: Final = command(sa.delete(table).where(table.c.window_start < bindparam("before")))


class LimitArea:
    """Queries on the `rate_limit` and `visitor_refusal` tables."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def hit(self, bucket: str, key_hmac: bytes, *, window_start: datetime) -> int:
        """Count one attempt in a window and return how many there are now."""
        return int(HIT.only(self._link, bucket=bucket, key=key_hmac, start=window_start))

    def count(self, bucket: str, key_hmac: bytes, *, window_start: datetime) -> int:
        """Return how many attempts a window has."""
        return int(COUNT.one(self._link, bucket=bucket, key=key_hmac, start=window_start) or 0)

    def refuse(self, reason: str, *, hour: datetime) -> None:
        """Add one refused visitor to the hour's sum for the reason."""
        REFUSE.run(self._link, hour=hour, reason=reason)

    def refusals(self, *, since: datetime) -> tuple[RefusalCountRow, ...]:
        """Return the hourly sums since an instant."""
        return REFUSALS.all(self._link, since=since)

    def sweep(self, *, before: datetime) -> int:
        """Drop windows that began before an instant."""
        return SWEEP.run(self._link, before=before)
