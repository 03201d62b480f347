from __future__ import annotations

from datetime import timedelta

import pytest

from camket.core.errors import RateLimitedError
from camket.services.limits import RateLimit, count_try_in, network_of, visitor_key
from tests.unit.services.conftest import OpenService, Service

LIMIT = RateLimit(bucket="test", count=2, window_seconds=60)


def _try(service: Service, visitor: str = "alice") -> None:
    key = visitor_key(service.ctx, visitor)
    now = service.clock.now()
    service.ctx.store.write(lambda unit: count_try_in(unit, LIMIT, key, now))


def test_so_many_tries_and_no_more_in_a_window(service: Service) -> None:
    """The third is refused, says how long to wait, and is not counted; the next window begins afresh."""
    service.clock.advance(seconds=15)
    for _ in range(2):
        _try(service)
    for _ in range(3):
        with pytest.raises(RateLimitedError) as limited:
            _try(service)
        assert limited.value.retry_after_seconds == 45
    service.clock.advance(seconds=45)
    _try(service)


def test_visitors_and_buckets_are_counted_apart(service: Service) -> None:
    """What one visitor tries leaves another's tries as they were."""
    for _ in range(2):
        _try(service)
    _try(service, "bob")
    with pytest.raises(RateLimitedError):
        _try(service)


def test_the_key_of_the_day_ends_with_the_epoch(open_service: OpenService) -> None:
    """The same visitor is the same bytes within an epoch, across restarts, and other bytes after it."""
    service = open_service()
    today = visitor_key(service.ctx, "address 192.0.2.1")
    service.runtime.close()
    service = open_service()
    assert visitor_key(service.ctx, "address 192.0.2.1") == today
    service.ctx.keys.begin_epoch(at=service.clock.now() + timedelta(days=1))
    assert visitor_key(service.ctx, "address 192.0.2.1") != today


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_one_subscribers_addresses_are_one_visitor(address: str, network: str) -> None:
    """Within IPv6 a visitor chooses among 2**64 addresses; they count as one."""
    assert network_of(address) == network
