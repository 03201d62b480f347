"""P4: more information comes from using the services; which services a customer uses is itself recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.client.guest import Camket
from camket.client.loading import close_apps, load_apps
from camket.core.terms import Language, Source
from camket.services.centre import my_data
from camket.web.app import create_app
from tests.guest import APPS
from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from collections.abc import Callable

    from camket.rows import HeldValueRow
    from tests.journeys import Customer
    from tests.journeys import Service as Journey
    from tests.web.conftest import Service

SHOP = "/quay=camket_shop.app:create_app"
USABLE = ("shop", "print")
"""Services that a customer uses in an app; the account is used by signing in."""


def uses(journey: Journey, customer: Customer) -> dict[str, HeldValueRow]:
    """Return what is recorded of the services that a customer uses, by service."""
    rows = journey.ctx.store.read(lambda unit: unit.values.of_subject(customer.subject_id, ("service.use",)))
    assert len({row.service for row in rows}) == len(rows)
    return {row.service: row for row in rows}


def test_using_the_account_is_recorded(journey: Journey, alice: Customer) -> None:
    """P4: who registers and signs in uses the account, and that is on record as observed."""
    assert {service: row.source for service, row in uses(journey, alice).items()} == {"account": Source.OBSERVED}


@pytest.mark.parametrize("service", USABLE)
def test_each_service_is_recorded_for_itself(journey: Journey, alice: Customer, service: str) -> None:
    """P4: using one service records that one, once, and says nothing of another."""
    for _ in range(3):
        Camket(journey.ctx, service).used(alice.subject_id)
    assert set(uses(journey, alice)) == {"account", service}


def test_the_record_is_of_the_last_day(journey: Journey, alice: Customer) -> None:
    """P4: used again on another day, the day is the later one; it is not a trace of every day."""
    shop = Camket(journey.ctx, "shop")
    shop.used(alice.subject_id)
    before = uses(journey, alice)["shop"].collected_at
    journey.clock.advance(days=3)
    shop.used(alice.subject_id)
    assert uses(journey, alice)["shop"].collected_at - before == timedelta(days=3)


def test_the_customer_sees_which_services_are_recorded(journey: Journey, alice: Customer) -> None:
    """P4: each recorded service stands in the privacy centre by its name, with its reason and its end."""
    for service in USABLE:
        Camket(journey.ctx, service).used(alice.subject_id)
    held = [one for group in my_data(journey.ctx, alice.session).groups for one in group.held]
    shown = [value for value in held if value.item == "service.use"]
    assert {value.said[Language.VI] for value in shown if value.said} == {"Tài khoản", "Cửa hàng", "In"}
    assert all(value.why and value.kept_until is not None for value in shown)


def test_a_service_without_an_account_is_no_ones(journey: Journey, alice: Customer) -> None:
    """P4: once the account is erased, nothing more is recorded of its use."""
    alice.accept_erasure()
    journey.work()
    Camket(journey.ctx, "shop").used(alice.subject_id)
    assert journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id, ("service.use",))) == ()


def test_in_the_shop_each_service_is_recorded_as_it_is_used(make_service: Callable[..., Service]) -> None:
    """P4: Quầy itself: opening its pages is using the shop, having printed is using the printing."""
    hosting = make_service(apps=SHOP)
    apps = load_apps(hosting.runtime)
    hosting.app = create_app(hosting.runtime, apps)
    alice = hosting.register(ALICE)
    assert recorded(hosting) == {"account"}
    assert alice.get("/quay/settings").status_code == 200
    assert recorded(hosting) == {"account", "shop"}
    printed = alice.post("/quay/api/printers/used", json={"name": "XP-58", "transport": "bluetooth"})
    assert printed.status_code == 204
    assert recorded(hosting) == {"account", "shop", "print"}
    close_apps(apps)


def recorded(service: Service) -> set[str]:
    """Return the services that are recorded as used, by the only customer there is."""
    store = service.runtime.context.store
    (subject_id,) = store.read(lambda unit: unit.values.subjects_with("service.use", after_id="", limit=2))
    return {row.service for row in store.read(lambda unit: unit.values.of_subject(subject_id, ("service.use",)))}


def test_opening_an_app_is_using_its_service(make_service: Callable[..., Service]) -> None:
    """P4: on the way that a customer goes, through the app's own pages; who does not open it has no such record."""
    hosting = make_service(apps=APPS)
    hosting.app = create_app(hosting.runtime, load_apps(hosting.runtime))
    hosting.register(ALICE).get("/book/")
    hosting.register(BOB).get("/me")
    ctx = hosting.runtime.context
    users = ctx.store.read(lambda unit: unit.values.subjects_with("service.use", after_id="", limit=9))
    assert len(users) == 2
    rows = ctx.store.read(lambda unit: [unit.values.of_subject(one, ("service.use",)) for one in users])
    assert sorted(sorted(row.service for row in of_one) for of_one in rows) == [["account"], ["account", "shop"]]
