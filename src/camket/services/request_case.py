"""One request at the desk, with all that someone needs who works on it: time, proof, course, and what it touches.

What is the customer's stays closed until staff say why they look (`camket.services.staff_reading`): until then there
are masks, and to who may not read values not even these. Nothing at all is shown of whose a request is that no one has
proven: it may be anyone's, or no one's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.errors import DeniedError, HolderError, NotFoundError
from camket.core.policy.model import ItemKind
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState, may_move
from camket.core.rights.masking import mask
from camket.core.terms import RIGHTS_PURPOSE
from camket.services.access_standing import item_names
from camket.services.desk_acts import NEEDS_PROOF, DeskAct, may_act
from camket.services.erasure_plan import declared_item
from camket.services.erasure_preview import GoesView, preview_erasure_of
from camket.services.receivers import untold, untold_views
from camket.services.request_clocks import clocks_in
from camket.services.request_failures import failing_of
from camket.services.requests import NO_REQUEST, RECEIPT_ALPHABET, RECEIPT_LENGTH, RequestBody
from camket.services.staff_reading import reads_until_in, staff_thread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.core.gate.history import History
    from camket.core.policy.model import Text
    from camket.ports import Unit
    from camket.rows import JsonObject
    from camket.rows.requests import RequestEventRow, RequestFileRow, RequestProofRow, RequestRow
    from camket.services.access import Opened, Pending
    from camket.services.context import Context
    from camket.services.erasure_preview import StaysView
    from camket.services.receivers import ReceiverView
    from camket.services.request_clocks import Clocks
    from camket.services.request_failures import FailingView
    from camket.services.request_thread import MessageView
    from camket.services.staff_sessions import StaffSession

EVENT_OF: Final = {
    DeskAct.ASK_SUBJECT: RequestEvent.ASK_SUBJECT,
    DeskAct.REFUSE: RequestEvent.REFUSE,
    DeskAct.EXTEND: RequestEvent.EXTEND,
    DeskAct.PROPOSE: RequestEvent.PROPOSE,
    DeskAct.APPROVE: RequestEvent.APPROVE,
    DeskAct.VERIFY: RequestEvent.VERIFY,
}
"""What an act does to a request, where it moves it."""
ENDS_WITH_IT: Final = frozenset({DeskAct.ASSIGN, DeskAct.VERIFY})
"""Acts that make no sense on a request that has ended."""
COUNTED: Final = frozenset({RequestKind.ACCESS, RequestKind.PORT, RequestKind.ERASE})
"""Kinds that touch everything that is held."""
_MISREAD: Final = str.maketrans("OIL", "011")
"""Letters that no receipt number has, and what they were read for (Crockford's base 32)."""
_HALF: Final = RECEIPT_LENGTH // 2


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseLine:
    """A line of a timeline as staff see it.

    Args:
        actor: `subject`, `service:name` or `staff:pseudonym`.
        written: something was written with it; never said of a request that no one has proven.
        shown: its customer sees it.
        text: *personal*; what was written; None until it may be read.
    """

    event: RequestEvent
    state: RequestState
    at: datetime
    actor: str
    detail: JsonObject
    written: bool
    shown: bool
    text: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseValue:
    """A value of the customer's.

    Args:
        text: *personal*; in the clear, or a mask of it.
    """

    label: Text
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseWish:
    """What exactly is asked for.

    Args:
        label: of the item that it is about; None for no item.
        value: *personal*; what is to be held instead, in the clear or a mask of it; None for nothing.
        moves_mail: that is another e-mail address, to which a code has to be sent.
        removes: a value is to go.
        purposes: what is restricted or objected to; empty for nothing.
        everything: that is every purpose.
        lifts: a restriction or an objection is to end.
    """

    label: Text | None
    value: str | None = field(repr=False)
    moves_mail: bool
    removes: bool
    purposes: tuple[Text, ...]
    everything: bool
    lifts: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseView:
    """A request at the desk.

    Args:
        clocks: until when what is due, and by which article; None while no one has proven it.
        article: what the moment rests on that is due next; None where none is.
        proofs: newest first; nothing of them is personal.
        proposer: pseudonym of who wants it done on the customer's behalf; None for no one.
        values: who it is: masked, or in the clear while `reads_until` lasts; empty where nothing may be shown.
        wish: None where nothing beside the kind is asked for, or nothing may be shown.
        touches: what it touches, item by item with how many values of each; empty where it touches nothing held.
        stays: what an erasure leaves, and why.
        silent: an app or another system did not say how much it holds, so that `touches` lacks that.
        messages: how many messages its thread has.
        thread: *personal*; None until it may be read.
        reads_until: until when a reason of who looks holds; None without one.
        file: the file that answers it; None while there is none.
        acts: what who looks may do now.
        untold: outsiders who may hold a value that was corrected, and did not hear of it yet.
    """

    row: RequestRow
    clocks: Clocks | None
    article: str | None
    lines: tuple[CaseLine, ...]
    proofs: tuple[RequestProofRow, ...]
    proposer: str | None
    values: tuple[CaseValue, ...]
    wish: CaseWish | None
    touches: tuple[GoesView, ...]
    stays: tuple[StaysView, ...]
    silent: bool
    messages: int
    thread: tuple[MessageView, ...] | None = field(repr=False)
    reads_until: datetime | None
    failing: tuple[FailingView, ...]
    file: RequestFileRow | None
    acts: frozenset[DeskAct]
    untold: tuple[ReceiverView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """What one unit of work read of a request, nothing of it opened."""

    row: RequestRow
    clocks: Clocks | None
    events: tuple[RequestEventRow, ...]
    proofs: tuple[RequestProofRow, ...]
    messages: int
    file: RequestFileRow | None
    reads_until: datetime | None
    pending: Pending | None
    held: tuple[GoesView, ...]
    history: History


def open_case(ctx: Context, by: StaffSession, *, number: str) -> CaseView:
    """Return a request for someone of the staff.

    Args:
        ctx: the service.
        by: who looks.
        number: its receipt number.

    Raises:
        NotFoundError: there is no such request.

    Effects: where masks or values are shown, the use of them is on record before this returns.
    """
    read = _read(ctx, by, number)
    row, opened = read.row, _opened(read.pending)
    clear = opened is not None and read.reads_until is not None
    touches, stays, silent = _touched(ctx, read)
    return CaseView(
        row=row,
        clocks=read.clocks,
        article=_article(read),
        lines=tuple(_line(ctx, one, clear=clear, proven=row.verified_at is not None) for one in read.events),
        proofs=read.proofs,
        proposer=proposer_of(read.events),
        values=() if opened is None else _values(read.history, opened, clear=clear),
        wish=None if opened is None else _wish(ctx, read, clear=clear),
        touches=touches,
        stays=stays,
        silent=silent,
        messages=read.messages,
        thread=staff_thread(ctx, by, request_id=row.id) if clear and read.messages else None,
        reads_until=read.reads_until if clear else None,
        failing=failing_of(ctx, row),
        file=read.file,
        acts=acts_of(by, row, read.events),
        untold=untold_views(read.history, read.events) if row.state is RequestState.RUNNING else (),
    )


def acts_of(by: StaffSession, row: RequestRow, events: Sequence[RequestEventRow]) -> frozenset[DeskAct]:
    """Return what someone of the staff may do with a request now; each act asks again when it is done."""
    if row.subject_id == by.subject_id:
        return frozenset()
    return frozenset(act for act in DeskAct if may_act(by.roles, act, row.kind) and _fits(act, by, row, events))


def _fits(act: DeskAct, by: StaffSession, row: RequestRow, events: Sequence[RequestEventRow]) -> bool:
    if (act in NEEDS_PROOF and row.verified_at is None) or (act in ENDS_WITH_IT and row.state.ended):
        return False
    if act is DeskAct.EXTEND and (row.extended_at is not None or row.kind is RequestKind.SUPPORT):
        return False
    if act is DeskAct.APPROVE and proposer_of(events) == by.pseudonym:
        # INVARIANT: the second person is another one.
        return False
    if act is DeskAct.TELL and (row.state is not RequestState.RUNNING or not untold(events)):
        return False
    event = EVENT_OF.get(act)
    return act is not DeskAct.FILE and (event is None or may_move(row.kind, row.state, event))


def proposer_of(events: Sequence[RequestEventRow]) -> str | None:
    """Return the pseudonym of who last wanted it done on the customer's behalf; None for no one."""
    actors = [one.actor for one in events if one.event is RequestEvent.PROPOSE]
    return actors[-1].partition(":")[2] if actors else None


def receipt_form(typed: str) -> str | None:
    """Return a receipt number as it is kept, however it was read out or typed; None for what is none.

    Args:
        typed: `7k3f9 2qxtb`, `7K3F92QXTB`; O, I and L are taken for 0 and 1.
    """
    letters = "".join(typed.split()).replace("-", "").upper().translate(_MISREAD)
    if len(letters) != RECEIPT_LENGTH or not set(letters) <= set(RECEIPT_ALPHABET):
        return None
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


def _read(ctx: Context, by: StaffSession, number: str) -> _Read:
    found = ctx.store.read(lambda unit: unit.requests.by_number(number))
    if found is None:
        raise NotFoundError(NO_REQUEST)
    # INVARIANT: no mask and no value to who may not read, nor of what no one has proven, nor once a right was served.
    over = found.done_at is not None and found.kind is not RequestKind.SUPPORT
    reads = may_act(by.roles, DeskAct.READ, found.kind) and found.subject_id != by.subject_id
    reads = reads and found.verified_at is not None and not over

    def read(unit: Unit) -> _Read:
        row = unit.requests.find(found.id)
        if row is None:
            raise NotFoundError(NO_REQUEST)
        history = ctx.policies.in_force_in(unit, ctx.clock.now())
        until = reads_until_in(unit, row, by) if reads else None
        return _Read(
            row=row,
            clocks=clocks_in(unit, ctx, row) if row.verified_at is not None else None,
            events=unit.requests.events(row.id),
            proofs=unit.requests.proofs(row.id),
            messages=len(unit.request_parts.messages(row.id)),
            file=unit.request_parts.file(row.id),
            reads_until=until if until is not None and ctx.clock.now() < until else None,
            pending=_look_in(unit, ctx, by, row, history) if reads else None,
            held=_held_in(unit, row, history),
            history=history,
        )

    return ctx.store.write(read) if reads else ctx.store.read(read)


def _look_in(unit: Unit, ctx: Context, by: StaffSession, row: RequestRow, history: History) -> Pending:
    return ctx.door.read_in(
        unit,
        actor=by.actor,
        subject_id=row.subject_id,
        items=tuple(item.id for item in history.newest.policy.registration_items),
        purpose=RIGHTS_PURPOSE,
        request=row.id,
    )


def _held_in(unit: Unit, row: RequestRow, history: History) -> tuple[GoesView, ...]:
    """Return how many values are held of each item, where the request touches all of them; none is opened."""
    if row.kind not in COUNTED or row.verified_at is None or row.done_at is not None:
        return ()
    held = unit.values.outlines_of_subject(row.subject_id, None, closed=sorted(item_names(history).pictures))
    return tuple(
        GoesView(item=item, label=declared_item(history, item).label, count=count)
        for item, count in sorted(Counter(one.item for one in held).items())
    )


def _touched(ctx: Context, read: _Read) -> tuple[tuple[GoesView, ...], tuple[StaysView, ...], bool]:
    """Return what a request touches, what an erasure leaves, and whether a holder did not say how much it has."""
    if read.row.kind is not RequestKind.ERASE or not read.held:
        return read.held, (), False
    try:
        preview = preview_erasure_of(ctx, read.row.subject_id)
    except HolderError:
        return read.held, (), True
    return preview.goes, preview.stays, False


def _article(read: _Read) -> str | None:
    row, clocks = read.row, read.clocks
    if clocks is None or row.next_due_at is None:
        return None
    due = clocks.complete if row.replied_at is not None or row.next_due_at != row.reply_due_at else clocks.reply
    return None if due is None else due.article


def _opened(pending: Pending | None) -> Opened | None:
    try:
        return None if pending is None else pending.open()
    except DeniedError:  # erased in the meantime: nothing is held to show
        return None


def _values(history: History, opened: Opened, *, clear: bool) -> tuple[CaseValue, ...]:
    items = history.newest.policy.registration_items
    held = [(item, opened.first(item.id)) for item in items if item.kind is not ItemKind.PICTURE]
    return tuple(
        CaseValue(label=item.label, text=value if clear else mask(item.kind, value))
        for item, value in held
        if value is not None
    )


def _wish(ctx: Context, read: _Read, *, clear: bool) -> CaseWish | None:
    row = read.row
    if row.sealed is None:
        return None
    try:
        body = RequestBody.from_text(ctx.door.open_request(subject_id=row.subject_id, request=row))
    except NotFoundError:  # the key died in the meantime
        return None
    item = declared_item(read.history, body.item) if body.item else None
    value = None
    if item is not None and body.value and item.kind is not ItemKind.PICTURE:
        value = body.value if clear else mask(item.kind, body.value)
    labels = {purpose.id: purpose.label for purpose in read.history.newest.policy.purposes}
    return CaseWish(
        label=None if item is None else item.label,
        value=value,
        moves_mail=value is not None and item is not None and item.kind is ItemKind.EMAIL,
        removes=body.removes is not None,
        purposes=tuple(labels[one] for one in body.purposes if one in labels),
        everything="all" in body.purposes,
        lifts=body.lifts,
    )


def _line(ctx: Context, row: RequestEventRow, *, clear: bool, proven: bool) -> CaseLine:
    text = None
    if clear and row.sealed is not None:
        try:
            text = ctx.door.open_request_text(subject_id=row.subject_id, place=row.id, sealed=row.sealed)
        except NotFoundError:  # the key died in the meantime
            text = None
    return CaseLine(
        event=row.event,
        state=row.state,
        at=row.at,
        actor=row.actor,
        detail=row.detail or {},
        # INVARIANT: of no one nothing can be sealed, so that whether something was would tell who has an account.
        written=proven and row.sealed is not None,
        shown=row.shown,
        text=text,
    )
