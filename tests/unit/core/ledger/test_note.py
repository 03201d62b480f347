import base64
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.note import (
    MOST_NOTE_BYTES,
    NoteSigner,
    Signature,
    SignatureKind,
    VerifierKey,
    parse_note,
)
from tests.unit.core.ledger.published import AT, OTHER_SIGNER, SIGNER

TEXT = "camket.example/ledger\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
WITNESS_SEED = sha256(b"witness").digest()
WITNESS = NoteSigner(name="witness.example/alice", key=WITNESS_SEED, kind=SignatureKind.COSIGNATURE)
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@given(st.lists(LINES, min_size=1, max_size=4))
def test_a_signed_text_reads_back_and_holds(lines: list[str]) -> None:
    """Any text of lines, empty ones included, comes back from its note as it was and verifies."""
    text = "".join(f"{line}\n" for line in lines)
    note = parse_note(str(SIGNER.sign(text)))
    assert note.text == text
    note.verify(SIGNER.verifier_key)


@given(st.integers(0), st.integers(0, 7))
def test_no_altered_byte_goes_unseen(place: int, bit: int) -> None:
    """Whichever bit of a signed note is flipped, the key's signature no longer holds."""
    raw = bytearray(str(SIGNER.sign(TEXT)).encode())
    raw[place % len(raw)] ^= 1 << bit
    with pytest.raises(LedgerError):
        parse_note(bytes(raw)).verify(SIGNER.verifier_key)


def test_a_key_is_read_from_its_line() -> None:
    """The line of a key gives the key back, and its id is the first four bytes of the hash the format names."""
    key = SIGNER.verifier_key
    assert VerifierKey.parse(f" {key}\n") == key
    assert key.key_id == sha256(b"camket.example/ledger\n\x01" + key.public_key).digest()[:4]
    witness = WITNESS.verifier_key
    assert witness.key_id == sha256(b"witness.example/alice\n\x04" + witness.public_key).digest()[:4]


def line_of(name: str, kind: int, public_key: bytes) -> str:
    """Return a key's line with the right id, whatever its name and kind."""
    identifier = sha256(f"{name}\n".encode() + bytes([kind]) + public_key).digest()[:4]
    return f"{name}+{identifier.hex()}+{base64.b64encode(bytes([kind]) + public_key).decode()}"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "is not a verifier key"),
        ("camket.example/ledger", "is not a verifier key"),
        (line_of("k", 1, bytes(32)) + "\x0b", "is not a verifier key"),
        (line_of("", 1, bytes(32)), "is not a verifier key"),
        (line_of("k", 1, bytes(31)), "is not a verifier key"),
        (line_of("k", 1, bytes(32))[:-4], "is not a verifier key"),
        (line_of("k", 1, bytes(32)).replace("k+", "l+", 1), "is right"),
        (line_of("k", 1, bytes(32)).upper(), "is not a verifier key|is right"),
        (line_of("two words", 1, bytes(32)), "cannot be used"),
        (line_of("k", 2, bytes(32)), "cannot be used"),
    ],
)
def test_a_mistyped_key_is_refused(line: str, said: str) -> None:
    """A key that was cut short, renamed, mistyped or of another kind is refused when it is read."""
    assert str(VerifierKey.parse(line_of("k", 1, bytes(32)))) == line_of("k", 1, bytes(32))
    with pytest.raises(LedgerError, match=said):
        VerifierKey.parse(line)


def test_another_key_of_the_same_name_does_not_verify() -> None:
    """A note signed by a key that only shares the name is not signed by the ledger's key."""
    with pytest.raises(LedgerError, match="there is no signature by"):
        OTHER_SIGNER.sign(TEXT).verify(SIGNER.verifier_key)


def test_unknown_signatures_are_passed_over() -> None:
    """Signatures of keys that the reader does not know neither help nor harm."""
    note = SIGNER.sign(TEXT).with_signature(OTHER_SIGNER.sign(TEXT).signatures[0])
    note.verify(SIGNER.verifier_key)
    note.verify(OTHER_SIGNER.verifier_key)
    assert parse_note(str(note)) == note


def test_a_wrong_signature_of_a_known_key_is_not_outvoted() -> None:
    """When one of two lines by the known key does not hold, the note does not hold."""
    note = SIGNER.sign(TEXT).with_signature(SIGNER.sign("other\n").signatures[0])
    with pytest.raises(LedgerError, match="does not hold"):
        note.verify(SIGNER.verifier_key)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", "a text, an empty line and signatures"),
        ("text\n", "a text, an empty line and signatures"),
        ("text\n\n", "signature line 1"),
        ("\n— name AAAAAAA=\n", "a text, an empty line and signatures"),
        ("text\n\n— name AAAAAAA=", "a text, an empty line and signatures"),
        ("te\rxt\n\n— name AAAAAAA=\n", "control characters"),
        ("text\n\n- name AAAAAAA=\n", "signature line 1"),
        ("text\n\n— na+me AAAAAAA=\n", "signature line 1"),
        ("text\n\n— name AAAA\n", "signature line 1"),
        ("text\n\n— name AAAAAAB=\n", "signature line 1"),
        ("text\n\n— name AAAAAAA=\n— name !\n", "signature line 2"),
        ("text\n\n" + "— name AAAAAAA=\n" * 33, "and this has 33"),
        (b"\xff\n\n", "UTF-8"),
        ("a" * (MOST_NOTE_BYTES + 1), "at most"),
    ],
)
def test_what_is_no_note_is_refused(raw: str | bytes, said: str) -> None:
    """A malformed note is refused with the reason, and a malformed signature by its line."""
    with pytest.raises(LedgerError, match=said):
        parse_note(raw)


def test_sixteen_signatures_are_read() -> None:
    """As many signatures as the format demands are accepted."""
    note = SIGNER.sign(TEXT)
    for number in range(15):
        note = note.with_signature(NoteSigner(name=f"k{number}", key=bytes([number]) * 32).sign(TEXT).signatures[0])
    parse_note(str(note)).verify(SIGNER.verifier_key)


def test_a_witness_says_when_it_saw_a_checkpoint() -> None:
    """A cosignature gives the witness's time to the second, and holds for this text and this witness alone."""
    note = parse_note(str(WITNESS.cosign(SIGNER.sign(TEXT), at=AT + timedelta(milliseconds=5))))
    assert note.verify_cosignature(WITNESS.verifier_key) == AT
    note.verify(SIGNER.verifier_key)
    other = SIGNER.sign(TEXT.replace("0\n", "1\n", 1)).with_signature(note.signatures[1])
    with pytest.raises(LedgerError, match="does not hold"):
        other.verify_cosignature(WITNESS.verifier_key)
    with pytest.raises(LedgerError, match="no signature by"):
        SIGNER.sign(TEXT).verify_cosignature(WITNESS.verifier_key)


def test_the_time_of_a_cosignature_is_signed() -> None:
    """A cosignature whose time was moved does not hold; one whose time no calendar has is refused."""
    line = WITNESS.cosign(SIGNER.sign(TEXT), at=AT).signatures[1]
    for data in (line.data[:7] + bytes([line.data[7] ^ 1]) + line.data[8:], b"\x7f" + line.data[1:]):
        moved = SIGNER.sign(TEXT).with_signature(type(line)(name=line.name, key_id=line.key_id, data=data))
        with pytest.raises(LedgerError, match=r"does not hold|no calendar"):
            moved.verify_cosignature(WITNESS.verifier_key)


def test_a_witness_may_not_name_an_impossible_time() -> None:
    """A cosignature that the witness itself made for a time past all calendars is refused, not a crash."""
    seconds = 2**63 - 1
    signed = Ed25519PrivateKey.from_private_bytes(WITNESS_SEED).sign(f"cosignature/v1\ntime {seconds}\n{TEXT}".encode())
    key = WITNESS.verifier_key
    line = Signature(name=key.name, key_id=key.key_id, data=seconds.to_bytes(8, "big") + signed)
    with pytest.raises(LedgerError, match="no calendar"):
        SIGNER.sign(TEXT).with_signature(line).verify_cosignature(key)


def test_a_witness_does_not_sign_and_a_ledger_does_not_cosign() -> None:
    """A key does one of the two, so that a cosignature is never taken for the ledger's own word."""
    with pytest.raises(InvalidValueError, match="cosigns"):
        WITNESS.sign(TEXT)
    with pytest.raises(InvalidValueError, match="cannot cosign"):
        SIGNER.cosign(SIGNER.sign(TEXT), at=AT)
    with pytest.raises(InvalidValueError, match="cannot cosign"):
        WITNESS.cosign(SIGNER.sign(TEXT), at=datetime(1960, 1, 1, tzinfo=UTC))


def test_a_seed_and_its_key_sign_alike() -> None:
    """The signer may be handed a key object or its seed."""
    seed = bytes(range(32))
    by_seed = NoteSigner(name="k", key=seed)
    by_key = NoteSigner(name="k", key=Ed25519PrivateKey.from_private_bytes(seed))
    assert by_seed.sign(TEXT) == by_key.sign(TEXT)
    with pytest.raises(InvalidValueError, match="32 bytes"):
        NoteSigner(name="k", key=b"short")


@pytest.mark.parametrize("text", ["", "no line end", "a\tb\n", "a\r\n"])
def test_a_text_that_would_not_read_back_is_not_signed(text: str) -> None:
    """Only whole lines without control characters are signed."""
    with pytest.raises(InvalidValueError, match="line end"):
        SIGNER.sign(text)


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "tab\t", "non\u00a0breaking"])
def test_a_name_that_would_not_read_back_is_no_key_name(name: str) -> None:
    """A key name has no space of any kind and no plus sign."""
    with pytest.raises(InvalidValueError, match="is not a key name"):
        NoteSigner(name=name, key=bytes(32))
