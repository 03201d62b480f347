"""Restricting and objecting: a subject bars a purpose, or every one, and lifts the bar as easily (LAW Art. 4.1).

A bar is a fact that the gate reads in the transaction of each effect, so that it holds from its instant, on every node.
It bars uses for the policy's purposes and sharing on consent; it never bars the subject's own rights (semantics 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, NotFoundError, nearest
from camket.core.gate.question import ALL_PURPOSES
from camket.core.rights.machine import RequestEvent, RequestKind
from camket.core.terms import Right
from camket.rows import FactKind, FactRow
from camket.rows.requests import RequestChannel
from camket.services.access import SUBJECT
from camket.services.ids import random_id
from camket.services.questions import active_standing_in
from camket.services.request_moves import add_line_in
from camket.services.requests import NO_REQUEST, RequestBody, begin_in, finish_in, start_request_in
from camket.services.staff import STAFF_ITEMS
from camket.services.verification import prove_by_session_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.gate.history import Standing
    from camket.core.policy.model import Text
    from camket.core.terms import Basis, VerifiedIdentity
    from camket.ports import Unit
    from camket.rows import JsonObject
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.sessions import Session

BARS: Final = {RequestKind.RESTRICT: FactKind.RESTRICTION, RequestKind.OBJECT: FactKind.OBJECTION}
"""The two kinds of request that bar a purpose, and the fact that each leaves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BarView:
    """One bar that holds.

    Args:
        kind: a restriction or an objection.
        since: aware.
    """

    kind: RequestKind
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeView:
    """One purpose as its subject may bar it.

    Args:
        purpose: its id.
        items: what it may use of a customer's.
        bars: those set on it by itself; empty where nothing but a bar on everything may hold.
    """

    purpose: str
    label: Text
    explains: Text
    basis: Basis
    items: tuple[Text, ...]
    bars: tuple[BarView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnBars:
    """Everything that a subject bars.

    Args:
        everything: the bars on every purpose.
        purposes: those of the newest version in its order, then those that only an older one declares and that are
            still barred.
    """

    everything: tuple[BarView, ...]
    purposes: tuple[PurposeView, ...]


def own_bars(ctx: Context, session: Session) -> OwnBars:
    """Return what a subject bars and could bar; nothing is opened or recorded."""

    def look(unit: Unit) -> OwnBars:
        standing = active_standing_in(unit, ctx, session.subject_id)
        facts = _open_facts(unit.facts.of_subject(session.subject_id))
        roots = standing.history.tables.names.purposes
        found: dict[str, PurposeView] = {}
        for version in reversed(standing.history.versions):
            labels = {item.id: item.label for item in version.policy.items}
            for purpose in version.policy.purposes:
                bars = _bars_on(standing, facts, roots[purpose.id])
                if roots[purpose.id] in found or not (bars or version is standing.history.newest):
                    continue
                found[roots[purpose.id]] = PurposeView(
                    purpose=purpose.id,
                    label=purpose.label,
                    explains=purpose.explains,
                    basis=purpose.basis,
                    items=tuple(labels[item] for item in purpose.items if item not in STAFF_ITEMS),
                    bars=bars,
                )
        return OwnBars(everything=_bars_on(standing, facts, ALL_PURPOSES), purposes=tuple(found.values()))

    return ctx.store.read(look)


def start_restriction(
    ctx: Context, session: Session, *, kind: RequestKind, purposes: tuple[str, ...], lifts: bool = False
) -> RequestRow:
    """Ask for purposes to be barred, or for bars to be lifted, where the policy wants more proof than a session.

    Args:
        ctx: the service.
        session: who asks.
        kind: a restriction or an objection.
        purposes: ids of purposes, or `all` alone; at least one.
        lifts: the bar is to end.

    Raises:
        InvalidValueError: it is no such kind, or a purpose that no version in force declares; with the nearest.
        DeniedError: the policy does not grant the right.
        RateLimitedError: too many requests of this subject in this hour; nothing was stored.

    Effects: the request and its ledger record; nothing is barred or lifted until it is carried out. Twice is joined.
    """
    return ctx.store.write(
        lambda unit: start_restriction_in(
            unit, ctx, subject_id=session.subject_id, kind=kind, purposes=purposes, lifts=lifts
        )
    )


def start_restriction_in(
    unit: Unit,
    ctx: Context,
    *,
    subject_id: str,
    kind: RequestKind,
    purposes: tuple[str, ...],
    lifts: bool = False,
    channel: RequestChannel = RequestChannel.ACCOUNT,
    filed_by: str | None = None,
) -> RequestRow:
    """Do what `start_restriction` does inside the caller's unit of work; for staff and from outside too."""
    wanted = _declared(active_standing_in(unit, ctx, subject_id), kind, purposes)
    body = RequestBody(purposes=wanted, lifts=lifts)
    return start_request_in(unit, ctx, subject_id=subject_id, kind=kind, body=body, channel=channel, filed_by=filed_by)


def set_restriction(
    ctx: Context, session: Session, *, kind: RequestKind, purposes: tuple[str, ...], lifts: bool = False
) -> RequestRow:
    """Bar purposes, or lift bars, at once, where being signed in is proof enough.

    Args:
        ctx: the service.
        session: who asks.
        kind: a restriction or an objection.
        purposes: ids of purposes, or `all` alone; at least one.
        lifts: the bar is to end.

    Returns:
        The request, done.

    Raises:
        VerificationError: the policy wants more proof; nothing was stored: `start_restriction`, then a proof, then
            `carry_out_restriction`.
        InvalidValueError: it is no such kind, or a purpose that no version in force declares; with the nearest.
        DeniedError: the policy does not grant the right.
        RateLimitedError: too many requests of this subject in this hour; nothing was stored.

    Effects: the request, its proof and the bar are durable together, each move with its ledger record; from the commit
        on the gate refuses those purposes, or answers as if they had never been barred. Twice is once, with two
        requests on record.

    Source: LAW Art. 4.1; semantics section 4.
    """

    def change(unit: Unit) -> RequestRow:
        started = start_restriction_in(
            unit, ctx, subject_id=session.subject_id, kind=kind, purposes=purposes, lifts=lifts
        )
        identity = prove_by_session_in(unit, ctx, session, started.id)
        return _carry_out_in(unit, ctx, identity, kind, None, SUBJECT)

    return ctx.store.write(change)


def carry_out_restriction(
    ctx: Context, identity: VerifiedIdentity, *, asked: RequestBody | None = None, actor: str = SUBJECT
) -> RequestRow:
    """Bar the purposes that a verified request names, or lift their bars.

    Args:
        ctx: the service.
        identity: proof of who asks, for this request.
        asked: which purposes and whether to lift, where the request itself does not say; else None.
        actor: who has it carried out, for the record: its subject, or staff for them.

    Returns:
        The request, done.

    Raises:
        VerificationError: the proof does not hold; nothing was changed.
        NotFoundError: there is no such request.
        ConflictError: it was carried out before, or the proof was used.
        InvalidValueError: neither the request nor `asked` names a purpose, or one that is not declared.

    Effects: as `set_restriction`. Twice is refused.
    """

    def change(unit: Unit) -> RequestRow:
        row = unit.requests.get(identity.subject_id, identity.request_id)
        if row is None or row.kind not in BARS:
            raise NotFoundError(NO_REQUEST)
        return _carry_out_in(unit, ctx, identity, row.kind, asked, actor)

    return ctx.store.write(change)


def _carry_out_in(
    unit: Unit,
    ctx: Context,
    identity: VerifiedIdentity,
    kind: RequestKind,
    asked: RequestBody | None,
    actor: str,
) -> RequestRow:
    begun = begin_in(unit, ctx, identity=identity, right=Right(kind.value), actor=actor)
    body = asked or RequestBody()
    if begun.sealed is not None:
        # INVARIANT: what was asked for and proven is what is carried out.
        body = RequestBody.from_text(ctx.door.open_request(subject_id=begun.subject_id, request=begun))
    standing = active_standing_in(unit, ctx, begun.subject_id)
    purposes = _declared(standing, kind, body.purposes)
    detail: JsonObject = {"purposes": list(purposes), "lifts": body.lifts}
    add_line_in(unit, ctx, begun, RequestEvent.NOTE, actor=actor, detail=detail)
    (_lift_in if body.lifts else _bar_in)(unit, ctx, standing, begun, purposes)
    return finish_in(unit, ctx, begun, actor=actor)


def _bar_in(unit: Unit, ctx: Context, standing: Standing, request: RequestRow, purposes: Sequence[str]) -> None:
    barred = _roots(standing, _of_kind(unit, request))
    for purpose in purposes:
        if _root(standing, purpose) not in barred:
            _add_in(unit, ctx, request, (purpose,))


def _lift_in(unit: Unit, ctx: Context, standing: Standing, request: RequestRow, purposes: Sequence[str]) -> None:
    now = ctx.clock.now()
    lifted = {_root(standing, purpose) for purpose in purposes}
    for fact in _of_kind(unit, request):
        names = _names(fact)
        left = tuple(name for name in names if _root(standing, name) not in lifted)
        if len(left) == len(names):
            continue
        unit.facts.withdraw(request.subject_id, fact.id, at=now)
        if left:
            _add_in(unit, ctx, request, left)


def _add_in(unit: Unit, ctx: Context, request: RequestRow, purposes: tuple[str, ...]) -> None:
    unit.facts.add(
        FactRow(
            id=random_id(ctx.entropy),
            subject_id=request.subject_id,
            kind=BARS[request.kind],
            body={"purposes": ALL_PURPOSES if purposes == (ALL_PURPOSES,) else list(purposes)},
            at=ctx.clock.now(),
            withdrawn_at=None,
        )
    )


def _declared(standing: Standing, kind: RequestKind, purposes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the purposes, each once; `all` alone where it is among them.

    Raises:
        InvalidValueError: none, one that no version in force declares, or another kind of request.
    """
    if kind not in BARS:
        raise InvalidValueError(f"`{kind}` bars no purpose; `restrict` and `object` do")
    if not purposes:
        raise InvalidValueError(f"name the purposes, or `{ALL_PURPOSES}`")
    known = standing.history.tables.names.purposes
    for purpose in purposes:
        if purpose != ALL_PURPOSES and purpose not in known:
            message = f"there is no purpose `{purpose[:40]}`{nearest(purpose[:40], (*known, ALL_PURPOSES))}"
            raise InvalidValueError(message)
    return (ALL_PURPOSES,) if ALL_PURPOSES in purposes else tuple(dict.fromkeys(purposes))


def _of_kind(unit: Unit, request: RequestRow) -> list[FactRow]:
    facts = unit.facts.of_subject(request.subject_id)
    return [fact for fact in _open_facts(facts) if fact.kind is BARS[request.kind]]


def _open_facts(facts: Sequence[FactRow]) -> list[FactRow]:
    return [fact for fact in facts if fact.withdrawn_at is None and fact.kind in BARS.values()]


def _names(fact: FactRow) -> tuple[str, ...]:
    named = fact.body["purposes"]
    if isinstance(named, str):
        return (named,)
    return tuple(str(one) for one in named) if isinstance(named, list | tuple) else ()


def _root(standing: Standing, purpose: str) -> str:
    """Return the first name that a purpose ever had; of `all`, itself."""
    return standing.history.tables.names.purposes.get(purpose, purpose)


def _roots(standing: Standing, facts: Sequence[FactRow]) -> set[str]:
    return {_root(standing, name) for fact in facts for name in _names(fact)}


def _bars_on(standing: Standing, facts: Sequence[FactRow], root: str) -> tuple[BarView, ...]:
    """Return the bars on one purpose, or on all, restrictions first; of several of one kind the oldest."""
    found: dict[RequestKind, BarView] = {}
    for kind, fact_kind in BARS.items():
        for fact in facts:
            if fact.kind is fact_kind and root in {_root(standing, name) for name in _names(fact)}:
                found.setdefault(kind, BarView(kind=kind, since=fact.at))
    return tuple(found.values())
