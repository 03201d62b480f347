"""The real `camket serve --lan`: TLS as a client verifies it, restarts, and files that cannot be used."""

from __future__ import annotations

import signal
import ssl
from datetime import timedelta
from ssl import PEM_cert_to_DER_cert
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from camket.adapters.tls import open_authority
from tests.lan_service import STOP_SECONDS, served_on_lan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from tests.lan_service import LanService


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanService]:
    """Return a running service."""
    with served_on_lan(tmp_path_factory.mktemp("lan")) as running:
        yield running


@pytest.mark.parametrize("name", ["quay.local", "localhost", "127.0.0.1"])
def test_who_trusts_the_authority_alone_is_served(service: LanService, name: str) -> None:
    """A client whose only trusted root is ours gets the start page under each name of the certificate."""
    status, headers, body = service.encrypted("/", name=name)
    assert status == 200
    assert b"</html>" in body
    assert "strict-transport-security" not in headers


def test_who_does_not_trust_it_is_not(service: LanService, tmp_path: Path) -> None:
    """Without our root, and with another installation's, the connection is refused before anything is sent."""
    other = tmp_path / "other.crt"
    other.write_bytes(_root_of_another(tmp_path))
    with pytest.raises(ssl.SSLCertVerificationError):
        service.encrypted("/", root=other)


def test_another_name_is_not_vouched_for(service: LanService) -> None:
    """The certificate does not stand for a name that is not the machine's."""
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        service.encrypted("/", name="bank.local")


def test_the_plain_listener_gives_the_certificate_and_leads_on(service: LanService) -> None:
    """Over plain http: the root byte for byte, the page that explains it, health, and the way to https."""
    status, headers, body = service.plain("/lan/camket-ca.crt")
    assert (status, headers["content-type"]) == (200, "application/x-x509-ca-cert")
    assert body == PEM_cert_to_DER_cert(service.root.read_text())
    assert service.plain("/lan")[0] == 200
    assert service.plain("/healthz")[2] == b"ok\n"
    status, headers, _ = service.plain("/me")
    assert (status, headers["location"]) == (307, f"{service.origin}/me")


def test_the_terminal_shows_the_fingerprint_of_what_is_served(service: LanService) -> None:
    """What the operator compares with is the fingerprint of the root that phones install."""
    said = service.said.replace("\n  ", ":")
    assert open_authority(service.data / "tls", _now(service)).fingerprint in said
    assert f"camket serves {service.origin} " in service.said


def test_a_restart_keeps_the_authority_and_follows_the_address(tmp_path: Path) -> None:
    """Another port or address after a restart: phones that trust the first authority are served without a warning."""
    with served_on_lan(tmp_path) as before:
        root = before.root.read_bytes()
        assert before.encrypted("/healthz")[0] == 200
    (tmp_path / "kept.crt").write_bytes(root)
    with served_on_lan(tmp_path) as after:
        assert after.root.read_bytes() == root
        assert after.port != before.port
        assert after.encrypted("/healthz", root=tmp_path / "kept.crt")[0] == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_both_listeners(tmp_path: Path, number: signal.Signals) -> None:
    """Told to stop, it ends by itself, in order, and with success."""
    with served_on_lan(tmp_path) as running:
        running.process.send_signal(number)
        assert running.process.wait(STOP_SECONDS) == 0


def test_an_authority_in_parts_stops_the_start(tmp_path: Path) -> None:
    """Files that cannot be used are named with what to do; nothing is served and nothing written over."""
    with served_on_lan(tmp_path) as running:
        pass
    (running.data / "tls" / "authority.pem").write_bytes(b"not a key")
    with pytest.raises(AssertionError, match=r"ended with 2.*authority.pem` cannot be used"), served_on_lan(tmp_path):
        pass
    assert (running.data / "tls" / "authority.pem").read_bytes() == b"not a key"


def _root_of_another(tmp_path: Path) -> bytes:
    with served_on_lan(tmp_path / "another") as running:
        return running.root.read_bytes()


def _now(service: LanService) -> datetime:
    certificate = x509.load_pem_x509_certificate(service.root.read_bytes())
    return certificate.not_valid_before_utc + timedelta(days=1)
