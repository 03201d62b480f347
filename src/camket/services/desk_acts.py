"""Which role may do what with a request at the desk: as data, and asked in the transaction of what it allows."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, DeniedError, NotFoundError
from camket.core.rights.machine import RequestKind
from camket.core.staff.roles import Role, read_roles
from camket.services.requests import NO_REQUEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.staff_sessions import StaffSession


OWN_REQUEST: Final = "staff do not act on requests of their own"
REASON: Final = "reason"
"""The field for a reason in the forms at the desk, as `FormError` names it."""


class DeskAct(StrEnum):
    """What staff do with a request."""

    READ = "read"
    """See the customer's words and values, with a reason."""
    NOTE = "note"
    ASSIGN = "assign"
    REPLY = "reply"
    ASK_SUBJECT = "ask_subject"
    REFUSE = "refuse"
    EXTEND = "extend"
    PROPOSE = "propose"
    """Want it done on the customer's behalf."""
    APPROVE = "approve"
    """Say yes, or no, to what another one proposed."""
    FILE = "file"
    """Make a request for someone who called or came."""
    TELL = "tell"
    """Take down that an outsider who was given a value heard that it was corrected."""
    VERIFY = "verify"
    """Take down that they saw who asks, in person."""
    EVIDENCE = "evidence"
    """Take the evidence pack, which holds no value of anyone."""


_BOTH: Final = frozenset({Role.OFFICER, Role.SUPPORT})
ASSIGNABLE: Final = _BOTH
"""Who may be given a request to work on."""
_OFFICER: Final = frozenset({Role.OFFICER})

ROLES: Final[Mapping[DeskAct, frozenset[Role]]] = {
    DeskAct.READ: _BOTH,
    DeskAct.NOTE: _BOTH,
    DeskAct.ASSIGN: _BOTH,
    DeskAct.REPLY: _BOTH,
    DeskAct.ASK_SUBJECT: _BOTH,
    DeskAct.REFUSE: _OFFICER,
    DeskAct.EXTEND: _OFFICER,
    DeskAct.PROPOSE: _BOTH,
    DeskAct.APPROVE: _OFFICER,
    DeskAct.FILE: _BOTH,
    DeskAct.TELL: _BOTH,
    DeskAct.VERIFY: _BOTH,
    DeskAct.EVIDENCE: frozenset({Role.OFFICER, Role.AUDITOR}),
}
"""Act -> who may; nobody else, whatever else they are."""

NEEDS_PROOF: Final = frozenset({DeskAct.NOTE, DeskAct.REPLY, DeskAct.ASK_SUBJECT, DeskAct.READ})
"""Acts that write or read what lies under the customer's key: a request that no one has proven may have no customer."""
UNPROVEN: Final = "no one has proven this request; there is nobody to write to, and nothing of anyone's to read"

ALSO: Final[Mapping[tuple[RequestKind, DeskAct], frozenset[Role]]] = {
    # Support says itself that it cannot help with a question; a right is refused by who answers for the policy.
    (RequestKind.SUPPORT, DeskAct.REFUSE): frozenset({Role.SUPPORT}),
}
"""Who may beside those, for requests of one kind."""


def roles_for(act: DeskAct, kind: RequestKind) -> frozenset[Role]:
    """Return the roles that may do something with requests of a kind."""
    return ROLES[act] | ALSO.get((kind, act), frozenset())


def may_act(roles: Iterable[Role], act: DeskAct, kind: RequestKind) -> bool:
    """Say whether someone with these roles may do it."""
    return not roles_for(act, kind).isdisjoint(roles)


def still_may_in(unit: Unit, pseudonym: str, act: DeskAct, kind: RequestKind) -> bool:
    """Say whether a member of staff, by their pseudonym, is still there and may still do something."""
    member = next((one for one in unit.staff.everyone() if one.pseudonym == pseudonym), None)
    return member is not None and may_act(read_roles(member.roles), act, kind)


def require_act_in(unit: Unit, by: StaffSession, act: DeskAct, kind: RequestKind) -> None:
    """Refuse who may not do this, in the unit of work of the effect.

    Raises:
        DeniedError: their account has ended, or no role of theirs allows it any more; the unit must not go on.
    """
    # INVARIANT: the role is read in the transaction of what it allows.
    member = unit.staff.get(by.subject_id)
    if member is None or not may_act(read_roles(member.roles), act, kind):
        needed = " or ".join(sorted(role.value for role in roles_for(act, kind)))
        raise DeniedError(f"only staff with the role {needed} may do this")


def row_in(unit: Unit, by: StaffSession, request_id: str, act: DeskAct) -> RequestRow:
    """Return a request for a member of staff who may do this with it, in the unit of work of the effect.

    Raises:
        DeniedError: they may not, or it is their own request; the unit must not go on.
        NotFoundError: there is no such request; only who may do this learns so.
        ConflictError: no one has proven it, and the act is about its customer; the unit must not go on.
    """
    row = unit.requests.find(request_id)
    require_act_in(unit, by, act, RequestKind.SUPPORT if row is None else row.kind)
    if row is None:
        raise NotFoundError(NO_REQUEST)
    # INVARIANT: nobody works on a request of their own.
    if row.subject_id == by.subject_id:
        raise DeniedError(OWN_REQUEST)
    # INVARIANT: who files a request does not learn from what can be done with it whether anyone has the address.
    if act in NEEDS_PROOF and row.verified_at is None:
        raise ConflictError(UNPROVEN)
    return row
