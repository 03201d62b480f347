from __future__ import annotations

import json
from typing import Any

import pytest

from camket.core.errors import CamketError, RateLimitedError, VerificationError
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.jobs.schedule import plan_due
from camket.services.forms import FormError
from camket.services.refusals import VISITORS, sums_hash
from camket.services.signin import start_sign_in
from tests.unit.services.conftest import ALICE, OpenService, Service


def _sums(service: Service) -> dict[str, int]:
    since = service.clock.now().replace(year=2000)
    return {row.reason: row.count for row in service.ctx.store.read(lambda unit: unit.limits.refusals(since=since))}


def _refused(error: type[CamketError], work: object) -> None:
    assert callable(work)
    with pytest.raises(error):
        work()


def test_refusals_are_summed_by_reason_and_hour(open_service: OpenService) -> None:
    """How many and why; the next hour has a sum of its own, and no record is made in the ledger."""
    service = open_service(sign_ins_per_address_hour=1)
    records = service.counts()["record"]
    for _ in range(3):
        _refused(FormError, lambda: service.start(ALICE | {"passport": "x"}))
        _refused(VerificationError, lambda: service.confirm("000000", browser="nobody's"))
    assert service.counts()["record"] == records
    start_sign_in(service.ctx, email="nobody@shop.example", browser="b", address="192.0.2.1")
    _refused(
        RateLimitedError,
        lambda: start_sign_in(service.ctx, email="a@shop.example", browser="b", address="192.0.2.1"),
    )
    assert _sums(service) == {"rate_limited": 1, "undeclared_field": 3, "unknown_code": 3}
    service.clock.advance(hours=1)
    _refused(FormError, lambda: service.start(ALICE | {"passport": "x"}))
    assert service.counts()["visitor_refusal"] == 4


def test_a_slip_is_no_refusal(service: Service) -> None:
    """A misspelt address and a wrong code of one's own are not counted as refused visitors."""
    _refused(FormError, lambda: service.start(ALICE | {"email": "alice"}))
    service.start(ALICE)
    code = service.code()
    _refused(VerificationError, lambda: service.confirm(f"{(int(code) + 1) % 1_000_000:06}"))
    assert _sums(service) == {}


def test_the_hour_has_one_ledger_entry_over_its_sums(service: Service) -> None:
    """Made once when the hour is over, however often it is planned; a quiet hour has none."""
    engine = Engine(service.ctx, KINDS)

    def work() -> list[dict[str, Any]]:
        plan_due(service.ctx)
        while engine.run_next("worker"):
            pass
        size = service.counts()["record"]
        rows = service.ctx.store.read(lambda unit: [unit.records.get(number) for number in range(1, size + 1)])
        found = [json.loads(row.facts) for row in rows if row is not None]
        return [facts for facts in found if facts["actor"] == VISITORS]

    hour = service.clock.now()
    for _ in range(3):
        _refused(FormError, lambda: service.start(ALICE | {"passport": "x"}))
    service.clock.advance(minutes=30)
    assert work() == []
    service.clock.advance(minutes=40)
    (entry,) = work()
    rows = service.ctx.store.read(lambda unit: unit.limits.refusals(since=hour))
    assert (entry["outcome"], entry["history"]) == ("deny", sums_hash(hour, rows))
    assert [row.count for row in rows] == [3]
    service.clock.advance(hours=1)
    assert len(work()) == 1
