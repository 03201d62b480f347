"""Customers who go through the service as people do: what they type, the codes they read, the jobs that then run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from camket.bootstrap import Runtime
from camket.core.terms import Language, VerifiedIdentity
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.ports import Mail, Store, Unit
from camket.rows import CodeKind
from camket.services.context import Context
from camket.services.erasure import accept_erasure, start_erasure
from camket.services.erasure_preview import preview_erasure
from camket.services.registration import confirm_registration, start_registration
from camket.services.sequencing import Sequencer
from camket.services.sessions import Session, find_session
from camket.services.verification import prove, send_code
from camket.testing.doubles import CapturedMail, HeldClock
from camket.testing.service import DEFAULT_POLICY, newest_code, running_service

T = TypeVar("T")
HEADERS = {
    "user-agent": "Mozilla/5.0 (Linux; Android 14; Redmi 12) AppleWebKit/537.36 Chrome/131.0 Mobile",
    "sec-ch-ua-model": '"Redmi 12"',
}
ADDRESS = "192.0.2.7"


class Postbox(CapturedMail):
    """Keeps every mail, and says when one has come."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = threading.Event()

    def carry(self, mail: Mail) -> None:
        """Keep one mail and say so."""
        super().carry(mail)
        self.arrived.set()


@dataclass
class Service:
    """A running service with everything that a test holds in its hands."""

    runtime: Runtime
    clock: HeldClock
    mail: Postbox
    sequencer: Sequencer

    @property
    def ctx(self) -> Context:
        """What use cases are handed."""
        return self.runtime.context

    def work(self) -> int:
        """Run every job that is due, and what those queue; return how many ran."""
        engine = Engine(self.ctx, KINDS)
        ran = 0
        while engine.run_next("worker"):
            ran += 1
        return ran

    def sequence(self) -> None:
        """Give every record its place in the ledger."""
        while self.sequencer.once():
            pass

    def last_mail(self, recipient: str) -> Mail:
        """Return the newest mail to an address."""
        return next(mail for mail in reversed(self.mail.mails) if mail.recipient == recipient)


@contextmanager
def service_in(folder: Path, *, policy: Path = DEFAULT_POLICY, **settings: str | int) -> Iterator[Service]:
    """Start a service with a clock that stands still and a carrier that keeps its mails."""
    clock, mail = HeldClock(), Postbox()
    with running_service(folder, policy=policy, clock=clock, entropy=None, mail=mail, **settings) as runtime:
        yield Service(runtime, clock, mail, Sequencer(runtime.context))


@dataclass
class Customer:
    """A signed-in customer at one browser."""

    service: Service
    session: Session
    token: str
    browser: str
    email: str

    @property
    def subject_id(self) -> str:
        """Their opaque id."""
        return self.session.subject_id

    def prove(self, request_id: str) -> VerifiedIdentity:
        """Ask for a code for a request, and enter it."""
        ctx = self.service.ctx
        send_code(ctx, self.session, request_id, browser=self.browser)
        code = newest_code(ctx, self.browser, CodeKind.VERIFY, request_id=request_id)
        return prove(ctx, self.session, request_id=request_id, code=code, browser=self.browser)

    def accept_erasure(self) -> str:
        """Ask for the account to be erased, prove identity and accept; return the certificate's token."""
        ctx = self.service.ctx
        request = start_erasure(ctx, self.session)
        identity = self.prove(request.id)
        return accept_erasure(ctx, identity, accepted=preview_erasure(ctx, self.session).acceptance)


def register(
    service: Service,
    name: str = "Alice Nguyễn",
    *,
    email: str = "alice@shop.example",
    phone: str = "0912345678",
    language: Language = Language.VI,
) -> Customer:
    """Register, confirm by the code and sign in."""
    ctx, browser = service.ctx, f"browser of {email}"
    fields = {"name": name, "phone": phone, "email": email}
    start_registration(ctx, fields=fields, language=language, browser=browser, address=ADDRESS)
    code = newest_code(ctx, browser, CodeKind.REGISTER)
    signed_in = confirm_registration(ctx, browser=browser, code=code, headers=HEADERS, address=ADDRESS)
    session = find_session(ctx, signed_in.session_token)
    assert session is not None
    return Customer(service, session, signed_in.session_token, browser, email)


class StoppingStore:
    """A store that stops working before or after one commit, as when the connection or the node is lost."""

    def __init__(self, store: Store, commit: int, *, before: bool) -> None:
        self._store = store
        self._left = commit
        self._before = before

    def write(self, unit: Callable[[Unit], T]) -> T:
        """Write as the real store does, until the commit to stop at."""
        self._left -= 1
        if self._left < 0:
            raise LostError
        if self._left == 0 and self._before:

            def stop(work: Unit) -> T:
                unit(work)
                raise LostError

            return self._store.write(stop)
        result = self._store.write(unit)
        if self._left == 0:
            raise LostError
        return result

    def read(self, unit: Callable[[Unit], T]) -> T:
        """Read as the real store does."""
        return self._store.read(unit)

    def close(self) -> None:
        """Leave the real store open; it is the test's."""


def run_all(engine: Engine) -> None:
    """Run every job that is due."""
    while engine.run_next("lost"):
        pass


class LostError(Exception):
    """The node is gone."""
