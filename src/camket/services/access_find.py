"""Finding a subject by e-mail or phone through the door: blind indexes, claims, and look-ups that tell nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError
from camket.core.ledger.entry import Facts, LedgerAction, LedgerOutcome, SubjectPart
from camket.core.policy.model import ItemKind
from camket.core.terms import RIGHTS_PURPOSE
from camket.core.vault.keyring import KeyKind
from camket.core.vault.lookup import IndexField, index_normalised, normalise, normalise_email
from camket.rows import IdentifierRow
from camket.services.access_core import Actor, DoorCore
from camket.services.access_records import make_record
from camket.services.ids import random_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.core.gate.history import History, Standing
    from camket.ports import Unit
    from camket.rows import SubjectRow

INDEXED: Final = {ItemKind.EMAIL: IndexField.EMAIL, ItemKind.PHONE: IndexField.PHONE}
"""Kinds of registration items by which a subject is found."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Handle:
    """What a look-up gives: an opaque id of the same form whether the person is known or not.

    Args:
        id: names the subject to the door and to sign-in; of an unknown person it names no one.
    """

    id: str


class FindingDoor(DoorCore):
    """The part of the door that finds subjects."""

    def add_subject_in(self, unit: Unit, *, subject: SubjectRow, history: History) -> Standing:
        """Store a new subject, about whom nothing was said yet, and return where they stand.

        Args:
            unit: the subject is there when this unit is durable.
            subject: their row; the key store has their keys already.
            history: the versions in force in this unit.
        """
        unit.subjects.add(subject)
        return self._standings.begin(subject, history)

    def confirmed_in(self, unit: Unit, *, subject: SubjectRow, history: History) -> Standing:
        """Return where a subject stands who was confirmed in this unit.

        Args:
            unit: has read the subject's row, and confirmed them since.
            subject: their row as it was before.
            history: the versions in force in this unit.
        """
        return self._standings.confirmed(unit, subject, history)

    def index_in(self, unit: Unit, *, subject_id: str, values: Mapping[str, str], history: History) -> None:
        """Make a new subject findable by the e-mail and phone that they gave; an e-mail is claimed when confirmed."""
        self._index_in(unit, history, subject_id, values, confirmed=False)

    def _index_in(
        self, unit: Unit, history: History, subject_id: str, values: Mapping[str, str], *, confirmed: bool
    ) -> None:
        fields = [
            (kind, self._indexes_of_accepted(kind, values[item.id]))
            for item in history.newest.policy.registration_items
            if (kind := INDEXED.get(item.kind)) is not None and item.id in values
        ]
        if confirmed:
            for kind, _ in fields:
                unit.identifiers.delete_of_subject(subject_id, field=kind)
        unit.identifiers.add(*[_identifier(kind, subject_id, *indexes[0]) for kind, indexes in fields])
        for kind, indexes in fields:
            if confirmed and kind is IndexField.EMAIL and self._claim(unit, subject_id, indexes) != subject_id:
                raise ConflictError("the e-mail address belongs to another account")

    def claim_registered_in(self, unit: Unit, *, subject_id: str) -> str | None:
        """Do what `claim_email_in` does with the index of the address that was registered; the address stays sealed.

        Returns:
            As `claim_email_in`; None while an epoch ends and the index keys change: then the address itself is needed.
        """
        keys = self._keys.index_keys(IndexField.EMAIL)
        for row, holder in unit.identifiers.with_holder(subject_id, field=IndexField.EMAIL):
            if len(keys) == 1 and row.key_version == keys[0].version:
                return holder or self._claim_free(unit, subject_id, (row.key_version, row.blind_index))
        return None

    def claim_email_in(self, unit: Unit, *, subject_id: str, email: str) -> str:
        """Make a confirmed e-mail address this subject's alone; return the id of the subject who has it now.

        Args:
            unit: the claim is durable when this unit is.
            subject_id: who confirmed it.
            email: *personal*.

        Returns:
            `subject_id`, or the id of the subject who confirmed the same address first.

        Raises:
            ConflictError: another one confirmed it in this very moment; the unit must not go on, and finds them if it
                is run again.
        """
        return self._claim(unit, subject_id, self._indexes(IndexField.EMAIL, normalise_email(email)))

    def _claim(self, unit: Unit, subject_id: str, indexes: Sequence[tuple[int, bytes]]) -> str:
        # INVARIANT: an address has one claim, found under any of the keys that are in use while an epoch ends.
        return _holder(unit, indexes) or self._claim_free(unit, subject_id, indexes[0])

    @staticmethod
    def _claim_free(unit: Unit, subject_id: str, versioned: tuple[int, bytes]) -> str:
        version, index = versioned
        claim = index.hex()
        if not unit.identifiers.claim(IndexField.EMAIL, index, subject_id, claim=claim):
            # What they registered with was indexed before the epoch ended; now it is under the new key too.
            unit.identifiers.add(_identifier(IndexField.EMAIL, subject_id, version, index))
            if not unit.identifiers.claim(IndexField.EMAIL, index, subject_id, claim=claim):
                raise ConflictError("the e-mail address was confirmed by another account in the meantime")
        return subject_id

    def _indexes_of_accepted(self, field: IndexField, value: str) -> list[tuple[int, bytes]]:
        # What a form accepted is the normal form of a phone number; an e-mail address keeps its owner's spelling.
        return self._indexes(field, value if field is IndexField.PHONE else normalise(field, value))

    def _indexes(self, field: IndexField, form: str) -> list[tuple[int, bytes]]:
        """Return the blind index of a normal form under each key in use, with the key's version; the newest first."""
        return [(key.version, index_normalised(key, form)) for key in self._keys.index_keys(field)]

    def look_up_in(
        self, unit: Unit, *, field: IndexField, value: str, actor: Actor, same_as: Handle | None = None
    ) -> Handle:
        """Find a subject by a confirmed e-mail address, or by a phone number that one subject has.

        The same statements, the same work and one record, whether the person is known or not (semantics section 8). The
        record names the items of the policy in force by which subjects are found; none where it asks for none.

        Args:
            unit: the record is durable when this unit is.
            field: `email` or `phone`.
            value: *personal*; as typed.
            actor: who looks.
            same_as: from another look-up; then the one person is found whom both name, whoever else has the value too.

        Returns:
            A handle of one form; of an unknown person it names no one, and every read with it is denied.
        """
        now = self._clock.now()
        history = self._policies.in_force_in(unit, now)
        decoy = random_id(self._entropy)
        known = {
            row.subject_id
            for _, index in self._indexes(field, normalise(field, value))
            for row in unit.identifiers.find(field, index)
            if row.claim is not None or field is not IndexField.EMAIL
        }
        if same_as is not None:
            known &= {same_as.id}
        handle = next(iter(known)) if len(known) == 1 else decoy
        facts = Facts(
            at=now,
            actor=actor,
            action=LedgerAction.USE,
            items=tuple(
                item.id for item in history.newest.policy.registration_items if INDEXED.get(item.kind) is field
            ),
            purpose=RIGHTS_PURPOSE,
            outcome=LedgerOutcome.DONE,
            version=history.newest.number,
        )
        # A known one's key is at hand after its first use, and for an unknown one the key store is not searched either.
        key = None if handle == decoy else self._keys.subject_key(handle, KeyKind.LIVE)
        record, link = make_record(self._entropy, facts, SubjectPart(handle=handle), key or self._decoy_key)
        unit.records.add(record, (link,))
        return Handle(id=handle)

    def look_up(self, *, field: IndexField, value: str, actor: Actor) -> Handle:
        """Do what `look_up_in` does in a unit of work of its own; the record is durable before this returns."""
        return self._store.write(lambda unit: self.look_up_in(unit, field=field, value=value, actor=actor))


def _holder(unit: Unit, indexes: Sequence[tuple[int, bytes]]) -> str | None:
    for _, index in indexes:
        for row in unit.identifiers.find(IndexField.EMAIL, index):
            if row.claim is not None:
                return row.subject_id
    return None


def _identifier(field: IndexField, subject_id: str, key_version: int, index: bytes) -> IdentifierRow:
    return IdentifierRow(field=field, blind_index=index, subject_id=subject_id, key_version=key_version, claim=None)
