"""One request to the shop, read and bounded: what its pages get instead of the framework's request."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from anyio import CapacityLimiter
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from camket_shop.errors import SignedOutError
from camket_shop.web.messages import LANGUAGES, catalogue

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping

    from starlette.requests import Request
    from starlette.responses import HTMLResponse, Response

    from camket_shop.photos.darkroom import Darkroom
    from camket_shop.platform import Notice, Platform
    from camket_shop.settings import ShopSettings
    from camket_shop.store.engine import ShopStore
    from camket_shop.web.rendering import Pages

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LANGUAGE_PARAMETER: Final = "lang"
LANGUAGE_SECONDS: Final = 365 * 86_400
BODY_BYTES: Final = 128 * 1024
"""No form of the shop without a file needs more, and no sale of 200 lines."""
BODY_SECONDS: Final = 10
"""A whole form arrives in this time or is refused; a trickle does not hold a place."""
FILE_SECONDS: Final = 120
"""A photo may take longer, over the network of a market."""
SHRUNK_BYTES: Final = 4 * 2**20
"""A photo that the page made smaller before it sent it; it waits for no place among the large ones."""
LENGTH_DIGITS: Final = 15
FIELDS_OF_A_FORM: Final = 40
FILES_OF_A_FORM: Final = 1


class Threads:
    """Where pages run.

    Args:
        pages: how many are made at a time.
        large: how many large bodies are read at a time; they are held in memory.
    """

    def __init__(self, pages: int = 16, large: int = 3) -> None:
        self.pages = CapacityLimiter(pages)
        self._large = asyncio.Semaphore(large)

    @asynccontextmanager
    async def place_for_large(self) -> AsyncIterator[None]:
        """Hold a place for a large body.

        Raises:
            HTTPException: 503, there is none for a long time.
        """
        try:
            async with asyncio.timeout(FILE_SECONDS):
                await self._large.acquire()
        except TimeoutError:
            raise HTTPException(503) from None
        try:
            yield
        finally:
            self._large.release()


@dataclass(frozen=True, kw_only=True, slots=True)
class Shop:
    """The running shop: what its pages are made from.

    Args:
        prefix: where it is mounted, such as `/quay`.
        https: it is reached over https.
    """

    prefix: str
    https: bool
    platform: Platform
    store: ShopStore
    darkroom: Darkroom
    settings: ShopSettings
    pages: Pages
    threads: Threads = field(default_factory=Threads)

    def at(self, path: str) -> str:
        """Return the address of a path of the shop, such as `/products`."""
        return f"{self.prefix}{path}"

    def now(self) -> datetime:
        """Return the instant by the server's clock."""
        return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """One request.

    Args:
        shop: what pages are made from.
        method: upper case.
        path: below the shop's prefix, without the query.
        parameters: from the path.
        query: from the address; never personal.
        form: *personal*; the fields of a form, empty unless one was sent.
        files: *personal*; the files of a form, by field.
        body: *personal*; the whole body where it is no form.
        headers: lower-case names.
        language: `vi` or `en`.
        chosen: the language was chosen by this very request, to be remembered.
        subject_id: whose shop it is; None where no one is signed in.
    """

    shop: Shop
    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    language: str
    chosen: bool = False
    subject_id: str | None = None

    @property
    def owner(self) -> str:
        """The subject id of who is signed in, on pages that only they see.

        Raises:
            SignedOutError: no one is.
        """
        if self.subject_id is None:
            raise SignedOutError("signed_out")
        return self.subject_id

    @property
    def device_key(self) -> str:
        """An opaque name of the shop for what a device keeps, so that two owners on one device never mix."""
        return sha256(f"quay device {self.subject_id}".encode()).hexdigest()[:20] if self.subject_id else ""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the platform has to tell the owner, as banners; nothing where no one is signed in."""
        return self.shop.platform.notices(self.subject_id, self.language) if self.subject_id else ()

    def say(self, key: str, **values: object) -> str:
        """Return a sentence in the reader's language; see `camket_shop.web.messages`."""
        return catalogue(self.language).say(key, **values)

    def show(self, template: str, *, status: int = 200, form_path: str = "", **view: object) -> HTMLResponse:
        """Return a page in the reader's language; see `camket_shop.web.rendering.Pages`."""
        return self.shop.pages.show(self, template, status=status, form_path=form_path, **view)

    def typed(self, name: str) -> str:
        """Return what was typed into a field, empty where the form has no such field."""
        return self.form.get(name, "")


def language_asked(request: Request) -> str | None:
    """Return the language that the address asks for, or None for none that there is."""
    asked = request.query_params.get(LANGUAGE_PARAMETER)
    return asked if asked in LANGUAGES else None


def remember_language(visit: Visit, response: Response) -> None:
    """Have the browser keep a language that was chosen; it is the platform's cookie, so both sides speak the same."""
    if visit.chosen:
        response.set_cookie(
            visit.shop.platform.language_cookie,
            visit.language,
            max_age=LANGUAGE_SECONDS,
            path="/",
            secure=visit.shop.https,
            httponly=True,
            samesite="lax",
        )


def is_small(request: Request) -> bool:
    """Tell whether a request says that its body is small; the server reads no more than a request says."""
    declared = declared_bytes(request)
    return declared is not None and declared <= SHRUNK_BYTES


def declared_bytes(request: Request) -> int | None:
    """Return how long a request says that its body is; None where it does not say.

    Raises:
        HTTPException: 400, what it says is no length.
    """
    told = request.headers.get("content-length")
    if told is None:
        return None
    if not told.isascii() or not told.isdigit() or len(told) > LENGTH_DIGITS:
        raise HTTPException(400)
    return int(told)


async def read_body(request: Request, *, at_most_bytes: int) -> bytes:
    """Return the whole body, or refuse it: 413 where it is too large, 408 where it takes too long."""
    if (declared_bytes(request) or 0) > at_most_bytes:
        raise HTTPException(413)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS if at_most_bytes <= BODY_BYTES else FILE_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > at_most_bytes:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    except ClientDisconnect:  # no one is there to read the answer
        raise HTTPException(400) from None
    return bytes(body)


async def read_form(request: Request, body: bytes) -> tuple[dict[str, str], dict[str, bytes]]:
    """Return the fields and the files of a form; nothing and nothing where the body is no form.

    A field given twice has no single meaning and is refused. A file input that was left empty gives no file.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/x-www-form-urlencoded":
            data = await FormParser(request.headers, _whole(body)).parse()
        elif kind == "multipart/form-data":
            data = await _InMemory(
                request.headers, _whole(body), max_files=FILES_OF_A_FORM, max_fields=FIELDS_OF_A_FORM,
                max_part_size=max(len(body), 1),
            ).parse()  # fmt: skip
        else:
            return {}, {}
    except (MultiPartException, UnicodeDecodeError):
        raise HTTPException(400) from None
    return await _sorted_out(data)


class _InMemory(MultiPartParser):
    """Keeps files in memory, whatever their size: nothing personal touches a disk unsealed. The body is bounded."""

    spool_max_size = 2**40


async def _whole(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
    yield b""


async def _sorted_out(data: FormData) -> tuple[dict[str, str], dict[str, bytes]]:
    if len(data.keys()) != len(data.multi_items()) or len(data) > FIELDS_OF_A_FORM:
        raise HTTPException(400)
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if content or value.filename:
                files[name] = content
        else:
            fields[name] = value
    await data.close()
    return fields, files
