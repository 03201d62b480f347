"""Making and opening ledger records for the door: facts in the clear, the subject part sealed under the subject's key.

A record can be opened by its subject alone: `nonce_b` and the subject part lie sealed beside the record, bound to its
entry. When the subject's key dies, what is left commits to something that no one can guess (semantics section 9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.ledger.canonical import Fields, canonical_json, parse_json, read_hash
from camket.core.ledger.entry import (
    Batch,
    BatchPart,
    Facts,
    MemberOpening,
    Opening,
    SubjectPart,
    entry_of,
    facts_commitment,
    subject_commitment,
)
from camket.core.vault.envelope import open_sealed, seal
from camket.rows import NewRecord, RecordLink

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.ports import Entropy
    from camket.rows import SubjectRecordRow

RECORD_PLACE: Final = "ledger record"
"""Stands where a value has its item id; it has a space in it, which no item id has."""

_NONCE_BYTES: Final = 32
_BOX_NONCE_BYTES: Final = 12
_SINGLE: Final = b"\x01"
_MEMBER: Final = b"\x02"
_MEMBER_FIELDS: Final = frozenset({"nonce_b", "root", "size", "member", "path", "nonce", "part"})


def make_record(entropy: Entropy, facts: Facts, part: SubjectPart, key: bytes) -> tuple[NewRecord, RecordLink]:
    """Return a record about one subject and its link with the sealed subject part.

    Args:
        entropy: gives the nonces.
        facts: what was done.
        part: whose data it was.
        key: 32 bytes, the subject's.
    """
    random = entropy.token(2 * _NONCE_BYTES + _BOX_NONCE_BYTES)
    nonce_a, nonce_b = random[:_NONCE_BYTES], random[_NONCE_BYTES : 2 * _NONCE_BYTES]
    a = facts_commitment(nonce_a, facts)
    b = subject_commitment(nonce_b, part)
    entry = entry_of(a, b)
    record = NewRecord(facts=facts.canonical_bytes(), nonce_a=nonce_a, b=b, entry=entry, created_at=facts.at)
    sealed = seal(
        key,
        _SINGLE + nonce_b + part.canonical_bytes(),
        nonce=random[2 * _NONCE_BYTES :],
        subject_id=part.handle,
        item=RECORD_PLACE,
        row_id=entry.hex(),
    )
    return record, RecordLink(subject_id=part.handle, action=facts.action.value, sealed=sealed)


def make_batch_record(
    entropy: Entropy, facts: Facts, members: Sequence[SubjectPart], keys: Mapping[str, bytes]
) -> tuple[NewRecord, list[RecordLink]]:
    """Return one record for many subjects, with a link for each that shows their own part (semantics section 8).

    Args:
        entropy: gives the nonces.
        facts: what was done, the same for all members.
        members: at least one, each subject once.
        keys: subject id -> 32 bytes; a member without a key gets no link.
    """
    nonces = [entropy.token(_NONCE_BYTES) for _ in members]
    batch = Batch([subject_commitment(nonce, part) for nonce, part in zip(nonces, members, strict=True)])
    nonce_a, nonce_b = entropy.token(_NONCE_BYTES), entropy.token(_NONCE_BYTES)
    b = subject_commitment(nonce_b, batch.part)
    entry = entry_of(facts_commitment(nonce_a, facts), b)
    record = NewRecord(facts=facts.canonical_bytes(), nonce_a=nonce_a, b=b, entry=entry, created_at=facts.at)
    links = []
    for member, (nonce, part) in enumerate(zip(nonces, members, strict=True)):
        if part.handle not in keys:
            continue
        opening = canonical_json(
            {
                "nonce_b": nonce_b.hex(),
                "root": batch.part.root.hex(),
                "size": batch.part.size,
                "member": member,
                "path": [step.hex() for step in batch.path(member)],
                "nonce": nonce.hex(),
                "part": part.to_value(),
            }
        )
        sealed = seal(
            keys[part.handle],
            _MEMBER + opening,
            nonce=entropy.token(_BOX_NONCE_BYTES),
            subject_id=part.handle,
            item=RECORD_PLACE,
            row_id=entry.hex(),
        )
        links.append(RecordLink(subject_id=part.handle, action=facts.action.value, sealed=sealed))
    return record, links


def open_record(row: SubjectRecordRow, *, subject_id: str, key: bytes) -> Opening | MemberOpening | None:
    """Return the opening of a subject's own record, *personal*; None where its part was never sealed.

    Raises:
        VaultError: the sealed part does not belong to this record, or not under this key.
        LedgerError: what was sealed is no opening.
    """
    if row.sealed is None:
        return None
    secret = open_sealed(key, row.sealed, subject_id=subject_id, item=RECORD_PLACE, row_id=row.entry.hex())
    facts = Facts.from_value(parse_json(row.facts, "the record"), "facts")
    if secret[:1] == _MEMBER:
        return _open_member(row, facts, secret[1:])
    part = parse_json(secret[1 + _NONCE_BYTES :], "the record")
    return Opening(
        nonce_a=row.nonce_a,
        facts=facts,
        nonce_b=secret[1 : 1 + _NONCE_BYTES],
        subject_part=SubjectPart.from_value(part, "part"),
    )


def _open_member(row: SubjectRecordRow, facts: Facts, secret: bytes) -> MemberOpening:
    fields = Fields(parse_json(secret, "the record"), "member", _MEMBER_FIELDS)
    return MemberOpening(
        nonce_a=row.nonce_a,
        facts=facts,
        nonce_b=read_hash(fields.get("nonce_b"), "nonce_b"),
        batch=BatchPart(root=fields.hash("root"), size=fields.integer("size")),
        member=fields.integer("member"),
        path=fields.hashes("path"),
        nonce=fields.hash("nonce"),
        subject_part=SubjectPart.from_value(fields.get("part"), "part"),
    )
