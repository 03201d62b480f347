"""What every way through the door has in common: deciding with facts of the same transaction, recording, sealing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from camket.core.errors import DeniedError, InvalidValueError, NotFoundError
from camket.core.ledger.entry import Facts, LedgerAction, LedgerOutcome, SubjectPart
from camket.core.terms import RIGHTS_PURPOSE, Action, Outcome
from camket.core.vault.envelope import open_sealed, seal
from camket.core.vault.keyring import KeyKind
from camket.rows import HeldValueRow
from camket.services.access_records import make_record
from camket.services.access_standing import Standings, item_names
from camket.services.ids import ID_BYTES, id_near, random_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.core.gate.decision import Decision
    from camket.core.gate.history import History, Standing
    from camket.core.terms import Case, Source
    from camket.ports import Clock, Entropy, KeyStore, Store, Unit
    from camket.rows import NewRecord, RecordLink
    from camket.services.policies import PolicyBook

Actor: TypeAlias = str
"""Who asks: `subject`, `service:name` or `staff:pseudonym`."""

SUBJECT: Final = "subject"
"""The subject themselves."""

OWN_ACTORS: Final = frozenset({SUBJECT, "service:mailer", "service:epoch"})
"""Who may read for `rights` without a customer's request: themselves, the mail with their code, the keys' renewal."""
FULFILLERS: Final = frozenset({"service:connectors"})
"""Which parts of the service read for `rights` to carry a customer's request out, which they have to name."""
STAFF: Final = "staff:"

NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32

_ACTIONS: Final = {
    Action.COLLECT: LedgerAction.COLLECT,
    Action.USE: LedgerAction.USE,
    Action.SHARE: LedgerAction.SHARE,
}
OUTCOMES: Final = {
    Outcome.PERMIT: LedgerOutcome.PERMIT,
    Outcome.ASK: LedgerOutcome.ASK,
    Outcome.DENY: LedgerOutcome.DENY,
}


def require_purpose(actor: Actor, purpose: str | None, case: Case | None = None, request: str | None = None) -> None:
    """Refuse a read that does not say what for, or that says `rights` and is not the subject's own.

    Raises:
        InvalidValueError: no purpose and no case is named, or the reserved purpose by someone to whom it is not open.

    Source: semantics section 4: the subject's own view and account security, or staff fulfilling a request.
    """
    if purpose is None and case is None:
        raise InvalidValueError("name what the data is read for: a `purpose`, or a `case`")
    # INVARIANT: what is always permitted is not open to those whom the policy's purposes are there to bind.
    fulfils = bool(request) and (actor.startswith(STAFF) or actor in FULFILLERS)
    if purpose == RIGHTS_PURPOSE and actor not in OWN_ACTORS and not fulfils:
        raise InvalidValueError(f"`{actor}` may not read for `rights`: name a purpose that the policy states")


class DoorCore:
    """The door's ports and the steps that its methods share."""

    def __init__(self, *, store: Store, keys: KeyStore, clock: Clock, entropy: Entropy, policies: PolicyBook) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._entropy = entropy
        self._policies = policies
        self._standings = Standings()
        self._decoy_key = entropy.token(KEY_BYTES)

    def _read_in(self, unit: Unit, subject_id: str, now: datetime) -> tuple[int | None, History]:
        """Return the revision of the subject's facts, None without one, and the versions in force, in one query."""
        stamp = unit.subjects.revision(subject_id)
        if stamp is None:
            return None, self._policies.in_force_in(unit, now)
        revision, newest = stamp
        return revision, self._policies.in_force_among(unit, newest, now)

    def standing_in(self, unit: Unit, subject_id: str, now: datetime) -> Standing:
        """Return where a subject stands, as this unit sees it; it holds until the unit ends or changes a fact."""
        revision, history = self._read_in(unit, subject_id, now)
        return self._standings.of(unit, subject_id, revision, history)

    @staticmethod
    def _held_in(
        unit: Unit, subject_id: str, names: tuple[str, ...], row_ids: tuple[str, ...] | None
    ) -> tuple[HeldValueRow, ...]:
        """Return the subject's values of these items, oldest first; only those with the ids where ids are given."""
        if row_ids is None:
            return unit.values.of_subject(subject_id, names)
        # INVARIANT: an id opens nothing by itself; the row is this subject's, and of an item that was asked for.
        found = [
            row
            for row in (unit.values.get(row_id) for row_id in dict.fromkeys(row_ids))
            if row is not None and row.subject_id == subject_id and row.item in names
        ]
        return tuple(sorted(found, key=lambda row: (row.item, row.collected_at, row.id)))

    def record_in(  # noqa: PLR0913 - each names one part of the record
        self,
        unit: Unit,
        *,
        actor: str,
        action: LedgerAction,
        subject_id: str | None = None,
        items: tuple[str, ...] = (),
        purpose: str | None = None,
        outcome: LedgerOutcome = LedgerOutcome.DONE,
        request: str | None = None,
        about: str = "",
        version: int | None = None,
    ) -> int:
        """Record what is no passage of values: a consent, a session, a published version, an epoch that ended.

        Args:
            unit: the record is durable when this unit is.
            actor: who did it.
            action: what was done.
            subject_id: whom it is about; None for no one.
            items: ids of the items it is about.
            purpose: what for, where there is a purpose.
            outcome: how it ended.
            request: number of the request or case that it belongs to.
            about: hash that the entry is about, in lower-case hexadecimal digits; empty for none.
            version: number of the newest policy version in force, where this unit has looked it up already.

        Returns:
            The record's id.
        """
        now = self._clock.now()
        facts = Facts(
            at=now,
            actor=actor,
            action=action,
            items=items,
            purpose=purpose,
            outcome=outcome,
            version=self._policies.number_in_force_in(unit, now) if version is None else version,
            history=about,
        )
        return self._record(unit, facts, subject_id, request)

    def _record_decision(
        self,
        unit: Unit,
        actor: str,
        subject_id: str,
        decision: Decision,
        standing: Standing,
        reference: str | None,
        action: LedgerAction | None = None,
    ) -> None:
        question = decision.question
        items, purpose = question.items, question.purpose
        if decision.outcome is Outcome.DENY:
            items = self._declared_items(standing.history, items)
            purpose = self._declared_purpose(standing.history, purpose)
        facts = decision_facts(actor, decision, items, purpose, action or _ACTIONS[question.action])
        self._record(unit, facts, subject_id, reference)

    def _make_record(
        self, actor: str, decision: Decision, part: SubjectPart, key: bytes
    ) -> tuple[NewRecord, RecordLink]:
        """Return the record of a yes, to be stored in the transaction that proves it."""
        question = decision.question
        facts = decision_facts(actor, decision, question.items, question.purpose, _ACTIONS[question.action])
        return make_record(self._entropy, facts, part, key)

    @staticmethod
    def _declared_items(history: History, items: tuple[str, ...]) -> tuple[str, ...]:
        """Return the items that any version declared; another name may be anything that someone typed."""
        return tuple(item for item in items if item in history.tables.names.items)

    @staticmethod
    def _declared_purpose(history: History, purpose: str | None) -> str | None:
        """Return the purpose if any version declared it; another name may be anything that someone typed."""
        return purpose if purpose == RIGHTS_PURPOSE or purpose in history.tables.names.purposes else None

    def _record(self, unit: Unit, facts: Facts, subject_id: str | None, reference: str | None) -> int:
        # INVARIANT: the record is written in the transaction of its effect.
        part = SubjectPart(handle=subject_id or random_id(self._entropy), reference=reference)
        key = None if subject_id is None else self._key_of(subject_id)
        # Without a key of the subject no one can ever open the part: it is sealed for no one and linked to no one.
        record, link = make_record(self._entropy, facts, part, self._decoy_key if key is None else key)
        return unit.records.add(record, () if key is None else (link,))

    def _key_of(self, subject_id: str) -> bytes | None:
        """Return the key that a subject's records are sealed under: `live`, or `hold` once they are erased."""
        live = self._keys.subject_key(subject_id, KeyKind.LIVE)
        return live if live is not None else self._keys.subject_key(subject_id, KeyKind.HOLD)

    def _seal_beside(self, place: str, *, subject_id: str, row_id: str, secret: bytes) -> bytes:
        """Seal what is no value under a subject's key.

        Args:
            place: stands where a value has its item id; it has a space in it, which no item id has.
            subject_id: whose.
            row_id: where it stands; moved elsewhere it does not open.
            secret: *personal*.

        Raises:
            NotFoundError: the subject has no key any more; nothing can be kept for them.
        """
        key, nonce = self._own_key(subject_id), self._entropy.token(NONCE_BYTES)
        return seal(key, secret, nonce=nonce, subject_id=subject_id, item=place, row_id=row_id)

    def _open_beside(self, place: str, *, subject_id: str, row_id: str, sealed: bytes) -> bytes:
        """Open what `_seal_beside` sealed, *personal*.

        Raises:
            NotFoundError: the subject's key is gone.
            VaultError: it was changed or moved.
        """
        return open_sealed(self._own_key(subject_id), sealed, subject_id=subject_id, item=place, row_id=row_id)

    def _own_key(self, subject_id: str) -> bytes:
        key = self._keys.subject_key(subject_id, KeyKind.LIVE)
        if key is None:
            raise NotFoundError("there is no such account")
        return key

    def _mark_used(self, unit: Unit, decision: Decision, standing: Standing, rows: tuple[HeldValueRow, ...]) -> None:
        """Move the retention clocks that run from the last use; the subject's own rights are no use of their data."""
        if decision.question.purpose == RIGHTS_PURPOSE:
            return
        clocked = item_names(standing.history).used_clocks
        ids = [row.id for row in rows if row.item in clocked and row.key_kind is KeyKind.LIVE]
        if ids:
            unit.values.mark_used(ids, at=decision.at)

    def _sealed_rows(
        self,
        subject_id: str,
        values: Mapping[str, str | bytes],
        *,
        service: str,
        source: Source,
        at: datetime,
        history: History,
        ids: Mapping[str, str] | None = None,
    ) -> list[HeldValueRow]:
        key = self._keys.subject_key(subject_id, KeyKind.LIVE)
        if key is None:
            raise DeniedError("the subject has no key any more; nothing can be stored about them")
        # INVARIANT: what an app is declared to keep in its own tables is in no vault, where no one would look for it.
        for item in sorted(item_names(history).holdings.intersection(values)):
            raise InvalidValueError(
                f"`{item}` is a holding: an app keeps it in its own tables, the vault takes none in"
            )
        rows = []
        random = self._entropy.token((ID_BYTES + NONCE_BYTES) * len(values))
        for number, (item, value) in enumerate(values.items()):
            own = random[(ID_BYTES + NONCE_BYTES) * number : (ID_BYTES + NONCE_BYTES) * (number + 1)]
            row_id = (ids or {}).get(item) or id_near(subject_id, own[NONCE_BYTES:])
            sealed = seal(
                key,
                value.encode() if isinstance(value, str) else value,
                nonce=own[:NONCE_BYTES],
                subject_id=subject_id,
                item=item,
                row_id=row_id,
            )
            rows.append(
                HeldValueRow(
                    id=row_id,
                    subject_id=subject_id,
                    item=item,
                    sealed=sealed,
                    key_kind=KeyKind.LIVE,
                    service=service,
                    source=source,
                    version=history.newest.number,
                    collected_at=at,
                    last_used_at=None,
                    article=None,
                    hold_until=None,
                )
            )
        return rows


def decision_facts(
    actor: str, decision: Decision, items: tuple[str, ...], purpose: str | None, action: LedgerAction
) -> Facts:
    """Return what an auditor may read of a decision."""
    return Facts(
        at=decision.at,
        actor=actor,
        action=action,
        items=items,
        purpose=purpose,
        outcome=OUTCOMES[decision.outcome],
        version=decision.version,
        history=decision.history,
    )
