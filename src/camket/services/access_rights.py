"""What a subject's own rights need of the door: correcting, keeping under `hold`, requests, openings of records."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError, VaultError, VerificationError
from camket.core.gate.decide import decide
from camket.core.gate.question import Question
from camket.core.ledger.entry import LedgerAction
from camket.core.terms import RIGHTS_PURPOSE, Action, Outcome, Source
from camket.core.vault.envelope import open_sealed, seal
from camket.core.vault.keyring import KeyKind
from camket.services.access_core import NONCE_BYTES, SUBJECT, Actor
from camket.services.access_files import FilesDoor
from camket.services.access_records import open_record
from camket.services.access_standing import item_names
from camket.services.access_values import Pending, require_permit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.core.gate.decision import Decision
    from camket.core.ledger.entry import MemberOpening, Opening
    from camket.core.terms import VerifiedIdentity
    from camket.core.vault.shred import Kept
    from camket.ports import Unit
    from camket.rows import SubjectRecordRow
    from camket.rows.requests import RequestRow

REQUEST_PLACE: Final = "request body"
"""Stands where a value has its item id; it has a space in it, which no item id has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Collected:
    """Values on their way in, in a unit of work that may not be durable yet.

    Args:
        decision: the gate's answer.
        row_ids: item -> the id of its row; empty unless the answer was yes.
    """

    decision: Decision
    row_ids: Mapping[str, str] = field(default_factory=dict)

    def require(self) -> None:
        """Raise what the gate's answer comes to; nothing was stored unless it was yes.

        Raises:
            AskError: the subject must be asked first.
            DeniedError: the gate said no.
        """
        require_permit(self.decision)


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """Values on their way out, in a unit of work that may not be durable yet.

    Args:
        decision: the gate's answer.
        row_ids: of the values that go with this unit; empty unless the answer was yes.
    """

    decision: Decision
    row_ids: tuple[str, ...] = ()

    def require(self) -> None:
        """Raise what the gate's answer comes to; nothing went unless it was yes.

        Raises:
            DeniedError: the gate said no.
        """
        require_permit(self.decision)


class RightsDoor(FilesDoor):
    """The part of the door that serves the subject's own rights."""

    def view_in(self, unit: Unit, *, subject_id: str, items: tuple[str, ...]) -> Pending:
        """Read for the subject's own page: as `read_in` for `rights`, but pictures stay sealed and come without bytes.

        Args:
            unit: the record is durable when this unit is; the values open then.
            subject_id: who looks.
            items: ids of the items, at least one.
        """
        now = self._clock.now()
        revision, history = self._read_in(unit, subject_id, now)
        names = item_names(history)
        held = unit.values.outlines_of_subject(subject_id, names.expand(items), closed=sorted(names.pictures))
        standing = self._standings.of(unit, subject_id, revision, history, held)
        decision = decide(standing, Question(action=Action.USE, items=items, at=now, purpose=RIGHTS_PURPOSE))
        self._record_decision(unit, SUBJECT, subject_id, decision, standing, None)
        return Pending(
            subject_id=subject_id,
            decision=decision,
            ticket=unit.ticket,
            rows=held if decision.outcome is Outcome.PERMIT else (),
            standing=standing,
            keys=self._keys,
            closed=names.pictures,
        )

    def replace_in(
        self,
        unit: Unit,
        *,
        identity: VerifiedIdentity,
        values: Mapping[str, str],
        service: str,
        actor: Actor = SUBJECT,
    ) -> Collected:
        """Put corrected values in the place of what the subject gave before (P13).

        Args:
            unit: values and record are durable when this unit is.
            identity: proof of who asks; its request goes on record.
            values: item id -> canonical value, *personal*; at least one.
            service: where it is corrected.
            actor: who carries it out for them, for the record.

        Raises:
            VerificationError: the proof has expired; the unit must not go on.
            ConflictError: the e-mail address is another subject's; the unit must not go on.
        """
        now = self._clock.now()
        if identity.expires_at <= now:
            raise VerificationError("the proof of identity has expired; prove it again")
        subject_id = identity.subject_id
        revision, history = self._read_in(unit, subject_id, now)
        names = item_names(history)
        old = unit.values.of_subject(subject_id, names.expand(tuple(values)))
        standing = self._standings.of(unit, subject_id, revision, history, old)
        question = Question(action=Action.USE, items=tuple(values), at=now, purpose=RIGHTS_PURPOSE)
        decision = decide(standing, question)
        self._record_decision(
            unit, actor, subject_id, decision, standing, identity.request_id, action=LedgerAction.COLLECT
        )
        if decision.outcome is not Outcome.PERMIT:
            return Collected(decision=decision)
        rows = self._sealed_rows(subject_id, values, service=service, source=Source.PROVIDED, at=now, history=history)
        unit.values.delete([row.id for row in old if row.source is Source.PROVIDED and row.key_kind is KeyKind.LIVE])
        unit.values.add(rows)
        self._index_in(unit, history, subject_id, values, confirmed=True)
        return Collected(decision=decision, row_ids={row.item: row.id for row in rows})

    def erase_in(
        self,
        unit: Unit,
        *,
        subject_id: str,
        row_ids: Sequence[str],
        request: str | None = None,
        actor: Actor = SUBJECT,
    ) -> Erased:
        """Delete some of a subject's values because they say so (P13); the account stays.

        Args:
            unit: values and record go and stand together when this unit is durable.
            subject_id: whose values.
            row_ids: of the values that are to go. What a law holds lies under `hold` and stays until its date.
            request: number of the request that it belongs to, for the record.
            actor: who carries it out for them, for the record.

        Raises:
            NotFoundError: none of them is held any more, or they are not theirs; the unit must not go on.
        """
        now = self._clock.now()
        revision, history = self._read_in(unit, subject_id, now)
        wanted = set(row_ids)
        # INVARIANT: only the subject's own live values; what is under `hold` is not theirs to end.
        held = unit.values.of_subject(subject_id)
        rows = tuple(row for row in held if row.id in wanted and row.key_kind is KeyKind.LIVE)
        if not rows:
            raise NotFoundError("there is no such value")
        standing = self._standings.of(unit, subject_id, revision, history, rows)
        items = item_names(history).all_held(rows)
        question = Question(action=Action.USE, items=items, at=now, purpose=RIGHTS_PURPOSE)
        decision = decide(standing, question)
        self._record_decision(unit, actor, subject_id, decision, standing, request, action=LedgerAction.ERASE)
        if decision.outcome is not Outcome.PERMIT:
            return Erased(decision=decision)
        gone = tuple(row.id for row in rows)
        unit.values.delete(list(gone))
        return Erased(decision=decision, row_ids=gone)

    def reseal_in(self, unit: Unit, *, subject_id: str, kept: Sequence[Kept]) -> None:
        """Seal anew under `hold` what a law or a case keeps after the erasure.

        Args:
            unit: the rows are durable when this unit is. Twice is once: what is under `hold` already stays as it is.
            subject_id: whose values; their `live` key is still there.
            kept: what is kept, why and until when.

        Raises:
            NotFoundError: a value is gone, or the subject has no keys; the unit must not go on.
            VaultError: a value does not open.
        """
        live = self._keys.subject_key(subject_id, KeyKind.LIVE)
        hold = self._keys.subject_key(subject_id, KeyKind.HOLD)
        for one in kept:
            row = unit.values.get(one.row_id)
            if row is None or row.subject_id != subject_id or hold is None:
                raise NotFoundError("a value that must be kept is not there")
            if row.key_kind is KeyKind.HOLD:
                continue
            if live is None:
                raise VaultError("a value that must be kept has lost its key")
            secret = open_sealed(live, row.sealed, subject_id=subject_id, item=row.item, row_id=row.id)
            sealed = seal(
                hold,
                secret,
                nonce=self._entropy.token(NONCE_BYTES),
                subject_id=subject_id,
                item=row.item,
                row_id=row.id,
            )
            unit.values.replace(
                replace(row, sealed=sealed, key_kind=KeyKind.HOLD, article=one.article, hold_until=one.until)
            )

    def seal_request_in(self, unit: Unit, *, subject_id: str, request_id: str, text: str) -> bytes:
        """Return what a request asks for, sealed under the subject's key, for the request's row.

        Raises:
            NotFoundError: the subject has no key; nothing can be kept for them.
        """
        del unit  # what is sealed is stored by the caller in this very unit
        return self._seal_beside(REQUEST_PLACE, subject_id=subject_id, row_id=request_id, secret=text.encode())

    def open_request(self, *, subject_id: str, request: RequestRow) -> str:
        """Return what a subject's own request asks for, *personal*; it is part of the request that is on record.

        Raises:
            NotFoundError: the request is not theirs, asks for nothing beside its right, or its key is gone.
            VaultError: the body was changed or moved.
        """
        if request.subject_id != subject_id or request.sealed is None:
            raise NotFoundError("there is no such request")
        return self.open_request_text(subject_id=subject_id, place=request.id, sealed=request.sealed)

    def open_request_text(self, *, subject_id: str, place: str, sealed: bytes) -> str:
        """Return a text that `seal_request_in` sealed, *personal*: a line of a timeline, the words of staff.

        Part of a read or a request that is on record; makes no record of its own.

        Args:
            subject_id: under whose key.
            place: id of the row in which it stands.
            sealed: as it stands there.

        Raises:
            NotFoundError: the subject's key is gone.
            VaultError: it was changed or moved.
        """
        return self._open_beside(REQUEST_PLACE, subject_id=subject_id, row_id=place, sealed=sealed).decode()

    def open_records(self, *, subject_id: str, rows: Sequence[SubjectRecordRow]) -> tuple[Opening | MemberOpening, ...]:
        """Return the openings of a subject's own records, *personal*, in the order of the rows.

        Part of a read for the purpose `rights` that was recorded; makes no record of its own. A record whose part was
        never sealed for this subject has no opening and is left out.
        """
        key = self._key_of(subject_id)
        if key is None:
            return ()
        openings = (open_record(row, subject_id=subject_id, key=key) for row in rows)
        return tuple(opening for opening in openings if opening is not None)
