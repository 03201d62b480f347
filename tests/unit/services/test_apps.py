"""What an app does with its customers' data, from several threads at once, on both stores."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from camket.core.vault.keyring import KeyKind
from camket.services.apps import note_use, remove_values, replace_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from camket.rows import HeldValueRow
    from tests.postgres import Postgres
    from tests.unit.services.conftest import OpenService, Service

THREADS = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, open_service: OpenService) -> Service:
    """Return a running service on each store."""
    if request.param == "sqlite":
        return open_service("sqlite")
    postgres: Postgres = request.getfixturevalue("postgres")
    return open_service("postgresql", database_url=postgres.url(postgres.new_database()))


def at_once(act: Callable[[int], object]) -> list[Exception]:
    """Act in several threads at once; return what they raised."""
    ready, raised = threading.Barrier(THREADS), list[Exception]()

    def run(number: int) -> None:
        ready.wait()
        try:
            act(number)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            raised.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def rows(service: Service, subject_id: str, item: str, of: str = "shop") -> list[HeldValueRow]:
    """Return the rows of an item that a service collected."""
    found = service.ctx.store.read(lambda unit: unit.values.of_subject(subject_id, (item,)))
    return [row for row in found if row.service == of]


def test_values_that_replace_each_other_at_once_leave_one(both: Service) -> None:
    """Each is taken, none is refused, and the last stands alone."""
    alice = both.register().subject_id
    raised = at_once(
        lambda number: replace_values(
            both.ctx, service="shop", subject_id=alice, values={"shop.name": f"Quán {number}"}
        )
    )
    assert raised == []
    assert len(rows(both, alice, "shop.name")) == 1


def test_a_use_that_is_noted_at_once_is_noted_once(both: Service) -> None:
    """One value, and nothing stands in the way of who uses the service."""
    alice = both.register().subject_id
    assert at_once(lambda _number: note_use(both.ctx, service="shop", subject_id=alice)) == []
    assert len(rows(both, alice, "service.use")) == 1


def test_values_that_are_removed_at_once_are_removed_once(both: Service) -> None:
    """Who comes later finds nothing to do."""
    alice = both.register().subject_id
    put = replace_values(both.ctx, service="shop", subject_id=alice, values={"shop.name": "Quán Alice"})
    ids = tuple(put.values())
    assert at_once(lambda _number: remove_values(both.ctx, service="shop", subject_id=alice, row_ids=ids)) == []
    assert rows(both, alice, "shop.name") == []


def test_what_a_law_holds_is_sealed_and_not_ended(both: Service) -> None:
    """An app that removes a value which an article orders to be kept puts it under `hold`, and cannot end it there."""
    alice = both.register().subject_id
    (row,) = rows(both, alice, "email", of="account")
    for _ in range(2):
        remove_values(both.ctx, service="account", subject_id=alice, row_ids=(row.id,))
    (held,) = rows(both, alice, "email", of="account")
    assert (held.id, held.key_kind) == (row.id, KeyKind.HOLD)
