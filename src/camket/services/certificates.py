"""Certificates of erasure: gathered while the key still lives, sealed for the customer's token, finished when fetched.

Before the `live` key dies, the openings of the subject's entries are sealed for the token that only the customer has.
Whoever comes with the token brings the means to open them; then the proofs are added, the status is looked up, and the
ledger's key signs. The operator can do none of it alone and keeps none of the openings.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from camket.core.ledger.certificate import Certificate, ErasedItem, ErasureStage, HeldItem, sign_certificate
from camket.core.ledger.certificate import ErasureStatus as CertifiedStatus
from camket.core.ledger.openings import ProvenOpening
from camket.core.terms import Language
from camket.core.vault.drop import RANDOM_BYTES, TOKEN_BYTES, address_of, open_with, seal_for
from camket.core.vault.keyring import KeyKind
from camket.core.vault.shred import erasure_status
from camket.rows import CertificateRow, CertificateState
from camket.services.calendar import day_of
from camket.services.epochs import next_end
from camket.services.proofs import prove_all
from camket.services.sequencing import ledger_signer

if TYPE_CHECKING:
    from camket.core.ledger.opening_values import AnyOpening
    from camket.core.vault.shred import ErasurePlan, ErasureStatus
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.holdings import Held

CERTIFICATE_LIFETIME: Final = timedelta(hours=24)
"""How long a certificate can be fetched, from the instant at which it is made."""
MOST_OPENINGS: Final = 20_000
"""How many entries, the newest ones, a certificate opens; they fit the largest file that verifiers read."""
PAGE: Final = 500

STATEMENT: Final = {
    Language.VI: "Giấy chứng nhận này xác nhận: theo yêu cầu của chủ thể dữ liệu, các mục ghi dưới đây đã bị xóa; "
    "mục nào luật buộc giữ thì ghi kèm điều luật và ngày hết hạn. Mỗi lần dùng dữ liệu được mở ra ở đây nằm trong "
    "sổ cái đã ký, ai cũng kiểm chứng được mà không cần chúng tôi.",
    Language.EN: "This certificate states: at the request of the data subject, the items below have been erased; an "
    "item that the law orders to be kept is listed with its article and the day on which it goes. Every use of the "
    "data that is opened here stands in the signed ledger, which anyone can verify without us.",
}


class CertificateFetch(StrEnum):
    """What a token finds."""

    PENDING = "pending"
    READY = "ready"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateView:
    """What a token finds.

    Args:
        state: pending until the erasure has its place in the ledger, however long that takes; gone 24 hours after the
            erasure, or for a wrong token.
        status: `recorded`, `pending epoch N` or `destroyed`; None unless ready.
        file_name: to save it under.
        data: the certificate's file, *personal*; None unless ready.
        erased: what was erased.
        held: what the law holds.
        destroyed_from: aware; from when on the key is gone from backups too, as far as is known; None unless pending.
        expires_at: aware; when it can no longer be fetched; None while it is not made, and when gone.
        begins_at: aware; when the erasure begins, where its subject may still take it back; else None.
    """

    state: CertificateFetch
    status: str | None = None
    file_name: str = "camket-certificate.json"
    data: bytes | None = field(default=None, repr=False)
    erased: tuple[ErasedItem, ...] = ()
    held: tuple[HeldItem, ...] = ()
    destroyed_from: datetime | None = None
    expires_at: datetime | None = None
    begins_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Material:
    """What is sealed for the token: all that only the subject's key could still open."""

    subject_id: str
    erased: tuple[ErasedItem, ...]
    held: tuple[HeldItem, ...]
    openings: tuple[tuple[AnyOpening, int], ...]
    """Each with the id of its record."""
    erasure_record: int

    def to_bytes(self) -> bytes:
        value = {
            "subject_id": self.subject_id,
            "erased": [[one.item, one.count] for one in self.erased],
            "held": [[one.item, one.article, one.until.isoformat()] for one in self.held],
            "openings": [[ProvenOpening(opening=opening).to_value(), record] for opening, record in self.openings],
            "erasure_record": self.erasure_record,
        }
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> _Material:
        value = json.loads(raw)
        return cls(
            subject_id=value["subject_id"],
            erased=tuple(ErasedItem(item=item, count=count) for item, count in value["erased"]),
            held=tuple(
                HeldItem(item=item, article=article, until=date.fromisoformat(until))
                for item, article, until in value["held"]
            ),
            openings=tuple(
                (ProvenOpening.from_value(opening, f"openings[{at}]").opening, record)
                for at, (opening, record) in enumerate(value["openings"])
            ),
            erasure_record=value["erasure_record"],
        )


def gather_in(
    unit: Unit,
    ctx: Context,
    *,
    subject_id: str,
    plan: ErasurePlan,
    held: Held,
    record_id: int,
    address: bytes,
) -> None:
    """Seal for the token what the certificate needs of the subject's own entries, in the unit that records the erasure.

    Args:
        unit: the material is durable when this unit is.
        ctx: the service.
        subject_id: who is erased; their `live` key is still there.
        plan: what goes and what stays.
        held: what apps hold in their own tables, which goes too.
        record_id: of the erasure's own record.
        address: of the token.
    """
    counts = Counter(value.item for value in plan.destroy) + Counter(held)
    last: dict[str, HeldItem] = {}
    for kept in plan.kept:
        stays = HeldItem(item=kept.item, article=kept.article, until=day_of(kept.until))
        known = last.get(kept.item)
        last[kept.item] = stays if known is None or known.until < stays.until else known
    material = _Material(
        subject_id=subject_id,
        erased=tuple(ErasedItem(item=item, count=count) for item, count in sorted(counts.items())),
        held=tuple(sorted(last.values())),
        openings=_openings_in(unit, ctx, subject_id),
        erasure_record=record_id,
    )
    sealed = seal_for(address, material.to_bytes(), random=ctx.entropy.token(RANDOM_BYTES))
    # INVARIANT: an accepted erasure has its certificate; its day begins now, not when the erasure was accepted.
    now = ctx.clock.now()
    expires_at = now + CERTIFICATE_LIFETIME
    if not unit.certificates.complete(address, sealed, expires_at=expires_at):
        # Its place is gone; the token is still in the customer's hands, and the erasure waits for nothing.
        unit.certificates.add(
            CertificateRow(
                token_hash=address,
                sealed=sealed,
                status=CertificateState.READY,
                created_at=now,
                expires_at=expires_at,
            )
        )


def _openings_in(unit: Unit, ctx: Context, subject_id: str) -> tuple[tuple[AnyOpening, int], ...]:
    found: list[tuple[AnyOpening, int]] = []
    before: int | None = None
    while len(found) < MOST_OPENINGS:
        page = unit.records.of_subject(subject_id, before_id=before, limit=PAGE)
        if not page:
            break
        before = page[-1].id
        rows = [row for row in page if row.sealed is not None]
        opened = ctx.door.open_records(subject_id=subject_id, rows=rows)
        found.extend((opening, row.id) for opening, row in zip(opened, rows, strict=True))
    return tuple(found)


def certificate_status(ctx: Context, token: str) -> CertificateView:
    """Return the certificate that a token is for, finished and signed as things stand now.

    Args:
        ctx: the service.
        token: as `accept_erasure` gave it; anything else finds nothing.

    Effects: nothing is changed, kept or recorded. As often as it is called within 24 hours of the erasure, each time
        with the status of that moment.
    """
    secret = _read_token(token)
    now = ctx.clock.now()
    address = address_of(secret)
    row = ctx.store.read(lambda unit: unit.certificates.get(address))
    if row is None or (row.sealed is not None and row.expires_at <= now):
        return CertificateView(state=CertificateFetch.GONE)
    pending = CertificateView(state=CertificateFetch.PENDING)
    if row.sealed is None:
        begins_at = row.expires_at - CERTIFICATE_LIFETIME
        return CertificateView(state=CertificateFetch.PENDING, begins_at=begins_at) if begins_at > now else pending
    material = _Material.from_bytes(open_with(secret, row.sealed))
    status = _status(ctx, material.subject_id, now)
    certificate = _finish(ctx, material, status, now)
    if certificate is None:
        return pending
    return CertificateView(
        state=CertificateFetch.READY,
        status=str(certificate.status),
        data=certificate.to_bytes(),
        erased=certificate.erased,
        held=certificate.held,
        destroyed_from=_destroyed_from(ctx, status, now),
        expires_at=row.expires_at,
    )


def _read_token(token: str) -> bytes:
    try:
        secret = bytes.fromhex(token)
        return secret if len(secret) == TOKEN_BYTES else bytes(TOKEN_BYTES)
    except ValueError:
        return bytes(TOKEN_BYTES)


def _destroyed_from(ctx: Context, status: ErasureStatus, now: datetime) -> datetime | None:
    if status.epoch is None:
        return None
    return status.destroyed_from or next_end(now) + timedelta(days=ctx.settings.keys_backup_days)


def _finish(ctx: Context, material: _Material, status: ErasureStatus, now: datetime) -> Certificate | None:
    """Prove, date and sign; None while an entry waits for its place in the ledger."""
    ids = [record for _, record in material.openings]
    places = ctx.store.read(lambda unit: {one: row.ledger_index for one in ids if (row := unit.records.get(one))})
    proven = prove_all(ctx, [(opening, places.get(record)) for opening, record in material.openings])
    erasure_index = places.get(material.erasure_record)
    if proven is None or erasure_index is None or any(one.index is None for one in proven.openings):
        return None
    signer = ledger_signer(ctx)
    certificate = Certificate(
        issued_at=now,
        status=_certified(status),
        texts=STATEMENT,
        erased=material.erased,
        held=material.held,
        erasure_index=erasure_index,
        openings=proven.openings,
        checkpoint=proven.checkpoint,
        key=proven.key,
    )
    return sign_certificate(certificate, signer)


def _status(ctx: Context, subject_id: str, now: datetime) -> ErasureStatus:
    tombstone = ctx.keys.tombstone(subject_id, KeyKind.LIVE)
    epochs = {epoch.number: epoch.destroyed_at for epoch in ctx.keys.epochs()}
    return erasure_status(
        killed_in_epoch=None if tombstone is None else tombstone.epoch,
        epoch_destroyed_at=None if tombstone is None else epochs.get(tombstone.epoch),
        keys_backup_days=ctx.settings.keys_backup_days,
        now=now,
    )


def _certified(status: ErasureStatus) -> CertifiedStatus:
    return CertifiedStatus(stage=ErasureStage(status.stage.value), epoch=status.epoch)
