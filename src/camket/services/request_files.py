"""The file that answers a request: sealed in parts while it waits, handed over to who is known, gone on its date.

A part is at most a megabyte, so that no unit of work holds others up however large a file is, and so that a file is
handed over without being in memory whole. Every part is sealed under its subject's `live` key for its own place: an
erased subject's file opens nowhere, and no part can be left out or moved.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError, VerificationError
from camket.core.rights.kinds import require_proof
from camket.core.rights.machine import RequestEvent
from camket.core.rights.proof import require_code_for_file
from camket.core.terms import Verification
from camket.rows.requests import RequestFileRow, RequestPartRow
from camket.services.access import SUBJECT
from camket.services.file_links import link_hash, link_token
from camket.services.ids import random_id
from camket.services.request_clocks import terms_in
from camket.services.request_moves import move_in
from camket.services.requests import NO_REQUEST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from camket.core.terms import VerifiedIdentity
    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.sessions import Session

PART_BYTES: Final = 1024 * 1024
FILE_LIFETIME: Final = timedelta(days=7)
"""How long a file can be fetched; its customer is told the date."""
NO_FILE: Final = "the file is not here any more; ask for a new one"
NO_LINK: Final = "this link was used, is too old, or never was one"
NOT_YOURS: Final = "sign in to the account that the link was sent for"


@dataclass(frozen=True, kw_only=True, slots=True)
class FileView:
    """A file that waits to be fetched.

    Args:
        request_id: what it answers.
        number: the request's receipt number.
        file_name: to save it under; nothing personal.
        size_bytes: of the file.
        made_at: aware.
        expires_at: aware; when it is deleted here.
        fetched_at: aware; when it was last fetched, None before.
    """

    request_id: str
    number: str
    file_name: str
    size_bytes: int
    made_at: datetime
    expires_at: datetime
    fetched_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedOver:
    """A file on its way to who asked for it.

    Args:
        file_name: to save it under; nothing personal.
        size_bytes: of all pieces together.
        pieces: *personal*; of the file, one after the other, each opened when it is asked for.
    """

    file_name: str
    size_bytes: int
    pieces: Iterator[bytes] = field(repr=False)

    def whole(self) -> bytes:
        """Return the file, *personal*."""
        return b"".join(self.pieces)


def cut(data: bytes) -> list[bytes]:
    """Return what is to be kept as the parts in which it is kept; one, empty, for nothing."""
    return [data[at : at + PART_BYTES] for at in range(0, len(data), PART_BYTES)] or [b""]


def seal_parts(ctx: Context, row: RequestRow, name: str, data: bytes) -> list[RequestPartRow]:
    """Return what a request's job has made as sealed parts, to be stored one by one.

    Args:
        ctx: the service.
        row: the request.
        name: under which they stand; of a finished file, its making.
        data: *personal*; the whole.

    Raises:
        NotFoundError: the subject has no key any more.
    """
    pieces = cut(data)
    return [
        RequestPartRow(
            request_id=row.id,
            name=name,
            position=position,
            subject_id=row.subject_id,
            sealed=ctx.door.seal_part(
                subject_id=row.subject_id, place=_place(row.id, name, position, len(pieces)), plaintext=piece
            ),
        )
        for position, piece in enumerate(pieces)
    ]


def open_parts(ctx: Context, *, subject_id: str, request_id: str, name: str, count: int) -> Iterator[bytes]:
    """Yield the parts of one name, *personal*, in their order; each is read when it is asked for.

    Raises:
        NotFoundError: a part is gone, or the subject's key.
        VaultError: a part was changed or moved, or there are not this many.
    """
    for position in range(count):
        row = _part(ctx, request_id, name, position)
        place = _place(request_id, name, position, count)
        yield ctx.door.open_part(subject_id=subject_id, place=place, sealed=row.sealed)


def _part(ctx: Context, request_id: str, name: str, position: int) -> RequestPartRow:
    row = ctx.store.read(lambda unit: unit.request_parts.part(request_id, name, position))
    if row is None:
        raise NotFoundError(NO_FILE)
    return row


def _place(request_id: str, name: str, position: int, count: int) -> str:
    # INVARIANT: a part knows how many there are, so that none can be cut off at the end.
    return f"{request_id} {name} {position}/{count}"


def file_ready_in(
    unit: Unit, ctx: Context, row: RequestRow, *, making: str, file_name: str, size_bytes: int, parts: int
) -> str:
    """Take down that a request's file is ready, and give out its one-time link, in the unit that stores its last part.

    Args:
        unit: file and link stand when this unit is durable; parts of another name, of earlier tries, are dropped.
        ctx: the service.
        row: the request.
        making: name of the parts.
        file_name: to save it under; nothing personal.
        size_bytes: of the whole file.
        parts: how many there are.

    Returns:
        The id of the link, for the mail that carries it.
    """
    now = ctx.clock.now()
    link_id = random_id(ctx.entropy)
    unit.request_parts.drop_parts(row.id, but=making)
    unit.request_parts.add_file(
        RequestFileRow(
            request_id=row.id,
            subject_id=row.subject_id,
            file_name=file_name,
            size_bytes=size_bytes,
            making=making,
            parts=parts,
            token_hash=link_hash(link_token(ctx, link_id)),
            created_at=now,
            expires_at=now + FILE_LIFETIME,
            fetched_at=None,
        )
    )
    return link_id


def find_file(ctx: Context, *, subject_id: str, request_id: str) -> FileView | None:
    """Return the file that answers a subject's own request; None where there is none, or its time is over."""

    def look(unit: Unit) -> FileView | None:
        row = unit.requests.get(subject_id, request_id)
        return None if row is None else _view(unit.request_parts.file(row.id), row, ctx.clock.now())

    return ctx.store.read(look)


def find_files(ctx: Context, *, subject_id: str) -> tuple[FileView, ...]:
    """Return every file of a subject that waits to be fetched, newest request first."""

    def look(unit: Unit) -> tuple[FileView, ...]:
        now = ctx.clock.now()
        found = [_view(unit.request_parts.file(row.id), row, now) for row in unit.requests.of_subject(subject_id)]
        return tuple(one for one in found if one is not None)

    return ctx.store.read(look)


def find_linked(ctx: Context, token: str, *, session: Session | None) -> FileView | None:
    """Return what a one-time link leads to, for who may fetch it; nothing is used up, however often it is read.

    Args:
        ctx: the service.
        token: as it stood in the address.
        session: who is signed in; None where no one is.

    Returns:
        None where the link is out, and only another account may fetch the file, or one that has to sign in first.

    Raises:
        NotFoundError: the link was used, its file is gone, or it never was one.
    """

    def look(unit: Unit) -> FileView | None:
        row, request = _linked_in(unit, ctx, token)
        # INVARIANT: a link that was passed on says nothing about whose file it is.
        if session is None or session.subject_id != row.subject_id:
            return None
        return _view(row, request, ctx.clock.now())

    return ctx.store.read(look)


def hand_over(ctx: Context, identity: VerifiedIdentity) -> HandedOver:
    """Hand a file over to who has proven who they are, for its request.

    Args:
        ctx: the service.
        identity: proof of who asks; as often as wanted while it lasts, so that a download that broke off is begun anew.

    Raises:
        NotFoundError: there is no such file, or its time is over.
        VerificationError: the proof does not hold.

    Effects: that it was fetched is on record before this returns; a link that is out works no more.
    """

    def take(unit: Unit) -> RequestFileRow:
        request = unit.requests.get(identity.subject_id, identity.request_id)
        row = None if request is None else unit.request_parts.file(request.id)
        if request is None or row is None or row.expires_at <= ctx.clock.now():
            raise NotFoundError(NO_FILE)
        _require_level_in(unit, ctx, request, identity)
        if row.token_hash is not None:
            unit.request_parts.take_link(row.token_hash, at=ctx.clock.now())
        return _fetched_in(unit, ctx, request)

    return _opened(ctx, ctx.store.write(take))


def hand_over_linked(
    ctx: Context, token: str, *, session: Session, identity: VerifiedIdentity | None = None
) -> HandedOver:
    """Hand a file over to who has its link and is signed in to its account; the link is used up by it.

    Args:
        ctx: the service.
        token: as it stood in the address.
        session: who is signed in.
        identity: what this session proved for the request, where the policy asks for more than a code by e-mail: the
            link itself came by e-mail, and counts as one.

    Raises:
        NotFoundError: the link was used, its file is gone, or it never was one; nothing was used up.
        VerificationError: another account is signed in, or the right asks for a stronger proof; nothing was used up.

    Effects: that it was fetched is on record before this returns. Twice hands over once.
    """

    def take(unit: Unit) -> RequestFileRow:
        row, request = _linked_in(unit, ctx, token)
        # INVARIANT: a link alone opens nothing: it was passed on, or read by someone else, more often than one thinks.
        if session.subject_id != row.subject_id:
            raise VerificationError(NOT_YOURS)
        terms = terms_in(unit, ctx, request)
        if terms is not None and terms.verification.strength > Verification.EMAIL_CODE.strength:
            _require_level_in(unit, ctx, request, identity)
        if not unit.request_parts.take_link(link_hash(token), at=ctx.clock.now()):
            raise NotFoundError(NO_LINK)
        return _fetched_in(unit, ctx, request)

    return _opened(ctx, ctx.store.write(take))


def drop_file(ctx: Context, *, subject_id: str, request_id: str) -> bool:
    """Delete the file that answers a subject's own request before its time is over; False when there is none.

    Effects: durable on return, and on the request's timeline. Twice is once.
    """

    def drop(unit: Unit) -> bool:
        row = unit.requests.get(subject_id, request_id)
        if row is None or not unit.request_parts.drop_file(request_id):
            return False
        move_in(unit, ctx, row, RequestEvent.NOTE, actor=SUBJECT, detail={"file": "deleted"})
        return True

    return ctx.store.write(drop)


def _linked_in(unit: Unit, ctx: Context, token: str) -> tuple[RequestFileRow, RequestRow]:
    row = unit.request_parts.file_by_token(link_hash(token))
    request = None if row is None else unit.requests.find(row.request_id)
    if row is None or request is None or row.expires_at <= ctx.clock.now():
        raise NotFoundError(NO_LINK)
    return row, request


def _require_level_in(unit: Unit, ctx: Context, request: RequestRow, identity: VerifiedIdentity | None) -> None:
    terms = terms_in(unit, ctx, request)
    if terms is None or identity is None or identity.subject_id != request.subject_id:
        raise VerificationError("prove who you are first; a proof lasts a quarter of an hour")
    require_proof(terms, identity, request_id=request.id, now=ctx.clock.now())
    require_code_for_file(identity.level)


def _fetched_in(unit: Unit, ctx: Context, request: RequestRow) -> RequestFileRow:
    row = unit.request_parts.file(request.id)
    if row is None:
        raise NotFoundError(NO_REQUEST)
    fetched = replace(row, fetched_at=ctx.clock.now())
    unit.request_parts.save_file(fetched)
    move_in(unit, ctx, request, RequestEvent.NOTE, actor=SUBJECT, detail={"file": "fetched"})
    return fetched


def _opened(ctx: Context, row: RequestFileRow) -> HandedOver:
    pieces = open_parts(ctx, subject_id=row.subject_id, request_id=row.request_id, name=row.making, count=row.parts)
    # The first part is opened before anything is sent, so that what cannot be opened is a page and no broken file.
    return HandedOver(file_name=row.file_name, size_bytes=row.size_bytes, pieces=chain([next(pieces)], pieces))


def _view(row: RequestFileRow | None, request: RequestRow, now: datetime) -> FileView | None:
    if row is None or row.expires_at <= now:
        return None
    return FileView(
        request_id=request.id,
        number=request.number,
        file_name=row.file_name,
        size_bytes=row.size_bytes,
        made_at=row.created_at,
        expires_at=row.expires_at,
        fetched_at=row.fetched_at,
    )
