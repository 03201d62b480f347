"""What time does to consents: those that ended by their date are written down so, and old history goes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.core.consent.events import AskedThrough, EventKind, Expression
from camket.rows.consents import NewConsentEvent

if TYPE_CHECKING:
    from datetime import datetime

    from camket.ports import Unit
    from camket.rows.consents import ConsentEventRow
    from camket.services.context import Context
    from camket.services.steps import Run

CONSENTS_JOB: Final = "consents"
MANY: Final = 500


def keep_consents(ctx: Context, run: Run) -> int:
    """Write down which consents ended by their date, and drop history that nothing rests on any more.

    The gate needs neither: a consent ends on its instant by itself. History is kept as long as the policy keeps its
    records, and that of a consent or agreement which still stands for as long as it does.

    Returns:
        How many consents had ended.

    Effects: durable in pages. Twice is once.
    """
    now = ctx.clock.now()
    ended = 0
    while found := ctx.store.write(lambda unit: _expire_in(unit, now)):
        ended += found
        run.going_on()
    days = ctx.policies.in_force(ctx.store, now).newest.policy.record_days
    while ctx.store.write(lambda unit: unit.consents.sweep(before=now - timedelta(days=days), limit=MANY)):
        run.going_on()
    return ended


def _expire_in(unit: Unit, now: datetime) -> int:
    over = unit.consents.run_out(now, limit=MANY)
    for event in over:
        unit.consents.add(_expired(event))
    return len(over)


def _expired(gave: ConsentEventRow) -> NewConsentEvent:
    """Return the fact that a consent ended, at the instant at which it did, whenever that is written down."""
    return NewConsentEvent(
        subject_id=gave.subject_id,
        kind=EventKind.EXPIRED,
        about=gave.about,
        target=gave.target,
        body=gave.body,
        question_id=None,
        fact_id=gave.fact_id,
        version=gave.version,
        text_hash=gave.text_hash,
        language=gave.language,
        through=AskedThrough.CLOCK,
        expression=Expression.TIME,
        at=gave.ends_at or gave.at,
        ends_at=None,
        record_id=None,
    )
