"""Forms with files, read whole and bounded: how many bytes, files and fields, and how long they may take to arrive.

The bytes stay in memory: nothing personal touches a disk unsealed. So there are places for a few such forms at a time.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from camket.web.guards import read_body

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping

    from starlette.requests import Request

MULTIPART_TYPE: Final = "multipart/form-data"
FIELDS: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadLimits:
    """What a form with files may be.

    Args:
        form_bytes: the whole of it; more is refused before it is read.
        files: how many; more are refused whole.
        seconds: how long it may take to arrive, over the network of a market.
    """

    form_bytes: int
    files: int
    seconds: int = 120


class LargePlaces:
    """Places for forms with files; they are held in memory while they arrive.

    Args:
        places: how many are read at a time.
        wait_seconds: how long one waits for a place.
    """

    def __init__(self, places: int = 3, wait_seconds: int = 30) -> None:
        self._free = asyncio.Semaphore(places)
        self._wait_seconds = wait_seconds

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold a place.

        Raises:
            HTTPException: 503, there is none for a long time.
        """
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError:
            raise HTTPException(503) from None
        try:
            yield
        finally:
            self._free.release()


def is_multipart(request: Request) -> bool:
    """Say whether a request says that it is a form with files."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == MULTIPART_TYPE


async def read_upload(request: Request, limits: UploadLimits) -> tuple[dict[str, str], Mapping[str, tuple[bytes, ...]]]:
    """Return the fields and the files of a form, *personal*.

    A field given twice has no single meaning and is refused; several files may have one name. A file input that was
    left empty gives no file. What files were called and said to be is not kept.

    Raises:
        HTTPException: a body that is too large (413), too slow (408) or unreadable (400).
    """
    body = await read_body(request, most_bytes=limits.form_bytes, seconds=limits.seconds)
    parser = _Whole(
        request.headers, _once(body), max_files=limits.files, max_fields=FIELDS, max_part_size=max(len(body), 1)
    )
    try:
        data = await parser.parse()
    except (MultiPartException, UnicodeDecodeError):
        raise HTTPException(400) from None
    if not parser.ended:
        raise HTTPException(400)
    fields: dict[str, str] = {}
    files: dict[str, tuple[bytes, ...]] = {}
    for name, value in data.multi_items():
        if not isinstance(value, UploadFile):
            if name in fields:
                raise HTTPException(400)
            fields[name] = value
        elif (content := await value.read()) or value.filename:
            files[name] = (*files.get(name, ()), content)
    await data.close()
    return fields, files


class _Whole(MultiPartParser):
    """Keeps files in memory, whatever their size, as the body is bounded; knows whether the form came to its end."""

    spool_max_size = 2**40
    ended = False

    def on_part_end(self) -> None:
        """Take a part in; a field that is no UTF-8 is refused, not guessed at."""
        if self._current_part.file is None:
            self._current_part.data.decode()
        super().on_part_end()

    def on_end(self) -> None:
        """Note that nothing is missing."""
        self.ended = True


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
    yield b""
