"""Notices of a changed policy: whom they reach and how, once each, whatever dies or refuses on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.errors import ConflictError, MailError, NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.terms import Channel, Language
from camket.jobs.engine import Engine, registry
from camket.jobs.kinds import KINDS
from camket.jobs.schedule import plan_due
from camket.rows import FactKind, FactRow
from camket.rows.notices import DeliveryRow, DeliveryState, NoticeState
from camket.services import notices
from camket.services.apps import note_use
from camket.services.notice_texts import MOST_LINES, change_values
from camket.services.outbox import BATCH, MOST_TRIES, send_bulk
from camket.services.own_notices import banners, own_notices, see_notice
from camket.services.policies import publish_policy
from camket.services.signin import start_sign_in
from camket.services.uses import use_of
from camket.testing.service import DEFAULT_POLICY
from tests.journeys import Customer, Service, register

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.ports import Mail, Unit
    from camket.rows import SubjectRow
    from camket.services.context import Context

LONGER = (b"maximum: 400 days", b"maximum: 410 days")
SHORTER = (b"maximum: 400 days", b"maximum: 390 days")
REWORDED = (b"# the format of this file", b"# this file's format")


def publish(service: Service, *changes: tuple[bytes, bytes], days: int = 40) -> int:
    """Publish the default policy, changed in a few places, for a day to come; return its number."""
    files = dict(read_policy_folder(DEFAULT_POLICY))
    for old, new in changes:
        assert old in files["policy.yaml"]
        files["policy.yaml"] = files["policy.yaml"].replace(old, new)
    at = service.clock.now() + timedelta(days=days)
    return publish_policy(service.ctx, files, effective_at=at).number


def told(service: Service, subject_id: str) -> tuple[DeliveryRow, ...]:
    """Return what a customer was told of, newest first."""
    return service.ctx.store.read(lambda unit: unit.notices.of_subject(subject_id))


def minute(service: Service) -> None:
    """Run what comes round each minute, and what is due."""
    plan_due(service.ctx)
    service.work()


def bob_registers(service: Service) -> Customer:
    """Register bob, who reads English."""
    customer = register(service, "Bob", email="bob@shop.example", phone="0987654321", language=Language.EN)
    service.work()
    return customer


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    journey.mail.mails.clear()
    journey.clock.advance(seconds=1)
    return customer


def test_everyone_is_told_once_in_their_language(journey: Service, alice: Customer) -> None:
    """Mail goes out at once and the banner stands; the evidence says when, and as which mail."""
    bob = bob_registers(journey)
    journey.mail.mails.clear()
    number = publish(journey, LONGER)
    journey.work()
    assert sorted((mail.recipient, mail.language) for mail in journey.mail.mails) == [
        ("alice@shop.example", "vi"),
        ("bob@shop.example", "en"),
    ]
    sent = {mail.recipient: mail.message_id for mail in journey.mail.mails}
    for customer in (alice, bob):
        (row,) = told(journey, customer.subject_id)
        assert (row.number, row.banner, row.mail) == (number, True, DeliveryState.SENT)
        assert (row.message_id, row.settled_at) == (sent[customer.email], journey.clock.now())
    journey.clock.advance(days=1)
    journey.work()
    assert len(journey.mail.mails) == 2
    planned = journey.ctx.store.read(lambda unit: unit.notices.get(number))
    assert planned is not None
    assert planned.state is NoticeState.PLANNED


def test_the_mail_says_what_holds_and_what_waits(journey: Service, alice: Customer) -> None:
    """What binds all at once and what waits for a yes stand apart, and why no one can be unsubscribed is said."""
    journey.ctx.store.write(lambda unit: unit.subjects.set_language(alice.subject_id, Language.EN))
    publish(journey, LONGER)
    journey.work()
    (mail,) = journey.mail.mails
    assert "in force from 01/01/2027" in mail.text
    assert "This holds for you only once you agree" in mail.text
    assert "This holds for everyone" not in mail.text
    assert "410" in mail.text
    assert "http://localhost:8000/policy/compare?from=1&to=2" in mail.text
    assert "You cannot unsubscribe from this mail" in mail.text
    assert mail.list_unsubscribe is None
    journey.mail.mails.clear()
    publish(journey, SHORTER, days=41)
    journey.work()
    assert "This holds for everyone" in journey.mail.mails[0].text


def test_a_version_that_only_rewords_tells_no_one(journey: Service, alice: Customer) -> None:
    """It is posted like every change; no banner, no mail, and the officer sees that none was needed."""
    number = publish(journey, REWORDED)
    journey.work()
    assert (journey.mail.mails, told(journey, alice.subject_id)) == ([], ())
    row = journey.ctx.store.read(lambda unit: unit.notices.get(number))
    assert row is not None
    assert row.state is NoticeState.NOT_NEEDED


def test_who_joins_before_the_day_is_told_and_who_joins_after_is_not(journey: Service, alice: Customer) -> None:
    """The next round finds who joined since; who joins under the version is told nothing of it."""
    publish(journey, LONGER)
    journey.work()
    bob = bob_registers(journey)
    assert told(journey, bob.subject_id) == ()
    journey.clock.advance(days=1)
    journey.work()
    minute(journey)
    (row,) = told(journey, bob.subject_id)
    assert row.mail is DeliveryState.SENT
    journey.clock.advance(days=40)
    journey.work()
    late = register(journey, "Bob", email="bob2@shop.example", phone="0987654322")
    journey.clock.advance(days=2)
    journey.work()
    assert told(journey, late.subject_id) == ()
    assert banners(journey.ctx, service="account", subject_id=late.subject_id) == ()
    assert len(told(journey, alice.subject_id)) == 1


def test_channels_are_those_of_the_services_in_use(journey: Service, alice: Customer) -> None:
    """An e-mail that the policy promises in the shop alone goes to who uses the shop."""
    bob = bob_registers(journey)
    note_use(journey.ctx, service="shop", subject_id=bob.subject_id)
    journey.mail.mails.clear()
    without = (
        b"  account:\n    page: 30 days\n    banner: 30 days\n    email: 30 days\n",
        b"  account:\n    page: 30 days\n    banner: 30 days\n",
    )
    publish(journey, without, days=0)
    # Alice keeps the channels of the version that she joined under, until she agrees to lose them.
    journey.work()
    assert told(journey, alice.subject_id)[0].mail is DeliveryState.SENT
    for customer in (alice, bob):
        agree_to_everything(journey, customer, version=2)
    publish(journey, without, LONGER)
    journey.work()
    assert [row.mail for row in told(journey, alice.subject_id)] == [DeliveryState.NONE, DeliveryState.SENT]
    assert [row.mail for row in told(journey, bob.subject_id)] == [DeliveryState.SENT, DeliveryState.SENT]


def agree_to_everything(service: Service, customer: Customer, *, version: int) -> None:
    """Have a customer agree to a version whole."""
    fact = FactRow(
        id=f"{customer.subject_id}-{version}",
        subject_id=customer.subject_id,
        kind=FactKind.AGREEMENT,
        body={"version": version, "clause": None},
        at=service.clock.now(),
        withdrawn_at=None,
    )
    service.ctx.store.write(lambda unit: unit.facts.add(fact))


def test_a_refusal_is_evidence_and_stops_no_one_else(
    journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relay's code and its word stand in the refused customer's row; everyone else has their mail."""
    bob = bob_registers(journey)
    journey.mail.mails.clear()
    keep = journey.mail.carry

    def refuse_alice(mail: Mail) -> None:
        if mail.recipient == alice.email:
            message = "no"
            raise MailError(message, kind="recipient", permanent=True, code=550)
        keep(mail)

    monkeypatch.setattr(journey.mail, "carry", refuse_alice)
    publish(journey, LONGER)
    journey.work()
    (refused,), (sent,) = told(journey, alice.subject_id), told(journey, bob.subject_id)
    assert (refused.mail, refused.smtp_code, refused.error_kind) == (DeliveryState.REFUSED, 550, "recipient")
    assert refused.message_id is None
    assert sent.mail is DeliveryState.SENT


def test_a_relay_that_is_down_is_not_asked_for_everyone(
    journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After two mails without an answer the rest waits uncounted; when the relay is back, all go out."""
    people = [alice, bob_registers(journey)]
    people += [register(journey, "Bob", email=f"bob{n}@shop.example", phone=f"098765430{n}") for n in range(3)]
    journey.work()
    asked: list[str] = []

    def down(mail: Mail) -> None:
        asked.append(mail.recipient)
        message = "away"
        raise MailError(message, kind="unreachable", permanent=False, relay_down=True)

    with monkeypatch.context() as patch:
        patch.setattr(journey.mail, "carry", down)
        publish(journey, LONGER)
        journey.work()
    assert len(asked) == 2
    states = [told(journey, one.subject_id)[0] for one in people]
    assert {row.mail for row in states} == {DeliveryState.QUEUED}
    assert sorted(row.error_kind or "" for row in states) == ["", "", "", "unreachable", "unreachable"]
    journey.mail.mails.clear()
    journey.clock.advance(minutes=61)
    minute(journey)
    assert len(journey.mail.mails) == len(people)
    assert {told(journey, one.subject_id)[0].mail for one in people} == {DeliveryState.SENT}


def test_an_address_that_never_answers_is_given_up(
    journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail that fails every time ends as dead, with the relay's last answer, and stops nothing."""

    def busy(_: Mail) -> None:
        message = "busy"
        raise MailError(message, kind="busy", permanent=False, code=451)

    monkeypatch.setattr(journey.mail, "carry", busy)
    publish(journey, LONGER, days=300)
    for _ in range(MOST_TRIES):
        minute(journey)
        journey.clock.advance(hours=6)
    (row,) = told(journey, alice.subject_id)
    assert (row.mail, row.smtp_code, row.error_kind) == (DeliveryState.DEAD, 451, "busy")


def test_who_objects_gets_the_banner_alone(journey: Service, alice: Customer) -> None:
    """The gate is asked when the mail is sent, and its no is the evidence."""
    publish(journey, LONGER)
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
    (row,) = told(journey, alice.subject_id)
    assert (journey.mail.mails, row.mail, row.banner) == ([], DeliveryState.DENIED, True)


def test_a_batch_that_dies_is_planned_again_whole(
    journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that is stopped between two batches goes on with the next; no one is planned twice or passed over."""
    people = [alice, bob_registers(journey)]
    people += [register(journey, "Bob", email=f"bob{n}@shop.example", phone=f"098765430{n}") for n in range(3)]
    journey.work()
    journey.mail.mails.clear()
    monkeypatch.setattr(notices, "BATCH", 2)
    publish(journey, LONGER)
    plan, calls = notices.plan_people_in, []

    def die_after_the_first(unit: Unit, ctx: Context, number: int, people: Sequence[SubjectRow]) -> None:
        calls.append(number)
        plan(unit, ctx, number, people)
        if len(calls) > 1:
            raise LookupError

    with monkeypatch.context() as patch:
        patch.setattr(notices, "plan_people_in", die_after_the_first)
        journey.work()
    assert sum(len(told(journey, one.subject_id)) for one in people) == 2
    journey.clock.advance(minutes=1)
    minute(journey)
    assert [len(told(journey, one.subject_id)) for one in people] == [1] * len(people)
    assert sorted(mail.recipient for mail in journey.mail.mails) == sorted(one.email for one in people)


def test_a_banner_stands_until_it_is_read(journey: Service, alice: Customer) -> None:
    """From the publication on, past the day it takes effect; reading is on record once, and for the reader alone."""
    bob = bob_registers(journey)
    number = publish(journey, LONGER)
    journey.work()
    journey.clock.advance(days=100)
    for customer in (alice, bob):
        (shown,) = banners(journey.ctx, service="account", subject_id=customer.subject_id)
        assert shown.version.number == number
    see_notice(journey.ctx, subject_id=alice.subject_id, number=number)
    first = journey.clock.now()
    journey.clock.advance(hours=1)
    see_notice(journey.ctx, subject_id=alice.subject_id, number=number)
    assert banners(journey.ctx, service="account", subject_id=alice.subject_id) == ()
    assert banners(journey.ctx, service="shop", subject_id=alice.subject_id) == ()
    assert banners(journey.ctx, service="account", subject_id=bob.subject_id) != ()
    (own,) = own_notices(journey.ctx, subject_id=alice.subject_id)
    assert (own.number, own.seen_at, own.mail) == (number, first, DeliveryState.SENT)
    records = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=9))
    assert [use_of(one).action for one in records].count(LedgerAction.NOTICE) == 1


def test_who_reads_before_the_next_round_still_gets_the_mail(journey: Service, alice: Customer) -> None:
    """Reading a banner plans what the round would have planned, and the round then finds nothing left."""
    publish(journey, LONGER)
    journey.work()
    bob = bob_registers(journey)
    journey.mail.mails.clear()
    see_notice(journey.ctx, subject_id=bob.subject_id, number=2)
    journey.clock.advance(days=1)
    minute(journey)
    (row,) = told(journey, bob.subject_id)
    assert (row.seen_at is not None, row.mail) == (True, DeliveryState.SENT)
    assert [mail.recipient for mail in journey.mail.mails] == [bob.email]
    assert len(told(journey, alice.subject_id)) == 1


def test_only_what_one_is_told_can_be_read(journey: Service, alice: Customer) -> None:
    """A version that is none, the one that was joined under, and one that only rewords are no notices."""
    publish(journey, REWORDED)
    for number in (0, 1, 2, 3):
        with pytest.raises(NotFoundError, match="no such notice"):
            see_notice(journey.ctx, subject_id=alice.subject_id, number=number)
    assert told(journey, alice.subject_id) == ()


def test_the_erased_leave_counts_and_no_id(journey: Service, alice: Customer) -> None:
    """After an erasure the report counts the mail as before, and nothing says whose it was."""
    number = publish(journey, LONGER)
    journey.work()
    before = journey.ctx.store.read(lambda unit: unit.notices.count(number))
    alice.accept_erasure()
    journey.work()
    assert told(journey, alice.subject_id) == ()
    (gone,) = journey.ctx.store.read(lambda unit: unit.notices.count(number))
    assert (gone.present, gone.mail, gone.people) == (False, DeliveryState.SENT, before[0].people)


def test_evidence_is_kept_as_long_as_records(journey: Service, alice: Customer) -> None:
    """When the policy's time for records is over, deliveries become counts."""
    number = publish(journey, LONGER)
    journey.work()
    journey.clock.advance(days=40 + 729)
    assert notices.forget_old_evidence(journey.ctx) == 0
    journey.clock.advance(days=2)
    assert notices.forget_old_evidence(journey.ctx) == 1
    assert told(journey, alice.subject_id) == ()
    (gone,) = journey.ctx.store.read(lambda unit: unit.notices.count(number))
    assert (gone.present, gone.people) == (False, 1)


def test_who_waits_for_a_code_does_not_wait_behind_a_notice(
    journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code asked for while a notice goes out leaves before its next mail; a job sends for a short turn only."""
    for number in range(BATCH * 3):
        register(journey, "Bob", email=f"bob{number}@shop.example", phone=f"0987654{number:03}")
    journey.work()
    journey.mail.mails.clear()
    keep = journey.mail.carry

    def slow(mail: Mail) -> None:
        journey.clock.advance(seconds=1)
        keep(mail)
        if len(journey.mail.mails) == 1:
            start_sign_in(journey.ctx, email=alice.email, browser="another", address=None)

    monkeypatch.setattr(journey.mail, "carry", slow)
    publish(journey, LONGER)
    plan_all(journey)
    assert send_bulk(journey.ctx, going_on=lambda: None)
    subjects = [mail.subject for mail in journey.mail.mails]
    assert subjects[1] == "Mã đăng nhập Quầy"
    assert len(subjects) == BATCH
    journey.work()
    subjects = [mail.subject for mail in journey.mail.mails]
    assert len(subjects) == BATCH * 3 + 2


def test_a_mail_that_takes_its_sender_with_it_is_given_up(
    journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that no one foresaw ends the turn, not the others' mails, and in the end that one mail alone."""
    bob = bob_registers(journey)
    journey.mail.mails.clear()
    keep = journey.mail.carry

    def break_down(mail: Mail) -> None:
        if mail.recipient == alice.email:
            raise LookupError
        keep(mail)

    monkeypatch.setattr(journey.mail, "carry", break_down)
    publish(journey, LONGER)
    for _ in range(MOST_TRIES + 2):
        minute(journey)
        journey.clock.advance(minutes=6)
    (lost,), (sent,) = told(journey, alice.subject_id), told(journey, bob.subject_id)
    assert (lost.mail, lost.error_kind) == (DeliveryState.DEAD, "gave_up")
    assert sent.mail is DeliveryState.SENT


def plan_all(service: Service) -> None:
    """Run the job that plans, and no other."""
    engine = Engine(service.ctx, registry(KINDS[notices.NOTICE_JOB]))
    while engine.run_next("planner"):
        pass


def test_a_long_list_ends_with_how_many_are_left(journey: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail names a bounded number of differences and leads to the page that names all."""
    assert MOST_LINES > 2
    monkeypatch.setattr("camket.services.notice_texts.MOST_LINES", 2)
    publish(journey, (b"maximum: 400 days", b"maximum: 390 days"), (b"maximum: 90 days", b"maximum: 80 days"))
    values = change_values(journey.ctx, 2, Language.EN)
    lines = values["changes"].splitlines()
    assert len(lines) == 2
    assert lines[-1].startswith("… and ")


def test_a_channel_is_a_word_of_the_closed_set() -> None:
    """What deliveries keep apart are the channels that a policy can name."""
    assert {Channel.PAGE, Channel.BANNER, Channel.EMAIL} == set(Channel)


def test_two_plans_of_one_customer_cannot_both_stand(journey: Service, alice: Customer) -> None:
    """The row of a customer and a notice is one; a second is refused and its unit undone."""
    publish(journey, LONGER)
    journey.work()
    (row,) = told(journey, alice.subject_id)
    with pytest.raises(ConflictError):
        journey.ctx.store.write(lambda unit: unit.notices.add([row]))
