"""An accepted erasure is carried out whatever happens: killed before or after any commit, it goes on at its step."""

import re
import threading
from pathlib import Path
from typing import TypeVar

import pytest

from camket.core.ledger.certificate import Certificate, verify_certificate
from camket.core.ledger.entry import LedgerAction
from camket.core.ledger.verify import verify_ledger
from camket.core.rights.machine import RequestEvent, RequestState
from camket.core.terms import SubjectState
from camket.core.vault.keyring import KeyKind
from camket.jobs.engine import LEASE
from camket.ports import Unit
from camket.rows import JobState
from camket.services.certificates import CertificateFetch, certificate_status
from camket.services.erasure import erasure_key
from camket.services.sequencing import tile_reader
from tests.browser.serving import served
from tests.canary.browser import Browser
from tests.faults.dying import killed_at_each_commit, lose_node
from tests.journeys import Customer, Service, register, service_in

HELD_BY_LAW = {"email", "signin.time"}
WAIT_SECONDS = 30
T = TypeVar("T")


def prepare(service: Service) -> tuple[Customer, str]:
    """Register alice, have her accept her erasure, and send every mail that waits."""
    alice = register(service)
    service.work()
    token = alice.accept_erasure()
    return alice, token


def require_erased(service: Service, alice: Customer, token: str) -> None:
    """Assert everything that an erasure promises, once and not twice."""
    ctx, subject_id = service.ctx, alice.subject_id
    service.sequence()
    assert ctx.keys.subject_key(subject_id, KeyKind.LIVE) is None
    assert ctx.keys.subject_key(subject_id, KeyKind.HOLD) is not None

    def look(unit: Unit) -> None:
        rows = unit.values.of_subject(subject_id)
        assert {row.item for row in rows} == HELD_BY_LAW
        assert {row.key_kind for row in rows} == {KeyKind.HOLD}
        assert {row.article for row in rows} == {"Nghị định 333/2026/NĐ-CP"}
        subject = unit.subjects.get(subject_id)
        assert subject is not None
        assert subject.state is SubjectState.ERASED
        assert unit.identifiers.of_subject(subject_id) == ()
        assert unit.sessions.of_subject(subject_id) == ()
        assert unit.requests.of_subject(subject_id) == ()
        assert unit.outbox.of_subject(subject_id, limit=10) == ()
        assert unit.records.of_subject(subject_id, limit=10) == ()
        assert unit.jobs.count() == {JobState.DONE: sum(unit.jobs.count().values())}
        job = unit.jobs.find(erasure_key(subject_id))
        assert job is not None
        request = unit.requests.find(str(job.args["request"]))
        assert request is not None
        assert (request.state, request.sealed) == (RequestState.DONE, None)
        assert request.subject_id != subject_id
        happened = [line.event for line in unit.requests.events(request.id)]
        assert happened.count(RequestEvent.START) == happened.count(RequestEvent.FINISH) == 1

    ctx.store.read(look)
    reader = tile_reader(ctx)
    assert verify_ledger(reader).holds
    view = certificate_status(ctx, token)
    assert view.state is CertificateFetch.READY
    assert view.data is not None
    certificate = Certificate.parse(view.data)
    report = verify_certificate(certificate, reader)
    assert report.holds
    assert str(certificate.status) == "pending epoch 1"
    assert {one.item for one in certificate.held} == HELD_BY_LAW
    erasures = [one for one in certificate.openings if one.opening.facts.action is LedgerAction.ERASE]
    assert len(erasures) == 1
    assert report.proven == len(certificate.openings)


def require_closed_before_killed(service: Service, alice: Customer) -> None:
    """Assert that no active account stands there with its key destroyed, and no erased one with a session."""
    subject = service.ctx.store.read(lambda unit: unit.subjects.get(alice.subject_id))
    assert subject is not None
    if service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None:
        assert subject.state is SubjectState.ERASED
    if subject.state is SubjectState.ERASED:
        assert service.ctx.store.read(lambda unit: unit.sessions.of_subject(alice.subject_id)) == ()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_any_commit_it_goes_on(tmp_path: Path, moment: str) -> None:
    """A process killed with kill -9 before or after each commit of an erasure leaves one that the next process ends."""
    with service_in(tmp_path / "accepted") as service:
        alice, token = prepare(service)
    for folder in killed_at_each_commit(tmp_path / "accepted", moment, more_than=6):
        with service_in(folder) as service:
            require_closed_before_killed(service, alice)
            service.clock.advance(seconds=LEASE.total_seconds() + 1)
            service.work()
            require_erased(service, alice, token)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", range(1, 8))
def test_another_node_goes_on_on_postgresql(tmp_path: Path, postgresql_url: str, commit: int, moment: str) -> None:
    """On PostgreSQL, a node lost before or after any commit of an erasure leaves one that another node ends."""
    with service_in(tmp_path, database_url=postgresql_url) as service:
        alice, token = prepare(service)
        lose_node(service, commit, before=moment == "before")
        service.clock.advance(hours=2)
        service.work()
        require_erased(service, alice, token)


def mailed_code(browser: Browser) -> str:
    """Wait for the newest mail of the development mailbox, and return the code in it."""
    waiting = threading.Event()
    for _ in range(WAIT_SECONDS * 10):
        text = re.sub(r"<[^>]+>", "", browser.get("/dev/mailbox").text.partition("<main")[2])
        code = re.search(r"\b(\d{3}) ?(\d{3})\b", text)
        if code is not None and code.group(0) not in browser.entered:
            browser.entered.add(code.group(0))
            return code.group(1) + code.group(2)
        waiting.wait(0.1)
    message = "the code never came"
    raise AssertionError(message)


def fetched_certificate(browser: Browser) -> bytes:
    """Wait for the certificate, and return its file."""
    waiting = threading.Event()
    for _ in range(WAIT_SECONDS * 10):
        answer = browser.get("/certificate/file")
        if answer.status == 200:
            return answer.body
        waiting.wait(0.1)
    message = "the certificate never came"
    raise AssertionError(message)


def test_a_served_erasure_survives_kill_9(tmp_path: Path) -> None:
    """`camket serve`, killed right after it took the yes: once it runs again, the certificate comes and holds."""
    with served(tmp_path) as service:
        alice = Browser(service.origin, {})
        page = alice.post("/register", name="Alice", phone="0912345678", email="alice@shop.example")
        alice.post(str(page.location), code=mailed_code(alice))
        page = alice.post("/me/delete")
        page = alice.post(str(page.location), code=mailed_code(alice))
        form = alice.follow(page).text
        (accepted,) = re.findall(r'name="accepted"[^>]*value="([0-9a-f]{64})"', form)
        assert alice.post(str(page.location), accepted=accepted).status == 303
        service.kill()
    with served(tmp_path) as service:
        alice.origin = service.origin
        certificate = fetched_certificate(alice)
        file = tmp_path / "certificate.json"
        file.write_bytes(certificate)
        checked = service.command("certificate", "verify", file, "--ledger", f"{service.origin}/ledger/")
        assert checked.returncode == 0, checked.stdout + checked.stderr
