"""The outbox: queued with its cause, filled through the door when sent, asked of the gate at that moment."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from camket.core.errors import InvalidValueError, MailError
from camket.core.ledger.entry import LedgerOutcome
from camket.core.terms import Language
from camket.jobs.schedule import plan_due
from camket.ports import Mail, Unit
from camket.rows import FactKind, FactRow, MailRow, MailState
from camket.services.outbox import BATCH, MOST_TRIES, SENDING, message_id_of, queue_mail_in
from camket.services.signin import start_sign_in
from camket.services.uses import use_of
from tests.journeys import Customer, Postbox, Service, register

NOTICE = "service_notice"


def queue(journey: Service, subject_id: str, template: str = NOTICE) -> str:
    """Queue a mail in a unit of its own and return its id."""
    return journey.ctx.store.write(
        lambda unit: queue_mail_in(unit, journey.ctx, subject_id=subject_id, template=template)
    )


def newest(journey: Service, subject_id: str) -> MailRow:
    """Return the newest row of a subject's mails."""
    return journey.ctx.store.read(lambda unit: unit.outbox.of_subject(subject_id, limit=1))[0]


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    journey.mail.mails.clear()
    journey.clock.advance(seconds=1)
    return customer


def failing(journey: Service, monkeypatch: pytest.MonkeyPatch, carry: Callable[[Mail], None]) -> None:
    """Have the carrier of this test's service do something else."""
    monkeypatch.setattr(journey.mail, "carry", carry)


def test_mails_of_one_instant_leave_in_the_order_they_were_queued(journey: Service, alice: Customer) -> None:
    """More mails than one job sends, queued together or one by one while the clock stands: none overtakes another."""

    def together(unit: Unit) -> list[str]:
        return [
            queue_mail_in(unit, journey.ctx, subject_id=alice.subject_id, template=NOTICE) for _ in range(BATCH + 3)
        ]

    queued = journey.ctx.store.write(together) + [queue(journey, alice.subject_id) for _ in range(3)]
    journey.work()
    sent = [mail.message_id for mail in journey.mail.mails]
    assert sent == [message_id_of(journey.ctx, mail_id) for mail_id in queued]


def test_a_mail_is_filled_when_it_is_sent(journey: Service, alice: Customer) -> None:
    """What is queued holds ids alone; address, name and language come through the door at the moment of sending."""
    queue(journey, alice.subject_id)
    row = newest(journey, alice.subject_id)
    assert "alice" not in repr(row)
    journey.work()
    mail = journey.last_mail("alice@shop.example")
    assert "Chào Alice Nguyễn," in mail.text
    assert mail.language == Language.VI
    assert mail.sender == "privacy@quay.example"
    assert "Alice" not in mail.subject
    sent = newest(journey, alice.subject_id)
    assert (sent.state, sent.message_id) == (MailState.SENT, mail.message_id)


def test_the_use_is_on_record(journey: Service, alice: Customer) -> None:
    """Sending a mail is a use of the address: the subject sees who, what and what for."""
    queue(journey, alice.subject_id)
    journey.work()
    use = use_of(journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=1))[0])
    assert (use.who, use.purpose, set(use.items)) == ("service:mailer", "notify", {"email", "name"})


def test_a_mail_is_queued_with_its_cause(journey: Service, alice: Customer) -> None:
    """A unit of work that fails queues no mail."""

    def fail(unit: Unit) -> None:
        queue_mail_in(unit, journey.ctx, subject_id=alice.subject_id, template=NOTICE)
        raise LookupError

    with pytest.raises(LookupError):
        journey.ctx.store.write(fail)
    assert journey.work() == 0
    assert journey.mail.mails == []


def test_the_gate_is_asked_at_the_moment_of_sending(journey: Service, alice: Customer) -> None:
    """A customer who objects after a mail was queued and before it is sent does not get it; the no is on record."""
    queue(journey, alice.subject_id)
    no = FactRow(
        id="f1",
        subject_id=alice.subject_id,
        kind=FactKind.OBJECTION,
        body={"purposes": ["notify"]},
        at=journey.clock.now(),
        withdrawn_at=None,
    )
    journey.ctx.store.write(lambda unit: unit.facts.add(no))
    journey.work()
    assert journey.mail.mails == []
    assert newest(journey, alice.subject_id).state is MailState.DENIED
    use = use_of(journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=1))[0])
    assert use.outcome is LedgerOutcome.DENY


def test_no_one_gets_nothing(journey: Service, alice: Customer) -> None:
    """A mail for a subject that no one is is settled by the same job as any other, and nothing is sent."""
    queue(journey, "nobody")
    assert journey.work() == 1
    assert journey.mail.mails == []
    assert newest(journey, "nobody").state is MailState.DENIED
    assert alice.email not in repr(journey.mail.mails)


def test_a_relay_that_is_away_is_tried_again(
    journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A temporary failure is tried again after growing pauses, under one Message-ID, and given up in the end."""
    seen: list[str] = []

    def busy(mail: Mail) -> None:
        seen.append(mail.message_id)
        message = "busy"
        raise MailError(message, kind="busy", permanent=False)

    failing(journey, monkeypatch, busy)
    queue(journey, alice.subject_id)
    pauses = []
    for _ in range(MOST_TRIES):
        before = journey.clock.now()
        journey.work()
        journey.work()
        pauses.append(newest(journey, alice.subject_id).next_at - before)
        journey.clock.advance(seconds=pauses[-1].total_seconds())
    assert len(seen) == MOST_TRIES
    assert len(set(seen)) == 1
    assert pauses[:-1] == sorted(pauses[:-1])
    assert pauses[0] < timedelta(minutes=1)
    row = newest(journey, alice.subject_id)
    assert (row.state, row.last_error_kind) == (MailState.DEAD, "busy")


def test_a_relay_that_refuses_is_not_asked_again(
    journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A permanent failure ends at once, with a word for it."""

    def refuse(_: Mail) -> None:
        message = "no"
        raise MailError(message, kind="recipient", permanent=True)

    failing(journey, monkeypatch, refuse)
    queue(journey, alice.subject_id)
    journey.work()
    row = newest(journey, alice.subject_id)
    assert (row.state, row.attempts, row.last_error_kind) == (MailState.DEAD, 1, "recipient")


def test_a_code_that_is_late_is_not_sent(journey: Service, alice: Customer) -> None:
    """A code that has expired before its mail could leave is not sent any more."""
    start_sign_in(journey.ctx, email=alice.email, browser="another", address=None)
    journey.clock.advance(minutes=10)
    journey.work()
    assert journey.mail.mails == []
    row = newest(journey, alice.subject_id)
    assert (row.state, row.last_error_kind) == (MailState.DEAD, "too_late")


class Died(BaseException):
    """The process ended here."""


def test_killed_after_sending_it_sends_again_as_the_same_mail(
    journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that dies between sending and saying so sends once more, and both mails have one Message-ID."""
    twice = Postbox()

    def send_and_die(mail: Mail) -> None:
        twice.carry(mail)
        if len(twice.mails) == 1:
            raise Died

    failing(journey, monkeypatch, send_and_die)
    queue(journey, alice.subject_id)
    with pytest.raises(Died):
        journey.work()
    journey.clock.advance(seconds=SENDING.total_seconds())
    plan_due(journey.ctx)
    journey.work()
    assert [mail.message_id for mail in twice.mails] == [twice.mails[0].message_id] * 2
    assert newest(journey, alice.subject_id).state is MailState.SENT


def test_an_unconfirmed_address_gets_nothing_that_a_stranger_typed(journey: Service) -> None:
    """The mail with a registration's code does not carry the name that was typed: it may be no name at all."""
    register(journey, "Visit quay dot example")
    journey.work()
    mail = journey.mail.mails[0]
    assert "quay dot example" not in mail.text + mail.html + mail.subject


def test_who_has_an_account_is_told_so_by_mail_alone(journey: Service, alice: Customer) -> None:
    """Registering with an address that has an account sends another text there, under the same subject line."""
    again = register(journey, "Bob", phone="0987654321", email=alice.email)
    assert again.subject_id == alice.subject_id
    journey.work()
    mail = journey.last_mail(alice.email)
    assert "Bạn đã có tài khoản" in mail.text
    assert mail.subject == "Mã xác nhận đăng ký Quầy"


def test_there_is_no_mail_that_is_not_written(journey: Service, alice: Customer) -> None:
    """A template that does not exist is refused with its nearest name, and nothing is queued."""
    with pytest.raises(InvalidValueError, match="service_notice"):
        queue(journey, alice.subject_id, "service_notise")
