"""Alice's erasure certificate over a published ledger, for tests to read, alter and verify."""

from datetime import date

from camket.core.ledger.certificate import (
    Certificate,
    ErasedItem,
    ErasureStage,
    ErasureStatus,
    HeldItem,
    sign_certificate,
)
from camket.core.ledger.entry import (
    Batch,
    LedgerAction,
    LedgerOutcome,
    MemberOpening,
    Opening,
    SubjectPart,
    subject_commitment,
)
from camket.core.terms import Language
from tests.unit.core.ledger.published import AT, SIGNER, Published, facts_of, nonce, numbered, opening_of

COLLECTED = opening_of("collected", facts_of(LedgerAction.COLLECT, LedgerOutcome.PERMIT, "email", "phone"))
ERASED = opening_of("erased", facts_of(LedgerAction.ERASE, LedgerOutcome.DONE, "email", "phone"))


def notified() -> MemberOpening:
    """Return Alice's opening of an entry that she shares with Bob."""
    parts = [SubjectPart(handle="s-alice"), SubjectPart(handle="s-bob")]
    batch = Batch([subject_commitment(nonce(part.handle), part) for part in parts])
    return MemberOpening(
        nonce_a=nonce("a notified"),
        facts=facts_of(LedgerAction.USE, LedgerOutcome.PERMIT, "email"),
        nonce_b=nonce("b notified"),
        batch=batch.part,
        member=0,
        path=batch.path(0),
        nonce=nonce("s-alice"),
        subject_part=parts[0],
    )


OPENED: dict[int, Opening | MemberOpening] = {3: COLLECTED, 290: notified(), 299: ERASED}
"""Alice's entries by index."""


def ledger() -> Published:
    """Return a ledger of 300 entries that holds Alice's."""
    entries = numbered(300)
    for index, opening in OPENED.items():
        entries[index] = opening.entry()
    return Published(entries)


def certificate(published: Published) -> Certificate:
    """Return Alice's signed certificate."""
    certificate = Certificate(
        issued_at=AT,
        status=ErasureStatus(stage=ErasureStage.PENDING, epoch=12),
        texts={Language.VI: "Dữ liệu của bạn đã được xóa.", Language.EN: "Your data was erased."},
        erased=(ErasedItem(item="email", count=1), ErasedItem(item="phone", count=2)),
        held=(HeldItem(item="sale.receipt", article="Accounting Law Art. 41", until=date(2031, 11, 22)),),
        erasure_index=299,
        openings=tuple(published.prove(index, opening) for index, opening in OPENED.items()),
        checkpoint=published.files["checkpoint"].decode(),
        key=SIGNER.verifier_key,
    )
    return sign_certificate(certificate, SIGNER)
