import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camket.core.ledger.findings import Fault, LedgerFinding
from camket.core.ledger.note import NoteSigner, SignatureKind, parse_note
from camket.core.ledger.tiles import CHECKPOINT_PATH, KEY_PATH
from camket.core.ledger.verify import verify_ledger
from tests.unit.core.ledger.published import AT, OTHER_SIGNER, SIGNER, Published, numbered

ENTRIES = numbered(700)
KEY = SIGNER.verifier_key
WITNESS = NoteSigner(name="witness.example", key=bytes(32), kind=SignatureKind.COSIGNATURE)


def faults(findings: tuple[LedgerFinding, ...]) -> list[Fault]:
    """Return what kinds of findings there are, in order."""
    return [finding.fault for finding in findings]


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 700])
def test_a_ledger_as_it_was_published_holds(size: int) -> None:
    """Nothing is found wrong with a ledger of any size, and the report names its key, size and checkpoint."""
    published = Published(ENTRIES[:size])
    report = verify_ledger(published, key=KEY)
    assert report.findings == ()
    assert report.holds
    assert report.key == KEY
    assert not report.first_use
    assert report.checkpoint is not None
    assert report.checkpoint.size == size
    assert report.signed.encode() == published.files[CHECKPOINT_PATH]


def test_a_ledger_of_three_levels_holds() -> None:
    """A ledger beyond 65,536 entries, whose second level is full, holds; altered at its third level, it does not."""
    published = Published(numbered(65_800), step=20_000)
    assert verify_ledger(published).holds
    published.flip("tile/2/000.p/1")
    assert [(f.fault, f.path) for f in verify_ledger(published).findings] == [(Fault.TILE_ALTERED, "tile/2/000.p/1")]


def test_trust_on_first_use_is_said() -> None:
    """Without a key the published one is used, and the report says so."""
    report = verify_ledger(Published(ENTRIES[:5]))
    assert report.holds
    assert report.first_use
    assert report.key == KEY


@settings(max_examples=40)
@given(st.data())
def test_any_altered_byte_is_found_where_it_is(data: st.DataObject) -> None:
    """One altered bit in any file of the ledger is found, and a finding names that file."""
    published = Published(ENTRIES, step=700)
    path = data.draw(st.sampled_from(sorted(published.files)))
    published.flip(path, data.draw(st.integers(0, len(published.files[path]) - 1)))
    report = verify_ledger(published, key=KEY)
    assert path in {finding.path for finding in report.findings}


def test_an_altered_entry_is_told_from_an_altered_tile() -> None:
    """By the signed root it is clear which of the two was altered; the finding gives the entries' indexes."""
    entries, tiles = Published(ENTRIES), Published(ENTRIES)
    entries.flip("tile/entries/001", 34 * 3 + 2)
    entries.flip("tile/entries/001", 34 * 9 + 2)
    tiles.flip("tile/0/001", 32 * 3)
    assert verify_ledger(entries, key=KEY).findings == (
        LedgerFinding(fault=Fault.ENTRY_ALTERED, path="tile/entries/001", index=259, count=2),
    )
    assert verify_ledger(tiles, key=KEY).findings == (
        LedgerFinding(fault=Fault.TILE_ALTERED, path="tile/0/001", index=259, count=1),
    )


def test_all_findings_come_at_once() -> None:
    """Several altered and missing files are all named in one run."""
    published = Published(ENTRIES)
    published.flip("tile/entries/000", 2)
    published.flip("tile/1/000.p/2")
    del published.files["tile/0/001"]
    published.files["tile/0/002.p/188"] += b"x"
    found = {(f.fault, f.path) for f in verify_ledger(published, key=KEY).findings}
    assert found >= {
        (Fault.TILE_MISSING, "tile/0/001"),
        (Fault.TILE_MALFORMED, "tile/0/002.p/188"),
        (Fault.ENTRY_ALTERED, "tile/entries/000"),
        (Fault.TILE_ALTERED, "tile/1/000.p/2"),
    }


def test_what_is_lost_in_both_copies_is_named() -> None:
    """Where a bundle and its tile are both gone the rest is still read, and everything missing or unlike is named."""
    published = Published(ENTRIES)
    del published.files["tile/0/000"], published.files["tile/entries/000"]
    published.flip("tile/0/001")
    assert [(f.fault, f.path) for f in verify_ledger(published, key=KEY).findings] == [
        (Fault.TILE_MISSING, "tile/entries/000"),
        (Fault.TILE_MISSING, "tile/0/000"),
        (Fault.DISAGREEMENT, "tile/0/001"),
    ]


def test_a_rewritten_ledger_under_an_old_checkpoint_does_not_hold() -> None:
    """Entries and tiles rewritten together agree with each other, but not with the root that was signed."""
    published, rewritten = Published(ENTRIES), Published([*ENTRIES[:-1], bytes(32)])
    rewritten.files[CHECKPOINT_PATH] = published.files[CHECKPOINT_PATH]
    assert faults(verify_ledger(rewritten, key=KEY).findings) == [Fault.ROOT_DIFFERS]


def test_an_entry_of_another_length_is_malformed() -> None:
    """A bundle whose entry says another length is named as malformed."""
    published = Published(ENTRIES[:5])
    published.flip("tile/entries/000.p/5", 1)
    (finding,) = verify_ledger(published, key=KEY).findings
    assert (finding.fault, finding.path) == (Fault.TILE_MALFORMED, "tile/entries/000.p/5")


@pytest.mark.parametrize("size", [1, 255, 256, 300, 700])
def test_a_kept_checkpoint_of_the_same_ledger_fits(size: int) -> None:
    """A ledger that only grew begins with every checkpoint that anyone kept."""
    older = Published(ENTRIES[:size]).sign()
    assert verify_ledger(Published(ENTRIES), key=KEY, older=[older]).holds


@pytest.mark.parametrize("size", [1, 256, 300, 700])
def test_rewritten_history_is_found(size: int) -> None:
    """A ledger that was rewritten and signed anew holds in itself, and not against a checkpoint kept from before."""
    older = Published(ENTRIES[:size]).sign()
    rewritten = Published([bytes(32), *ENTRIES[1:]])
    assert verify_ledger(rewritten, key=KEY).holds
    report = verify_ledger(rewritten, key=KEY, older=[older])
    assert report.findings == (LedgerFinding(fault=Fault.OLDER_DIFFERS, index=size),)


def test_a_ledger_rolled_back_is_found() -> None:
    """A ledger shorter than a kept checkpoint was rolled back."""
    report = verify_ledger(Published(ENTRIES[:600]), key=KEY, older=[Published(ENTRIES).sign()])
    assert report.findings == (LedgerFinding(fault=Fault.OLDER_LARGER, index=600, count=100),)


def test_a_kept_checkpoint_of_another_key_is_named() -> None:
    """What the caller gives as an older checkpoint must itself be signed by the ledger's key."""
    older = Published(ENTRIES[:5], signer=OTHER_SIGNER).sign()
    assert faults(verify_ledger(Published(ENTRIES), key=KEY, older=[older]).findings) == [Fault.OLDER_MALFORMED]


def test_another_key_is_a_finding_of_its_own() -> None:
    """A ledger signed and published under another key than the one given is told apart from an altered one."""
    report = verify_ledger(Published(ENTRIES, signer=OTHER_SIGNER), key=KEY)
    assert faults(report.findings) == [Fault.KEY_DIFFERS, Fault.CHECKPOINT_UNSIGNED]
    assert report.checkpoint is None
    assert report.signed == ""


def test_a_missing_or_malformed_key_is_found() -> None:
    """Without a key nothing is believed; with one at hand the published one must still be well formed."""
    published = Published(ENTRIES[:5])
    published.files[KEY_PATH] = b"\xff key"
    assert faults(verify_ledger(published).findings) == [Fault.KEY_MALFORMED]
    assert faults(verify_ledger(published, key=KEY).findings) == [Fault.KEY_MALFORMED]
    del published.files[KEY_PATH]
    assert faults(verify_ledger(published).findings) == [Fault.KEY_MISSING]
    assert verify_ledger(published, key=KEY).holds
    assert verify_ledger(published).checkpoint is None


def test_a_missing_or_malformed_checkpoint_is_found() -> None:
    """A ledger without a readable checkpoint is not verified against anything."""
    published = Published(ENTRIES[:5])
    published.files[CHECKPOINT_PATH] = b"nothing"
    assert faults(verify_ledger(published).findings) == [Fault.CHECKPOINT_MALFORMED]
    published.files[CHECKPOINT_PATH] = str(SIGNER.sign("no\ncheckpoint\nat all\n")).encode()
    assert faults(verify_ledger(published).findings) == [Fault.CHECKPOINT_MALFORMED]
    del published.files[CHECKPOINT_PATH]
    assert faults(verify_ledger(published).findings) == [Fault.CHECKPOINT_MISSING]


def test_a_witness_that_was_asked_for_must_have_cosigned() -> None:
    """A cosigned checkpoint satisfies the reader who trusts that witness; one without it does not."""
    published = Published(ENTRIES[:5])
    asked = [WITNESS.verifier_key]
    assert faults(verify_ledger(published, witnesses=asked).findings) == [Fault.COSIGNATURE_MISSING]
    note = parse_note(published.files[CHECKPOINT_PATH])
    published.files[CHECKPOINT_PATH] = str(WITNESS.cosign(note, at=AT)).encode()
    assert verify_ledger(published, witnesses=asked).holds
