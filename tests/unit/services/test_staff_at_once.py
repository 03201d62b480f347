"""What happens when two do the same thing to an account of staff at the same moment, on both stores."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import CamketError, ConflictError, DeniedError, NotFoundError
from camket.core.staff.one_time import password_of_step, step_at
from camket.core.staff.roles import Role
from camket.core.terms import Language
from camket.services.staff import EMAIL, NAME, list_accounts, revoke_staff
from camket.services.staff_credentials import factor_secret
from camket.services.staff_invitations import PASSWORD, invite_staff, join_staff
from camket.services.staff_sessions import find_staff_session
from camket.services.staff_signin import enter_password, enter_second_factor
from camket.testing.staff import STAFF_PASSWORD, add_staff
from tests.unit.services.test_staff import session_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.postgres import Postgres
    from tests.unit.services.conftest import OpenService, Service

AT_ONCE = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, open_service: OpenService) -> Service:
    """Return a running service on each store."""
    if request.param == "sqlite":
        return open_service()
    postgres: Postgres = request.getfixturevalue("postgres")
    return open_service("postgresql", database_url=postgres.url(postgres.new_database()))


def at_once(acts: list[Callable[[], object]]) -> list[CamketError | None]:
    """Do several things in threads of their own that begin together; return what each was refused with."""
    barrier = threading.Barrier(len(acts))
    outcomes: list[CamketError | None] = [None] * len(acts)

    def run(place: int) -> None:
        barrier.wait()
        try:
            acts[place]()
        except CamketError as error:
            outcomes[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_link_makes_one_account(service: Service) -> None:
    """Of many who take the same link at once one gets the account; nothing of the others is left."""
    ctx = service.ctx
    invited = invite_staff(ctx, roles=frozenset({Role.OFFICER}))
    forms = [
        {NAME: f"Bob {letter}", EMAIL: f"bob.{letter}@work.example", PASSWORD: STAFF_PASSWORD} for letter in "abcd"
    ]
    refused = at_once(
        [partial(join_staff, ctx, token=invited.token, fields=form, language=Language.VI) for form in forms]
    )
    assert [type(error) for error in refused].count(NotFoundError) == AT_ONCE - 1
    assert len(list_accounts(ctx)) == 1


def test_a_one_time_password_signs_in_once(service: Service) -> None:
    """The same digits entered in several browsers at once open one session."""
    ctx = service.ctx
    member = add_staff(ctx, Role.OFFICER, password=True)
    row = ctx.store.read(lambda unit: unit.staff.get(member.subject_id))
    assert row is not None
    digits = password_of_step(factor_secret(ctx, row), step_at(service.clock.now()))
    half_way = []
    for _ in range(AT_ONCE):
        token = enter_password(ctx, name=member.pseudonym, password=STAFF_PASSWORD, address=None).token
        found = find_staff_session(ctx, token)
        assert found is not None
        half_way.append(found)
    refused = at_once([partial(enter_second_factor, ctx, one, digits) for one in half_way])
    assert refused.count(None) == 1


def test_administrators_who_end_each_other_leave_one(service: Service) -> None:
    """However many end each other at the same moment, one who can invite is left."""
    ctx = service.ctx
    admins = [add_staff(ctx, Role.ADMIN, name=f"Alice {letter}") for letter in "abcd"]
    sessions = [session_of(ctx, admin) for admin in admins]
    pairs = zip(sessions, [*admins[1:], admins[0]], strict=True)
    refused = at_once([partial(revoke_staff, ctx, other.pseudonym, by=by) for by, other in pairs])
    assert {type(error) for error in refused} <= {type(None), ConflictError, DeniedError, NotFoundError}
    left = list_accounts(ctx)
    assert len(left) >= 1
    assert all(Role.ADMIN in one.roles for one in left)
