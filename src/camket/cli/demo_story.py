"""What alice and bob do in ten weeks, told through the use cases that the pages call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from camket.cli.demo_requests import (
    ask_without_signing_in,
    leave_unproven,
    object_to_development,
    write_to_support,
)
from camket.core.errors import DeniedError
from camket.core.terms import Language, Source
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.jobs.schedule import plan_due
from camket.rows import CodeKind
from camket.services.centre import my_data
from camket.services.codes import browser_hash, code_text
from camket.services.consents import AskedThrough, Expression, answer, ask_question
from camket.services.copy_requests import begin_copy, start_copy
from camket.services.correction import finish_correction, start_correction
from camket.services.epochs import queue_end
from camket.services.erasure import accept_erasure, start_erasure
from camket.services.erasure_preview import preview_erasure
from camket.services.news import send_news, write_news
from camket.services.outbox import queue_mail_in
from camket.services.publishing import publish_version
from camket.services.registration import confirm_registration, start_registration
from camket.services.request_files import hand_over
from camket.services.sequencing import Sequencer
from camket.services.sessions import find_session
from camket.services.signin import confirm_sign_in, start_sign_in
from camket.services.verification import prove, send_code

if TYPE_CHECKING:
    from datetime import datetime

    from camket.client.guest import Guest
    from camket.core.policy.source import PolicyFiles
    from camket.core.terms import VerifiedIdentity
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.sessions import Session
    from camket.testing.doubles import HeldClock

ALICE: Final = {"name": "Alice Nguyễn", "phone": "0901234567", "email": "alice@shop.example"}
BOB: Final = {"name": "Bob Trần", "phone": "0987654321", "email": "bob@shop.example"}
GONE: Final = {"name": "Bob", "phone": "0987654321", "email": "bob.old@shop.example"}
PHONE: Final = {
    "user-agent": "Mozilla/5.0 (Linux; Android 14; Redmi 12) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36",
    "sec-ch-ua-model": '"Redmi 12"',
    "sec-ch-ua-platform": '"Android"',
    "sec-ch-ua-platform-version": '"14.0.0"',
}
DESK: Final = {"user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"}
TABLET: Final = {
    "user-agent": "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1"
}
NOTICE_DAYS: Final = 31
"""The promised 30 days, and the rest of the day on which they end."""
OFFICER: Final = "staff:officer-1"
NEWS: Final = {
    "title_vi": "Bán hàng cả khi mất mạng",
    "title_en": "Selling while the network is away",
    "text_vi": "Từ hôm nay đơn hàng chờ trên máy khi mất mạng và tự gửi khi có mạng lại.\n\nBạn không phải làm gì cả.",
    "text_en": "From today on sales wait on the device while the network is away, and are sent when it is back.\n\n"
    "There is nothing that you have to do.",
}
ADDRESSES: Final = ("203.0.113.24", "203.0.113.80", "198.51.100.7")
"""Network addresses that the internet keeps for examples (RFC 5737)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Someone signed in at one browser."""

    session: Session
    browser: str


class Story:
    """What alice and bob do in ten weeks.

    Args:
        ctx: the service.
        clock: stands where the story is.
        end: where it ends.
        guests: the mounted apps; each may have something to show of alice.
        following: the policy that is published on the way; None where there is no other one.
    """

    def __init__(
        self,
        ctx: Context,
        clock: HeldClock,
        end: datetime,
        *,
        guests: tuple[Guest, ...] = (),
        following: PolicyFiles | None = None,
    ) -> None:
        self._ctx = ctx
        self._guests = guests
        self._following = following
        self._clock = clock
        self._end = end
        self._engine = Engine(ctx, KINDS)
        self._sequencer = Sequencer(ctx)

    def tell(self) -> None:
        """Live through all of it."""
        alice = self.register(ALICE, PHONE, ADDRESSES[0])
        self.set_up_shop(alice)
        self.pass_days(9)
        bob = self.register(BOB, TABLET, ADDRESSES[1])
        self.publish()
        self.pass_days(5)
        self.sell(alice)
        self.send_notices(alice, bob)
        self.end_epoch()
        self.pass_days(12)
        self.call_support(alice)
        self.pass_days(3)
        self.correct(alice, item="phone", value="0912345678")
        self.be_refused(alice)
        self.answer(alice, purpose="promote", yes=True)
        self.answer(bob, purpose="promote", yes=False)
        self.pass_days(11)
        self.tell_news()
        self.leave(self.register(GONE, DESK, ADDRESSES[2]))
        self.pass_days(12)
        ask_without_signing_in(self._ctx, self, email=BOB["email"], address=ADDRESSES[1])
        self.pass_days(4)
        self.sign_in(ALICE["email"], DESK, ADDRESSES[2])
        self.sell(alice)
        self.pass_days(11)
        self.answer_changes(bob)
        self.look_after(bob)
        object_to_development(self._ctx, bob)
        self.sell(alice)
        self.pass_days(1)
        self.send_notices(alice, bob)
        write_to_support(self._ctx, self, alice, bob)
        self.sign_in(ALICE["email"], PHONE, ADDRESSES[0])
        for guest in self._guests:
            guest.demonstrate(alice.session.subject_id, at=self._clock.now())
        self.finish(alice)

    def register(self, fields: dict[str, str], headers: dict[str, str], address: str) -> Person:
        """Register, confirm by the code from the mail, and look at what is held."""
        browser = self.browser()
        start_registration(self._ctx, fields=fields, language=Language.VI, browser=browser, address=address)
        self.work(minutes=2)
        code = self.code(browser, CodeKind.REGISTER)
        signed_in = confirm_registration(self._ctx, browser=browser, code=code, headers=headers, address=address)
        person = Person(session=self.session(signed_in.session_token), browser=browser)
        my_data(self._ctx, person.session)
        self.work(minutes=8)
        return person

    def sign_in(self, email: str, headers: dict[str, str], address: str) -> Person:
        """Sign in by a code from the mail."""
        browser = self.browser()
        start_sign_in(self._ctx, email=email, browser=browser, address=address)
        self.work(minutes=1)
        code = self.code(browser, CodeKind.SIGN_IN)
        signed_in = confirm_sign_in(self._ctx, browser=browser, code=code, headers=headers, address=address)
        self.work(minutes=4)
        return Person(session=self.session(signed_in.session_token), browser=browser)

    def set_up_shop(self, person: Person) -> None:
        """Give what stands on receipts, and let the shop see that it is used."""
        shop = {
            "shop.name": "Tạp hóa Alice (bản mẫu)",
            "shop.address": "12 đường Mẫu, Thành phố Hồ Chí Minh",
            "shop.tax_code": "0300000000",
        }
        self.collect(person, shop, service="shop", source=Source.PROVIDED)
        self.collect(person, {"service.use": "shop"}, service="shop", source=Source.OBSERVED)
        self.work(minutes=30)
        printer = {"shop.printer_name": "Máy in quầy", "service.use": "print"}
        self.collect(person, printer, service="print", source=Source.OBSERVED)
        self.work(minutes=10)

    def sell(self, person: Person) -> None:
        """Print receipts and let the services do what the policy states."""
        self.read(person, "service:shop", "provide", "shop.name", "shop.address", "shop.tax_code")
        self.work(minutes=3)
        self.read(person, "service:print", "provide", "shop.printer_name")
        self.work(minutes=40)
        self.read(person, "service:account", "protect", "signin.time", "device.network")
        self.read(person, "service:shop", "maintain", "device.os_version", "device.browser")
        self.work(hours=3)
        self.read(person, "service:shop", "improve", "service.use", "device.model")

    def send_notices(self, *people: Person) -> None:
        """Tell them by mail what is new."""
        for person in people:
            self.send_notice(person)
        self.work(minutes=5)

    def send_notice(self, person: Person) -> None:
        """Queue one notice."""

        def queue(unit: Unit) -> None:
            queue_mail_in(unit, self._ctx, subject_id=person.session.subject_id, template="service_notice")

        self._ctx.store.write(queue)

    def answer(self, person: Person, *, purpose: str, yes: bool) -> None:
        """Be asked for a consent, read the question, and answer it."""
        question = ask_question(
            self._ctx,
            subject_id=person.session.subject_id,
            language=Language.VI,
            through=AskedThrough.PAGE,
            purpose=purpose,
        )
        self.work(minutes=1)
        answer(
            self._ctx,
            subject_id=person.session.subject_id,
            question_id=question.id,
            yes=yes,
            expression=Expression.BUTTON,
        )
        self.work(minutes=1)

    def publish(self) -> None:
        """Publish the next version of the policy, in the time that was promised before it takes effect."""
        if self._following is not None:
            in_time = self._clock.now() + timedelta(days=NOTICE_DAYS)
            publish_version(self._ctx, self._following, effective_at=in_time)
        self.work(minutes=5)

    def answer_changes(self, person: Person) -> None:
        """Agree to the first change of the new version, refuse the second, and leave the others alone."""
        if self._following is None:
            return
        question = ask_question(
            self._ctx,
            subject_id=person.session.subject_id,
            language=Language.VI,
            through=AskedThrough.PAGE,
            clauses=(),
        )
        first, second, *_ = (one.clause for one in question.text.clauses)
        answer(
            self._ctx,
            subject_id=person.session.subject_id,
            question_id=question.id,
            yes={first: True, second: False},
            expression=Expression.BUTTON,
        )
        self.work(minutes=1)

    def tell_news(self) -> None:
        """Have improvement news sent to who agreed to it."""
        send_news(self._ctx, actor=OFFICER, news_id=write_news(self._ctx, actor=OFFICER, typed=NEWS))
        self.work(minutes=5)

    def call_support(self, person: Person) -> None:
        """Ask support, who call back."""
        question = {"support.message": "Máy in không nhận tem 40 mm, nhờ gọi lại giúp."}
        self.collect(person, question, service="support", source=Source.PROVIDED)
        self.work(hours=2)
        self.read(person, "staff:support-1", "provide", "support.message", "phone", request="1042")

    def correct(self, person: Person, *, item: str, value: str) -> None:
        """Correct a value after proving who asks."""
        request = start_correction(self._ctx, person.session, item=item, typed=value)
        finish_correction(self._ctx, self.prove(person, request.id))
        self.work(minutes=5)

    def be_refused(self, person: Person) -> None:
        """Let two services try what the policy does not allow, and what needs a consent that was not given."""
        for purpose, item in (("improve", "phone"), ("promote", "email")):
            try:
                self.read(person, "service:shop", purpose, item)
            except DeniedError:
                self.work(minutes=1)

    def look_after(self, person: Person) -> None:
        """Look at what is held and take a copy."""
        my_data(self._ctx, person.session)
        request = start_copy(self._ctx, person.session)
        identity = self.prove(person, request.id)
        begin_copy(self._ctx, identity)
        self.work(minutes=5)
        hand_over(self._ctx, identity).whole()

    def leave(self, person: Person) -> None:
        """Delete the account."""
        identity = self.prove(person, start_erasure(self._ctx, person.session).id)
        accept_erasure(self._ctx, identity, accepted=preview_erasure(self._ctx, person.session).acceptance)
        self.work(minutes=1)

    def end_epoch(self) -> None:
        """Let the night's job wrap every key anew."""
        queue_end(self._ctx, name="demonstration")
        self.work(minutes=1)

    def prove(self, person: Person, request_id: str) -> VerifiedIdentity:
        """Prove identity for a request, by the code from the mail."""
        send_code(self._ctx, person.session, request_id, browser=person.browser)
        self.work(minutes=1)
        code = self.code(person.browser, CodeKind.VERIFY, request_id)
        return prove(self._ctx, person.session, request_id=request_id, code=code, browser=person.browser)

    def collect(self, person: Person, values: dict[str, str], *, service: str, source: Source) -> None:
        """Take values in through the door."""
        self._ctx.door.collect(
            actor="subject" if source.value == "provided" else f"service:{service}",
            subject_id=person.session.subject_id,
            values=values,
            service=service,
            source=source,
        )

    def read(self, person: Person, actor: str, purpose: str, *items: str, request: str | None = None) -> None:
        """Read values through the door."""
        self._ctx.door.read(
            actor=actor, subject_id=person.session.subject_id, items=items, purpose=purpose, request=request
        )

    def code(self, browser: str, kind: CodeKind, request_id: str | None = None) -> str:
        """Return the digits that the newest mail of a kind brought."""
        row = self._ctx.store.read(lambda unit: unit.codes.newest(browser_hash(browser), kind, request_id=request_id))
        if row is None:
            raise DeniedError("the demonstration asked for a code that was not sent")
        return code_text(self._ctx, row.id)

    def session(self, token: str) -> Session:
        """Return the session that a token is for."""
        found = find_session(self._ctx, token)
        if found is None:
            raise DeniedError("the demonstration lost a session")
        return found

    def browser(self) -> str:
        """Return a new browser's random token."""
        return self._ctx.entropy.token(16).hex()

    def work(self, **span: float) -> None:
        """Run what is due, give every record its place, and let time pass, but not beyond the end."""
        while self._engine.run_next("demonstration"):
            pass
        while self._sequencer.once():
            pass
        step = min(timedelta(**span), self._end - self._clock.now())
        self._clock.advance(seconds=max(step, timedelta()).total_seconds())

    def pass_days(self, days: int) -> None:
        """Let days pass, each with the jobs that come round."""
        for _ in range(days):
            plan_due(self._ctx)
            self.work(days=1)

    def finish(self, alice: Person) -> None:
        """Come to the present, in which alice has just asked for something."""
        self.work(days=365)
        leave_unproven(self._ctx, alice)
        plan_due(self._ctx)
        self.work()
