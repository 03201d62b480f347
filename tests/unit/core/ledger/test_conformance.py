import copy
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from camket.core.errors import LedgerError
from camket.core.ledger.certificate import Certificate, verify_certificate
from camket.core.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from camket.core.ledger.entry import (
    Batch,
    Facts,
    MemberOpening,
    Opening,
    SubjectPart,
    facts_commitment,
    subject_commitment,
)
from camket.core.ledger.merkle import (
    MemoryTree,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_at,
    verify_consistency,
    verify_inclusion,
)
from camket.core.ledger.multiproof import multi_path, verify_multi
from camket.core.ledger.note import NoteSigner, SignatureKind, VerifierKey, parse_note
from camket.core.ledger.opening_set import parse_openings, verify_any_openings
from camket.core.ledger.tiles import (
    ENTRIES_LEVEL,
    TileAddress,
    TiledHashes,
    TreeState,
    append,
    new_tiles,
    parse_tile_path,
)
from tests.unit.core.ledger import reference_tree
from tests.unit.core.ledger.published import Published

FOLDER = Path(__file__).parents[4] / "conformance" / "ledger"


def load(name: str) -> Any:  # noqa: ANN401 - the data has its own shape in each file
    """Return a file of cases."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


TREES, TILES, ENTRIES = load("trees.json"), load("tiles.json"), load("entries.json")
CHECKPOINTS, CERTIFICATES = load("checkpoints.json"), load("certificates.json")
MULTIPROOFS = load("multiproofs.json")
KNOWN = [bytes.fromhex(entry) for entry in TREES["entries"]]
KEY = VerifierKey.parse(CHECKPOINTS["key"]["verifier_key"])
WITNESS = VerifierKey.parse(CHECKPOINTS["witness"]["verifier_key"])


def numbered(count: int) -> list[bytes]:
    """Return the entries that the cases are over: SHA-256 of the decimal index."""
    return [sha256(str(number).encode()).digest() for number in range(count)]


def test_the_known_roots() -> None:
    """The product, and the recursion it is compared with elsewhere, both give the published roots."""
    for size, root in enumerate(TREES["roots"]):
        assert root_at(size, MemoryTree(KNOWN)).hex() == root
        assert reference_tree.mth(KNOWN[:size]).hex() == root


def test_the_proofs_of_the_known_tree() -> None:
    """Every proof of the cases is the one that the product makes, and it accepts each."""
    tree, roots = MemoryTree(KNOWN), [bytes.fromhex(root) for root in TREES["roots"]]
    for case in TREES["inclusion"]:
        index, size, path = case["index"], case["size"], [bytes.fromhex(one) for one in case["path"]]
        assert list(inclusion_path(index, size, tree)) == path
        verify_inclusion(index=index, size=size, leaf=leaf_hash(KNOWN[index]), path=path, root=roots[size])
    for case in TREES["consistency"]:
        old, new, path = case["old_size"], case["new_size"], [bytes.fromhex(one) for one in case["path"]]
        assert list(consistency_path(old, new, tree)) == path
        verify_consistency(old_size=old, new_size=new, old_root=roots[old], new_root=roots[new], path=path)


@pytest.mark.parametrize("case", TREES["refused"], ids=lambda case: case["why"])
def test_what_the_tree_refuses(case: dict[str, Any]) -> None:
    """Proofs that cannot exist are errors."""
    tree = MemoryTree(KNOWN)
    with pytest.raises(LedgerError):
        _ = (
            inclusion_path(case["index"], case["size"], tree)
            if "index" in case
            else consistency_path(case["old_size"], case["new_size"], tree)
        )


@pytest.mark.parametrize("case", TILES["trees"], ids=lambda case: case["size"])
def test_the_tiles_of_a_tree(case: dict[str, Any]) -> None:
    """Appending gives the root and the bytes of every tile of the cases."""
    appended = append(TreeState(), numbered(case["size"]))
    assert appended.root.hex() == case["root"]
    assert {tile.path: sha256(tile.data).hexdigest() for tile in appended.tiles} == case["tiles"]


def test_the_paths_of_tiles() -> None:
    """Paths are read and written as in the cases, and no other spelling is read."""
    for case in TILES["paths"]:
        level = ENTRIES_LEVEL if case["level"] == "entries" else int(case["level"])
        address = TileAddress(level=level, index=case["index"], width=case["width"])
        assert address.path == case["path"]
        assert parse_tile_path(case["path"]) == address
    for path in TILES["refused_paths"]:
        with pytest.raises(LedgerError):
            parse_tile_path(path)


def test_the_growth_of_a_tree() -> None:
    """A tree that grows has those new tiles and no others."""
    for case in TILES["growth"]:
        assert sorted(tile.path for tile in new_tiles(case["old_size"], case["new_size"])) == case["new"]


@pytest.mark.parametrize("case", ENTRIES["records"], ids=lambda case: case["facts"]["action"])
def test_the_entry_of_a_record(case: dict[str, Any]) -> None:
    """Canonical bytes, both commitments and the entry are those of the cases."""
    facts = Facts.from_value(case["facts"], "facts")
    part = SubjectPart.from_value(case["subject"], "subject")
    nonce_a, nonce_b = bytes.fromhex(case["nonce_a"]), bytes.fromhex(case["nonce_b"])
    assert facts.canonical_bytes().decode() == case["facts_bytes"]
    assert part.canonical_bytes().decode() == case["subject_bytes"]
    assert facts_commitment(nonce_a, facts).hex() == case["a"]
    assert subject_commitment(nonce_b, part).hex() == case["b"]
    opening = Opening(nonce_a=nonce_a, facts=facts, nonce_b=nonce_b, subject_part=part)
    assert opening.entry().hex() == opening.of_facts().entry().hex() == case["entry"]


def test_the_entry_of_a_batch() -> None:
    """Each member of the batch opens its one entry."""
    case = ENTRIES["batch"]
    batch = Batch([bytes.fromhex(member["commitment"]) for member in case["members"]])
    assert batch.part.canonical_bytes().decode() == case["subject_bytes"]
    for number, member in enumerate(case["members"]):
        part = SubjectPart.from_value(member["subject"], "subject")
        assert subject_commitment(bytes.fromhex(member["nonce"]), part).hex() == member["commitment"]
        assert [one.hex() for one in batch.path(number)] == member["path"]
        opening = MemberOpening(
            nonce_a=bytes.fromhex(case["nonce_a"]),
            facts=Facts.from_value(case["facts"], "facts"),
            nonce_b=bytes.fromhex(case["nonce_b"]),
            batch=batch.part,
            member=number,
            path=batch.path(number),
            nonce=bytes.fromhex(member["nonce"]),
            subject_part=part,
        )
        assert opening.entry().hex() == case["entry"]


@pytest.mark.parametrize("case", ENTRIES["refused_facts"], ids=lambda case: case["why"])
def test_facts_that_are_refused(case: dict[str, Any]) -> None:
    """Facts changed in this way are no facts."""
    fitting = ENTRIES["records"][0]["facts"]
    Facts.from_value(fitting, "facts")
    with pytest.raises(LedgerError):
        Facts.from_value(fitting | case["change"], "facts")


def test_the_keys() -> None:
    """The seeds give the verifier keys of the cases."""
    ledger, witness = CHECKPOINTS["key"], CHECKPOINTS["witness"]
    assert NoteSigner(name=ledger["name"], key=bytes.fromhex(ledger["seed"])).verifier_key == KEY
    kind = SignatureKind.COSIGNATURE
    assert NoteSigner(name=witness["name"], key=bytes.fromhex(witness["seed"]), kind=kind).verifier_key == WITNESS
    for key in CHECKPOINTS["refused_keys"]:
        with pytest.raises(LedgerError):
            VerifierKey.parse(key)


@pytest.mark.parametrize("case", CHECKPOINTS["checkpoints"], ids=lambda case: case["size"])
def test_the_checkpoints(case: dict[str, Any]) -> None:
    """The signer gives the notes of the cases byte by byte, and the reader accepts them and their cosignatures."""
    checkpoint = Checkpoint(
        origin=KEY.name, size=case["size"], root=bytes.fromhex(case["root"]), extensions=tuple(case["extensions"])
    )
    signer = NoteSigner(name=KEY.name, key=bytes.fromhex(CHECKPOINTS["key"]["seed"]))
    assert checkpoint.text() == case["text"]
    assert str(sign_checkpoint(checkpoint, signer)) == case["note"]
    assert open_checkpoint(case["cosigned"], KEY) == checkpoint
    seen = parse_note(case["cosigned"]).verify_cosignature(WITNESS)
    assert seen.timestamp() == case["cosigned_at_seconds"]


@pytest.mark.parametrize("case", CHECKPOINTS["refused"], ids=lambda case: case["why"])
def test_checkpoints_that_are_refused(case: dict[str, Any]) -> None:
    """A note that is malformed, altered or someone else's is no checkpoint of the ledger."""
    with pytest.raises(LedgerError):
        open_checkpoint(case["note"], KEY)


@pytest.mark.parametrize("case", CHECKPOINTS["refused_cosignatures"], ids=lambda case: case["why"])
def test_cosignatures_that_are_refused(case: dict[str, Any]) -> None:
    """The checkpoint itself holds, and the witness's word for it does not."""
    open_checkpoint(case["note"], KEY)
    with pytest.raises(LedgerError):
        parse_note(case["note"]).verify_cosignature(WITNESS)


@pytest.mark.parametrize("case", CERTIFICATES["cases"], ids=lambda case: case["name"])
def test_the_certificate(case: dict[str, Any], replaced: Callable[[list[Any]], bytes]) -> None:
    """The certificate, altered as the case says, has exactly the faults of the case; the ledger itself holds."""
    published = ledger_of_the_certificate()
    report = verify_certificate(Certificate.parse(replaced(case["set"])), published, key=KEY)
    assert sorted({finding.fault.value for finding in report.findings}) == sorted(case["faults"])
    assert report.ledger.holds


@pytest.fixture
def replaced() -> Callable[[list[Any]], bytes]:
    """Return a function that gives the certificate with some fields replaced."""

    def change(fields: list[Any]) -> bytes:
        return with_fields(CERTIFICATES["certificate"], fields)

    return change


def with_fields(file: Any, fields: list[Any]) -> bytes:  # noqa: ANN401 - as above
    """Return a file with some fields replaced."""
    value = copy.deepcopy(file)
    for path, new in fields:
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
        inner = value
        for step in steps:
            inner = inner[step]
        inner[last] = new
    return json.dumps(value).encode()


def ledger_of_the_certificate() -> Published:
    """Return the ledger that the certificate and the file of openings belong to."""
    ledger = CERTIFICATES["ledger"]
    entries = numbered(ledger["size"])
    for index, entry in ledger["replaced"].items():
        entries[int(index)] = bytes.fromhex(entry)
    signer = NoteSigner(name=KEY.name, key=bytes.fromhex(CHECKPOINTS["key"]["seed"]))
    published = Published(entries, signer=signer)
    assert published.files["checkpoint"].decode() == ledger["checkpoint"]
    return published


@pytest.mark.parametrize("case", MULTIPROOFS["proofs"], ids=lambda case: f"{case['indexes']} of {case['size']}")
def test_the_proofs_of_many_entries(case: dict[str, Any]) -> None:
    """The product and the slow reader both make the proof of the case, and both are led to the known root by it."""
    size, indexes, path = case["size"], case["indexes"], [bytes.fromhex(one) for one in case["path"]]
    root = bytes.fromhex(TREES["roots"][size])
    assert list(multi_path(indexes, size, MemoryTree(KNOWN))) == reference_tree.multi(indexes, KNOWN[:size]) == path
    verify_multi(leaves={at: leaf_hash(KNOWN[at]) for at in indexes}, size=size, path=path, root=root)
    assert reference_tree.root_of_multi({at: KNOWN[at] for at in indexes}, size, path) == root


def test_the_proof_of_many_entries_of_a_larger_tree() -> None:
    """Across the width of a tile the proof is that of the case too, made from tiles and read by the slow reader."""
    case = MULTIPROOFS["large"]
    size, indexes, entries = case["size"], case["indexes"], numbered(case["size"])
    path = [bytes.fromhex(one) for one in case["path"]]
    assert list(multi_path(indexes, size, TiledHashes(size, Published(entries)))) == path
    assert reference_tree.root_of_multi({at: entries[at] for at in indexes}, size, path).hex() == case["root"]
    root = bytes.fromhex(case["root"])
    verify_multi(leaves={at: leaf_hash(entries[at]) for at in indexes}, size=size, path=path, root=root)


@pytest.mark.parametrize("case", MULTIPROOFS["cases"], ids=lambda case: case["name"])
def test_the_file_with_one_proof(case: dict[str, Any]) -> None:
    """The file of openings, altered as the case says, has exactly the faults of the case; the ledger itself holds."""
    opened = parse_openings(with_fields(MULTIPROOFS["file"], case["set"]))
    report = verify_any_openings(opened, ledger_of_the_certificate(), key=KEY)
    assert sorted({finding.fault.value for finding in report.findings}) == sorted(case["faults"])
    assert (report.proven, report.ledger.holds) == (case["proven"], True)


@pytest.mark.parametrize("case", MULTIPROOFS["refused"], ids=lambda case: case["why"])
def test_files_with_one_proof_that_are_refused(case: dict[str, Any]) -> None:
    """A file whose proof cannot be the one of its openings is refused before anything is hashed."""
    with pytest.raises(LedgerError):
        parse_openings(with_fields(MULTIPROOFS["file"], case["set"]))
