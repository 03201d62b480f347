"""What an app holds goes with the account whatever happens: it fails, the process dies within, the app is not there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camket.bootstrap import start_runtime
from camket.client.loading import close_apps, load_apps
from camket.config import load_settings
from camket.core.errors import HolderError
from camket.core.vault.keyring import KeyKind
from camket.jobs.engine import LEASE
from camket.services.erasure import erase_unconfirmed_in
from camket.services.erasure_preview import preview_erasure
from camket.testing.doubles import CapturedMail, HeldClock
from camket.testing.service import DEFAULT_POLICY
from tests import journeys
from tests.browser.serving import served
from tests.canary.browser import Browser
from tests.faults.test_erasure import WAIT_SECONDS, fetched_certificate, mailed_code
from tests.guest import APPS, DIES, ERASURES, REFUSES, Book

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys import Service

PROCESS = Path(__file__).with_name("guest_process.py")
ROOT = Path(__file__).parents[2]
KILLED = -9


@contextmanager
def hosting(folder: Path) -> Iterator[Service]:
    """Start a service that hosts the test's guest."""
    with journeys.service_in(folder, apps=APPS) as service:
        apps = load_apps(service.runtime)
        yield service
        close_apps(apps)


def prepare(folder: Path) -> str:
    """Have alice keep three lines with the app and accept her erasure, and bob keep one; return alice's subject id."""
    with hosting(folder) as service:
        alice = journeys.register(service)
        bob = journeys.register(service, "Bob", email="bob@shop.example", phone="0987654321")
        book = book_of(folder)
        for text in ("coffee", "tea", "milk"):
            book.add(alice.subject_id, text)
        book.add(bob.subject_id, "bread")
        service.work()
        alice.accept_erasure()
        return alice.subject_id


def book_of(folder: Path) -> Book:
    """Return the app's own book."""
    return Book(folder / "data" / "apps" / "book")


def all_lines(folder: Path) -> list[str]:
    """Return everything that the app holds about anyone."""
    with book_of(folder)._open() as database:
        return [text for (text,) in database.execute("SELECT text FROM line ORDER BY rowid")]


def erasures(folder: Path) -> list[str]:
    """Return whose data the app has finished erasing, in order."""
    file = folder / "data" / "apps" / "book" / ERASURES
    return file.read_text(encoding="utf-8").split() if file.exists() else []


def run_in_a_process(folder: Path) -> int:
    """Run the jobs in a process of their own; return its exit code."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, str(PROCESS), str(folder)], cwd=ROOT, env=environment, capture_output=True, check=False
    ).returncode


def test_a_process_killed_within_the_apps_erasure_goes_on(tmp_path: Path) -> None:
    """Killed when some lines are gone and others not: the next process finishes, and the key dies only then."""
    alice = prepare(tmp_path)
    (tmp_path / "data" / "apps" / "book" / DIES).touch()
    assert run_in_a_process(tmp_path) == KILLED
    assert all_lines(tmp_path) == ["tea", "milk", "bread"]
    with hosting(tmp_path) as service:
        assert service.ctx.keys.subject_key(alice, KeyKind.LIVE) is not None
        service.clock.advance(seconds=LEASE.total_seconds() + 1)
        service.work()
        assert service.ctx.keys.subject_key(alice, KeyKind.LIVE) is None
        assert service.work() == 0
    assert all_lines(tmp_path) == ["bread"]
    assert erasures(tmp_path) == [alice]


def test_a_service_that_dies_within_the_apps_erasure_finishes_it_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real `camket serve` and its own workers: the yes was given, the process died, the next start carries it out."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with served(tmp_path, apps=APPS) as service:
        alice = Browser(service.origin, {})
        page = alice.post("/register", name="Alice", phone="0912345678", email="alice@shop.example")
        alice.post(str(page.location), code=mailed_code(alice))
        for text in ("coffee", "tea"):
            assert alice.post("/book/lines", line=text).status == 201
        page = alice.post("/me/delete")
        page = alice.post(str(page.location), code=mailed_code(alice))
        (accepted,) = re.findall(r'name="accepted"[^>]*value="([0-9a-f]{64})"', alice.follow(page).text)
        (tmp_path / "data" / "apps" / "book" / DIES).touch()
        service.killed.set()
        alice.post(str(page.location), accepted=accepted)
        assert service.process.wait(WAIT_SECONDS) == KILLED
    assert len(all_lines(tmp_path)) == 1
    with served(tmp_path, apps=APPS) as service:
        alice.origin = service.origin
        assert fetched_certificate(alice)
        waiting = threading.Event()
        for _ in range(WAIT_SECONDS * 10):
            if erasures(tmp_path):
                break
            waiting.wait(0.1)
    assert all_lines(tmp_path) == []
    assert len(erasures(tmp_path)) == 1


def test_an_app_that_fails_is_asked_again_until_it_has_done_it(tmp_path: Path) -> None:
    """While it fails the key lives and the erasure is not done; then both are, and no step is done twice."""
    alice = prepare(tmp_path)
    locked = tmp_path / "data" / "apps" / "book" / REFUSES
    locked.touch()
    with hosting(tmp_path) as service:
        for _ in range(3):
            service.work()
            service.clock.advance(hours=2)
        assert service.ctx.keys.subject_key(alice, KeyKind.LIVE) is not None
        assert len(all_lines(tmp_path)) == 4
        locked.unlink()
        service.work()
        assert service.ctx.keys.subject_key(alice, KeyKind.LIVE) is None
    assert all_lines(tmp_path) == ["bread"]
    assert erasures(tmp_path) == [alice]


def test_a_process_without_the_app_finishes_no_erasure(tmp_path: Path) -> None:
    """It has not loaded the app, or was not told of it: the account's key lives on, and the app's data is untouched."""
    alice = prepare(tmp_path)
    for service_without in (journeys.service_in(tmp_path, apps=APPS), journeys.service_in(tmp_path)):
        with service_without as service:
            service.clock.advance(hours=2)
            service.work()
            assert service.ctx.keys.subject_key(alice, KeyKind.LIVE) is not None
    assert len(all_lines(tmp_path)) == 4
    with hosting(tmp_path) as service:
        service.clock.advance(days=1)
        service.work()
        assert service.ctx.keys.subject_key(alice, KeyKind.LIVE) is None
    assert all_lines(tmp_path) == ["bread"]


def test_what_a_broken_app_holds_is_never_shown_as_nothing(tmp_path: Path) -> None:
    """No preview of a deletion is made without it."""
    with hosting(tmp_path) as service:
        alice = journeys.register(service)
        book_of(tmp_path).add(alice.subject_id, "coffee")
        (tmp_path / "data" / "apps" / "book" / REFUSES).touch()
        with pytest.raises(HolderError):
            preview_erasure(service.ctx, alice.session)


def test_after_a_restore_the_app_erases_again(tmp_path: Path) -> None:
    """Database and app's tables put back to before the deletion: who was erased is erased in both, bob stays."""
    with hosting(tmp_path) as service:
        alice, book = journeys.register(service).subject_id, book_of(tmp_path)
        book.add(alice, "coffee")
        book.add("bob", "bread")
        service.sequence()
    shutil.copytree(tmp_path / "data", tmp_path / "saved", ignore=shutil.ignore_patterns("keys"))
    with hosting(tmp_path) as service:
        service.clock.advance(hours=1)
        service.ctx.store.write(lambda unit: erase_unconfirmed_in(unit, service.ctx, alice))
        service.work()
        service.sequence()
    assert all_lines(tmp_path) == ["bread"]
    shutil.copytree(tmp_path / "saved", tmp_path / "data", dirs_exist_ok=True)
    assert all_lines(tmp_path) == ["coffee", "bread"]
    restore(tmp_path)
    with hosting(tmp_path) as service:
        service.clock.advance(days=1)
        service.work()
    assert all_lines(tmp_path) == ["bread"]


def test_where_the_apps_tables_alone_were_put_back_they_erase_again(tmp_path: Path) -> None:
    """The database is as it was, so nothing is refused; told of the restore, the app deletes what came back."""
    with hosting(tmp_path) as service:
        alice, book = journeys.register(service).subject_id, book_of(tmp_path)
        book.add(alice, "coffee")
        book.add("bob", "bread")
    shutil.copytree(tmp_path / "data" / "apps", tmp_path / "saved")
    with hosting(tmp_path) as service:
        service.ctx.store.write(lambda unit: erase_unconfirmed_in(unit, service.ctx, alice))
        service.work()
    shutil.copytree(tmp_path / "saved", tmp_path / "data" / "apps", dirs_exist_ok=True)
    assert all_lines(tmp_path) == ["coffee", "bread"]
    restore(tmp_path)
    with hosting(tmp_path) as service:
        service.clock.advance(days=1)
        service.work()
    assert all_lines(tmp_path) == ["bread"]


def restore(folder: Path) -> None:
    """Accept that the database was put back to an older state, in a start of its own that runs no job."""
    settings = load_settings(data=folder / "data", policy=DEFAULT_POLICY, development=True, apps=APPS)
    clock = HeldClock()
    clock.advance(hours=2)
    start_runtime(settings, accept_restore=True, clock=clock, mail=CapturedMail()).close()
