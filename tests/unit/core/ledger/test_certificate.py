import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.certificate import (
    Certificate,
    ErasedItem,
    ErasureStage,
    ErasureStatus,
    sign_certificate,
    verify_certificate,
)
from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.core.ledger.findings import Fault
from camket.core.ledger.openings import OpeningsReport
from tests.unit.core.ledger.certified import COLLECTED, OPENED, certificate, ledger
from tests.unit.core.ledger.published import (
    OTHER_SIGNER,
    SIGNER,
    Published,
    facts_of,
    numbered,
    opening_of,
)

KEY = SIGNER.verifier_key
LEDGER = ledger()
CERTIFICATE = certificate(LEDGER)


def faults(report: OpeningsReport) -> set[Fault]:
    """Return the kinds of findings, in the certificate and in the ledger."""
    return {finding.fault for finding in (*report.findings, *report.ledger.findings)}


def resigned(**changes: Any) -> Certificate:  # noqa: ANN401 - any field of the certificate
    """Return a certificate that the operator itself signed with these contents."""
    return sign_certificate(replace(CERTIFICATE, **changes), SIGNER)


def test_a_certificate_holds_against_its_ledger() -> None:
    """The certificate that was issued holds, also after the way through its file and after the ledger grew."""
    read = Certificate.parse(CERTIFICATE.to_bytes())
    assert read == CERTIFICATE
    grown = ledger()
    grown.grow(numbered(500))
    grown.sign()
    for published in (LEDGER, grown):
        report = verify_certificate(read, published, key=KEY)
        assert faults(report) == set()
        assert report.holds
        assert (report.proven, report.awaiting) == (3, 0)


def test_a_certificate_names_counts_and_no_values() -> None:
    """What was erased is listed by item and count; the file is text that a person can read."""
    text = CERTIFICATE.to_bytes().decode()
    value = json.loads(text)
    assert value["erased"] == [{"count": 1, "item": "email"}, {"count": 2, "item": "phone"}]
    assert value["held"] == [{"article": "Accounting Law Art. 41", "item": "sale.receipt", "until": "2031-11-22"}]
    assert "Dữ liệu của bạn đã được xóa." in text
    assert str(CERTIFICATE.status) == "pending epoch 12"


def _set(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def change(value: dict[str, Any]) -> None:
        inner: Any = value
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_set("issued_at", to="2026-11-23T02:12:00Z"), Fault.STATEMENT_ALTERED),
        (_set("status", to={"stage": "destroyed", "epoch": 12}), Fault.STATEMENT_ALTERED),
        (_set("texts", "vi", to="Không có gì được xóa."), Fault.STATEMENT_ALTERED),
        (_set("erased", 0, "count", to=7), Fault.STATEMENT_ALTERED),
        (_set("erased", to=[]), Fault.STATEMENT_ALTERED),
        (_set("held", to=[]), Fault.STATEMENT_ALTERED),
        (_set("held", 0, "until", to="2041-11-22"), Fault.STATEMENT_ALTERED),
        (_set("signature", to=""), Fault.STATEMENT_ALTERED),
        (_set("erasure_index", to=3), Fault.ERASURE_MISSING),
        (_set("openings", 0, "facts", "action", to="share"), Fault.OPENING_ALTERED),
        (_set("openings", 0, "facts", "at", to="2026-11-22T02:12:00.001Z"), Fault.OPENING_ALTERED),
        (_set("openings", 0, "nonce_a", to="00" * 32), Fault.OPENING_ALTERED),
        (_set("openings", 0, "index", to=4), Fault.OPENING_ALTERED),
        (_set("openings", 0, "subject", "handle", to="s-bob"), Fault.FOREIGN_OPENING),
        (_set("openings", 0, "path", 0, to="00" * 32), Fault.PROOF_ALTERED),
        (_set("openings", 0, "path", to=[]), Fault.PROOF_ALTERED),
        (_set("openings", 1, "batch", "member", to=1), Fault.OPENING_MALFORMED),
        (_set("openings", 1, "batch", "nonce", to="00" * 32), Fault.OPENING_MALFORMED),
    ],
)
def test_an_altered_certificate_is_found(change: Callable[[dict[str, Any]], None], fault: Fault) -> None:
    """Whatever is altered in a certificate, the operator's signature no longer fits, and the finding says what else."""
    value = json.loads(CERTIFICATE.to_bytes())
    change(value)
    report = verify_certificate(Certificate.parse(json.dumps(value).encode()), LEDGER, key=KEY)
    assert {fault, Fault.STATEMENT_ALTERED} <= faults(report)
    assert report.ledger.holds


def test_layout_is_not_content() -> None:
    """Spaces and the order of keys may change on the way; the certificate holds all the same."""
    value = json.loads(CERTIFICATE.to_bytes())
    other = json.dumps(dict(reversed(value.items())), indent=None).encode()
    assert verify_certificate(Certificate.parse(other), LEDGER, key=KEY).holds


def test_an_altered_ledger_is_found() -> None:
    """A right certificate against an altered ledger: the finding is the ledger's, not the certificate's."""
    published = ledger()
    published.flip("tile/entries/000", 34 * 3 + 2)
    report = verify_certificate(CERTIFICATE, published, key=KEY)
    assert report.findings == ()
    assert [finding.fault for finding in report.ledger.findings] == [Fault.ENTRY_ALTERED]
    assert not report.holds


def test_a_ledger_from_which_the_entries_vanished_is_found() -> None:
    """A ledger rewritten without Alice's entries and signed anew does not begin with her checkpoint."""
    report = verify_certificate(CERTIFICATE, Published(numbered(300)), key=KEY)
    assert report.findings == ()
    assert [finding.fault for finding in report.ledger.findings] == [Fault.OLDER_DIFFERS]


def test_a_ledger_rolled_back_before_the_erasure_is_found() -> None:
    """A ledger that is shorter than the certificate's checkpoint was rolled back."""
    report = verify_certificate(CERTIFICATE, Published(numbered(200)), key=KEY)
    assert [finding.fault for finding in report.ledger.findings] == [Fault.OLDER_LARGER]


def test_another_key_is_a_finding_of_its_own() -> None:
    """A certificate of another key than the ledger's is told apart from an altered one."""
    forged = replace(CERTIFICATE, key=OTHER_SIGNER.verifier_key)
    forged = sign_certificate(forged, OTHER_SIGNER)
    assert faults(verify_certificate(forged, LEDGER)) == {Fault.OTHER_KEY, Fault.EMBEDDED_CHECKPOINT}
    elsewhere = Published([], signer=OTHER_SIGNER)
    assert faults(verify_certificate(CERTIFICATE, elsewhere)) == {Fault.OTHER_KEY}
    assert faults(verify_certificate(CERTIFICATE, LEDGER, key=OTHER_SIGNER.verifier_key)) >= {
        Fault.OTHER_KEY,
        Fault.KEY_DIFFERS,
    }


def test_a_whole_forgery_under_another_key_is_found() -> None:
    """Checkpoint and certificate forged together under a key of their own name a key that is not the ledger's."""
    entries = numbered(300)
    for index, opening in OPENED.items():
        entries[index] = opening.entry()
    forged_ledger = Published(entries, signer=OTHER_SIGNER)
    forged = replace(CERTIFICATE, key=OTHER_SIGNER.verifier_key, checkpoint=forged_ledger.files["checkpoint"].decode())
    report = verify_certificate(sign_certificate(forged, OTHER_SIGNER), LEDGER, key=KEY)
    assert faults(report) == {Fault.OTHER_KEY}


def test_the_erasure_must_be_shown() -> None:
    """Even signed by the operator, a certificate without the opening of a finished erasure does not hold."""
    without = resigned(openings=CERTIFICATE.openings[:2])
    assert faults(verify_certificate(without, LEDGER)) == {Fault.ERASURE_MISSING}
    published = ledger()
    refused = opening_of("refused", facts_of(LedgerAction.ERASE, LedgerOutcome.DENY, "email", "phone"))
    published.grow([refused.entry()])
    checkpoint = published.sign()
    openings = tuple(published.prove(index, opening) for index, opening in {**OPENED, 300: refused}.items())
    denied = resigned(erasure_index=300, openings=openings, checkpoint=checkpoint)
    assert faults(verify_certificate(denied, published)) == {Fault.ERASURE_MISSING}


def test_no_more_is_certified_than_the_entry_of_the_erasure_names() -> None:
    """An item listed as erased that the ledger's entry does not name is a finding, named by its id."""
    more = resigned(erased=(*CERTIFICATE.erased, ErasedItem(item="device.id", count=1)))
    (finding,) = verify_certificate(more, LEDGER).findings
    assert (finding.fault, finding.detail, finding.index) == (Fault.ERASURE_DIFFERS, "device.id", 299)


def test_every_opening_of_a_certificate_is_complete() -> None:
    """An opening without proof, or of the facts alone, is no evidence for the subject and does not hold."""
    bare = replace(CERTIFICATE.openings[0], index=None, path=None)
    facts_only = replace(CERTIFICATE.openings[0], opening=COLLECTED.of_facts())
    for first in (bare, facts_only):
        report = verify_certificate(resigned(openings=(first, *CERTIFICATE.openings[1:])), LEDGER)
        assert faults(report) == {Fault.PROOF_MISSING}


def test_only_the_named_key_signs() -> None:
    """A certificate is signed by the key that stands in it."""
    with pytest.raises(InvalidValueError, match="another key"):
        sign_certificate(CERTIFICATE, OTHER_SIGNER)


def test_a_statement_is_never_a_checkpoint() -> None:
    """What the key signs for a certificate cannot be passed off as a checkpoint of the ledger."""
    published = ledger()
    published.files["checkpoint"] = CERTIFICATE.signature.encode()
    report = verify_certificate(CERTIFICATE, published, key=KEY)
    assert Fault.CHECKPOINT_MALFORMED in faults(report)


@pytest.mark.parametrize(
    ("stage", "epoch"),
    [(ErasureStage.PENDING, None), (ErasureStage.DESTROYED, None), (ErasureStage.RECORDED, 3)],
)
def test_a_status_names_its_epoch(stage: ErasureStage, epoch: int | None) -> None:
    """Pending and destroyed say which epoch; recorded has none yet."""
    with pytest.raises(InvalidValueError, match="epoch"):
        ErasureStatus(stage=stage, epoch=epoch)


def test_the_instant_of_issue_is_kept_to_the_second_in_utc() -> None:
    """Another zone and fractions of a second do not change the file; a naive instant is refused."""
    saigon = datetime(2026, 11, 22, 9, 12, 0, 5, tzinfo=timezone(timedelta(hours=7)))
    assert replace(CERTIFICATE, issued_at=saigon) == CERTIFICATE
    with pytest.raises(InvalidValueError, match="issued_at"):
        replace(CERTIFICATE, issued_at=datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set("format", to="other"), "`camket-erasure-certificate` was expected"),
        (_set("format_version", to=2), "version 2"),
        (_set("issued_at", to="soon"), "cannot stand"),
        (_set("status", "stage", to="gone"), "cannot stand"),
        (_set("held", 0, "until", to="never"), "cannot stand"),
        (_set("texts", "fr", to="x"), "unknown field `fr`"),
        (_set("openings", 0, "b", to="00" * 32), r"`openings\[0\]\.nonce_b`"),
        (_set("openings", 0, "path", to=None), "both an index and an inclusion proof"),
        (_set("openings", 2, "facts", "actor", to="alice"), r"`openings\[2\]\.facts` cannot stand"),
        (_set("openings", 2, "subject", "handle", to="a b"), r"`openings\[2\]\.subject` cannot stand"),
        (_set("openings", 1, "batch", "members", to=0), r"`openings\[1\]` cannot stand"),
        (_set("key", to="k"), "is not a verifier key"),
        (_set("more", to=1), "unknown field `more`"),
    ],
)
def test_what_is_no_certificate_is_refused_by_field(change: Callable[[dict[str, Any]], None], said: str) -> None:
    """A file that cannot be a certificate is refused with the field that shows it."""
    value = json.loads(CERTIFICATE.to_bytes())
    change(value)
    with pytest.raises(LedgerError, match=said):
        Certificate.parse(json.dumps(value).encode())
