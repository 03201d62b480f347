"""Another system is shown, copied and erased with everything else, and never taken for an empty one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import HolderError, NotFoundError, SettingsError
from camket.core.terms import Language
from camket.core.vault.keyring import KeyKind
from camket.jobs.engine import FIRST_RETRY
from camket.services.centre import my_data
from camket.services.certificates import certificate_status
from camket.services.connected import check_connector
from camket.services.erasure import LONGEST_REQUEST
from camket.services.erasure_preview import preview_erasure
from camket.services.request_failures import failing_of
from camket.services.requests import find_request
from tests.connectors.other_system import BOB, CUSTOMERS, LINES, ORDERS, OtherSystem, customers, declared, orders
from tests.copies import fetch, make, proven, take
from tests.journeys import Customer, Service, register, service_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LATER = 7200


@pytest.fixture
def system(tmp_path: Path) -> OtherSystem:
    """Return the other system, in which bob has an order."""
    system = OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")
    system.fill(BOB, "Bob", number=2)
    return system


@pytest.fixture
def service(tmp_path: Path, system: OtherSystem) -> Iterator[Service]:
    """Return a service that is connected to two names of one system: `crm`, and `archive` of its customers alone."""
    (tmp_path / "camket").mkdir()
    archive = {**declared(f"sqlite:///{tmp_path / 'archive.db'}")["crm"], "tables": [CUSTOMERS]}
    OtherSystem(f"sqlite:///{tmp_path / 'archive.db'}")
    connectors = declared(system.url) | {"archive": archive}
    with service_in(tmp_path / "camket", connectors=json.dumps(connectors)) as service:
        yield service


@pytest.fixture
def alice(service: Service, system: OtherSystem) -> Customer:
    """Return alice, of whom the other system holds an order."""
    alice = register(service)
    service.work()
    system.fill(alice.subject_id, "Alice", number=1)
    return alice


def test_the_page_shows_the_other_system_under_its_name(service: Service, alice: Customer) -> None:
    """Its name, what it holds and how many; it has no pages here, and the one that holds nothing is left out."""
    (holder,) = my_data(service.ctx, alice.session).holders
    assert (holder.name, holder.label[Language.VI], holder.path, holder.answers) == ("crm", "Sổ khách hàng", None, True)
    assert {one.item: one.count for one in holder.held} == {"shop.catalogue": 1, "shop.sales": 3}


def test_the_copy_has_its_files(service: Service, alice: Customer) -> None:
    """Each table is a file of JSON, named in `data.json` and shown on the page for people."""
    copy = take(service, alice)
    held = copy.values["holdings"]
    assert json.loads(copy.files["apps/crm/customers.json"]) == [{"Full Name": "Alice"}]
    assert "Họ tên" in copy.files["du-lieu-cua-toi.html"].decode()
    assert sorted((one["app"], one["item"], one["count"]) for one in held) == [
        ("crm", "shop.catalogue", 1),
        ("crm", "shop.sales", 1),
        ("crm", "shop.sales", 2),
    ]


def test_the_deletion_reaches_it(service: Service, alice: Customer, system: OtherSystem) -> None:
    """The preview counts its rows; after the deletion they are gone or cut from alice, and bob's are as they were."""
    going = {one.item: one.in_apps for one in preview_erasure(service.ctx, alice.session).goes if one.in_apps}
    assert going == {"shop.catalogue": 1, "shop.sales": 3}
    alice.accept_erasure()
    service.work()
    assert system.rows(customers) == [(2, BOB, "Bob")]
    assert [row[:3] for row in system.rows(orders)] == [(10, None, None), (20, 2, "Bob's street")]
    assert service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None


def test_what_was_written_in_between_goes_too(service: Service, alice: Customer, system: OtherSystem) -> None:
    """An order that was under way is deleted a minute later."""
    alice.accept_erasure()
    service.work()
    system.fill(alice.subject_id, "Alice", number=3)
    service.clock.advance(seconds=LONGEST_REQUEST.total_seconds())
    service.work()
    assert [row[1] for row in system.rows(customers)] == [BOB]


def test_one_that_fails_keeps_the_end_back_and_no_other(service: Service, alice: Customer, system: OtherSystem) -> None:
    """`archive`, asked first, cannot answer: `crm` has erased all the same, the key lives until both have."""
    token = alice.accept_erasure()
    archive = OtherSystem(system.url.replace("other.db", "archive.db"))
    archive.run("ALTER TABLE customers RENAME TO gone")
    service.work()
    service.sequence()
    assert system.rows(customers) == [(2, BOB, "Bob")]
    assert service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is not None
    assert certificate_status(service.ctx, token).status == "recorded"
    archive.run("ALTER TABLE gone RENAME TO customers")
    service.clock.advance(seconds=LATER)
    service.work()
    assert service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None


def test_one_that_cannot_answer_is_shown_as_such_and_stops_the_copy(
    service: Service, alice: Customer, system: OtherSystem
) -> None:
    """The page stands and says that it does not know; no copy and no preview is made without it."""
    identity = proven(service, alice)
    system.run("ALTER TABLE lines RENAME TO gone")
    (holder,) = my_data(service.ctx, alice.session).holders
    assert (holder.name, holder.answers) == ("crm", False)
    with pytest.raises(HolderError, match="`crm`"):
        preview_erasure(service.ctx, alice.session)
    with pytest.raises(NotFoundError):
        make(service, identity)
    request = find_request(service.ctx, subject_id=alice.subject_id, request_id=identity.request_id)
    assert [(one.step, one.holder) for one in failing_of(service.ctx, request)] == [("holder:crm", "crm")]
    system.run("ALTER TABLE gone RENAME TO lines")
    service.clock.advance(seconds=FIRST_RETRY.total_seconds())
    service.work()
    assert fetch(service, identity).data
    request = find_request(service.ctx, subject_id=alice.subject_id, request_id=identity.request_id)
    assert request.failing is None


def test_what_the_policy_does_not_declare_is_never_passed_over(tmp_path: Path, system: OtherSystem) -> None:
    """A table of an item that is no holding is told with the nearest, and the page says that it does not know."""
    wrong = {**CUSTOMERS, "item": "shop.slaes"}
    with service_in(tmp_path, connectors=json.dumps(declared(system.url, wrong, ORDERS, LINES))) as service:
        alice = register(service)
        system.fill(alice.subject_id, "Alice", number=1)
        (connector,) = service.runtime.connectors
        (finding,) = check_connector(service.ctx, connector)
        assert finding.startswith("the connector `crm` holds `shop.slaes`, which the policy does not declare")
        assert finding.endswith("(did you mean `shop.sales`?)")
        (holder,) = my_data(service.ctx, alice.session).holders
        assert not holder.answers


def test_a_connector_without_a_driver_stops_the_start(tmp_path: Path) -> None:
    """Nothing is served as if the other system held nothing."""
    with (
        pytest.raises(SettingsError, match="no driver is installed"),
        service_in(tmp_path, connectors=json.dumps(declared("nosuch://host/x"))),
    ):
        pass
