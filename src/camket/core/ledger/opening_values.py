"""Openings as JSON: what stands in copies, certificates and packs of evidence, wherever their proof stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from camket.core.ledger.canonical import Fields
from camket.core.ledger.entry import BatchPart, Facts, FactsOpening, MemberOpening, Opening, SubjectPart

if TYPE_CHECKING:
    from camket.core.ledger.canonical import JsonValue

AnyOpening: TypeAlias = "Opening | MemberOpening | FactsOpening"

OPENING_FIELDS: Final = frozenset({"facts", "nonce_a", "b", "nonce_b", "subject", "batch"})
_BATCH_FIELDS: Final = frozenset({"members", "root", "member", "path", "nonce"})


def handle_of(opening: AnyOpening) -> str | None:
    """Return the subject's handle, *personal*, or None where the facts alone are opened."""
    return None if isinstance(opening, FactsOpening) else opening.subject_part.handle


def opening_value(opening: AnyOpening) -> dict[str, JsonValue]:
    """Return what an opening holds as a JSON value, without its place in the ledger."""
    value: dict[str, JsonValue] = {"facts": opening.facts.to_value(), "nonce_a": opening.nonce_a.hex()}
    if isinstance(opening, FactsOpening):
        return {**value, "b": opening.b.hex()}
    value |= {"nonce_b": opening.nonce_b.hex(), "subject": opening.subject_part.to_value()}
    if isinstance(opening, MemberOpening):
        value["batch"] = {
            **opening.batch.to_value(),
            "member": opening.member,
            "path": [one.hex() for one in opening.path],
            "nonce": opening.nonce.hex(),
        }
    return value


def read_opening(fields: Fields) -> AnyOpening:
    """Read an opening back from a JSON object.

    Raises:
        LedgerError: a field is missing or malformed, or stands beside one that excludes it.
    """
    facts = Facts.from_value(fields.get("facts"), f"{fields.where}.facts")
    nonce_a = fields.hash("nonce_a")
    if fields.has("b"):
        for name in ("nonce_b", "subject", "batch"):
            if fields.has(name):
                raise fields.refusal(name, "allowed beside `b`, which stands for a part that stays closed")
        return FactsOpening(nonce_a=nonce_a, facts=facts, b=fields.hash("b"))
    nonce_b = fields.hash("nonce_b")
    part = SubjectPart.from_value(fields.get("subject"), f"{fields.where}.subject")
    if not fields.has("batch"):
        return Opening(nonce_a=nonce_a, facts=facts, nonce_b=nonce_b, subject_part=part)
    batch = Fields(fields.get("batch"), f"{fields.where}.batch", _BATCH_FIELDS)
    return MemberOpening(
        nonce_a=nonce_a,
        facts=facts,
        nonce_b=nonce_b,
        batch=BatchPart(root=batch.hash("root"), size=batch.integer("members")),
        member=batch.integer("member"),
        path=batch.hashes("path"),
        nonce=batch.hash("nonce"),
        subject_part=part,
    )
