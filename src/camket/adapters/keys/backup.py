"""A backup of a key store that is in use.

A backup holds the keys of its day: what was deleted after it was taken can be opened with it. So backups of the key
store are kept for a stated number of days (`keys_backup_days`) and no longer, and apart from those of the database.
"""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Final

from camket.adapters.keys.cache import MARK_BYTES
from camket.adapters.keys.files import (
    DATABASE,
    MARK,
    appears_whole,
    make_private_file,
    read_epoch_key,
    sync_file,
    write_epoch_key,
)
from camket.adapters.keys.schema import connect
from camket.core.errors import KeyStoreError

if TYPE_CHECKING:
    from pathlib import Path

_ATTEMPTS: Final = 3
_NEEDED: Final = """
SELECT max(number) FROM epoch UNION SELECT epoch FROM subject_key UNION SELECT epoch FROM named_key
"""


def back_up(folder: Path, target: Path) -> None:
    """Copy a key store, which may be in use, to a folder that does not exist yet; whole and on disk on return.

    To restore, the copy is put where the key store was, with the service stopped.

    Raises:
        KeyStoreError: the target is not empty, the disk refuses, or epochs ended faster than they could be copied.
        sqlite3.Error: the database cannot be read.
    """
    for _ in range(_ATTEMPTS):
        try:
            with appears_whole(target) as draft:
                _copy(folder, draft)
        except FileNotFoundError:
            continue  # an epoch ended between copying the database and copying its key
        return
    raise KeyStoreError(f"epochs of the key store `{folder}` ended while it was copied; try again")


def _copy(folder: Path, draft: Path) -> None:
    make_private_file(draft / DATABASE, b"")
    make_private_file(draft / MARK, os.urandom(MARK_BYTES))
    with closing(connect(folder / DATABASE)) as source, closing(connect(draft / DATABASE)) as copy:
        source.backup(copy)
        needed = copy.execute(_NEEDED).fetchall()
    for (number,) in needed:
        write_epoch_key(draft, number, read_epoch_key(folder, number))
    sync_file(draft / DATABASE)
