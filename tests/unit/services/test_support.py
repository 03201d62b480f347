"""Threads with support: begun, answered, opened again, seen by their own customer alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.errors import ConflictError, NotFoundError, RateLimitedError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.staff.roles import Role
from camket.core.terms import RIGHTS_PURPOSE, Verification
from camket.services.access import SUBJECT, AskError
from camket.services.casework import ask_subject, refuse, reply
from camket.services.forms import FormError
from camket.services.limits import MESSAGES_PER_HOUR
from camket.services.policies import publish_policy
from camket.services.request_thread import MESSAGE
from camket.services.support import list_threads, own_thread, start_thread, takes_pictures, write
from camket.services.support_pictures import PICTURES
from camket.testing.service import DEFAULT_POLICY
from tests.journeys import Customer, Service, register, service_in
from tests.pictures import picture
from tests.publishing import changed
from tests.unit.services.desk import staff

QUESTION = "Máy in không nhận tem 40 mm."
PICTURES_COLLECTED = "dpv: pd:Picture\n    keep: support\n    collected:\n      - {service: support, source: provided}"


def held(service: Service, customer: Customer) -> list[str]:
    """Return the words that are held of what a customer wrote, oldest first."""
    opened = service.ctx.door.read(
        actor=SUBJECT, subject_id=customer.subject_id, items=(MESSAGE,), purpose=RIGHTS_PURPOSE
    )
    return [value.text for value in opened.values[MESSAGE]]


def texts(service: Service, customer: Customer, request_id: str) -> list[str | None]:
    """Return what a customer reads in a thread."""
    return [message.text for message in own_thread(service.ctx, customer.session, request_id=request_id).messages]


def test_a_question_is_at_the_desk_at_once_and_among_the_customers_data(journey: Service) -> None:
    """What a customer writes is a request that their session has verified, and a value that they see and may delete."""
    alice = register(journey)
    row = start_thread(journey.ctx, alice.session, text=QUESTION)
    assert (row.kind, row.state, row.verified_level) == (
        RequestKind.SUPPORT,
        RequestState.VERIFIED,
        Verification.SESSION,
    )
    assert row.reply_due_at is not None
    assert held(journey, alice) == [QUESTION]
    assert texts(journey, alice, row.id) == [QUESTION]


def test_two_questions_are_two_threads_the_one_written_to_last_first(journey: Service) -> None:
    """Questions join nothing: each has its thread, and the list shows where something was written last."""
    alice = register(journey)
    first = start_thread(journey.ctx, alice.session, text=QUESTION)
    journey.clock.advance(minutes=1)
    second = start_thread(journey.ctx, alice.session, text="Đổi giấy in thế nào?")
    journey.clock.advance(minutes=1)
    write(journey.ctx, alice.session, request_id=first.id, text="Máy 58 mm.")
    threads = list_threads(journey.ctx, alice.session)
    assert [(one.request.id, one.messages, one.answered) for one in threads] == [
        (first.id, 2, False),
        (second.id, 1, False),
    ]


def test_an_answer_ends_a_question_and_another_word_opens_it_again(journey: Service) -> None:
    """Support answers, the customer is told by a mail that leads to the thread; writing again opens it."""
    alice = register(journey)
    bob = staff(journey, Role.SUPPORT)
    row = start_thread(journey.ctx, alice.session, text=QUESTION)
    journey.work()
    journey.mail.mails.clear()
    answered = reply(journey.ctx, bob, request_id=row.id, text="Hãy chọn khổ 40 mm trong cài đặt.")
    assert answered.state is RequestState.DONE
    journey.work()
    (mail,) = journey.mail.mails
    assert row.number in mail.text
    assert f"/support/{row.id}" in mail.text
    assert "40 mm" not in mail.text
    assert list_threads(journey.ctx, alice.session)[0].answered
    again = write(journey.ctx, alice.session, request_id=row.id, text="Vẫn chưa được.")
    assert again.state is RequestState.VERIFIED
    assert texts(journey, alice, row.id) == [QUESTION, "Hãy chọn khổ 40 mm trong cài đặt.", "Vẫn chưa được."]


def test_what_staff_ask_stops_the_clocks_until_the_customer_answers(journey: Service) -> None:
    """A request waits for its customer; their answer has it go on."""
    alice = register(journey)
    bob = staff(journey, Role.OFFICER)
    row = start_thread(journey.ctx, alice.session, text=QUESTION)
    asked = ask_subject(journey.ctx, bob, request_id=row.id, text="Máy in hiệu gì?")
    assert (asked.state, asked.paused_at) == (RequestState.WAITING, journey.clock.now())
    gone_on = write(journey.ctx, alice.session, request_id=row.id, text="Xprinter.")
    assert (gone_on.state, gone_on.paused_at) == (RequestState.VERIFIED, None)


def test_what_has_ended_for_good_takes_no_more_words(journey: Service) -> None:
    """A question that was refused is closed; nothing of a new message is kept."""
    alice = register(journey)
    row = start_thread(journey.ctx, alice.session, text=QUESTION)
    refuse(journey.ctx, staff(journey, Role.SUPPORT), request_id=row.id, reason="Máy này không phải của chúng tôi.")
    with pytest.raises(ConflictError):
        write(journey.ctx, alice.session, request_id=row.id, text="Sao vậy?")
    assert held(journey, alice) == [QUESTION]
    assert not own_thread(journey.ctx, alice.session, request_id=row.id).open


def test_nobody_reads_or_writes_in_the_thread_of_another(journey: Service) -> None:
    """A thread's id opens nothing to another customer, and its list is theirs alone."""
    alice = register(journey)
    bob = register(journey, "Bob Trần", email="bob@shop.example", phone="0923456789")
    row = start_thread(journey.ctx, alice.session, text=QUESTION)
    with pytest.raises(NotFoundError):
        own_thread(journey.ctx, bob.session, request_id=row.id)
    with pytest.raises(NotFoundError):
        write(journey.ctx, bob.session, request_id=row.id, text="Xin chào.")
    assert list_threads(journey.ctx, bob.session) == ()


def test_a_thread_without_words_or_with_too_many_pictures_is_refused(journey: Service) -> None:
    """Nothing is stored of a message that is refused, and each field has its own sentence."""
    alice = register(journey)
    with pytest.raises(FormError) as empty:
        start_thread(journey.ctx, alice.session, text="  \n ")
    assert list(empty.value.problems) == ["text"]
    with pytest.raises(FormError) as many:
        start_thread(journey.ctx, alice.session, text=QUESTION, pictures=[b""] * (PICTURES + 1))
    assert list(many.value.problems) == ["picture"]
    assert list_threads(journey.ctx, alice.session) == ()


def test_a_flood_of_messages_is_refused_and_the_next_hour_is_free(journey: Service) -> None:
    """So many messages go out in an hour, of all threads together; one more leaves nothing."""
    alice = register(journey)
    row = start_thread(journey.ctx, alice.session, text=QUESTION)
    for number in range(MESSAGES_PER_HOUR - 1):
        write(journey.ctx, alice.session, request_id=row.id, text=f"Tin {number}.")
    with pytest.raises(RateLimitedError):
        write(journey.ctx, alice.session, request_id=row.id, text="Thêm một tin.")
    assert len(held(journey, alice)) == MESSAGES_PER_HOUR
    journey.clock.advance(hours=1)
    write(journey.ctx, alice.session, request_id=row.id, text="Một giờ sau.")


def test_each_message_is_one_line_of_the_timeline(journey: Service) -> None:
    """The timeline says when words came and by whom; the words themselves are not in it."""
    alice = register(journey)
    row = start_thread(journey.ctx, alice.session, text=QUESTION)
    write(journey.ctx, alice.session, request_id=row.id, text="Máy 58 mm.")
    lines = journey.ctx.store.read(lambda unit: unit.requests.events(row.id))
    assert [line.event for line in lines] == [RequestEvent.MAKE, RequestEvent.VERIFY, RequestEvent.ANSWER]
    assert all(line.sealed is None for line in lines)


def test_a_message_that_its_customer_deleted_is_shown_as_gone(journey: Service) -> None:
    """What someone deletes of their own words is gone from the thread too; the thread itself stays."""
    alice = register(journey)
    row = start_thread(journey.ctx, alice.session, text=QUESTION, pictures=[picture()])
    write(journey.ctx, alice.session, request_id=row.id, text="Máy 58 mm.")
    messages = journey.ctx.store.read(lambda unit: unit.request_parts.messages(row.id))
    gone = [messages[0].value_id or "", *messages[0].pictures]
    journey.ctx.store.write(
        lambda unit: journey.ctx.door.erase_in(unit, subject_id=alice.subject_id, row_ids=gone).require()
    )
    first, second = own_thread(journey.ctx, alice.session, request_id=row.id).messages
    assert (first.text, first.pictures, second.text) == (None, (), "Máy 58 mm.")


def test_pictures_wait_for_the_yes_of_who_joined_before_them(tmp_path: Path) -> None:
    """Where a new version lets pictures be taken in, older customers write without them, and nothing is half stored."""
    folder = tmp_path / "policy"
    folder.mkdir()
    for name, content in changed((PICTURES_COLLECTED, PICTURES_COLLECTED.replace("support,", "shop,"))).items():
        (folder / name).write_bytes(content)
    with service_in(tmp_path / "service", policy=folder) as service:
        alice = register(service)
        publish_policy(service.ctx, read_policy_folder(DEFAULT_POLICY))
        bob = register(service, "Bob Trần", email="bob@shop.example", phone="0923456789")
        assert (takes_pictures(service.ctx, alice.session), takes_pictures(service.ctx, bob.session)) == (False, True)
        with pytest.raises(AskError):
            start_thread(service.ctx, alice.session, text=QUESTION, pictures=[picture()])
        assert list_threads(service.ctx, alice.session) == ()
        assert held(service, alice) == []
        assert start_thread(service.ctx, alice.session, text=QUESTION).state is RequestState.VERIFIED
        assert start_thread(service.ctx, bob.session, text=QUESTION, pictures=[picture()]).verified_at is not None
