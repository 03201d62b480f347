"""Every kind of job that workers run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.jobs.engine import Kind, registry
from camket.services.consent_clock import CONSENTS_JOB, keep_consents
from camket.services.copy_requests import COPY_JOB, run_copy
from camket.services.correction_job import CORRECT_JOB, run_correction
from camket.services.epochs import EPOCH_JOB, end_epoch
from camket.services.erasure import ERASE_JOB, run_erasure
from camket.services.news import NEWS_JOB, run_news
from camket.services.notices import NOTICE_JOB, forget_old_evidence, plan_notice
from camket.services.outbox import BULK_JOB, OUTBOX_JOB, run_bulk, send_due
from camket.services.policies import RETENTION_JOB
from camket.services.refusals import REFUSALS_JOB, record_refusals
from camket.services.request_time import REQUESTS_JOB, WARNINGS_JOB, keep_requests, warn_of_deadlines
from camket.services.restoring import REPLAY_JOB, replay_at_holders
from camket.services.retention import erase_unconfirmed, keep_limits, prune_records, sweep_traces

if TYPE_CHECKING:
    from camket.services.context import Context
    from camket.services.steps import Run


def _send(ctx: Context, _: Run) -> None:
    send_due(ctx)


def _unconfirmed(ctx: Context, _: Run) -> None:
    erase_unconfirmed(ctx)


def _sweep(ctx: Context, _: Run) -> None:
    sweep_traces(ctx)


def _consents(ctx: Context, run: Run) -> None:
    keep_consents(ctx, run)


def _requests(ctx: Context, run: Run) -> None:
    keep_requests(ctx, run)


def _warn(ctx: Context, run: Run) -> None:
    warn_of_deadlines(ctx, run)


def _prune(ctx: Context, run: Run) -> None:
    prune_records(ctx, run)
    forget_old_evidence(ctx)


KINDS: Final = registry(
    # INVARIANT: a correction is done when everyone who holds the value was told, and not given up before.
    Kind(name=CORRECT_JOB, run=run_correction, gives_up=False),
    # INVARIANT: an erasure that was accepted is carried out, however long the disk or the key store was in its way.
    Kind(name=ERASE_JOB, run=run_erasure, gives_up=False),
    # INVARIANT: whoever proved who they are gets their copy, however long a system was in its way.
    Kind(name=COPY_JOB, run=run_copy, gives_up=False),
    Kind(name=REPLAY_JOB, run=replay_at_holders, gives_up=False),
    Kind(name=OUTBOX_JOB, run=_send),
    Kind(name=BULK_JOB, run=run_bulk),
    # INVARIANT: whoever is to be told of a change is told, however long the store was in its way.
    Kind(name=NOTICE_JOB, run=plan_notice, gives_up=False),
    Kind(name=NEWS_JOB, run=run_news),
    Kind(name="unconfirmed", run=_unconfirmed),
    Kind(name="sweep", run=_sweep),
    Kind(name=RETENTION_JOB, run=keep_limits),
    Kind(name=REFUSALS_JOB, run=record_refusals),
    Kind(name="records", run=_prune),
    Kind(name=CONSENTS_JOB, run=_consents),
    Kind(name=REQUESTS_JOB, run=_requests),
    Kind(name=WARNINGS_JOB, run=_warn),
    Kind(name=EPOCH_JOB, run=end_epoch),
)
"""By name."""
