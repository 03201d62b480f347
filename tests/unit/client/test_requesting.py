"""An app begins a request for its customer; it holds no proof, and learns nothing of what they asked for elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camket.client.local import Camket, InvalidValueError, NotFoundError
from camket.core.rights.machine import RequestKind, RequestState
from camket.rows.requests import RequestChannel, RequestRow

if TYPE_CHECKING:
    from camket.bootstrap import Runtime


def kept(service: Runtime, subject_id: str) -> tuple[RequestRow, ...]:
    """Return a customer's requests as they are kept."""
    return service.context.store.read(lambda unit: unit.requests.of_subject(subject_id))


@pytest.mark.parametrize("kind", ["access", "port", "erase"])
def test_a_request_waits_for_its_customer(service: Runtime, shop: Camket, alice: str, kind: str) -> None:
    """It came through an app, is not proven, and its path leads to its own page; twice is once."""
    asked = shop.request(alice, kind)
    (row,) = kept(service, alice)
    assert (row.channel, row.verified_at, row.number) == (RequestChannel.APP, None, asked.number)
    assert (asked.kind, asked.state, asked.path) == (
        RequestKind(kind),
        RequestState.UNVERIFIED,
        f"/me/requests/{row.id}",
    )
    assert shop.request(alice, kind) == asked


def test_purposes_are_barred_by_name(service: Runtime, shop: Camket, alice: str) -> None:
    """Nothing is barred yet; a purpose that is not declared is refused with the nearest."""
    assert shop.request(alice, "object", purposes=("notify",)).kind is RequestKind.OBJECT
    assert shop.decide(alice, ("email",), purpose="notify").outcome == "permit"
    with pytest.raises(InvalidValueError, match="did you mean `notify`"):
        shop.request(alice, "object", purposes=("notfy",))
    assert len(kept(service, alice)) == 1


@pytest.mark.parametrize(
    ("kind", "purposes", "message"),
    [
        ("rectify", (), "no app begins a request to `rectify`"),
        ("acess", (), "did you mean `access`"),
        ("access", ("notify",), "`access` takes no purposes"),
        ("object", (), "name the purposes"),
    ],
)
def test_what_no_app_begins_is_refused(
    service: Runtime, shop: Camket, alice: str, kind: str, purposes: tuple[str, ...], message: str
) -> None:
    """Nothing is kept of it."""
    with pytest.raises(InvalidValueError, match=message):
        shop.request(alice, kind, purposes=purposes)
    assert kept(service, alice) == ()


def test_nobody_has_no_request(service: Runtime, shop: Camket) -> None:
    """A customer who is not there is not found, and nothing is kept for them."""
    with pytest.raises(NotFoundError):
        shop.request("nobody", "access")
    assert kept(service, "nobody") == ()
