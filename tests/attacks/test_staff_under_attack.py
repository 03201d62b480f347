"""Staff who were shown the door, second factors that are guessed, and a database that was put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camket.core.staff.roles import Role
from camket.services.restoring import Gap, record_restore
from camket.services.staff import revoke_staff
from camket.services.staff_invitations import invite_staff
from camket.services.staff_sessions import find_staff_session
from camket.testing.staff import add_staff
from tests.staff import sign_in_staff
from tests.web.conftest import ALICE, make_service, service

if TYPE_CHECKING:
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession
    from camket.testing.staff import SignedInStaff
    from tests.web.conftest import Service

__all__ = ["make_service", "service"]

ADMIN = frozenset({Role.ADMIN})


def session_of(ctx: Context, member: SignedInStaff) -> StaffSession:
    """Return the session of a member of staff, who is signed in."""
    found = find_staff_session(ctx, member.token)
    assert found is not None
    return found


@pytest.mark.parametrize("end", ["account", "role"])
def test_a_link_ends_with_the_administrator_who_made_it(service: Service, end: str) -> None:
    """Who was an administrator has kept no way back in, and none is shown to those who are left."""
    ctx = service.runtime.context
    browser = service.browser()
    boss = sign_in_staff(ctx, browser, Role.ADMIN)
    gone = add_staff(ctx, Role.ADMIN, name="Bob")
    link = invite_staff(ctx, roles=ADMIN, by=session_of(ctx, gone)).path
    kept = invite_staff(ctx, roles=ADMIN, by=session_of(ctx, boss)).path
    assert service.browser().get(link).status_code == 200
    assert browser.get("/officer/staff").text.count("/withdraw") == 2
    if end == "account":
        revoke_staff(ctx, gone.pseudonym, by=session_of(ctx, boss))
    else:
        browser.send_form(f"/officer/staff/{gone.pseudonym}", role_support="on")
    assert service.browser().get(link).status_code == 404
    assert service.browser().send_form(link, **{"staff.name": "Bob", "password": "x"}).status_code == 404
    assert browser.get("/officer/staff").text.count("/withdraw") == 1
    assert service.browser().get(kept).status_code == 200


def test_a_restore_signs_everyone_out(service: Service) -> None:
    """Sessions that were ended after the backup, and links that were used since, are in it: they open nothing."""
    ctx = service.runtime.context
    customer, staff = service.register(ALICE), service.browser()
    member = sign_in_staff(ctx, staff, Role.ADMIN)
    link = invite_staff(ctx, roles=ADMIN, by=session_of(ctx, member)).path
    service.settle()
    lost = ctx.keys.last_checkpoint()
    assert lost is not None
    assert (customer.get("/me").status_code, staff.get("/officer").status_code) == (200, 200)
    record_restore(ctx, Gap(kept_size=0, lost=lost))
    assert (customer.get("/me").status_code, staff.get("/officer").status_code) == (303, 303)
    assert service.browser().get(link).status_code == 404
