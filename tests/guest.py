"""A small guest for tests: a book of lines in a file of its own, which fails or dies when a test leaves it a word.

Its name for `CAMKET_APPS` is `/book=tests.guest:create_app`.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from camket.client.guest import ExportedItem, Guest

if TYPE_CHECKING:
    from starlette.requests import Request

APPS = "/book=tests.guest:create_app"
REFUSES = "refuses"
"""A file of this name in the guest's folder: every hook raises while it is there."""
DIES = "dies"
"""A file of this name: the process is killed in the midst of the next erasure, once."""
CLOSED = "closed"
"""The file that is there once the platform has closed the app."""
ERASURES = "erasures"
"""The file in which each finished call of the erasure stands as a line."""


class Book:
    """Lines by subject, in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self._open() as database:
            database.execute("CREATE TABLE IF NOT EXISTS line (subject TEXT NOT NULL, text TEXT NOT NULL)")
            database.commit()

    def add(self, subject_id: str, text: str) -> None:
        """Keep a line."""
        with self._open() as database:
            database.execute("INSERT INTO line VALUES (?, ?)", (subject_id, text))
            database.commit()

    def lines(self, subject_id: str) -> list[str]:
        """Return a subject's lines."""
        with self._open() as database:
            found = database.execute("SELECT text FROM line WHERE subject = ? ORDER BY rowid", (subject_id,))
            return [text for (text,) in found]

    def count(self, subject_id: str) -> dict[str, int]:
        """Say how many lines are held."""
        self._obey()
        return {"shop.sales": len(self.lines(subject_id))}

    def export(self, subject_id: str) -> tuple[ExportedItem, ...]:
        """Give the lines."""
        self._obey()
        lines = self.lines(subject_id)
        if not lines:
            return ()
        content = "\n".join(lines).encode()
        return (
            ExportedItem(
                item="shop.sales", file_name="book.txt", media_type="text/plain", content=content, count=len(lines)
            ),
        )

    def erase(self, subject_id: str) -> None:
        """Destroy the lines."""
        self._obey()
        with self._open() as database:
            first = "SELECT rowid FROM line WHERE subject = ? ORDER BY rowid LIMIT 1"
            database.execute(f"DELETE FROM line WHERE rowid IN ({first})", (subject_id,))  # noqa: S608 - our own words
            database.commit()
            if (self.folder / DIES).exists():
                (self.folder / DIES).unlink()
                os.kill(os.getpid(), signal.SIGKILL)
            database.execute("DELETE FROM line WHERE subject = ?", (subject_id,))
            database.commit()
        with (self.folder / ERASURES).open("a", encoding="utf-8") as file:
            file.write(f"{subject_id}\n")

    def close(self) -> None:
        """Note that the platform has closed the app."""
        (self.folder / CLOSED).touch()

    def _open(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self.folder / "book.db"))

    def _obey(self) -> None:
        if (self.folder / REFUSES).exists():
            message = "Alice's book is locked"
            raise OSError(message)


def create_app(guest: Guest) -> Starlette:
    """Return the app: `/` shows the lines, a form adds one, `/name` keeps the shop's name with camket."""
    book, camket = Book(guest.data), guest.camket("shop")
    guest.label = {"vi": "Sổ tay", "en": "Notebook"}
    guest.on_count(book.count)
    guest.on_export(book.export)
    guest.on_erase(book.erase)
    guest.on_close(book.close)

    def page(request: Request) -> Response:
        session = camket.session_of(request.headers)
        if session is None:
            return RedirectResponse(camket.sign_in_path(request.url.path), status_code=303)
        camket.used(session.subject_id)
        language = camket.language_of(request.headers)
        held = camket.get(session.subject_id, ("shop.name",), purpose="provide")["shop.name"]
        return JSONResponse(
            {
                "language": language,
                "names": [value.text for value in held],
                "lines": book.lines(session.subject_id),
                "notices": [notice.title for notice in camket.notices(session.subject_id, language)],
                "root": request.scope["root_path"],
                "here": str(request.url_for("page")),
            }
        )

    def add(subject_id: str, text: str) -> None:
        book.add(subject_id, text)
        camket.put(subject_id, {"shop.name": text}, replace=True)

    async def form(request: Request) -> Response:
        session = camket.session_of(request.headers)
        if session is None:
            return PlainTextResponse("sign in", status_code=401)
        text = (await request.body()).decode()
        await run_in_threadpool(add, session.subject_id, text)
        return PlainTextResponse("kept", status_code=201)

    def fault(request: Request) -> Response:
        message = f"cannot read {request.query_params.get('said')}"
        raise ValueError(message)

    return Starlette(
        routes=[Route("/", page, name="page"), Route("/lines", form, methods=["POST"]), Route("/fault", fault)]
    )


def create_app_without_erasure(guest: Guest) -> Starlette:
    """Return an app that gives what it cannot delete."""
    guest.on_export(lambda _subject_id: ())
    return Starlette()


def create_app_that_fails(guest: Guest) -> Starlette:
    """Return nothing: the app does not start."""
    guest.on_close((guest.data / CLOSED).touch)
    message = "no room for the book"
    raise OSError(message)


def create_app_with_half_a_label(guest: Guest) -> Starlette:
    """Return an app with a name in one language only."""
    guest.label = {"vi": "Sổ tay"}
    return Starlette()


def create_app_of_no_service(guest: Guest) -> Starlette:
    """Return an app of a service that the policy does not declare."""
    guest.camket("shpo")
    return Starlette()


NOT_A_FACTORY = "a word"


def create_odd_app(guest: Guest) -> Starlette:
    """Return an app that holds what no policy declares."""
    guest.on_count(lambda _subject_id: {"shop.slaes": 1})
    guest.on_export(lambda _subject_id: ())
    guest.on_erase(lambda _subject_id: None)
    return Starlette()


def create_nothing(_guest: Guest) -> None:
    """Return no application."""


def create_app_that_does_not_close(guest: Guest) -> Starlette:
    """Return an app that cannot let go."""

    def close() -> None:
        message = "stuck"
        raise OSError(message)

    guest.on_close(close)
    return Starlette()
