"""P1: information is collected to serve customers better, and for nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import DeniedError
from camket.core.policy.model import ClauseKind
from camket.core.terms import Source
from camket.services.access import SUBJECT
from camket.services.registration import registration_form
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from tests.journeys import Customer
    from tests.journeys import Service as Journey
    from tests.web.conftest import Service


def collected_clauses(journey: Journey) -> set[tuple[str, str, str]]:
    """Return item, service and source of everything that the policy in force lets be collected."""
    newest = journey.ctx.policies.in_force(journey.ctx.store, journey.clock.now()).newest
    return {
        (item, service, source)
        for item, service, source in (one.roots for one in newest.clauses if one.kind is ClauseKind.COLLECT)
    }


def test_every_item_has_a_reason_in_both_languages(journey: Journey) -> None:
    """P1: each item that may be collected says why, to a Vietnamese and to an English reader."""
    policy = journey.ctx.policies.in_force(journey.ctx.store, journey.clock.now()).newest.policy
    assert policy.items
    for item in policy.items:
        assert all(item.why[language].strip() for language in policy.languages), item.id


@pytest.mark.parametrize(
    ("item", "service", "source"),
    [
        ("location", "account", Source.OBSERVED),
        ("contacts", "shop", Source.PROVIDED),
        ("name", "shop", Source.PROVIDED),
        ("name", "account", Source.OBSERVED),
        ("name", "advertising", Source.PROVIDED),
        ("shop.picture", "account", Source.PROVIDED),
        ("promote", "account", Source.OBSERVED),
    ],
)
def test_what_is_not_declared_is_refused_and_not_stored(
    journey: Journey, alice: Customer, item: str, service: str, source: Source
) -> None:
    """P1: an item that no line declares for this service and this source is refused, and no row holds it."""
    before = journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id))
    with pytest.raises(DeniedError):
        journey.ctx.door.collect(
            actor="service:shop",
            subject_id=alice.subject_id,
            values={item: "anything"},
            service=service,
            source=source,
        )
    assert journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id)) == before


def test_one_undeclared_item_takes_the_declared_ones_with_it(journey: Journey, alice: Customer) -> None:
    """P1: what comes together with something undeclared is refused whole, so that nothing slips in beside it."""
    before = journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id))
    with pytest.raises(DeniedError):
        journey.ctx.door.collect(
            actor=SUBJECT,
            subject_id=alice.subject_id,
            values={"language": "vi", "religion": "none"},
            service="account",
            source=Source.PROVIDED,
        )
    assert journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id)) == before


def test_everything_held_after_a_life_is_declared(service: Service) -> None:
    """P1: after registering, signing in, correcting and copying, each row is of a declared item, service and source."""
    browser = service.register(ALICE)
    browser.get("/me")
    asked = browser.send_form("/me/correct/phone", phone="098 765 43 21")
    browser.send_form(asked.headers["location"], code=service.newest_code())
    asked = browser.send_form("/me/copy")
    browser.send_form(asked.headers["location"], code=service.newest_code())
    service.settle()
    ctx = service.runtime.context
    newest = ctx.policies.in_force(ctx.store, service.clock.now()).newest
    declared = {one.roots for one in newest.clauses if one.kind is ClauseKind.COLLECT}
    with closing(sqlite3.connect(service.runtime.settings.data / "camket.db")) as database:
        held = set(database.execute("SELECT item, service, source FROM held_value").fetchall())
    assert {item for item, _, _ in held} >= {"name", "phone", "email"}
    assert held <= declared


def test_the_form_asks_for_nothing_that_is_not_declared(journey: Journey) -> None:
    """P1: each field of the registration is a declared item of the service that asks for it."""
    declared = collected_clauses(journey)
    assert {(field.name, "account", "provided") for field in registration_form(journey.ctx)} <= declared
