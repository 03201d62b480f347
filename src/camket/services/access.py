"""The door: the one way in and out of the vault. Question, gate, ledger record, vault - in one unit of work.

Everywhere else values are sealed bytes. Whoever wants one in the clear names who asks, whose it is, which items and
what for; the answer, yes or no, is on record before anything is seen. Each method has a form ending in `_in` that works
inside the unit of work of another use case; what it gives opens only after that unit is durable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from camket.core.errors import DeniedError
from camket.core.gate.decide import decide
from camket.core.gate.question import Question
from camket.core.ledger.entry import Facts, LedgerAction, SubjectPart
from camket.core.terms import Action, Outcome, Source
from camket.core.vault.keyring import KeyKind
from camket.services.access_core import OUTCOMES, SUBJECT, Actor, require_purpose
from camket.services.access_find import Handle
from camket.services.access_records import make_batch_record
from camket.services.access_rights import Collected, RightsDoor
from camket.services.access_standing import item_names
from camket.services.access_values import AskError, Opened, OpenedValue, Pending

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.core.gate.decision import Decision
    from camket.core.gate.history import History, Standing
    from camket.core.terms import Case
    from camket.ports import Unit
    from camket.rows import NewRecord, RecordLink

__all__ = ["SUBJECT", "Actor", "AskError", "Collected", "Door", "Handle", "Opened", "OpenedValue", "Pending"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Prepared:
    """A read that was prepared with what is remembered, to be compared in its unit of work.

    Args:
        stamp: the revision of the subject's facts and the highest policy number that it was prepared with.
    """

    stamp: tuple[int, int]
    subject_id: str
    names: tuple[str, ...]
    rows: tuple[str, ...] | None
    standing: Standing
    decision: Decision
    record: NewRecord
    link: RecordLink


class Door(RightsDoor):
    """The door of one running service. Safe for many threads."""

    def read(
        self,
        *,
        actor: Actor,
        subject_id: str,
        items: tuple[str, ...],
        purpose: str | None = None,
        case: Case | None = None,
        request: str | None = None,
        rows: tuple[str, ...] | None = None,
    ) -> Opened:
        """Read values of one subject for a purpose that the policy allows, or on a case.

        Args:
            actor: who reads.
            subject_id: whose values.
            items: ids of the items; none means everything that is held.
            purpose: what for; `rights` is the subject's own view.
            case: the legal ground instead of a purpose.
            request: number of the request or case that it belongs to, for the record.
            rows: only the values with these ids, where items are named; all of the items when None.

        Returns:
            The values; an item that is not held has none.

        Raises:
            AskError: the subject must be asked first.
            DeniedError: the gate said no, or the subject is not known or erased.
            InvalidValueError: no purpose and no case was named, or `rights` by whom it is not open to; nothing was read
                or recorded.

        Effects:
            The record of the question and its answer is durable before this returns or raises `DeniedError`.
        """
        require_purpose(actor, purpose, case, request)
        ahead = None
        if case is None and purpose is not None and items:
            ahead = self._prepare(actor, subject_id, items, purpose, request, rows)

        def read(unit: Unit) -> Pending:
            pending = None if ahead is None else self._read_prepared(unit, ahead)
            if pending is None:
                pending = self.read_in(
                    unit,
                    actor=actor,
                    subject_id=subject_id,
                    items=items,
                    purpose=purpose,
                    case=case,
                    request=request,
                    rows=rows,
                )
            return pending

        return self._store.write(read).open()

    def read_in(
        self,
        unit: Unit,
        *,
        actor: Actor,
        subject_id: str,
        items: tuple[str, ...],
        purpose: str | None = None,
        case: Case | None = None,
        request: str | None = None,
        rows: tuple[str, ...] | None = None,
    ) -> Pending:
        """Do what `read` does inside the caller's unit of work; the result opens once that is durable."""
        require_purpose(actor, purpose, case, request)
        now = self._clock.now()
        revision, history = self._read_in(unit, subject_id, now)
        names = item_names(history)
        if items:
            held = self._held_in(unit, subject_id, names.expand(items), rows)
        else:
            held = unit.values.of_subject(subject_id)
            items = names.all_held(held) or tuple(one.id for one in history.newest.policy.registration_items)
        standing = self._standings.of(unit, subject_id, revision, history, held)
        question = Question(
            action=Action.USE,
            items=items,
            at=now,
            purpose=purpose,
            ground=None if case is None else case.ground,
            case=case,
        )
        decision = decide(standing, question)
        reference = request or (None if case is None else case.reference)
        self._record_decision(unit, actor, subject_id, decision, standing, reference)
        if decision.outcome is not Outcome.PERMIT:
            held = ()
        elif held:
            self._mark_used(unit, decision, standing, held)
        return Pending(
            subject_id=subject_id,
            decision=decision,
            ticket=unit.ticket,
            rows=held,
            standing=standing,
            keys=self._keys,
        )

    def decide(self, *, subject_id: str, items: tuple[str, ...], purpose: str) -> Decision:
        """Return what the gate would say to a use now; nothing is opened and nothing recorded. `read` asks anew."""
        question = Question(action=Action.USE, items=items, at=self._clock.now(), purpose=purpose)

        def look(unit: Unit) -> Decision:
            revision, history = self._read_in(unit, subject_id, question.at)
            rows = unit.values.of_subject(subject_id, item_names(history).expand(items))
            return decide(self._standings.of(unit, subject_id, revision, history, rows), question)

        return self._store.read(look)

    def _prepare(
        self,
        actor: Actor,
        subject_id: str,
        items: tuple[str, ...],
        purpose: str,
        request: str | None,
        rows: tuple[str, ...] | None,
    ) -> _Prepared | None:
        """Do ahead, outside the unit of work, what can be proven in it to be what it would have done itself.

        Units wait for each other; what is done here is done while others are written to disk. None where nothing is
        remembered to prepare with, or where the answer would not be yes.
        """
        now = self._clock.now()
        revision = self._standings.last_revision(subject_id)
        in_force = self._policies.remembered(now)
        if revision is None or in_force is None:
            return None
        newest, history = in_force
        standing = self._standings.remembered(subject_id, revision, history)
        key = self._keys.subject_key(subject_id, KeyKind.LIVE)
        if standing is None or key is None:
            return None
        decision = decide(standing, Question(action=Action.USE, items=items, at=now, purpose=purpose))
        if decision.outcome is not Outcome.PERMIT:
            return None
        record, link = self._make_record(actor, decision, SubjectPart(handle=subject_id, reference=request), key)
        return _Prepared(
            stamp=(revision, newest),
            subject_id=subject_id,
            names=item_names(history).expand(items),
            rows=rows,
            standing=standing,
            decision=decision,
            record=record,
            link=link,
        )

    def _read_prepared(self, unit: Unit, ahead: _Prepared) -> Pending | None:
        # INVARIANT: the answer was prepared with the facts and versions that this transaction reads, or it is not used.
        if ahead.rows is None:
            rows = unit.values.of_subject_if(ahead.subject_id, ahead.names, stamp=ahead.stamp)
        elif unit.subjects.revision(ahead.subject_id) == ahead.stamp:
            rows = self._held_in(unit, ahead.subject_id, ahead.names, ahead.rows)
        else:
            rows = None
        if rows is None:
            return None
        for row in rows:
            if row.key_kind is not KeyKind.LIVE:
                return None
        unit.records.add(ahead.record, (ahead.link,))
        self._mark_used(unit, ahead.decision, ahead.standing, rows)
        return Pending(
            subject_id=ahead.subject_id,
            decision=ahead.decision,
            ticket=unit.ticket,
            rows=rows,
            standing=ahead.standing,
            keys=self._keys,
        )

    def collect(
        self,
        *,
        actor: Actor,
        subject_id: str,
        values: Mapping[str, str | bytes],
        service: str,
        source: Source,
        request: str | None = None,
    ) -> Collected:
        """Take values in, each as a new row; what a subject gave before stays beside it.

        Args:
            actor: who collects.
            subject_id: whose values; the subject has their keys already.
            values: item id -> canonical value, *personal*; at least one.
            service: where it is collected.
            source: given by the subject, or observed.
            request: number of the request that it belongs to, for the record.

        Raises:
            AskError: the subject must be asked first; nothing was stored but the record.
            DeniedError: the policy does not declare it, or the gate said no; nothing was stored but the record.

        Effects:
            Values and record are durable together. Twice stores twice.
        """
        collected = self._store.write(
            lambda unit: self.collect_in(
                unit,
                actor=actor,
                subject_id=subject_id,
                values=values,
                service=service,
                source=source,
                request=request,
            )
        )
        collected.require()
        return collected

    def collect_in(  # noqa: PLR0913 - each names one part of what is collected
        self,
        unit: Unit,
        *,
        actor: Actor,
        subject_id: str,
        values: Mapping[str, str | bytes],
        service: str,
        source: Source,
        request: str | None = None,
        row_ids: Mapping[str, str] | None = None,
        since: datetime | None = None,
        standing: Standing | None = None,
    ) -> Collected:
        """Do what `collect` does inside the caller's unit of work; the caller calls `require` once it is durable.

        `row_ids` gives ids to rows that something else names; a row that stands there already is replaced. `since` is
        from when the values are where they were observed earlier: their time runs from then. `standing` is where the
        subject stands, where this very unit has found that out already.
        """
        now = self._clock.now()
        if standing is None:
            standing = self.standing_in(unit, subject_id, now)
        history = standing.history
        question = Question(action=Action.COLLECT, items=tuple(values), at=now, service=service, source=source)
        decision = decide(standing, question)
        self._record_decision(unit, actor, subject_id, decision, standing, request)
        if decision.outcome is not Outcome.PERMIT:
            return Collected(decision=decision)
        rows = self._sealed_rows(
            subject_id, values, service=service, source=source, at=since or now, history=history, ids=row_ids
        )
        (unit.values.put if row_ids else unit.values.add)(rows)
        return Collected(decision=decision, row_ids={row.item: row.id for row in rows})

    def read_many(
        self, *, actor: Actor, subject_ids: tuple[str, ...], items: tuple[str, ...], purpose: str
    ) -> dict[str, Opened | DeniedError]:
        """Read values of many subjects: each gets an answer of their own, and one record shows each their part.

        Args:
            actor: who reads.
            subject_ids: each once.
            items: ids of the items, at least one.
            purpose: what for.

        Returns:
            Subject id -> the values, or the error that `read` would have raised; in the order asked.

        Raises:
            InvalidValueError: no item was named; nothing was read or recorded.

        Effects:
            One ledger record for each outcome that occurred, durable before this returns.
        """
        pending = self._store.write(
            lambda unit: self.read_many_in(unit, actor=actor, subject_ids=subject_ids, items=items, purpose=purpose)
        )
        answers: dict[str, Opened | DeniedError] = {}
        for one in pending:
            try:
                answers[one.subject_id] = one.open()
            except DeniedError as error:
                answers[one.subject_id] = error
        return answers

    def read_many_in(
        self,
        unit: Unit,
        *,
        actor: Actor,
        subject_ids: tuple[str, ...],
        items: tuple[str, ...],
        purpose: str,
        requests: Mapping[str, str] | None = None,
    ) -> tuple[Pending, ...]:
        """Do what `read_many` does inside the caller's unit of work; each result opens once that is durable.

        `requests` names for each subject the request that it belongs to, for the record.
        """
        requests = requests or {}
        require_purpose(actor, purpose, request=min((requests.get(one, "") for one in subject_ids), default=""))
        now = self._clock.now()
        history = self._policies.in_force_in(unit, now)
        names = item_names(history).expand(items)
        question = Question(action=Action.USE, items=items, at=now, purpose=purpose)
        pending = []
        for subject_id in dict.fromkeys(subject_ids):
            revision, _ = self._read_in(unit, subject_id, now)
            rows = unit.values.of_subject(subject_id, names)
            standing = self._standings.of(unit, subject_id, revision, history, rows)
            decision = decide(standing, question)
            if decision.outcome is Outcome.PERMIT:
                self._mark_used(unit, decision, standing, rows)
            else:
                rows = ()
            pending.append(
                Pending(
                    subject_id=subject_id,
                    decision=decision,
                    ticket=unit.ticket,
                    rows=rows,
                    standing=standing,
                    keys=self._keys,
                )
            )
        self._record_batches(unit, actor, history, pending, requests)
        return tuple(pending)

    def _record_batches(
        self, unit: Unit, actor: Actor, history: History, pending: list[Pending], requests: Mapping[str, str]
    ) -> None:
        for outcome in Outcome:
            group = [one for one in pending if one.decision.outcome is outcome]
            if not group:
                continue
            question = group[0].decision.question
            facts = Facts(
                at=group[0].decision.at,
                actor=actor,
                action=LedgerAction.USE,
                items=self._declared_items(history, question.items),
                purpose=self._declared_purpose(history, question.purpose),
                outcome=OUTCOMES[outcome],
                version=history.newest.number,
            )
            keys = {one.subject_id: self._key_of(one.subject_id) for one in group}
            record, links = make_batch_record(
                self._entropy,
                facts,
                [SubjectPart(handle=subject_id, reference=requests.get(subject_id)) for subject_id in keys],
                {subject_id: key for subject_id, key in keys.items() if key is not None},
            )
            unit.records.add(record, links)
