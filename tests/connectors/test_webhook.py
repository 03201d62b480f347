"""The connector `webhook` against a real HTTP server: signed questions, strict answers, bounded in every way."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest

from camket.adapters.connectors import make_connector
from camket.adapters.connectors.webhook import sending
from camket.adapters.connectors.webhook.sending import is_public
from camket.core.errors import HolderError, HolderFailure
from camket.core.rights.connectors import PlannedRows, RowEnd, read_connectors
from camket.core.terms import Language
from camket.core.vault.keyring import KeyKind
from camket.services.centre import my_data
from tests.connectors.receiver import KEY_ID, Receiver, receiving
from tests.journeys import register, service_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camket.holder_ports import Connector

ALICE = "a1" * 16
SINCE = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return another system that holds two records of alice."""
    with receiving() as receiver:
        receiver.held[ALICE] = [{"topic": "tea"}, {"topic": "bread"}]
        yield receiver


def connector_of(receiver: Receiver, **other: object) -> Connector:
    """Return the connector to it."""
    return make_connector(read_connectors(receiver.declared(**other))[0])


def test_what_is_held_is_counted_and_given(receiver: Receiver) -> None:
    """Numbers, the plan, and one file of JSON with labels; somebody unknown holds nothing."""
    connector = connector_of(receiver)
    assert connector.check() == ()
    assert connector.count(ALICE) == {"shop.sales": 2}
    assert connector.plan(ALICE) == (PlannedRows(table="shop.sales", item="shop.sales", rows=2, end=RowEnd.DELETE),)
    (exported,) = connector.export(ALICE)
    assert json.loads(exported.content) == [{"topic": "tea"}, {"topic": "bread"}]
    assert (exported.count, exported.labels) == (2, {"topic": {"vi": "Chủ đề", "en": "Topic"}})
    assert (connector.count("b0" * 16), connector.export("b0" * 16)) == ({}, ())


def test_a_question_is_signed_and_names_nobody_but_an_id(receiver: Receiver) -> None:
    """The receiver verifies each signature; the body has what is asked, the id, and a number used once."""
    connector = connector_of(receiver)
    connector.count(ALICE)
    connector.count(ALICE)
    first, second = receiver.asked
    assert {key: first[key] for key in ("ask", "subject")} == {"ask": "count", "subject": ALICE}
    assert (set(first), first["id"] == second["id"]) == ({"ask", "subject", "id"}, False)
    assert receiver.headers[0]["Camket-Key"] == KEY_ID


def test_an_erasure_whose_answer_was_lost_is_asked_again(receiver: Receiver) -> None:
    """It was done and nobody knows: that is a failure, and the second call is harmless and true."""
    connector = connector_of(receiver)
    receiver.loses_answers = True
    with pytest.raises(HolderError, match="`news` could not delete what it holds: it cannot be reached, broke off"):
        connector.erase(ALICE)
    assert ALICE not in receiver.held
    receiver.loses_answers = False
    connector.erase(ALICE)


def test_a_correction_carries_the_value_to_who_is_declared_to_need_it(receiver: Receiver) -> None:
    """The item, since when and, for `value`, what is held now; for `change` no value is in the question at all."""
    receiver.corrects = {"email": "value", "phone": "change"}
    connector = connector_of(receiver)
    assert connector.corrects == {"email", "phone"}
    assert connector.check() == ()
    connector.correct(ALICE, item="email", value="alice@new.example", since=SINCE)
    connector.correct(ALICE, item="phone", value="+84912345679", since=SINCE)
    _, email, phone = receiver.asked
    told = {"ask": "correct", "subject": ALICE, "since": SINCE.isoformat()}
    assert email == told | {"item": "email", "value": "alice@new.example", "id": email["id"]}
    assert phone == told | {"item": "phone", "id": phone["id"]}
    assert receiver.corrected == {ALICE: {"email": "alice@new.example", "phone": None}}


def test_a_correction_that_nobody_declared_is_told_to_nobody(receiver: Receiver) -> None:
    """Another item than the declared ones is not sent, and the plan has no place for it."""
    receiver.corrects = {"email": "value"}
    connector = connector_of(receiver)
    connector.correct(ALICE, item="name", value="Alice", since=SINCE)
    assert receiver.asked == []
    assert connector.plan_correction(ALICE, "name") == ()
    (planned,) = connector.plan_correction(ALICE, "email")
    assert (planned.table, planned.column, planned.rows) == ("email", None, 1)
    assert [one["ask"] for one in receiver.asked] == ["count"]


def test_a_correction_whose_answer_was_lost_is_told_again(receiver: Receiver) -> None:
    """It was done and nobody knows: a failure; the second telling says the same, and the value stands once."""
    receiver.corrects = {"email": "value"}
    connector = connector_of(receiver)
    receiver.loses_answers = True
    with pytest.raises(HolderError, match="`news` could not correct: it cannot be reached, broke off") as failed:
        connector.correct(ALICE, item="email", value="alice@new.example", since=SINCE)
    assert failed.value.failure is HolderFailure.UNREACHABLE
    receiver.loses_answers = False
    connector.correct(ALICE, item="email", value="alice@new.example", since=SINCE)
    first, second = ({**one, "id": None} for one in receiver.asked)
    assert first == second
    assert receiver.corrected == {ALICE: {"email": "alice@new.example"}}


def test_both_sides_have_to_say_the_same_of_corrections(receiver: Receiver) -> None:
    """What the system wants to be told, and what it is told, are compared item by item."""
    receiver.corrects = {"email": "value", "name": "change"}
    assert connector_of(receiver, corrects={"email": "change", "phone": "value"}).check() == (
        "it wants to be told `value` of `email`, and `corrects` says `change`",
        "it wants to be told `change` of `name`, and `corrects` says `nothing`",
        "it wants to be told `nothing` of `phone`, and `corrects` says `value`",
    )


@pytest.mark.parametrize("status", [201, 204, 302, 307, 404, 500, 503])
def test_only_status_200_is_an_answer(receiver: Receiver, status: int) -> None:
    """A redirect leads nowhere, and no other status is taken for done."""
    receiver.status = status
    receiver.says = b"" if status == 204 else b'{"erased": true}'
    with pytest.raises(HolderError, match=f"it answered with status {status}") as failed:
        connector_of(receiver).erase(ALICE)
    assert failed.value.failure is HolderFailure.REFUSED
    assert len(receiver.asked) == 1


@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"alice is unknown",
        b"[]",
        b"{}",
        b"null",
        b"[" * 100_000,
        b"\xff",
        b'{"erased": false, "held": {"shop.sales": "2"}, "items": [{"item": "shop.sales"}]}',
        b'{"erased": 1, "held": {"shop.sales": -1}, "items": [7]}',
        b'{"erased": "true", "held": [], "items": {}}',
        b'{"erased": null, "held": {"shop.sales": true}, "items": [{"item": "shop.sales", "records": [1]}]}',
        b'{"erased": 0, "held": {"alice": 1}, "items": [{"item": "alice", "records": [{}]}]}',
        b'{"erased": [], "held": 1, "items": [{"item": "shop.sales", "records": [{"a": NaN}]}]}',
        b'{"erased": {}, "held": "", "items": [{"item": "shop.sales", "records": [{}], "labels": {"a": {"vi": "b"}}}]}',
    ],
)
def test_what_is_not_exactly_an_answer_is_none(receiver: Receiver, says: bytes) -> None:
    """Garbage is never an empty system or a done erasure, and nothing of it is quoted."""
    receiver.says = says
    receiver.corrects = {"email": "value"}
    connector = connector_of(receiver)

    def correct(subject_id: str) -> None:
        connector.correct(subject_id, item="email", value="alice@new.example", since=SINCE)

    for ask in (connector.count, connector.export, connector.erase, correct):
        with pytest.raises(HolderError, match="`news`") as failed:
            ask(ALICE)
        assert "alice" not in str(failed.value)
        assert (failed.value.__cause__, failed.value.holder) == (None, "news")
        assert failed.value.failure in {HolderFailure.GARBLED, HolderFailure.MISDECLARED}


def test_an_answer_that_is_too_large_is_none(receiver: Receiver) -> None:
    """One byte over the limit is refused."""
    receiver.says = b" " * (sending.ANSWER_BYTES + 1)
    with pytest.raises(HolderError, match="its answer is larger than 8388608 bytes"):
        connector_of(receiver).export(ALICE)


def test_an_answer_that_broke_off_is_none(receiver: Receiver) -> None:
    """Fewer bytes than were announced are no answer, even where they would be one by themselves."""
    receiver.announces = 1000
    with pytest.raises(HolderError, match="its answer broke off"):
        connector_of(receiver).erase(ALICE)


@pytest.mark.parametrize(
    ("scheme", "begins"),
    [
        ("http", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"),
        ("http", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"),
        ("http", b"HTTP/1.1 200 OK\r\nX: "),
        ("https", b"\x16\x03\x03\x40\x00"),
    ],
)
def test_a_server_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch, scheme: str, begins: bytes) -> None:
    """A byte now and then, wherever, keeps no question open longer than the time for the whole answer."""
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.3)
    done = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            talking, _ = server.accept()
            with talking, suppress(OSError):
                talking.sendall(begins)
                while not done.wait(0.02):
                    talking.sendall(b" ")

        thread = Thread(target=drip)
        thread.start()
        receiver = Receiver()
        receiver.url = f"{scheme}://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(HolderError, match="could not say what it holds: it took too long") as failed:
            connector_of(receiver).count(ALICE)
        done.set()
        thread.join()
        assert failed.value.failure is HolderFailure.TIMED_OUT


def test_a_private_network_is_closed_unless_it_is_opened(receiver: Receiver) -> None:
    """Nothing is sent to this machine where the declaration does not let it."""
    with pytest.raises(HolderError, match="its host is in a private network; `private = true` lets it be asked there"):
        connector_of(receiver, private=False).erase(ALICE)
    assert receiver.asked == []


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere the second time it is looked up is looked up once."""
    (declared,) = read_connectors(receiver.declared())
    resolve = socket.getaddrinfo
    looked_up: list[str] = []

    def look_up(host: str, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as the system's own
        looked_up.append(host)
        return resolve("127.0.0.1" if looked_up.count("news.example") == 1 else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    make_connector(replace(declared, url=receiver.url.replace("127.0.0.1", "news.example"))).erase(ALICE)
    assert looked_up.count("news.example") == 1
    assert receiver.headers[0]["Host"].startswith("news.example:")


def test_a_server_without_tls_is_not_asked_where_tls_is_declared(receiver: Receiver) -> None:
    """No question travels in the clear because the other side cannot do better."""
    with pytest.raises(HolderError, match="its certificate does not hold, or it talks no TLS"):
        connector_of(receiver, url=receiver.url.replace("http://", "https://")).erase(ALICE)
    assert receiver.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("10.1.2.3", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address to refuse, not one to listen on
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:  # noqa: FBT001 - a case's answer
    """Loopback, link-local, private, shared and multicast are not, however they are written."""
    assert is_public(address) is public


def test_what_only_one_side_says_is_found(receiver: Receiver) -> None:
    """The check compares the declared items with those of the system."""
    assert connector_of(receiver, items=["shop.sale"]).check() == (
        "it does not say that it holds `shop.sale` (did you mean `shop.sales`?)",
        "it says that it holds `shop.sales`, which `items` does not name",
    )


def test_it_is_shown_and_erased_with_everything_else(receiver: Receiver, tmp_path: Path) -> None:
    """*My data* counts it under its name; the account's key lives until it says that it erased."""
    with service_in(tmp_path, connectors=json.dumps(receiver.declared())) as service:
        alice = register(service)
        receiver.held[alice.subject_id] = [{"topic": "tea"}]
        (holder,) = my_data(service.ctx, alice.session).holders
        assert (holder.label[Language.VI], holder.held[0].count) == ("Bản tin", 1)
        alice.accept_erasure()
        receiver.status = 503
        service.work()
        assert service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is not None
        receiver.status = 200
        service.clock.advance(seconds=7200)
        service.work()
        assert alice.subject_id not in receiver.held
        assert service.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None
