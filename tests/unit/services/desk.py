"""Staff at the desk, for tests: signed in, and seeing a customer in person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.services.casework import verify_in_person
from camket.services.staff_sessions import StaffSession, find_staff_session
from camket.testing.staff import add_staff

if TYPE_CHECKING:
    from camket.core.rights.machine import RequestEvent
    from camket.core.staff.roles import Role
    from camket.rows.requests import RequestEventRow
    from tests.journeys import Service

SEEN = "Đến quầy, đưa căn cước."


def staff(service: Service, *roles: Role, name: str = "Bob") -> StaffSession:
    """Return a member of staff, signed in."""
    session = find_staff_session(service.ctx, add_staff(service.ctx, *roles, name=name).token)
    assert session is not None
    return session


def see(service: Service, by: StaffSession, request_id: str) -> None:
    """Have a member of staff take down that they saw who asks."""
    verify_in_person(service.ctx, by, request_id=request_id, reason=SEEN)


def lines(service: Service, request_id: str) -> tuple[RequestEventRow, ...]:
    """Return the timeline of a request."""
    return service.ctx.store.read(lambda unit: unit.requests.events(request_id))


def events(service: Service, request_id: str) -> list[RequestEvent]:
    """Return what happened to a request, in order."""
    return [line.event for line in lines(service, request_id)]


def written(service: Service, line: RequestEventRow) -> str:
    """Return what was written with a line."""
    assert line.sealed is not None
    return service.ctx.door.open_request_text(subject_id=line.subject_id, place=line.id, sealed=line.sealed)
