"""Mail handed to a real SMTP server on loopback: what arrives, and every way in which it is not taken."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from camket.adapters.mail.mailbox import Mailbox
from camket.adapters.mail.message import message_of
from camket.adapters.mail.smtp import FailureKind, MailRelay, Security, SmtpCarrier, read_relay
from camket.core.errors import InvalidValueError, MailError, SettingsError
from camket.ports import Mail

MAIL = Mail(
    message_id="<abc@shop.example>",
    sender_name="Quầy",
    sender="privacy@quay.example",
    recipient="alice@shop.example",
    subject="Mã đăng nhập Quầy",
    text="Chào Alice,\n\n012345\n",
    html="<p>012345</p>",
    language="vi",
    date=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
)


class Relay:
    """A server that keeps what it takes, and answers as it was told to."""

    def __init__(self, *, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self.answers = {"rcpt": rcpt, "data": data}
        self.taken: list[Envelope] = []

    async def handle_RCPT(self, _server: object, _session: object, envelope: Any, address: str, _: list[str]) -> str:  # noqa: ANN401, N802 - aiosmtpd calls it by this name, without types
        """Answer to an addressee."""
        if self.answers["rcpt"].startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.answers["rcpt"]

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802 - as above
        """Answer to a message."""
        if self.answers["data"].startswith("2"):
            self.taken.append(envelope)
        return self.answers["data"]


@contextmanager
def serving(relay: Relay, **options: Any) -> Iterator[int]:  # noqa: ANN401 - handed on to aiosmtpd
    """Serve on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(relay, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def plain(port: int, **options: Any) -> SmtpCarrier:  # noqa: ANN401 - handed on to the carrier
    """Return a carrier without TLS."""
    return SmtpCarrier(MailRelay(host="127.0.0.1", port=port, security=Security.PLAIN), **options)


def failure(carrier: SmtpCarrier) -> tuple[str, bool]:
    """Return kind and permanence of the failure; it quotes no address and carries no cause that does."""
    with pytest.raises(MailError) as caught:
        carrier.carry(MAIL)
    assert MAIL.recipient not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value.kind, caught.value.permanent


def test_a_mail_arrives_whole() -> None:
    """The relay gets one addressee, both bodies, the given Message-ID, and no header that could track anyone."""
    relay = Relay()
    with serving(relay) as port:
        plain(port).carry(MAIL)
    (envelope,) = relay.taken
    assert envelope.rcpt_tos == ["alice@shop.example"]
    message = message_from_bytes(cast("bytes", envelope.content), policy=default)
    assert message["Message-ID"] == "<abc@shop.example>"
    assert message["Subject"] == MAIL.subject
    assert message["From"] == "Quầy <privacy@quay.example>"
    assert set(message) >= {"Auto-Submitted", "Content-Language", "Date"}
    assert set(message) <= {
        *("Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "Content-Language"),
        *("MIME-Version", "Content-Type", "X-Peer", "X-MailFrom", "X-RcptTo"),
    }
    plain_part, html_part = message.iter_parts()
    assert plain_part.get_content().replace("\r\n", "\n") == MAIL.text
    assert html_part.get_content().strip() == MAIL.html


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"rcpt": "550 no such mailbox"}, (FailureKind.RECIPIENT, True)),
        ({"rcpt": "450 try later"}, (FailureKind.RECIPIENT, False)),
        ({"data": "554 no"}, (FailureKind.REFUSED, True)),
        ({"data": "451 busy"}, (FailureKind.BUSY, False)),
    ],
)
def test_an_answer_says_whether_trying_again_helps(answers: dict[str, str], expected: tuple[str, bool]) -> None:
    """A 4xx answer of the relay is temporary, a 5xx answer permanent; neither error repeats the address."""
    with serving(Relay(**answers)) as port:
        assert failure(plain(port)) == expected


@pytest.mark.parametrize(
    ("answers", "code"),
    [({"rcpt": "550 no such mailbox"}, 550), ({"rcpt": "450 try later"}, 450), ({"data": "554 no"}, 554)],
)
def test_an_answer_is_kept_by_its_code(answers: dict[str, str], code: int) -> None:
    """The reply code is evidence; what one mail meets says nothing of the relay."""
    with serving(Relay(**answers)) as port, pytest.raises(MailError) as caught:
        plain(port).carry(MAIL)
    assert (caught.value.code, caught.value.relay_down) == (code, False)


def test_a_mail_that_can_be_unsubscribed_from_says_so() -> None:
    """Both headers of RFC 8058 arrive, with an address that nothing in the value can end; other mails have neither."""
    relay = Relay()
    address = "https://shop.example/unsubscribe/0123abc"
    with serving(relay) as port:
        plain(port).carry(replace(MAIL, list_unsubscribe=address))
        plain(port).carry(MAIL)
    first, second = (message_from_bytes(cast("bytes", one.content), policy=default) for one in relay.taken)
    assert first["List-Unsubscribe"] == f"<{address}>"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert second["List-Unsubscribe"] is None
    assert second["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "mailto:a@shop.example",
        "https://a.example/>, <https://b.example/",
        "https://a.example/\r\nBcc: b",
        "https://a b",
    ],
)
def test_an_address_to_unsubscribe_at_is_one_address(address: str) -> None:
    """What would end the header, or name another address, sends nothing."""
    with pytest.raises(InvalidValueError):
        message_of(replace(MAIL, list_unsubscribe=address))


def test_a_relay_that_is_away_is_temporary() -> None:
    """Nothing listens: the mail waits."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert failure(plain(port)) == (FailureKind.UNREACHABLE, False)


def test_a_relay_that_says_nothing_is_temporary() -> None:
    """A relay that accepts the connection and never speaks ends in a time-out, not in a worker that hangs."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        carrier = plain(silent.getsockname()[1], timeout_seconds=0.2)
        assert failure(carrier) == (FailureKind.TIMEOUT, False)


def test_starttls_is_insisted_on() -> None:
    """A relay that offers no TLS where the setting asks for it gets no mail."""
    relay = Relay()
    with serving(relay) as port:
        carrier = SmtpCarrier(MailRelay(host="127.0.0.1", port=port, security=Security.STARTTLS))
        assert failure(carrier) == (FailureKind.INSECURE, False)
    assert relay.taken == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for the loopback address, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "relay.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def accept_any(*_: object) -> AuthResult:
    """Let every user in."""
    return AuthResult(success=True)


def refuse_any(*_: object) -> AuthResult:
    """Let no user in."""
    return AuthResult(success=False, handled=False)


@pytest.mark.parametrize(
    ("check", "expected"), [(accept_any, None), (refuse_any, (FailureKind.LOGIN, False))], ids=["good", "bad"]
)
def test_login_happens_under_tls(certificate: Path, check: object, expected: tuple[str, bool] | None) -> None:
    """With STARTTLS the connection is protected before user and password are shown; a refused login is temporary."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate)
    relay = Relay()
    with serving(relay, tls_context=server, auth_required=True, authenticator=check) as port:
        target = MailRelay(host="127.0.0.1", port=port, security=Security.STARTTLS, user="quay", password="word")  # noqa: S106 - of this test's own server
        carrier = SmtpCarrier(target, tls=ssl.create_default_context(cafile=str(certificate)))
        if expected is None:
            carrier.carry(MAIL)
        else:
            assert failure(carrier) == expected
    assert len(relay.taken) == (1 if expected is None else 0)


def test_an_unknown_certificate_is_refused(certificate: Path) -> None:
    """A relay whose certificate no one vouches for gets no mail."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate)
    relay = Relay()
    with serving(relay, tls_context=server) as port:
        carrier = SmtpCarrier(MailRelay(host="127.0.0.1", port=port, security=Security.STARTTLS))
        assert failure(carrier) == (FailureKind.INSECURE, False)
    assert relay.taken == []


@pytest.mark.parametrize("field", ["subject", "recipient", "sender", "sender_name", "message_id"])
@pytest.mark.parametrize("ending", ["\r\nBcc: bob@shop.example", "\nBcc: bob@shop.example", "\r", "\u2028x", "\0"])
def test_no_value_can_add_a_header(field: str, ending: str) -> None:
    """A line end, or what some program takes for one, in any value of a header sends nothing."""
    with pytest.raises(InvalidValueError):
        message_of(replace(MAIL, **{field: getattr(MAIL, field) + ending}))


@pytest.mark.parametrize("recipient", ["alice", "alice@shop.example, bob@shop.example", "", "a b@shop.example", "<>"])
def test_a_mail_has_one_address(recipient: str) -> None:
    """What is not exactly one address is refused, and the refusal does not repeat it."""
    with pytest.raises(InvalidValueError) as caught:
        message_of(replace(MAIL, recipient=recipient))
    assert "shop.example" not in str(caught.value)


def test_the_mailbox_keeps_the_newest() -> None:
    """The development mailbox shows the newest mail first, drops the oldest, and refuses what a relay would."""
    box = Mailbox(limit=2)
    for number in range(3):
        box.carry(replace(MAIL, message_id=f"<{number}@shop.example>"))
    assert [mail.message_id for mail in box.mails()] == ["<2@shop.example>", "<1@shop.example>"]
    with pytest.raises(InvalidValueError):
        box.carry(replace(MAIL, subject="a\nb"))


def test_an_address_of_a_relay_is_read() -> None:
    """Scheme, port and login of the setting are understood; percent signs stand for what an address cannot hold."""
    relay = read_relay("smtps://quay:p%40ss@mail.quay.example")
    assert relay == MailRelay(
        host="mail.quay.example",
        port=465,
        security=Security.TLS,
        user="quay",
        password="p@ss",  # noqa: S106 - as above
    )
    assert read_relay("smtp+starttls://mail.quay.example").port == 587
    assert read_relay("smtp://mail.quay.example:2525").port == 2525


@pytest.mark.parametrize(
    "url",
    ["mail.quay.example", "http://mail.quay.example", "smtp://", "smtp://quay:secret@mail.quay.example", "smtp://h:x"],
)
def test_a_relay_that_cannot_be_is_refused(url: str) -> None:
    """A wrong address, or a password that would travel in the clear, stops the start without being repeated."""
    with pytest.raises(SettingsError) as caught:
        read_relay(url)
    assert "secret" not in str(caught.value)
