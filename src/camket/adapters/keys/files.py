"""The files of a key store: who may read them, and how an epoch's key is written and destroyed.

An epoch's key-encryption key lives in a file of its own and nowhere else: it is in no page, journal or free list of the
database, so that overwriting and removing that one file takes its last copy off this disk.
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from camket.core.errors import KeyStoreError
from camket.core.vault.box import KEY_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATABASE: Final = "keys.db"
MARK: Final = "keys.mark"
FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
_OTHERS: Final = 0o077


def epoch_file(folder: Path, number: int) -> Path:
    """Return where the key of an epoch lives."""
    return folder / f"epoch-{number}.key"


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into a `KeyStoreError` that names the file."""
    try:
        yield
    except OSError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> KeyStoreError:
    return KeyStoreError(
        f"the key store's `{path}` cannot be used ({error.strerror}); check that it is there, that the service's "
        "account may read and write it, and that the disk has room"
    )


def require_private(folder: Path) -> None:
    """Refuse a key store that other accounts of this machine could read or change.

    Raises:
        KeyStoreError: naming the file, its mode and the command that mends it.
    """
    with explained(folder):
        paths = [folder, *sorted(folder.iterdir())]
        for path in paths:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & _OTHERS:
                wanted = FOLDER_MODE if path.is_dir() else FILE_MODE
                raise KeyStoreError(
                    f"the key store's `{path}` is open to other accounts (mode {mode:04o}); "
                    f"run `chmod {wanted:o} '{path}'` and find out who read it"
                )


def make_private_file(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read, and put it on disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
    try:
        os.fchmod(descriptor, FILE_MODE)
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Put a file's content on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def appears_whole(folder: Path) -> Iterator[Path]:
    """Give a draft to fill; when the block ends well the draft becomes the folder, on disk, else nothing is left.

    Raises:
        KeyStoreError: there is something in the folder, or the disk refuses.
    """
    with explained(folder):
        if folder.exists() and any(folder.iterdir()):
            raise KeyStoreError(
                f"`{folder}` is not empty, and a key store is never made over another: open it, or name another folder"
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = folder.with_name(f".{folder.name}.{os.urandom(4).hex()}.new")
        draft.mkdir(mode=FOLDER_MODE)
    try:
        yield draft
        with explained(folder):
            sync_folder(draft)
            # INVARIANT: a key store appears by one rename, which fails where another one has appeared meanwhile.
            draft.rename(folder)
            sync_folder(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Put the names of a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_epoch_key(folder: Path, number: int, key: bytes) -> bytes:
    """Put the key of a new epoch on disk and return it, or the key that an interrupted attempt put there.

    Raises:
        KeyStoreError: the disk refuses.
    """
    path = epoch_file(folder, number)
    # INVARIANT: a file that may hold a key in use is never written over, whatever the database says about it.
    if path.exists():
        return read_epoch_key(folder, number)
    with explained(path):
        draft = path.with_suffix(".new")
        make_private_file(draft, key)
        draft.rename(path)
        sync_folder(folder)
    return key


def read_epoch_key(folder: Path, number: int) -> bytes:
    """Return the key of an epoch.

    Raises:
        FileNotFoundError: the file is not there.
        KeyStoreError: it cannot be read, or is cut off.
    """
    path = epoch_file(folder, number)
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _refused(path, error) from error
    if len(key) != KEY_BYTES:
        raise KeyStoreError(f"the key store's `{path}` has {len(key)} bytes, not {KEY_BYTES}: restore it from backup")
    return key


def destroy_epoch_key(folder: Path, number: int) -> None:
    """Overwrite the key of an epoch in place and remove its file; the disk has both on return; twice is once.

    Raises:
        KeyStoreError: the disk refuses; the key may still be there.
    """
    path = epoch_file(folder, number)
    with explained(path):
        if path.exists():
            with path.open("r+b", buffering=0) as file:
                file.write(bytes(KEY_BYTES))
                os.fsync(file.fileno())
            path.unlink()
        sync_folder(folder)
