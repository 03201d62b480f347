"""Refusals of visitors whom no one knows, summed by the hour: how many and why, never who (semantics section 9).

Each of them would be a ledger entry that anyone could make at will; so the hour has one, over its sums.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, RateLimitedError
from camket.core.intake import ProblemCode
from camket.core.ledger.canonical import canonical_json
from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.services.forms import FormError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from camket.ports import Unit
    from camket.rows import RefusalCountRow
    from camket.services.context import Context
    from camket.services.steps import Run

REFUSALS_JOB: Final = "refusals"
VISITORS: Final = "service:visitors"
"""The actor in the ledger entry of an hour's sums."""


class RefusalReason(StrEnum):
    """Why a visitor was refused."""

    RATE_LIMITED = "rate_limited"
    UNDECLARED_FIELD = "undeclared_field"
    UNKNOWN_CODE = "unknown_code"
    STAFF_SIGN_IN = "staff_sign_in"
    """A work name that no one has, or a wrong password; the two are not told apart here either."""


def count_refusal(ctx: Context, reason: RefusalReason) -> None:
    """Add one to the sum of this hour; durable on return."""
    hour = ctx.clock.now().replace(minute=0, second=0, microsecond=0)
    ctx.store.write(lambda unit: unit.limits.refuse(reason, hour=hour))


@contextmanager
def counting_refusals(ctx: Context) -> Iterator[None]:
    """Count what is refused inside, and let it go on its way.

    A misspelt value is no refusal of a visitor: people are helped with it, not counted.
    """
    try:
        yield
    except RateLimitedError:
        count_refusal(ctx, RefusalReason.RATE_LIMITED)
        raise
    except FormError as error:
        if any(problem.code is ProblemCode.UNDECLARED for problem in error.problems.values()):
            count_refusal(ctx, RefusalReason.UNDECLARED_FIELD)
        raise


def record_refusals(ctx: Context, run: Run) -> None:
    """Record the sums of the hour before the job's period; once, however often the job is run. No sum, no entry.

    The entry's hash is over the sums: whoever is shown them can compare.

    Raises:
        InvalidValueError: the job says no period.
    """
    period = run.args.get("period")
    if not isinstance(period, str):
        raise InvalidValueError("the job of the refusals names no period")
    hour = datetime.fromisoformat(period) - timedelta(hours=1)

    def record(unit: Unit) -> int:
        rows = [row for row in unit.limits.refusals(since=hour) if row.hour == hour]
        if rows:
            ctx.door.record_in(
                unit,
                actor=VISITORS,
                action=LedgerAction.SESSION,
                outcome=LedgerOutcome.DENY,
                about=sums_hash(hour, rows),
            )
        return len(rows)

    run.step("record", record)


def sums_hash(hour: datetime, rows: Sequence[RefusalCountRow]) -> str:
    """Return hex SHA-256 over an hour's sums as RFC 8785 canonical JSON."""
    sums = {row.reason: row.count for row in rows}
    return sha256(canonical_json({"hour": hour.isoformat(), "sums": sums})).hexdigest()
