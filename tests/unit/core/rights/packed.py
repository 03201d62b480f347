"""The evidence pack of an erasure that alice asked for, over a published ledger, to be read, altered and verified."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from camket.core.ledger.entry import Facts, FactsOpening, LedgerAction, LedgerOutcome, Opening, SubjectPart
from camket.core.ledger.note import NoteSigner
from camket.core.ledger.openings import ProvenOpening
from camket.core.rights.archive import pack, unpack
from camket.core.rights.evidence import (
    STATEMENT_FILE,
    Evidence,
    FileHash,
    ProvenLine,
    RequestFacts,
    pack_evidence,
    sign_evidence,
)
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.rights.timeline import Line
from tests.unit.core.ledger.published import AT, SIGNER, Published, nonce, numbered

PAGES = {"bang-chung.html": "<!doctype html><p>Bằng chứng".encode(), "evidence.html": b"<!doctype html><p>Evidence"}
REQUEST = RequestFacts(
    id="0123456789abcdef0123456789abcdef",
    number="7K3F9-2QXTB",
    kind=RequestKind.ERASE,
    channel="account",
    state=RequestState.DONE,
    policy_version=3,
    document_hash="ab" * 32,
    law_profile="vn-pdpl-2025",
    reply_due_at=AT + timedelta(days=2),
    reply_article="D356 Art. 5.2",
    due_at=AT + timedelta(days=20),
    due_article="D356 Art. 5.3",
)
OFFICER = "staff:pine-42"
STEPS: tuple[tuple[RequestEvent, RequestState, str, dict[str, Any] | None], ...] = (
    (RequestEvent.MAKE, RequestState.UNVERIFIED, "subject", {"channel": "account"}),
    (RequestEvent.VERIFY, RequestState.VERIFIED, "subject", {"level": "email_code"}),
    (RequestEvent.NOTE, RequestState.VERIFIED, OFFICER, None),
    (RequestEvent.ACCEPT, RequestState.APPROVED, "subject", None),
    (RequestEvent.START, RequestState.RUNNING, "service:erasure", None),
    (RequestEvent.FINISH, RequestState.DONE, "service:erasure", {"items": 2}),
)
PLACES = (5, 17, 40, 41, 200, 202)
"""Where the lines stand in the ledger of 300 entries; the erasure itself stands between the last two."""
ERASURE_AT = 201


def line(position: int) -> Line:
    """Return a line of the timeline."""
    event, state, actor, detail = STEPS[position]
    return Line(
        position=position,
        event=event,
        state=state,
        at=AT + timedelta(minutes=position),
        actor=actor,
        detail=detail,
        shown=event is not RequestEvent.NOTE,
        written=event is RequestEvent.NOTE,
    )


def record(position: int) -> Opening:
    """Return the whole opening of a line's record."""
    told = line(position)
    facts = Facts(
        at=told.at,
        actor=told.actor,
        action=LedgerAction.REQUEST,
        purpose="rights",
        outcome=LedgerOutcome.DONE,
        version=3,
        history=REQUEST.hash_of(told),
    )
    return _opening(f"line {position}", facts)


def erasure() -> Opening:
    """Return the whole opening of the record of the erasure itself."""
    facts = Facts(
        at=AT + timedelta(minutes=4, seconds=30),
        actor="service:erasure",
        action=LedgerAction.ERASE,
        items=("email", "phone"),
        outcome=LedgerOutcome.DONE,
        version=3,
    )
    return _opening("erasure", facts)


def _opening(name: str, facts: Facts) -> Opening:
    part = SubjectPart(handle="s-alice", reference=REQUEST.id)
    return Opening(nonce_a=nonce(f"a {name}"), facts=facts, nonce_b=nonce(f"b {name}"), subject_part=part)


def ledger(signer: NoteSigner = SIGNER, records: Mapping[int, Opening] | None = None) -> Published:
    """Return a ledger of 300 entries that holds those of the request, or others in the places that are given."""
    entries = numbered(300)
    for index, opening in (records or _records()).items():
        entries[index] = opening.entry()
    entries[ERASURE_AT] = erasure().entry()
    return Published(entries, signer=signer)


def _records() -> dict[int, Opening]:
    return {index: record(position) for position, index in enumerate(PLACES)}


def evidence(
    *, signer: NoteSigner = SIGNER, whole: bool = False, records: Mapping[int, Opening] | None = None
) -> Evidence:
    """Return the signed evidence; with `whole` it opens the subject's part too, with `records` the lines have those."""
    published = ledger(signer, records)

    def prove(index: int, opening: Opening) -> ProvenOpening:
        shown: Opening | FactsOpening = opening if whole else opening.of_facts()
        return published.prove(index, shown)

    stated = Evidence(
        made_at=AT + timedelta(hours=1),
        request=REQUEST,
        timeline=tuple(
            ProvenLine(line=line(position), record=prove(index, opening))
            for position, (index, opening) in enumerate((records or _records()).items())
        ),
        acts=(prove(ERASURE_AT, erasure()),),
        files=tuple(FileHash.of(name, content) for name, content in PAGES.items()),
        key=signer.verifier_key,
        checkpoint=published.files["checkpoint"].decode(),
    )
    return sign_evidence(stated, signer)


def packed(stated: Evidence | None = None) -> bytes:
    """Return the pack of evidence."""
    return pack_evidence(stated or evidence(), PAGES)


def altered(change: Callable[[dict[str, Any]], None]) -> bytes:
    """Return the pack with other evidence in it, under the old signature."""
    files = unpack(packed())
    value = json.loads(files[STATEMENT_FILE])
    change(value)
    return pack({**files, STATEMENT_FILE: spelled(value)})


def spelled(value: object) -> bytes:
    """Return JSON as the product writes it."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
