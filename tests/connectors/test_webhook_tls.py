"""The connector `webhook` over real TLS: believed is who an authority vouches for, and nobody else."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from camket.adapters.connectors import make_connector
from camket.adapters.tls.authority import make_authority
from camket.adapters.tls.files import serving_file
from camket.adapters.tls.names import LanNames
from camket.core.errors import HolderError, HolderFailure
from camket.core.rights.connectors import read_connectors
from tests.connectors.receiver import Receiver, receiving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camket.holder_ports import Connector

ALICE = "a1" * 16
ADDRESS = "127.0.0.1"
SINCE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def root_of(folder: Path) -> tuple[Path, Path]:
    """Return the files of a new authority's root, and of a certificate of a server with its key."""
    now = datetime.now(UTC)
    folder.mkdir(mode=0o700)
    authority = make_authority(now)
    names = LanNames(chosen="news.local", addresses=(ip_address(ADDRESS),), hosts=("news.local",))
    server = serving_file(folder, authority, names, now)
    root = folder / "root.pem"
    root.write_text(ssl.DER_cert_to_PEM_cert(authority.certificate), encoding="ascii")
    return root, server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the file of the receiver's own authority."""
    return tmp_path / "authority" / "root.pem"


@pytest.fixture
def receiver(root: Path) -> Iterator[Receiver]:
    """Return a receiver behind TLS, whose certificate an authority of its own has signed."""
    made, server = root_of(root.parent)
    assert made == root
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    with receiving(context) as receiver:
        receiver.held[ALICE] = [{"topic": "tea"}]
        receiver.corrects = {"email": "value"}
        yield receiver


def connector_of(receiver: Receiver, **other: object) -> Connector:
    """Return the connector to it."""
    return make_connector(read_connectors(receiver.declared(**other))[0])


def test_a_whole_exchange_over_tls(receiver: Receiver, root: Path) -> None:
    """Checked, counted, corrected, erased: each over its own connection, under the declared authority."""
    connector = connector_of(receiver, authority=str(root))
    assert connector.check() == ()
    assert connector.count(ALICE) == {"shop.sales": 1}
    connector.correct(ALICE, item="email", value="alice@new.example", since=SINCE)
    assert receiver.corrected == {ALICE: {"email": "alice@new.example"}}
    connector.erase(ALICE)
    assert receiver.held == {}


def test_an_authority_that_nobody_declared_is_not_believed(receiver: Receiver) -> None:
    """Without the declaration the system's own authorities count, and nothing is sent."""
    with pytest.raises(HolderError, match="its certificate does not hold") as failed:
        connector_of(receiver).erase(ALICE)
    assert (failed.value.failure, receiver.asked) == (HolderFailure.UNTRUSTED, [])


def test_another_authority_is_not_believed(receiver: Receiver, tmp_path: Path) -> None:
    """The declared authority alone counts, whatever else is good."""
    other, _ = root_of(tmp_path / "other")
    with pytest.raises(HolderError, match="its certificate does not hold"):
        connector_of(receiver, authority=str(other)).erase(ALICE)
    assert receiver.asked == []


def test_a_certificate_for_another_host_is_not_believed(receiver: Receiver, root: Path) -> None:
    """The authority vouches for 127.0.0.1; the same server under another name is somebody else."""
    url = receiver.url.replace(ADDRESS, "localhost")
    with pytest.raises(HolderError, match="its certificate does not hold"):
        connector_of(receiver, url=url, authority=str(root)).erase(ALICE)
    assert receiver.asked == []


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_without_a_certificate_is_told(receiver: Receiver, tmp_path: Path, content: str | None) -> None:
    """A file that is not there, is empty or is something else is the operator's mistake, and nothing is sent."""
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_text(content, encoding="ascii")
    with pytest.raises(HolderError, match="the file that `authority` names holds no certificate") as failed:
        connector_of(receiver, authority=str(file)).erase(ALICE)
    assert (failed.value.failure, receiver.asked) == (HolderFailure.MISDECLARED, [])
