from contextlib import closing
from pathlib import Path

import pytest

from camket.adapters.keys import FileKeyStore, open_key_store
from camket.core.errors import ConflictError
from camket.ports import RememberedCheckpoint


def checkpoint(size: int, root: int = 1) -> RememberedCheckpoint:
    """Return a checkpoint of so many entries."""
    return RememberedCheckpoint(size=size, root=bytes([root]) * 32, note=f"shop.example/ledger\n{size}\n")


def test_the_last_checkpoint_is_remembered(keys: FileKeyStore, folder: Path) -> None:
    """There is none at first; the last one told is there after opening again; the same twice is once."""
    assert keys.last_checkpoint() is None
    keys.remember_checkpoint(checkpoint(0))
    keys.remember_checkpoint(checkpoint(5))
    keys.remember_checkpoint(checkpoint(5))
    keys.close()
    with closing(open_key_store(folder)) as again:
        assert again.last_checkpoint() == checkpoint(5)


@pytest.mark.parametrize(("rolled_back", "says"), [(checkpoint(4), "shrank from 5 to 4"), (checkpoint(5, 2), "root")])
def test_a_ledger_that_went_back_is_found(keys: FileKeyStore, rolled_back: RememberedCheckpoint, says: str) -> None:
    """A smaller ledger, or one as large with another root, is refused, and the checkpoint before it stays."""
    keys.remember_checkpoint(checkpoint(5))
    with pytest.raises(ConflictError, match=says):
        keys.remember_checkpoint(rolled_back)
    assert keys.last_checkpoint() == checkpoint(5)


def test_a_new_log_may_be_smaller(keys: FileKeyStore) -> None:
    """After a restore, which is said so, a new log begins."""
    keys.remember_checkpoint(checkpoint(5))
    keys.remember_checkpoint(checkpoint(1), new_log=True)
    assert keys.last_checkpoint() == checkpoint(1)
