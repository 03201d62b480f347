"""P17: the policy may change; rights are not reduced without a yes, every change is posted, important ones are told."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

from camket.services.requests import standing_in
from tests.unit.services.test_notices import LONGER, REWORDED, agree_to_everything, bob_registers, publish
from tests.web.conftest import ALICE
from tests.web.test_notices import publish as publish_behind_pages

if TYPE_CHECKING:
    from tests.journeys import Customer
    from tests.journeys import Service as Journey
    from tests.web.conftest import Service


def longest(journey: Journey, customer: Customer, item: str) -> int:
    """Return for how many days an item of a customer may be kept, by the limit that ends first."""
    standing = journey.ctx.store.read(lambda unit: standing_in(unit, journey.ctx, customer.subject_id))
    return min(limit.days for limit in standing.keep_limits(item) if limit.days is not None)


def test_a_reduction_binds_only_those_who_agreed(journey: Journey, alice: Customer) -> None:
    """P17: alice, who said nothing, keeps the shorter time for good; bob, who agreed, has the longer one."""
    bob = bob_registers(journey)
    policy = journey.ctx.policies.in_force(journey.ctx.store, journey.clock.now()).newest.policy
    item = next(one.id for one in policy.items if one.maximum.days == 400)
    publish(journey, LONGER, days=40)
    journey.clock.advance(days=41)
    assert (longest(journey, alice, item), longest(journey, bob, item)) == (400, 400)
    agree_to_everything(journey, bob, version=2)
    journey.clock.advance(days=400)
    assert (longest(journey, alice, item), longest(journey, bob, item)) == (400, 410)


def test_every_change_is_a_version_and_posted(journey: Journey) -> None:
    """P17: a changed comment is a version of its own, with another hash, and the same meaning."""
    publish(journey, REWORDED)
    first, second = journey.ctx.policies.published(journey.ctx.store)
    assert first.version.document_hash != second.version.document_hash
    assert first.version.meaning_hash == second.version.meaning_hash


def test_an_important_change_is_told_more_prominently(service: Service) -> None:
    """P17: posted with its comparison for all, and for a customer as a banner and by mail, until they have read it."""
    alice = service.register(ALICE)
    publish_behind_pages(service)
    stranger = service.browser()
    assert "/policy/versions/2" in stranger.get("/policy/versions").text
    compared = unescape(re.sub(r"<[^>]+>", " ", stranger.get("/policy/compare?from=1&to=2&lang=en").text))
    assert "410" in compared
    assert '<aside class="told"' in alice.get("/me").text
    assert "410" in service.newest_mail()
    service.clock.advance(timedelta(days=5))
    assert '<aside class="told"' in alice.get("/me").text
