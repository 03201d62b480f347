"""The erasure certificate: what was erased, what is held and why, and the openings of the subject's own entries.

The operator keeps no copy of the openings, so the certificate is the subject's evidence and only theirs. It proves that
the operator signed this statement, that the erasure was recorded in the ledger, and that each opened record is in it
unchanged. It does not prove that no other copy of the data or of a key exists: "destroyed" is the operator's signed
word that the epoch's key and its backups are gone. Source: semantics sections 6 and 9.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.canonical import Fields, canonical_json
from camket.core.ledger.entry import FactsOpening, LedgerAction, LedgerOutcome
from camket.core.ledger.findings import Fault, LedgerFinding
from camket.core.ledger.note import VerifierKey, parse_note
from camket.core.ledger.openings import (
    OpeningsReport,
    ProvenOpening,
    embedded_checkpoint,
    parse_file,
    prove_openings,
    read_openings,
    to_file,
    verify_same_ledger,
)
from camket.core.ledger.proof import require_format
from camket.core.terms import Language, require_aware

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.core.ledger.canonical import JsonValue
    from camket.core.ledger.note import NoteSigner
    from camket.core.ledger.tiles import TileReader

FORMAT: Final = "camket-erasure-certificate"
FORMAT_VERSION: Final = 1
_STATEMENT: Final = "camket erasure certificate v1"
_FIELDS = frozenset(
    {
        "format",
        "format_version",
        "issued_at",
        "status",
        "texts",
        "erased",
        "held",
        "erasure_index",
        "openings",
        "checkpoint",
        "key",
        "signature",
    }
)


class ErasureStage(StrEnum):
    """How far the destruction has come (semantics section 6)."""

    RECORDED = "recorded"
    PENDING = "pending"
    DESTROYED = "destroyed"


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureStatus:
    """How far the destruction has come, and which epoch it waits or waited for.

    Args:
        epoch: number of the epoch whose end destroys the key; required unless only recorded.
    """

    stage: ErasureStage
    epoch: int | None = None

    def __post_init__(self) -> None:
        if (self.epoch is None) != (self.stage is ErasureStage.RECORDED):
            message = f"an erasure that is `{self.stage}` names its epoch, and one that is only recorded has none"
            raise InvalidValueError(message)

    def __str__(self) -> str:
        return f"pending epoch {self.epoch}" if self.stage is ErasureStage.PENDING else self.stage.value


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class ErasedItem:
    """An item that was erased, and how many values of it; never a value."""

    item: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class HeldItem:
    """An item that the law still holds.

    Args:
        article: which article, as it is cited.
        until: the day from which it is gone.
    """

    item: str
    article: str
    until: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """An erasure certificate. *Personal*: it opens the subject's entries.

    Args:
        issued_at: aware; kept to the second.
        status: how far the destruction had come when it was issued.
        texts: the statement for people, by language.
        erased: what was erased; each item must be named by the entry of the erasure.
        held: what the law still holds.
        erasure_index: index of the entry that records the erasure.
        openings: of all the subject's entries, that of the erasure included, each with index and proof.
        checkpoint: a signed note of the ledger that covers all the openings.
        key: the ledger's verifier key.
        signature: the statement note that `sign_certificate` adds; empty before.
    """

    issued_at: datetime
    status: ErasureStatus
    texts: Mapping[Language, str]
    erased: tuple[ErasedItem, ...]
    held: tuple[HeldItem, ...]
    erasure_index: int
    openings: tuple[ProvenOpening, ...]
    checkpoint: str
    key: VerifierKey
    signature: str = ""

    def __post_init__(self) -> None:
        issued_at = require_aware(self.issued_at, "issued_at").astimezone(UTC).replace(microsecond=0)
        object.__setattr__(self, "issued_at", issued_at)

    def statement(self) -> str:
        """Return the text that the ledger's key signs: a hash over everything but the signature."""
        value = {name: part for name, part in self.to_value().items() if name != "signature"}
        digest = base64.b64encode(sha256(canonical_json(value)).digest()).decode()
        # INVARIANT: never a checkpoint's text. Its second line is a number; this one's is a name.
        return f"{_STATEMENT}\nof {self.key.name}\n{digest}\n"

    def to_value(self) -> dict[str, JsonValue]:
        """Return the certificate as a JSON value."""
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "issued_at": self.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "status": {"stage": self.status.stage.value, "epoch": self.status.epoch},
            "texts": {language.value: text for language, text in self.texts.items()},
            "erased": [{"item": one.item, "count": one.count} for one in self.erased],
            "held": [{"item": one.item, "article": one.article, "until": one.until.isoformat()} for one in self.held],
            "erasure_index": self.erasure_index,
            "openings": [one.to_value() for one in self.openings],
            "checkpoint": self.checkpoint,
            "key": str(self.key),
            "signature": self.signature,
        }

    def to_bytes(self) -> bytes:
        """Return the file that the subject gets: UTF-8 JSON, indented for people."""
        return to_file(self.to_value())

    @classmethod
    def parse(cls, raw: bytes) -> Certificate:
        """Read a certificate; nothing in it is verified here.

        Raises:
            LedgerError: not a certificate; the message names the field.
        """
        fields = Fields(parse_file(raw, "the certificate"), "certificate", _FIELDS)
        require_format(fields, FORMAT, FORMAT_VERSION)
        try:
            return cls(
                issued_at=datetime.fromisoformat(fields.text("issued_at")),
                status=_read_status(fields),
                texts=_read_texts(fields),
                erased=tuple(_read_erased(one) for one in fields.items("erased")),
                held=tuple(_read_held(one) for one in fields.items("held")),
                erasure_index=fields.integer("erasure_index"),
                openings=read_openings(fields),
                checkpoint=fields.text("checkpoint"),
                key=VerifierKey.parse(fields.text("key")),
                signature=fields.text("signature"),
            )
        except (InvalidValueError, ValueError) as error:
            message = f"the certificate cannot stand: {error}"
            raise LedgerError(message) from error


def sign_certificate(certificate: Certificate, signer: NoteSigner) -> Certificate:
    """Return the certificate signed by the ledger's key, which binds every byte of what it says.

    Raises:
        InvalidValueError: the signer's key is not the one that the certificate names.
    """
    if signer.verifier_key != certificate.key:
        message = f"the certificate names another key than the signer's, `{signer.verifier_key}`"
        raise InvalidValueError(message)
    return replace(certificate, signature=str(signer.sign(certificate.statement())))


def verify_certificate(
    certificate: Certificate, reader: TileReader, *, key: VerifierKey | None = None, older: Sequence[str] = ()
) -> OpeningsReport:
    """Verify a certificate and the whole ledger it belongs to; every finding at once.

    Args:
        certificate: as `Certificate.parse` gave it.
        reader: where the ledger is published.
        key: the ledger's key as the caller knows it; None takes the one that the ledger publishes.
        older: checkpoints that the caller kept.

    Returns:
        The report; it holds when the operator signed the statement, the ledger begins with the certificate's
        checkpoint, every opening gives the entry at its index, and one of them is the erasure.
    """
    findings: list[LedgerFinding] = []
    checkpoint = embedded_checkpoint(certificate.checkpoint, certificate.key, findings)
    kept = (certificate.checkpoint, *older) if checkpoint is not None else older
    ledger = verify_same_ledger(reader, certificate.key, findings, key=key, older=kept)
    _verify_statement(certificate, findings)
    for at, one in enumerate(certificate.openings):
        if one.index is None or isinstance(one.opening, FactsOpening):
            detail = f"openings[{at}] lacks its proof or the subject's part"
            findings.append(LedgerFinding(fault=Fault.PROOF_MISSING, index=one.index, detail=detail))
    proven = prove_openings(certificate.openings, checkpoint, reader, findings)
    _verify_erasure(certificate, findings)
    return OpeningsReport(ledger=ledger, proven=proven, awaiting=0, findings=tuple(findings))


def _verify_statement(certificate: Certificate, findings: list[LedgerFinding]) -> None:
    try:
        note = parse_note(certificate.signature)
        note.verify(certificate.key)
    except LedgerError as error:
        findings.append(LedgerFinding(fault=Fault.STATEMENT_ALTERED, detail=str(error)))
        return
    if note.text != certificate.statement():
        detail = "the signed statement is of another content"
        findings.append(LedgerFinding(fault=Fault.STATEMENT_ALTERED, detail=detail))


def _verify_erasure(certificate: Certificate, findings: list[LedgerFinding]) -> None:
    index = certificate.erasure_index
    shown = [one.opening.facts for one in certificate.openings if one.index == index]
    erasures = [facts for facts in shown if facts.action is LedgerAction.ERASE and facts.outcome is LedgerOutcome.DONE]
    if not erasures:
        findings.append(LedgerFinding(fault=Fault.ERASURE_MISSING, index=index))
        return
    named = {item for facts in erasures for item in facts.items}
    findings += [
        LedgerFinding(fault=Fault.ERASURE_DIFFERS, index=index, detail=one.item)
        for one in certificate.erased
        if one.item not in named
    ]


def _read_status(fields: Fields) -> ErasureStatus:
    status = Fields(fields.get("status"), "status", frozenset({"stage", "epoch"}))
    epoch = status.integer("epoch") if status.has("epoch") else None
    return ErasureStatus(stage=ErasureStage(status.text("stage")), epoch=epoch)


def _read_texts(fields: Fields) -> dict[Language, str]:
    texts = Fields(fields.get("texts"), "texts", frozenset(Language))
    return {language: texts.text(language) for language in Language if texts.has(language)}


def _read_erased(value: object) -> ErasedItem:
    fields = Fields(value, "erased", frozenset({"item", "count"}))
    return ErasedItem(item=fields.text("item"), count=fields.integer("count"))


def _read_held(value: object) -> HeldItem:
    fields = Fields(value, "held", frozenset({"item", "article", "until"}))
    return HeldItem(
        item=fields.text("item"), article=fields.text("article"), until=date.fromisoformat(fields.text("until"))
    )
