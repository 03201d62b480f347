"""A corrected value that outsiders may hold: staff take down who heard of it, and the customer reads that."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from tests.staff import sign_in_staff
from tests.unit.services.test_correction_job import with_carrier
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.conftest import Browser, Service

NUMBER = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")


@pytest.fixture
def service(make_service: Callable[..., Service], tmp_path: Path) -> Service:
    """Return a service whose policy has a recipient of names."""
    with_carrier(tmp_path / "policy")
    return make_service(policy=tmp_path / "policy")


@pytest.fixture
def alice(service: Service) -> Browser:
    """Return alice's browser; her name was given to the carrier, and she has corrected it since."""
    browser = service.register(ALICE)
    ctx = service.runtime.context
    (subject,) = ctx.store.read(lambda unit: unit.values.subjects_with("name", after_id="", limit=9))
    ctx.store.write(
        lambda unit: ctx.door.record_in(
            unit,
            actor="service:shop",
            action=LedgerAction.SHARE,
            subject_id=subject,
            items=("name",),
            outcome=LedgerOutcome.DONE,
        )
    )
    verify = browser.send_form("/me/correct/name", name="Alice Trần").headers["location"]
    browser.send_form(verify, code=service.newest_code())
    service.settle()
    return browser


def test_staff_tell_and_the_request_ends(service: Service, alice: Browser) -> None:
    """The case offers the act while someone waits; without words it is not taken down; with them the request ends."""
    found = NUMBER.search(alice.get("/me/requests").text)
    assert found is not None
    case = f"/officer/requests/{found[0]}"
    desk = service.browser()
    sign_in_staff(service.runtime.context, desk)
    assert "Đã báo: Bên vận chuyển" in desk.get(case).text
    refused = desk.send_form(f"{case}/do/told", receiver="carrier", reason=" ")
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    done = desk.send_form(f"{case}/do/told", receiver="carrier", reason="Gọi điện sáng 23/11.")
    assert (done.status_code, done.headers["location"]) == (303, case)
    assert f"{case}/do/told" not in desk.get(case).text
    service.clock.advance(timedelta(hours=2))
    service.settle()
    link = re.search(r'href="(/me/requests/[0-9a-f]{32})"', alice.get("/me/requests").text)
    assert link is not None
    page = alice.get(link[1]).text
    assert "Đã báo cho bên ngoài có thể còn giữ giá trị cũ" in page
    assert "Gọi điện sáng 23/11." in page
