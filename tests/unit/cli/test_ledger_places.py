import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from camket.cli.ledger_places import (
    MOST_BYTES,
    AddressReader,
    DirectoryReader,
    export_ledger,
    open_place,
)
from camket.core.errors import LedgerError, UnreadableError
from camket.core.ledger.tiles import new_tiles
from camket.core.ledger.verify import verify_ledger
from tests.unit.core.ledger.published import Published, numbered

PUBLISHED = Published(numbered(600))


class Handler(BaseHTTPRequestHandler):
    """Serves `PUBLISHED` under /ledger, and odd answers beside it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer by the first part of the path."""
        place, _, path = self.path.lstrip("/").partition("/")
        data = PUBLISHED.read(path)
        if place == "moved":
            self.answer(302, b"", Location="http://camket.example/ledger")
        elif place == "broken":
            self.answer(500, b"sorry")
        elif place == "large":
            self.answer(200, b"x" * (MOST_BYTES * 4))
        elif place == "bomb":
            self.answer(200, gzip.compress(bytes(MOST_BYTES * 100)), **{"Content-Encoding": "gzip"})
        elif place == "garbled":
            self.answer(200, b"not packed", **{"Content-Encoding": "gzip"})
        elif data is None:
            self.answer(404, b"nothing here")
        elif place == "packed":
            self.answer(200, gzip.compress(data), **{"Content-Encoding": "gzip"})
        else:
            self.answer(200, data)
        if place == "closing":
            self.close_connection = True

    def answer(self, status: int, data: bytes, **headers: str) -> None:
        """Send one answer with its length."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Run a real server on a free loopback port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("place", ["ledger", "ledger/", "packed", "closing"])
def test_a_ledger_is_verified_over_http(address: str, place: str) -> None:
    """A served ledger holds, packed or not, on one connection or on one that the server closes every time."""
    with open_place(f"{address}/{place}") as reader:
        assert verify_ledger(reader).holds
        assert reader.read("tile/0/009") is None


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("moved", "answers 302, and points to `http://camket.example/ledger`"),
        ("broken", "answers 500"),
        ("garbled", "did not answer"),
    ],
)
def test_a_server_that_gives_no_ledger_is_unreadable(address: str, place: str, said: str) -> None:
    """A redirect is not followed, and an error of the server is not taken for a missing file."""
    with open_place(f"{address}/{place}") as reader, pytest.raises(UnreadableError, match=said):
        reader.read("checkpoint")


@pytest.mark.parametrize("place", ["large", "bomb"])
def test_no_answer_is_read_beyond_the_bound(address: str, place: str) -> None:
    """However much a server sends, packed or not, one byte more than the bound is kept, which no ledger file has."""
    with open_place(f"{address}/{place}") as reader:
        data = reader.read("checkpoint")
    assert data is not None
    assert len(data) == MOST_BYTES + 1


def test_a_server_that_is_not_there_is_unreadable() -> None:
    """A refused connection is an error, not an empty ledger."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port = server.server_port
    server.server_close()
    with (
        open_place(f"http://127.0.0.1:{port}/ledger") as reader,
        pytest.raises(UnreadableError, match="did not answer"),
    ):
        reader.read("checkpoint")


@pytest.mark.parametrize(
    "address",
    [
        "ftp://camket.example/ledger",
        "file:///etc",
        "http://",
        "http://alice:secret@camket.example/",
        "http://camket.example/?q=1",
        "http://camket.example/#top",
        "http://camket.example:port/",
        "http://[::1/",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    """Only a plain http or https address is asked."""
    with pytest.raises(UnreadableError, match="is not an http or https address"):
        AddressReader(address)


def test_an_exported_ledger_holds(tmp_path: Path) -> None:
    """What was exported is the ledger; exporting again touches no file that is right and leaves nothing unfinished."""
    assert export_ledger(PUBLISHED, tmp_path).size == 600
    files = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.is_file()}
    export_ledger(PUBLISHED, tmp_path)
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.is_file()} == files
    assert verify_ledger(DirectoryReader(tmp_path)).holds
    expected = {tile.path for tile in new_tiles(0, 600)} | {"key", "checkpoint"}
    assert {str(file.relative_to(tmp_path)) for file in files} == expected


def test_an_export_is_of_one_checkpoint_though_the_ledger_grows(tmp_path: Path) -> None:
    """Entries and checkpoints that come while the export runs are left for the next one, and what was written holds."""

    class Growing(Published):
        def read(self, path: str) -> bytes | None:
            data = super().read(path)
            self.grow(numbered(7))
            self.sign()
            return data

    growing = Growing(numbered(600))
    assert export_ledger(growing, tmp_path).size == 600
    assert verify_ledger(DirectoryReader(tmp_path)).holds
    assert export_ledger(growing, tmp_path).size > 600
    assert verify_ledger(DirectoryReader(tmp_path)).holds


def test_an_export_shows_no_checkpoint_before_its_tiles(tmp_path: Path) -> None:
    """An export that fails half-way leaves the older checkpoint, under which everything still holds."""
    older, newer = Published(numbered(300)), Published(numbered(600))
    export_ledger(older, tmp_path)
    del newer.files["tile/1/000.p/2"]
    with pytest.raises(LedgerError, match="is missing from the ledger"):
        export_ledger(newer, tmp_path)
    assert verify_ledger(DirectoryReader(tmp_path)).holds
    assert (tmp_path / "checkpoint").read_bytes() == older.files["checkpoint"]


def test_a_ledger_without_checkpoint_is_not_exported(tmp_path: Path) -> None:
    """Before anything was recorded there is nothing to export, and nothing is written."""
    published = Published([])
    del published.files["checkpoint"]
    with pytest.raises(UnreadableError, match="no checkpoint yet"):
        export_ledger(published, tmp_path / "export")
    assert not (tmp_path / "export").exists()


def test_a_directory_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A file in the way of a folder stops the export with its name."""
    (tmp_path / "tile").write_text("in the way")
    with pytest.raises(UnreadableError, match=r"cannot be written"):
        export_ledger(PUBLISHED, tmp_path)


def test_no_file_is_read_beyond_the_bound(tmp_path: Path) -> None:
    """Of a file that is too large one byte more than the bound is read, which shows that it is."""
    (tmp_path / "checkpoint").write_bytes(bytes(MOST_BYTES * 2))
    assert len(DirectoryReader(tmp_path).read("checkpoint") or b"") == MOST_BYTES + 1


def test_what_is_no_file_is_missing(tmp_path: Path) -> None:
    """A folder where a tile should be, or nothing, reads as missing; no directory at all is unreadable."""
    (tmp_path / "checkpoint").mkdir()
    reader = DirectoryReader(tmp_path)
    assert reader.read("checkpoint") is None
    assert reader.read("tile/0/000") is None
    with pytest.raises(UnreadableError, match="no directory"), open_place(str(tmp_path / "elsewhere")):
        pass
