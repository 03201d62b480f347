"""A notice over a real SMTP relay: refusals, a relay that hangs up or is away, an end between sending and noting."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller

from camket.adapters.mail.smtp import MailRelay, Security, SmtpCarrier
from camket.adapters.policy_files import read_policy_folder
from camket.adapters.telemetry import configure_logs
from camket.bootstrap import start_runtime
from camket.config import load_settings
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.jobs.schedule import plan_due
from camket.rows.notices import DeliveryState
from camket.services import notices
from camket.services.outbox import SENDING
from camket.services.policies import publish_policy
from camket.testing.doubles import HeldClock
from camket.testing.service import DEFAULT_POLICY, register
from tests.faults.dying import lose_node
from tests.journeys import register as register_customer
from tests.journeys import service_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camket.bootstrap import Runtime
    from camket.ports import Mail
    from camket.rows.notices import DeliveryRow
    from tests.journeys import Service as Journey

PEOPLE = 6


class Relay:
    """A relay that answers each addressee as it was told to, and keeps what it took."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.taken: list[tuple[str, str]] = []
        self.hangs_up_on: set[str] = set()

    async def handle_RCPT(self, server: Any, _session: object, envelope: Any, address: str, _: list[str]) -> str:  # noqa: ANN401, N802 - aiosmtpd calls it by this name, without types
        """Answer to an addressee, or end the connection."""
        if address in self.hangs_up_on:
            server.transport.abort()
            return "421 gone"
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802 - as above
        """Keep whose mail it is and its Message-ID."""
        (address,) = envelope.rcpt_tos
        header = next(line for line in envelope.content.splitlines() if line.lower().startswith(b"message-id:"))
        self.taken.append((address, header.partition(b":")[2].strip().decode()))
        return "250 OK"


@contextmanager
def serving(relay: Relay, port: int = 0) -> Iterator[int]:
    """Serve on a port of loopback, a free one where none is named."""
    if not port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    controller = Controller(relay, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


class Service:
    """A service whose mails go to a relay, with its customers."""

    def __init__(self, runtime: Runtime, clock: HeldClock) -> None:
        self.runtime = runtime
        self.clock = clock
        self.addresses = [f"alice{number}@shop.example" for number in range(PEOPLE)]
        self.subjects = {
            address: register(runtime, number, email=address) for number, address in enumerate(self.addresses)
        }

    def work(self) -> None:
        """Run what comes round each minute, and what is due."""
        plan_due(self.runtime.context)
        engine = Engine(self.runtime.context, KINDS)
        while engine.run_next("worker"):
            pass

    def publish(self) -> None:
        """Publish a longer maximum for in 40 days."""
        files = dict(read_policy_folder(DEFAULT_POLICY))
        files["policy.yaml"] = files["policy.yaml"].replace(b"maximum: 400 days", b"maximum: 410 days", 1)
        publish_policy(self.runtime.context, files, effective_at=self.clock.now() + timedelta(days=40))

    def evidence(self, address: str) -> DeliveryRow:
        """Return what became of the notice for a customer."""
        (row,) = self.runtime.context.store.read(lambda unit: unit.notices.of_subject(self.subjects[address]))
        return row


@contextmanager
def service_at(folder: Path, port: int, carrier: Any = None) -> Iterator[Service]:  # noqa: ANN401 - any carrier
    """Start a service whose relay is at a port, let the registrations' mails out of the way."""
    relay = MailRelay(host="127.0.0.1", port=port, security=Security.PLAIN)
    clock = HeldClock()
    settings = load_settings(data=folder / "data", policy=DEFAULT_POLICY, development=True)
    runtime = start_runtime(settings, clock=clock, mail=carrier or SmtpCarrier(relay, timeout_seconds=2.0))
    try:
        service = Service(runtime, clock)
        clock.advance(minutes=11)  # codes that no one waits for any more are not sent
        service.work()
        yield service
    finally:
        runtime.close()


def test_refusals_stop_no_one_else(tmp_path: Path) -> None:
    """One address is refused for good, one for now, one makes the relay hang up: all others have their mail."""
    relay = Relay()
    with serving(relay) as port, service_at(tmp_path, port) as service:
        never, later, poison, *others = service.addresses
        relay.answers = {never: "550 no such mailbox", later: "450 busy"}
        relay.hangs_up_on = {poison}
        service.publish()
        service.work()
        assert sorted(address for address, _ in relay.taken) == others
        refused = service.evidence(never)
        assert (refused.mail, refused.smtp_code, refused.error_kind) == (DeliveryState.REFUSED, 550, "recipient")
        waiting = service.evidence(later)
        assert (waiting.mail, waiting.smtp_code) == (DeliveryState.QUEUED, 450)
        assert service.evidence(poison).error_kind in {"unreachable", "busy"}
        assert {service.evidence(one).mail for one in others} == {DeliveryState.SENT}
        relay.answers, relay.hangs_up_on = {}, set()
        service.clock.advance(minutes=5)
        service.work()
        assert {service.evidence(one).mail for one in (later, poison)} == {DeliveryState.SENT}
        assert sorted(address for address, _ in relay.taken) == sorted({*service.addresses} - {never})


def test_a_relay_that_is_down_for_an_hour_gets_every_mail_once(tmp_path: Path) -> None:
    """Nothing is lost and nothing sent twice, nor said to be; what was not tried did not count as tried."""
    log = StringIO()
    configure_logs(level="info", stream=log)
    relay = Relay()
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    port = held.getsockname()[1]
    with service_at(tmp_path, port) as service:
        service.publish()
        for _ in range(12):
            service.work()
            service.clock.advance(minutes=5)
        held.close()
        assert {service.evidence(one).mail for one in service.addresses} == {DeliveryState.QUEUED}
        with serving(relay, port):
            for _ in range(12):
                service.work()
                service.clock.advance(minutes=30)
        assert sorted(address for address, _ in relay.taken) == service.addresses
        assert {service.evidence(one).mail for one in service.addresses} == {DeliveryState.SENT}
    assert "mail_relay_down" in log.getvalue()
    assert "mail_sent_again" not in log.getvalue()


def test_a_relay_that_falls_silent_does_not_hold_a_worker(tmp_path: Path) -> None:
    """A connection that is taken and never answered ends in a time-out, and the rest waits untried."""
    with socket.create_server(("127.0.0.1", 0)) as silent, service_at(tmp_path, silent.getsockname()[1]) as service:
        service.publish()
        service.work()
        kinds = sorted(service.evidence(one).error_kind or "" for one in service.addresses)
        assert kinds == [*[""] * (PEOPLE - 2), "timeout", "timeout"]


class Died(BaseException):
    """The process ended here."""


class DyingCarrier:
    """Hands a mail to the relay, and then ends the process, once."""

    def __init__(self, carrier: SmtpCarrier) -> None:
        self.carrier = carrier
        self.dying = threading.Event()

    def carry(self, mail: Mail) -> None:
        """Hand one mail over; see `camket.ports.MailCarrier`."""
        self.carrier.carry(mail)
        if self.dying.is_set():
            self.dying.clear()
            raise Died


def test_killed_between_sending_and_noting_it_sends_that_one_again_as_the_same_mail(tmp_path: Path) -> None:
    """The relay sees one Message-ID twice, everyone else's once, and the log says which mail it was."""
    log = StringIO()
    configure_logs(level="info", stream=log)
    relay = Relay()
    with serving(relay) as port:
        carrier = DyingCarrier(SmtpCarrier(MailRelay(host="127.0.0.1", port=port, security=Security.PLAIN)))
        with service_at(tmp_path, port, carrier) as service:
            service.publish()
            carrier.dying.set()
            with pytest.raises(Died):
                service.work()
            (first,) = relay.taken
            assert service.evidence(first[0]).mail is DeliveryState.QUEUED
            service.clock.advance(seconds=SENDING.total_seconds())
            service.work()
            assert relay.taken.count(first) == 2
            assert sorted({address for address, _ in relay.taken}) == service.addresses
            assert len(relay.taken) == PEOPLE + 1
            row = service.evidence(first[0])
            assert (row.mail, row.message_id) == (DeliveryState.SENT, first[1])
    assert "mail_sent_again" in log.getvalue()


MOST_COMMITS = 14


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", range(1, MOST_COMMITS + 1))
def test_a_node_lost_at_any_commit_tells_everyone_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commit: int, moment: str
) -> None:
    """Another node goes on: one delivery for each customer; a mail may go twice, and then as the same mail."""
    monkeypatch.setattr(notices, "BATCH", 2)
    with service_in(tmp_path) as service:
        lose_a_node(service, commit, before=moment == "before")


@pytest.mark.parametrize("commit", [4, 5, 8])
def test_a_node_lost_on_postgresql_tells_everyone_once(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commit: int
) -> None:
    """On PostgreSQL as on SQLite: lost while batches are planned, and while mails are sent."""
    monkeypatch.setattr(notices, "BATCH", 2)
    with service_in(tmp_path, database_url=postgresql_url) as service:
        lose_a_node(service, commit, before=False)


def lose_a_node(service: Journey, commit: int, *, before: bool) -> None:
    """Publish, lose the node that tells customers at one of its commits, have another go on; all were told once."""
    people = [
        register_customer(service, "Bob", email=f"bob{number}@shop.example", phone=f"098765432{number}")
        for number in range(3)
    ]
    service.work()
    service.mail.mails.clear()
    files = dict(read_policy_folder(DEFAULT_POLICY))
    files["policy.yaml"] = files["policy.yaml"].replace(b"maximum: 400 days", b"maximum: 410 days", 1)
    publish_policy(service.ctx, files, effective_at=service.clock.now() + timedelta(days=40))
    lose_node(service, commit, before=before)
    service.clock.advance(hours=2)
    plan_due(service.ctx)
    service.work()
    rows = [service.ctx.store.read(lambda unit, one=one: unit.notices.of_subject(one.subject_id)) for one in people]  # type: ignore[misc]  # a loop's own
    assert [[row.mail for row in of_one] for of_one in rows] == [[DeliveryState.SENT]] * len(people)
    sent = {(mail.recipient, mail.message_id) for mail in service.mail.mails}
    assert sorted(recipient for recipient, _ in sent) == [one.email for one in people]
