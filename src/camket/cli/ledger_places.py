"""Where a published ledger stands: a directory or an address, read with bounds; and writing one to a directory."""

from __future__ import annotations

import http.client
import os
import zlib
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from camket.core.errors import UnreadableError
from camket.core.ledger.checkpoint import Checkpoint
from camket.core.ledger.note import MOST_NOTE_BYTES, parse_note
from camket.core.ledger.tiles import CHECKPOINT_PATH, KEY_PATH, new_tiles, read_tile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.core.ledger.tiles import TileReader

MOST_BYTES: Final = MOST_NOTE_BYTES
"""The most that is read of one file: a tile has 8 kB, a checkpoint at most this."""

TIMEOUT_SECONDS: Final = 10
_TRIES: Final = 2


class DirectoryReader:
    """Reads a ledger that was exported to a directory.

    Args:
        directory: the folder that holds `checkpoint` and `tile/`.

    Raises:
        UnreadableError: there is no such directory.
    """

    def __init__(self, directory: Path) -> None:
        if not directory.is_dir():
            message = f"there is no directory `{directory}`"
            raise UnreadableError(message)
        self._directory = directory

    def read(self, path: str) -> bytes | None:
        """Return the bytes at the path, one byte more than `MOST_BYTES` of a file that is too large; see `TileReader`.

        Raises:
            UnreadableError: the file is there and cannot be read.
        """
        return read_bounded(self._directory / path, MOST_BYTES)


class AddressReader:
    """Reads a ledger over HTTP, one request after another on one connection.

    Redirects are not followed: the address given is the one that is verified. Certificates are checked as by any
    HTTPS client; plain HTTP is allowed, because the checkpoint is signed.

    Args:
        address: where `checkpoint` stands below, such as `https://camket.example/ledger`.

    Raises:
        UnreadableError: the address is none of http or https, or carries a user, query or fragment.
    """

    def __init__(self, address: str) -> None:
        parts = _split(address)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self._address = address.rstrip("/")
        self._base = parts.path.rstrip("/")
        self._connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)

    def read(self, path: str) -> bytes | None:
        """Return the bytes at the path; see `TileReader`. Asks once more when an idle connection was closed.

        Raises:
            UnreadableError: no answer in time, or an answer other than 200, 404 and 410.
        """
        for left in reversed(range(_TRIES)):
            try:
                return self._get(path)
            except (http.client.HTTPException, OSError) as error:
                self._connection.close()
                if not left:
                    message = f"`{self._address}/{path}` did not answer: {type(error).__name__}"
                    raise UnreadableError(message) from error
        return None

    def close(self) -> None:
        """End the connection; reading again opens a new one."""
        self._connection.close()

    def _get(self, path: str) -> bytes | None:
        self._connection.request("GET", f"{self._base}/{path}", headers={"Accept-Encoding": "gzip, identity"})
        response = self._connection.getresponse()
        data = response.read(MOST_BYTES + 1)
        if not response.isclosed():
            self._connection.close()
        if response.status in (http.client.NOT_FOUND, http.client.GONE):
            return None
        if response.status != http.client.OK:
            moved = response.headers.get("Location")
            where = f", and points to `{moved[:200]}`" if moved else ""
            message = f"`{self._address}/{path}` answers {response.status}{where}"
            raise UnreadableError(message)
        return _unpacked(data) if response.headers.get("Content-Encoding") == "gzip" else data


@contextmanager
def open_place(place: str) -> Iterator[TileReader]:
    """Give the reader of a directory or of an http or https address, and close its connection at the end.

    Raises:
        UnreadableError: there is no such directory, or the address cannot be used.
    """
    if "://" in place:
        with closing(AddressReader(place)) as reader:
            yield reader
    else:
        yield DirectoryReader(Path(place))


def read_bounded(file: Path, most_bytes: int) -> bytes | None:
    """Return the bytes of a file, at most one more than the bound; None when there is no such file.

    Raises:
        UnreadableError: the file is there and cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(most_bytes + 1)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        message = f"`{file}` cannot be read: {error.strerror}"
        raise UnreadableError(message) from error


def export_ledger(reader: TileReader, directory: Path) -> Checkpoint:
    """Write a ledger to a directory as static files; safe to repeat, to interrupt, and while the ledger grows.

    What is written is the ledger of one checkpoint. Each file appears whole or not at all, and the checkpoint last, so
    a reader never meets a checkpoint whose tiles are not there. Files that stand there already with the same bytes are
    left alone.

    Args:
        reader: where the ledger is read from; its signatures are not verified here.
        directory: made if it is not there.

    Returns:
        The checkpoint that was exported.

    Raises:
        UnreadableError: there is no checkpoint yet, or the directory cannot be written.
        LedgerError: the checkpoint is none, or a tile of it is missing. In every case the checkpoint that stood in the
            directory before stands there still, over whole tiles.
    """
    note = reader.read(CHECKPOINT_PATH)
    if note is None:
        raise UnreadableError("the ledger has no checkpoint yet; nothing was exported")
    checkpoint = Checkpoint.parse(parse_note(note).text)
    # INVARIANT: the checkpoint was read first and is written last; tiles that come after it do no harm.
    for tile in new_tiles(0, checkpoint.size):
        _write_whole(directory / tile.path, read_tile(tile, reader))
    _write_whole(directory / KEY_PATH, reader.read(KEY_PATH) or b"")
    _write_whole(directory / CHECKPOINT_PATH, note)
    return checkpoint


def _write_whole(file: Path, data: bytes) -> None:
    try:
        if file.is_file() and file.read_bytes() == data:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f"{file.name}.unfinished")
        with unfinished.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    except OSError as error:
        message = f"`{file}` cannot be written: {error.strerror}"
        raise UnreadableError(message) from error


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    else:
        if usable and not parts.query and not parts.fragment and "@" not in parts.netloc:
            return parts
    message = f"`{address[:200]}` is not an http or https address of a ledger, without user, query and fragment"
    raise UnreadableError(message)


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS).decompress(data, MOST_BYTES + 1)
    except zlib.error as error:
        message = "an answer of the server is packed and cannot be unpacked"
        raise http.client.HTTPException(message) from error
