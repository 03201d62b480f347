"""Worker threads in a running service."""

import threading

from camket.jobs.workers import Workers
from camket.services.outbox import queue_mail_in
from tests.journeys import Service, register


def test_workers_run_what_is_queued(service: Service) -> None:
    """A mail that is queued while workers run is sent by one of them; when they have stopped, nothing runs any more."""
    alice = register(service)
    service.work()
    service.mail.mails.clear()
    service.mail.arrived.clear()
    workers = Workers(service.ctx, 2)
    workers.start()
    service.ctx.store.write(
        lambda unit: queue_mail_in(unit, service.ctx, subject_id=alice.subject_id, template="service_notice")
    )
    assert service.mail.arrived.wait(timeout=20)
    workers.stop()
    assert [mail.recipient for mail in service.mail.mails] == ["alice@shop.example"]
    names = {thread.name for thread in threading.enumerate()}
    assert not [name for name in names if name.startswith(("camket-worker", "camket-planner"))]
