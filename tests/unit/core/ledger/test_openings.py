from dataclasses import replace

import pytest

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger import openings as module
from camket.core.ledger.findings import Fault
from camket.core.ledger.openings import Openings, ProvenOpening, verify_openings
from tests.unit.core.ledger.certified import COLLECTED, ERASED, OPENED, ledger
from tests.unit.core.ledger.published import OTHER_SIGNER, SIGNER, Published, numbered

LEDGER = ledger()
KEY = SIGNER.verifier_key
CHECKPOINT = LEDGER.files["checkpoint"].decode()


def copy_of(*openings: ProvenOpening) -> Openings:
    """Return a file of openings against the ledger's checkpoint, after its way through bytes."""
    return Openings.parse(Openings(key=KEY, checkpoint=CHECKPOINT, openings=openings).to_bytes())


def test_a_subject_shows_their_own_entries() -> None:
    """Full openings, of single entries and of a batch, hold against the ledger; a grown ledger changes nothing."""
    copy = copy_of(*(LEDGER.prove(index, opening) for index, opening in OPENED.items()))
    grown = ledger()
    grown.grow(numbered(20))
    grown.sign()
    for published in (LEDGER, grown):
        report = verify_openings(copy, published, key=KEY)
        assert report.holds
        assert (report.proven, report.awaiting) == (3, 0)


def test_an_auditor_shows_facts_alone() -> None:
    """Openings of facts hold, and the file holds neither handle nor nonce of a subject part."""
    audited = COLLECTED.of_facts()
    copy = copy_of(LEDGER.prove(3, audited))
    assert verify_openings(copy, LEDGER, key=KEY).holds
    assert b"alice" not in copy.to_bytes()
    assert COLLECTED.nonce_b.hex().encode() not in copy.to_bytes()


def test_a_live_copy_may_be_ahead_of_the_checkpoint() -> None:
    """A record that has no checkpoint yet is counted as awaiting it, and is no finding."""
    report = verify_openings(copy_of(LEDGER.prove(3, COLLECTED), ProvenOpening(opening=ERASED)), LEDGER)
    assert report.holds
    assert (report.proven, report.awaiting) == (1, 1)


def test_an_altered_copy_is_found() -> None:
    """An opening of something else, or of someone else, does not hold, and is named by its index."""
    proven = LEDGER.prove(3, COLLECTED)
    altered = replace(proven, opening=replace(COLLECTED, facts=ERASED.facts))
    (finding,) = verify_openings(copy_of(altered), LEDGER).findings
    assert (finding.fault, finding.index) == (Fault.OPENING_ALTERED, 3)
    part = replace(COLLECTED.subject_part, handle="s-bob")
    foreign = replace(proven, opening=replace(COLLECTED, subject_part=part))
    found = verify_openings(copy_of(LEDGER.prove(299, ERASED), foreign), LEDGER).findings
    assert {one.fault for one in found} == {Fault.FOREIGN_OPENING, Fault.OPENING_ALTERED}


def test_an_embedded_checkpoint_is_not_believed_unsigned() -> None:
    """A copy whose checkpoint was altered proves nothing."""
    copy = replace(copy_of(LEDGER.prove(3, COLLECTED)), checkpoint=CHECKPOINT.replace("\n300\n", "\n301\n"))
    report = verify_openings(copy, LEDGER, key=KEY)
    assert [finding.fault for finding in report.findings] == [Fault.EMBEDDED_CHECKPOINT]
    assert report.proven == 0


def test_a_copy_of_another_ledger_is_found() -> None:
    """A copy that names another key than the ledger's is told apart from an altered one."""
    report = verify_openings(copy_of(LEDGER.prove(3, COLLECTED)), Published([], signer=OTHER_SIGNER))
    assert [finding.fault for finding in report.findings] == [Fault.OTHER_KEY]
    assert report.ledger.holds


def test_index_and_proof_come_together() -> None:
    """An opening with an index and no proof, or the other way round, cannot be made."""
    with pytest.raises(InvalidValueError, match="both an index and an inclusion proof"):
        ProvenOpening(opening=COLLECTED, index=3)


def test_a_file_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file larger than any copy can be is refused before it is parsed."""
    monkeypatch.setattr(module, "MOST_FILE_BYTES", 10)
    with pytest.raises(LedgerError, match="is larger than"):
        Openings.parse(b'{"format": "camket-openings"}')
