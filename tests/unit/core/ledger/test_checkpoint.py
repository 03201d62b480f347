import base64

import pytest

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from camket.core.ledger.merkle import EMPTY_ROOT
from tests.unit.core.ledger.published import ORIGIN, OTHER_SIGNER, SIGNER

ROOT = bytes(range(32))
BASE64_ROOT = base64.b64encode(ROOT).decode()


def test_a_checkpoint_is_three_lines() -> None:
    """Origin, size and root stand each on a line; further lines are kept and signed."""
    checkpoint = Checkpoint(origin=ORIGIN, size=20_852_163, root=ROOT, extensions=("restored 7",))
    assert checkpoint.text() == f"{ORIGIN}\n20852163\n{BASE64_ROOT}\nrestored 7\n"
    assert open_checkpoint(str(sign_checkpoint(checkpoint, SIGNER)), SIGNER.verifier_key) == checkpoint


def test_an_empty_ledger_has_a_checkpoint() -> None:
    """The first checkpoint of a ledger names no entries and the hash of nothing, and no other root."""
    checkpoint = Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)
    assert Checkpoint.parse(checkpoint.text()) == checkpoint
    with pytest.raises(InvalidValueError, match="SHA-256 of nothing"):
        Checkpoint(origin=ORIGIN, size=0, root=ROOT)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{ORIGIN}\n5\n", "this has 2 lines"),
        (f"{ORIGIN}\n05\n{BASE64_ROOT}\n", "line 2"),
        (f"{ORIGIN}\n-5\n{BASE64_ROOT}\n", "line 2"),
        (f"{ORIGIN}\n٥\n{BASE64_ROOT}\n", "line 2"),
        (f"{ORIGIN}\n{'9' * 20}\n{BASE64_ROOT}\n", "line 2"),
        (f"{ORIGIN}\n5\n{BASE64_ROOT[:-1]}\n", "line 3"),
        (f"{ORIGIN}\n5\n{BASE64_ROOT[:-4]}\n", "line 3"),
        (f"{ORIGIN}\n5\n{BASE64_ROOT[:-2]}9=\n", "line 3"),
        (f"\n5\n{BASE64_ROOT}\n", "origin"),
        (f"{ORIGIN}\n5\n{BASE64_ROOT}\n\nmore\n", "further lines"),
        (f"{ORIGIN}\n0\n{BASE64_ROOT}\n", "SHA-256 of nothing"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str, said: str) -> None:
    """A malformed checkpoint is refused by its line, even when it is signed."""
    with pytest.raises(LedgerError, match=said):
        Checkpoint.parse(text)
    with pytest.raises(LedgerError, match=said):
        open_checkpoint(str(SIGNER.sign(text)), SIGNER.verifier_key)


def test_a_checkpoint_of_another_ledger_is_refused() -> None:
    """A key signs for the ledger that it is named after, and for no other."""
    elsewhere = Checkpoint(origin="other.example/ledger", size=5, root=ROOT)
    with pytest.raises(InvalidValueError, match="does not sign for"):
        sign_checkpoint(elsewhere, SIGNER)
    with pytest.raises(LedgerError, match="the key is of"):
        open_checkpoint(str(SIGNER.sign(elsewhere.text())), SIGNER.verifier_key)


def test_a_checkpoint_by_another_key_is_not_opened() -> None:
    """A checkpoint is only given out once the right key has been found to have signed it."""
    checkpoint = Checkpoint(origin=ORIGIN, size=5, root=ROOT)
    with pytest.raises(LedgerError, match="no signature by"):
        open_checkpoint(str(sign_checkpoint(checkpoint, OTHER_SIGNER)), SIGNER.verifier_key)
