"""What an app does about requests: begin one for its customer, and lead them to camket's page of it.

Who asks is proven on camket's own pages, where codes and passkeys are, so that an app never holds a proof; nor does it
learn what its customer asked for elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, NotFoundError, nearest
from camket.core.rights.machine import RequestKind, RequestState
from camket.core.terms import SubjectState
from camket.rows.requests import RequestChannel
from camket.services.requests import start_request_in
from camket.services.restrictions import BARS, start_restriction_in

if TYPE_CHECKING:
    from datetime import datetime

    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.context import Context

PLAIN: Final = (RequestKind.ACCESS, RequestKind.PORT, RequestKind.ERASE)
"""What is asked for without saying more; a correction is asked for on the page that shows the value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Requested:
    """A request of a customer.

    Args:
        number: its receipt number, which people read.
        kind: what for: `access`, `port`, `rectify`, `erase`, `restrict`, `object`, `withdraw` or `support`.
        state: where it stands, `unverified` before its customer proved who they are.
        due_at: until when it is carried out; None where no clock runs.
        path: of the page on which it goes on and is followed.
    """

    number: str
    kind: RequestKind
    state: RequestState
    due_at: datetime | None
    path: str


class Requesting:
    """The part of `Camket` that is about requests.

    Args:
        context: a running service.
    """

    _ctx: Context

    def request(self, subject_id: str, kind: str, *, purposes: tuple[str, ...] = ()) -> Requested:
        """Begin a request for a customer; lead them to its `path`, where they prove who they are and go on.

        Args:
            subject_id: whose request.
            kind: `access`, `port` or `erase`; or `restrict` or `object`.
            purposes: for the last two: ids of purposes, or `all` alone.

        Returns:
            The request; the open one where the same is asked for already.

        Raises:
            InvalidValueError: it is none of these kinds, or names purposes that are not declared, or that it takes none
                of; with the nearest.
            NotFoundError: there is no such customer.
            DeniedError: the policy does not grant the right.
            RateLimitedError: too many requests of this customer in this hour.

        Effects: the request and its ledger record are durable on return; nothing is carried out by it.
        """
        asked = _kind(kind, purposes)

        def begin(unit: Unit) -> RequestRow:
            subject = unit.subjects.get(subject_id)
            if subject is None or subject.state is not SubjectState.ACTIVE:
                raise NotFoundError("there is no such account")
            if asked in BARS:
                return start_restriction_in(
                    unit,
                    self._ctx,
                    subject_id=subject_id,
                    kind=asked,
                    purposes=purposes,
                    channel=RequestChannel.APP,
                )
            return start_request_in(unit, self._ctx, subject_id=subject_id, kind=asked, channel=RequestChannel.APP)

        return _requested(self._ctx.store.write(begin))


def _kind(kind: str, purposes: tuple[str, ...]) -> RequestKind:
    known = (*PLAIN, *BARS)
    found = next((one for one in known if one.value == kind), None)
    if found is None:
        raise InvalidValueError(f"no app begins a request to `{kind[:40]}`{nearest(kind[:40], known)}")
    if purposes and found in PLAIN:
        raise InvalidValueError(f"`{kind}` takes no purposes")
    return found


def _requested(row: RequestRow) -> Requested:
    return Requested(
        number=row.number, kind=row.kind, state=row.state, due_at=row.due_at, path=f"/me/requests/{row.id}"
    )
