"""Forms with files under attack: forms that never end, lie about themselves, flood, or come from who is no one."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from starlette.requests import Request

from camket.web import uploads
from camket.web.customer.support import UPLOADS
from camket.web.uploads import LargePlaces, UploadLimits, read_upload
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from starlette.types import Message

    from tests.web.conftest import Browser, Service

BOUNDARY = "x7"
KIND = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, content: bytes, *, file: str | None = None) -> bytes:
    """Return one part of a form."""
    named = f'; filename="{file}"' if file is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    """Return a whole form."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def photo() -> bytes:
    """Return a small photo."""
    file = io.BytesIO()
    Image.new("RGB", (80, 80), "red").save(file, "PNG")
    return file.getvalue()


def send(browser: Browser, content: bytes, *, kind: str = KIND) -> int:
    """Send a form to support and return the status."""
    return browser.post("/support/new", content=content, headers={"Content-Type": kind}).status_code


WORDS = part("text", "Máy in không chạy.".encode())
BROKEN = {
    "cut off": WORDS[:40],
    "without an end": WORDS + part("picture", b"abc", file="a.png")[:30],
    "of another boundary": body(WORDS).replace(BOUNDARY.encode(), b"y8"),
    "a field twice": body(WORDS, WORDS),
    "a flood of fields": body(*[part(f"field-{number}", b"") for number in range(uploads.FIELDS + 1)]),
    "a flood of files": body(WORDS, *[part("picture", b"x", file="a") for _ in range(UPLOADS.files + 1)]),
    "half a letter": body(part("text", "ả".encode()[:1])),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_form_that_cannot_be_read_is_refused_whole(service: Service, content: bytes) -> None:
    """Whatever is wrong with a form, it is no error of ours, and nothing of it is kept."""
    alice = service.register(ALICE)
    assert send(alice, content) == 400
    assert "tin nhắn ·" not in alice.get("/support").text


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/mixed; boundary=x7", "text/plain", ""])
def test_a_form_of_another_kind_is_refused(service: Service, kind: str) -> None:
    """A form says what it is; one without a boundary, or of another kind, is not guessed at."""
    alice = service.register(ALICE)
    assert send(alice, body(WORDS), kind=kind) in {400, 415}


def test_a_file_under_another_name_is_no_field_of_ours(service: Service) -> None:
    """A file where words belong is no words, and a file that nobody asked for is not looked at."""
    alice = service.register(ALICE)
    assert send(alice, body(part("text", b"abc", file="text.txt"))) == 422
    assert send(alice, body(WORDS, part("other", b"%PDF-", file="other.pdf"))) == 303


def test_what_a_file_is_called_is_nowhere(service: Service) -> None:
    """Names of files often hold names of people: they are not kept, shown or written to the log."""
    alice = service.register(ALICE)
    sent = send(alice, body(WORDS, part("picture", photo(), file="../alice-cccd-0123.png")))
    assert sent == 303
    thread = alice.get("/support").text.split('href="/support/')[2].split('"')[0]
    assert "cccd-0123" not in alice.get(f"/support/{thread}").text + service.log.getvalue()


def request_of(chunks: list[bytes], *, delay: float = 0) -> Request:
    """Return a request whose body comes in chunks."""
    waiting = list(chunks)

    async def receive() -> Message:
        await asyncio.sleep(delay)
        more = len(waiting) > 1
        return {"type": "http.request", "body": waiting.pop(0) if waiting else b"", "more_body": more}

    headers = [(b"content-type", KIND.encode())]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}, receive)


def status_of(limits: UploadLimits, chunks: list[bytes], *, delay: float = 0) -> int:
    """Return how reading a form ended; 200 where it was read."""

    async def read() -> int:
        try:
            await read_upload(request_of(chunks, delay=delay), limits)
        except Exception as error:  # noqa: BLE001 - what it raises is what is looked at
            return int(getattr(error, "status_code", 0))
        return 200

    return asyncio.run(read())


def test_a_form_is_bounded_in_bytes_and_in_time() -> None:
    """One that does not say how long it is, and goes on, is cut off; so is one that trickles."""
    whole = body(WORDS, part("picture", photo(), file="a.png"))
    assert status_of(UploadLimits(form_bytes=len(whole), files=1), [whole]) == 200
    assert status_of(UploadLimits(form_bytes=len(whole) - 1, files=1), [whole]) == 413
    assert status_of(UploadLimits(form_bytes=100, files=1), [b"x" * 60, b"x" * 60, b"x" * 60]) == 413
    assert status_of(UploadLimits(form_bytes=len(whole), files=1, seconds=0), [whole], delay=0.01) == 408


def test_so_many_forms_with_files_are_read_at_a_time() -> None:
    """Who finds no place is told to come back; a place that is left is taken by the next."""

    async def crowd() -> list[int]:
        places, answers = LargePlaces(places=1, wait_seconds=0), list[int]()
        async with places.one():
            try:
                async with places.one():
                    answers.append(200)
            except Exception as error:  # noqa: BLE001 - as above
                answers.append(int(getattr(error, "status_code", 0)))
        async with LargePlaces(places=1).one():
            answers.append(200)
        return answers

    assert asyncio.run(crowd()) == [503, 200]
