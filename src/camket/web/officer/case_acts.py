"""What can be done with a request from its page: each act by its name, and the service that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.services import casework, on_behalf
from camket.services.casework import TEXT
from camket.services.desk_acts import REASON, DeskAct
from camket.services.receivers import mark_told
from camket.services.staff_reading import give_reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.web.visit import Visit

OPEN: Final = "open"


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseAct:
    """One act.

    Args:
        needs: what the one who does it must be allowed to do.
        run: does it, with what was typed and the request's id.
    """

    needs: DeskAct
    run: Callable[[Visit, str], object]


def _assign(visit: Visit, request_id: str) -> None:
    casework.assign(visit.context, visit.staff, request_id=request_id, to=visit.staff.pseudonym)


def _release(visit: Visit, request_id: str) -> None:
    casework.assign(visit.context, visit.staff, request_id=request_id, to=None)


def _note(visit: Visit, request_id: str) -> None:
    casework.note(visit.context, visit.staff, request_id=request_id, text=visit.typed(TEXT))


def _reply(visit: Visit, request_id: str) -> None:
    casework.reply(
        visit.context, visit.staff, request_id=request_id, text=visit.typed(TEXT), finish=bool(visit.typed("finish"))
    )


def _ask(visit: Visit, request_id: str) -> None:
    casework.ask_subject(visit.context, visit.staff, request_id=request_id, text=visit.typed(TEXT))


def _refuse(visit: Visit, request_id: str) -> None:
    casework.refuse(visit.context, visit.staff, request_id=request_id, reason=visit.typed(REASON))


def _extend(visit: Visit, request_id: str) -> None:
    casework.extend(visit.context, visit.staff, request_id=request_id, reason=visit.typed(REASON))


def _verify(visit: Visit, request_id: str) -> None:
    casework.verify_in_person(visit.context, visit.staff, request_id=request_id, reason=visit.typed(REASON))


def _open(visit: Visit, request_id: str) -> None:
    give_reason(visit.context, visit.staff, request_id=request_id, reason=visit.typed(REASON))


def _propose(visit: Visit, request_id: str) -> None:
    on_behalf.propose(visit.context, visit.staff, request_id=request_id, reason=visit.typed(REASON))


def _approve(visit: Visit, request_id: str) -> None:
    on_behalf.approve(visit.context, visit.staff, request_id=request_id)


def _decline(visit: Visit, request_id: str) -> None:
    on_behalf.decline(visit.context, visit.staff, request_id=request_id, reason=visit.typed(REASON))


def _carry_out(visit: Visit, request_id: str) -> None:
    on_behalf.carry_out(
        visit.context,
        visit.staff,
        request_id=request_id,
        reason=visit.typed(REASON),
        code=visit.typed("code") or None,
    )


def _send_code(visit: Visit, request_id: str) -> None:
    on_behalf.send_code_to_new_address(visit.context, visit.staff, request_id=request_id)


def _told(visit: Visit, request_id: str) -> None:
    mark_told(
        visit.context,
        visit.staff,
        request_id=request_id,
        receiver=visit.typed("receiver"),
        how=visit.typed(REASON),
    )


ACTS: Final[Mapping[str, CaseAct]] = {
    "assign": CaseAct(needs=DeskAct.ASSIGN, run=_assign),
    "release": CaseAct(needs=DeskAct.ASSIGN, run=_release),
    "note": CaseAct(needs=DeskAct.NOTE, run=_note),
    "reply": CaseAct(needs=DeskAct.REPLY, run=_reply),
    "ask": CaseAct(needs=DeskAct.ASK_SUBJECT, run=_ask),
    "refuse": CaseAct(needs=DeskAct.REFUSE, run=_refuse),
    "extend": CaseAct(needs=DeskAct.EXTEND, run=_extend),
    "verify": CaseAct(needs=DeskAct.VERIFY, run=_verify),
    OPEN: CaseAct(needs=DeskAct.READ, run=_open),
    "propose": CaseAct(needs=DeskAct.PROPOSE, run=_propose),
    "approve": CaseAct(needs=DeskAct.APPROVE, run=_approve),
    "decline": CaseAct(needs=DeskAct.APPROVE, run=_decline),
    "carry-out": CaseAct(needs=DeskAct.PROPOSE, run=_carry_out),
    "told": CaseAct(needs=DeskAct.TELL, run=_told),
    "send-code": CaseAct(needs=DeskAct.PROPOSE, run=_send_code),
}
"""Name in the address -> the act. Whether it may be done is asked by the service, in the transaction that does it."""
