"""The local certificate authority vouches for a local network; two independent verifiers say that it cannot do more."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from camket.adapters.tls.authority import (
    Authority,
    ServerCertificate,
    _usage,
    make_authority,
    require_ours,
    sign_server,
    still_good,
)
from camket.adapters.tls.names import LanNames, names_for
from camket.core.errors import TlsError
from tests.unit.adapters.tls.conftest import ADDRESSES, NOW

if TYPE_CHECKING:
    from pathlib import Path

OPENSSL = shutil.which("openssl")
DAY = timedelta(days=1)


def verify(
    authority: Authority, certificate: x509.Certificate, subject: x509.GeneralName, *, at: datetime = NOW
) -> None:
    """Verify as a browser that trusts the root alone does."""
    assert isinstance(subject, x509.DNSName | x509.IPAddress)
    policy = PolicyBuilder().store(Store([authority.root])).time(at.replace(tzinfo=None))
    policy.build_server_verifier(subject).verify(certificate, [authority.issuer])


def openssl(folder: Path, authority: Authority, certificate: x509.Certificate, *options: str) -> str:
    """Return what `openssl verify` says of a certificate under the root alone."""
    for name, one in (("root", authority.root), ("issuer", authority.issuer), ("server", certificate)):
        (folder / f"{name}.pem").write_bytes(one.public_bytes(Encoding.PEM))
    words = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-attime", str(int(NOW.timestamp()))]
    words += ["-CAfile", "root.pem", "-untrusted", "issuer.pem", *options, "server.pem"]
    ended = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return ended.stdout + ended.stderr


def stolen(
    authority: Authority,
    *names: x509.GeneralName,
    key: ec.EllipticCurvePrivateKey | None = None,
    ca: bool = False,
) -> x509.Certificate:
    """Return what a thief of the issuer's key would sign: for a server, or for an authority with a key of its own."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    issuer_id = authority.issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stolen")]))
        .issuer_name(authority.issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=ca), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id), critical=False)
    )
    return builder.sign(authority.key, SHA256())


@pytest.fixture
def server(authority: Authority, names: LanNames) -> ServerCertificate:
    """Return the certificate for the machine's names."""
    return sign_server(authority, names, NOW)


@pytest.mark.parametrize(
    "subject",
    [
        *(x509.IPAddress(address) for address in (*ADDRESSES, ip_address("127.0.0.1"), ip_address("::1"))),
        x509.DNSName("localhost"),
        x509.DNSName("stall.local"),
    ],
    ids=str,
)
def test_every_name_of_the_machine_is_verified(
    authority: Authority, server: ServerCertificate, subject: x509.GeneralName
) -> None:
    """Who trusts the root alone accepts the certificate for each of the machine's names."""
    verify(authority, server.certificate, subject)


def test_another_name_of_the_network_is_not_verified(authority: Authority, server: ServerCertificate) -> None:
    """The certificate does not stand for a neighbour."""
    with pytest.raises(VerificationError):
        verify(authority, server.certificate, x509.IPAddress(ip_address("192.168.1.21")))


@pytest.mark.parametrize(
    "name",
    [
        x509.DNSName("example.com"),
        x509.DNSName("bank.example"),
        x509.DNSName("notlocal"),
        x509.IPAddress(ip_address("93.184.215.14")),
        x509.IPAddress(ip_address("2606:4700::1111")),
    ],
    ids=str,
)
def test_a_stolen_key_vouches_for_nothing_on_the_internet(authority: Authority, name: x509.GeneralName) -> None:
    """A certificate for a public name, signed with the real key, is refused by real verification for its names."""
    certificate = stolen(authority, name)
    certificate.verify_directly_issued_by(authority.issuer)  # the signature itself is good
    with pytest.raises(VerificationError):
        verify(authority, certificate, name)


def test_a_local_name_signed_by_the_same_hand_is_verified(authority: Authority) -> None:
    """It is the name that the refusal above rests on: the same certificate for a local name passes."""
    name = x509.DNSName("other.local")
    verify(authority, stolen(authority, name), name)


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not on this machine")
def test_openssl_agrees(authority: Authority, server: ServerCertificate, tmp_path: Path) -> None:
    """OpenSSL in its strict mode accepts the machine's names and refuses a public one for the name constraints."""
    assert "server.pem: OK" in openssl(tmp_path, authority, server.certificate, "-verify_ip", "192.168.1.20")
    assert "server.pem: OK" in openssl(tmp_path, authority, server.certificate, "-verify_hostname", "stall.local")
    for name in (x509.DNSName("example.com"), x509.IPAddress(ip_address("93.184.215.14"))):
        assert "permitted subtree violation" in openssl(tmp_path, authority, stolen(authority, name))


def test_no_further_authority_can_be_made(authority: Authority) -> None:
    """An authority that a thief makes below the issuer vouches for nothing, not even for a local name."""
    name = x509.DNSName("other.local")
    key = ec.generate_private_key(ec.SECP256R1())
    below = Authority(root=authority.root, issuer=stolen(authority, name, key=key, ca=True), key=key)
    certificate = stolen(below, name)
    certificate.verify_directly_issued_by(below.issuer)
    policy = PolicyBuilder().store(Store([authority.root])).time(NOW.replace(tzinfo=None))
    with pytest.raises(VerificationError, match="constraint"):
        policy.build_server_verifier(name).verify(certificate, [authority.issuer, below.issuer])


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not on this machine")
def test_the_issuer_vouches_for_servers_only(authority: Authority, tmp_path: Path) -> None:
    """Mail and programs cannot be signed in its name."""
    said = openssl(tmp_path, authority, stolen(authority, x509.DNSName("a.local")), "-purpose", "smimesign")
    assert "OK" not in said


def test_a_phone_accepts_how_long_it_holds(authority: Authority, server: ServerCertificate) -> None:
    """The certificate holds 397 days, under Apple's 825; the authority ten years; both from a day before."""
    certificate = server.certificate
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == 397 * DAY
    assert authority.root.not_valid_after_utc == NOW + 3652 * DAY
    assert certificate.not_valid_before_utc == authority.root.not_valid_before_utc == NOW - DAY


def test_the_roots_key_is_not_kept(authority: Authority) -> None:
    """The key that is kept is not the root's: what devices trust can sign nothing any more."""
    assert authority.key.public_key() == authority.issuer.public_key() != authority.root.public_key()


@pytest.mark.parametrize(("days", "good"), [(0, True), (365, True), (366, False), (400, False), (-2, False)])
def test_a_certificate_is_renewed_in_time(
    authority: Authority,
    server: ServerCertificate,
    names: LanNames,
    days: int,
    good: bool,  # noqa: FBT001 - a table's column
) -> None:
    """It is renewed with 30 days left, after its end, and under a clock that was set back."""
    assert still_good(server, authority, names, NOW + days * DAY) is good


def test_a_certificate_is_renewed_for_other_names(authority: Authority, server: ServerCertificate) -> None:
    """An address that came or went makes a new certificate; the order of names does not."""
    assert still_good(server, authority, names_for(ADDRESSES[::-1], host_name="stall"), NOW)
    assert not still_good(server, authority, names_for(ADDRESSES[:1], host_name="stall"), NOW)
    assert not still_good(server, authority, names_for(ADDRESSES, host_name="till"), NOW)


def test_an_authority_of_another_is_told_apart(authority: Authority) -> None:
    """A key or a root of another authority, and one near its end, are refused, each with its reason."""
    other = make_authority(NOW)
    require_ours(authority, NOW)
    for mixed, reason in (
        (Authority(root=authority.root, issuer=authority.issuer, key=other.key), "the key is not the one"),
        (Authority(root=other.root, issuer=authority.issuer, key=authority.key), "not of one authority"),
    ):
        with pytest.raises(TlsError, match=reason):
            require_ours(mixed, NOW)
    with pytest.raises(TlsError, match="it ends on 2036-11-21"):
        require_ours(authority, NOW + 3650 * DAY)


def test_an_authority_without_limits_is_refused() -> None:
    """One that could vouch for the whole internet is never used, though its key and signatures fit."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "anything goes")])
    root = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + 3650 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    with pytest.raises(TlsError, match="not limited to the local network"):
        require_ours(Authority(root=root, issuer=root, key=key), NOW)


def test_keys_are_in_no_representation(authority: Authority, server: ServerCertificate) -> None:
    """Neither key is written where an object is printed."""
    assert "PrivateKey" not in repr(authority) + repr(server)
