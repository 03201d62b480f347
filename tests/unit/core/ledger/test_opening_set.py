import json
from dataclasses import replace
from typing import Any

import pytest

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.findings import Fault
from camket.core.ledger.multiproof import MultiProof, multi_path
from camket.core.ledger.opening_set import (
    OpeningSet,
    PlacedOpening,
    parse_openings,
    prove_together,
    verify_any_openings,
)
from camket.core.ledger.openings import Openings
from camket.core.ledger.tiles import TiledHashes
from tests.unit.core.ledger.certified import COLLECTED, ERASED, OPENED, ledger
from tests.unit.core.ledger.published import OTHER_SIGNER, SIGNER, Published, numbered

LEDGER = ledger()
KEY = SIGNER.verifier_key
CHECKPOINT = LEDGER.files["checkpoint"].decode()
PROOF = MultiProof(size=300, indexes=tuple(OPENED), path=multi_path(tuple(OPENED), 300, TiledHashes(300, LEDGER)))
PLACED = tuple(PlacedOpening(opening=opening, index=index) for index, opening in OPENED.items())
COPY = OpeningSet(key=KEY, checkpoint=CHECKPOINT, proof=PROOF, openings=PLACED)


def value_of(copy: OpeningSet, **change: Any) -> bytes:  # noqa: ANN401 - what stands in a file that someone altered
    """Return the file with fields replaced."""
    return json.dumps(json.loads(copy.to_bytes()) | change).encode()


def test_a_subject_shows_all_their_entries_at_once() -> None:
    """Single entries and a batch hold by one proof, read back from bytes, against the ledger as it was and grown."""
    read = parse_openings(COPY.to_bytes())
    assert read == COPY
    grown = ledger()
    grown.grow(numbered(20))
    grown.sign()
    for published in (LEDGER, grown):
        report = verify_any_openings(read, published, key=KEY)
        assert report.holds
        assert (report.proven, report.awaiting) == (3, 0)


def test_the_older_form_stays_readable() -> None:
    """A file in which every opening brings its own proof is told by its version and holds as before."""
    older = Openings(key=KEY, checkpoint=CHECKPOINT, openings=(LEDGER.prove(3, COLLECTED),))
    read = parse_openings(older.to_bytes())
    assert read == older
    assert verify_any_openings(read, LEDGER).proven == 1


def test_what_waits_for_its_place_is_no_finding() -> None:
    """Openings without index are counted; a file of these alone has no proof and needs none."""
    waiting = PlacedOpening(opening=ERASED)
    report = verify_any_openings(replace(COPY, openings=(*PLACED, waiting)), LEDGER)
    assert (report.holds, report.proven, report.awaiting) == (True, 3, 1)
    alone = parse_openings(replace(COPY, proof=None, openings=(waiting,)).to_bytes())
    report = verify_any_openings(alone, LEDGER)
    assert (report.holds, report.proven, report.awaiting) == (True, 0, 1)


def test_an_altered_opening_is_named() -> None:
    """An opening of something else makes none of them hold, and the ledger tells which one it is."""
    altered = replace(PLACED[0], opening=replace(COLLECTED, facts=ERASED.facts))
    report = verify_any_openings(replace(COPY, openings=(altered, *PLACED[1:])), LEDGER)
    assert [(one.fault, one.index) for one in report.findings] == [(Fault.OPENING_ALTERED, 3)]
    assert report.proven == 0


def test_an_altered_proof_is_told_from_an_altered_opening() -> None:
    """Where every opening is what the ledger holds, it is the proof that was altered."""
    path = (PROOF.path[1], PROOF.path[0], *PROOF.path[2:])
    report = verify_any_openings(replace(COPY, proof=replace(PROOF, path=path)), LEDGER)
    assert [(one.fault, one.count) for one in report.findings] == [(Fault.PROOF_DIFFERS, 3)]


def test_without_the_ledger_it_is_only_known_that_something_was_altered() -> None:
    """A pack that is read offline finds the fault and names no opening."""
    altered = replace(PLACED[0], opening=replace(COLLECTED, facts=ERASED.facts))
    findings: list[Any] = []
    checkpoint = LEDGER.checkpoint()
    assert prove_together((altered, *PLACED[1:]), PROOF, checkpoint, None, findings) == 0
    assert [one.fault for one in findings] == [Fault.PROOF_DIFFERS]
    assert prove_together(PLACED, PROOF, checkpoint, None, []) == 3


def test_a_proof_of_another_tree_does_not_hold() -> None:
    """A proof for another size than the checkpoint's is none, whatever it leads to."""
    grown = ledger()
    grown.grow(numbered(20))
    path = multi_path(PROOF.indexes, 320, TiledHashes(320, grown))
    report = verify_any_openings(replace(COPY, proof=MultiProof(size=320, indexes=PROOF.indexes, path=path)), LEDGER)
    assert [one.fault for one in report.findings] == [Fault.PROOF_DIFFERS]
    assert "for 320 entries and its checkpoint for 300" in report.findings[0].detail


def test_an_opening_of_someone_else_is_found() -> None:
    """One handle runs through a file; another one is named by its index."""
    part = replace(COLLECTED.subject_part, handle="s-bob")
    foreign = PlacedOpening(opening=replace(COLLECTED, subject_part=part))
    findings = verify_any_openings(replace(COPY, openings=(*PLACED, foreign)), LEDGER).findings
    assert [one.fault for one in findings] == [Fault.FOREIGN_OPENING]


def test_a_copy_of_another_ledger_is_found() -> None:
    """A copy that names another key than the ledger's, or carries an unsigned checkpoint, proves nothing."""
    report = verify_any_openings(COPY, Published([], signer=OTHER_SIGNER))
    assert [finding.fault for finding in report.findings] == [Fault.OTHER_KEY]
    unsigned = replace(COPY, checkpoint=CHECKPOINT.replace("\n300\n", "\n301\n"))
    report = verify_any_openings(unsigned, LEDGER)
    assert [finding.fault for finding in report.findings] == [Fault.EMBEDDED_CHECKPOINT]
    assert report.proven == 0


def test_no_opening_stands_outside_the_proof() -> None:
    """An index that the proof does not cover, a proof of more, or openings out of order cannot be in one file."""
    for openings in (PLACED[1:], PLACED[::-1], (*PLACED, PLACED[2]), (PlacedOpening(opening=ERASED), *PLACED)):
        with pytest.raises(InvalidValueError, match="in the order of their indexes, each with its proof"):
            replace(COPY, openings=openings)
    with pytest.raises(InvalidValueError, match="each with its proof"):
        replace(COPY, proof=None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"proof": None}, "each with its proof"),
        ({"proof": {"size": 300, "indexes": [3], "path": []}}, "hashes here, not 0"),
        ({"proof": []}, "not a JSON object"),
        ({"openings": []}, "each with its proof"),
        ({"openings": [{"index": 3, "path": []}]}, "unknown field `path`"),
        ({"format_version": 3}, "version 3 of `camket-openings` is not known"),
        ({"format": "camket-other"}, "`camket-openings` was expected"),
        ({"more": 1}, "unknown field `more`"),
    ],
)
def test_a_file_that_is_malformed(change: dict[str, Any], said: str) -> None:
    """What does not have the form is refused before anything is verified, with the field's name."""
    with pytest.raises(LedgerError, match=said):
        parse_openings(value_of(COPY, **change))
