import json
from dataclasses import replace

import pytest

from camket.core.errors import LedgerError
from camket.core.ledger.canonical import canonical_json
from camket.core.ledger.proof import InclusionProof, prove_inclusion
from tests.unit.core.ledger.published import OTHER_SIGNER, SIGNER, Published, numbered

ENTRIES = numbered(600)
PUBLISHED = Published(ENTRIES)
KEY = SIGNER.verifier_key


@pytest.mark.parametrize("index", [0, 255, 256, 511, 599])
def test_a_proof_travels_as_json(index: int) -> None:
    """A proof written as JSON and read elsewhere holds under the ledger's key, with nothing else at hand."""
    proof = prove_inclusion(index, PUBLISHED, KEY)
    read = InclusionProof.from_value(json.loads(canonical_json(proof.to_value())))
    assert read == proof
    assert read.entry == ENTRIES[index]
    assert read.verify(KEY).size == 600


def test_an_altered_proof_does_not_hold() -> None:
    """Another index, size, entry, path or key: none verifies."""
    proof = prove_inclusion(7, PUBLISHED, KEY)
    for altered in (
        replace(proof, index=8),
        replace(proof, size=599),
        replace(proof, entry=ENTRIES[8]),
        replace(proof, path=proof.path[:-1]),
        replace(proof, checkpoint=Published(ENTRIES[:599]).sign()),
    ):
        with pytest.raises(LedgerError):
            altered.verify(KEY)
    with pytest.raises(LedgerError, match="no signature by"):
        proof.verify(OTHER_SIGNER.verifier_key)


@pytest.mark.parametrize(
    ("path", "at"),
    [("tile/0/000", 0), ("tile/0/002.p/88", 32), ("tile/1/000.p/2", 32), ("tile/entries/000", 7 * 34 + 2)],
)
def test_no_proof_comes_from_an_altered_ledger(path: str, at: int) -> None:
    """A tile altered on the way of the proof gives an error instead of a proof that would not hold."""
    published = Published(ENTRIES)
    published.flip(path, at)
    with pytest.raises(LedgerError, match="leads to another root"):
        prove_inclusion(7, published, KEY)


def test_there_is_no_proof_past_the_end_or_without_a_checkpoint() -> None:
    """The error says what is missing."""
    with pytest.raises(LedgerError, match="no entry with index 600 in a ledger of 600"):
        prove_inclusion(600, PUBLISHED, KEY)
    published = Published(ENTRIES[:3])
    del published.files["checkpoint"]
    with pytest.raises(LedgerError, match="`checkpoint` is missing"):
        prove_inclusion(0, published, KEY)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "camket-certificate"}, "`camket-inclusion-proof` was expected"),
        ({"format_version": 2}, "version 2"),
        ({"path": ["00"]}, r"`proof\.path\[0\]`"),
        ({"extra": 1}, "unknown field"),
    ],
)
def test_another_format_is_refused(change: dict[str, object], said: str) -> None:
    """A file of another kind, or of a version to come, is named and not guessed at."""
    value = {**prove_inclusion(7, PUBLISHED, KEY).to_value(), **change}
    with pytest.raises(LedgerError, match=said):
        InclusionProof.from_value(value)
