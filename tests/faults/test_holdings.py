"""What an app holds is erased whatever happens: killed at any commit, or within the app's own work, it goes on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from camket.client.loading import close_apps, load_apps
from camket.core.vault.keyring import KeyKind
from camket.jobs.engine import LEASE
from camket.rows import JobState
from camket.services.certificates import certificate_status
from camket.services.erasure import LONGEST_REQUEST
from tests.faults.dying import KILLED, MOST_COMMITS, killed_at_each_commit, run_and_die
from tests.guest import APPS, DIES, Book
from tests.journeys import Customer, Service, register, service_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINES = ("trà đá 3.000", "cà phê 25.000", "bánh mì 20.000")


@contextmanager
def hosting(folder: Path) -> Iterator[tuple[Service, Book]]:
    """Start a service with the test's guest."""
    with service_in(folder, apps=APPS) as service:
        apps = load_apps(service.runtime)
        yield service, Book(service.runtime.settings.apps_folder / "book")
        close_apps(apps)


def prepare(folder: Path) -> tuple[Customer, str]:
    """Have alice write three lines in the guest's book, and accept that everything goes."""
    with hosting(folder) as (service, book):
        alice = register(service)
        service.work()
        for line in LINES:
            book.add(alice.subject_id, line)
        return alice, alice.accept_erasure()


def end_it(folder: Path, alice: Customer, token: str) -> None:
    """Go on in a new process, and assert that everything is gone, counted and certified."""
    with hosting(folder) as (service, book):
        if book.lines(alice.subject_id):
            # INVARIANT under test: nothing that the app holds outlives the key.
            assert service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is not None
        service.clock.advance(seconds=LEASE.total_seconds() + 1)
        service.work()
        assert book.lines(alice.subject_id) == []
        assert service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None
        service.clock.advance(seconds=LONGEST_REQUEST.total_seconds())
        service.work()
        service.sequence()
        view = certificate_status(service.ctx, token)
        assert {one.item: one.count for one in view.erased}["shop.sales"] == len(LINES)
        assert set(service.ctx.store.read(lambda unit: unit.jobs.count())) == {JobState.DONE}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_any_commit_the_app_erases_all_the_same(tmp_path: Path, moment: str) -> None:
    """A process killed before or after each commit of an erasure leaves one that the next ends, at the app too."""
    alice, token = prepare(tmp_path / "accepted")
    for folder in killed_at_each_commit(tmp_path / "accepted", moment, more_than=7, apps=APPS):
        end_it(folder, alice, token)


def test_killed_within_the_apps_own_work_it_goes_on(tmp_path: Path) -> None:
    """The app has deleted one of three lines when the process dies; the next one has it delete the rest."""
    folder = tmp_path / "accepted"
    alice, token = prepare(folder)
    with hosting(folder) as (_, book):
        (book.folder / DIES).touch()
    assert run_and_die(folder, MOST_COMMITS, "before", apps=APPS) == KILLED
    with hosting(folder) as (_, book):
        assert book.lines(alice.subject_id) == list(LINES[1:])
    end_it(folder, alice, token)
