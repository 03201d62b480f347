"""A certificate authority that can vouch for this local network and for nothing else.

Two certificates, both limited by Name Constraints. The *root* is what a phone trusts; its key signs the *issuer* once
and is then forgotten, so that it can be neither stolen nor used again. What is kept is the issuer's key. Some systems
ignore the constraints of a root that a person trusted by hand; none that follows RFC 5280 ignores those of the issuer.

Source: RFC 5280 sections 4.2.1.9 (basic constraints), 4.2.1.10 (name constraints) and 6.1 (path validation); Apple's
limit of 825 days for certificates under a root that a person added.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from camket.adapters.tls.names import LAN_NETWORKS, LOCAL_DOMAIN, LOCALHOST, LOOPBACK_NETWORKS
from camket.core.errors import TlsError

if TYPE_CHECKING:
    from camket.adapters.tls.names import LanNames

AUTHORITY_DAYS: Final = 3652
SERVER_DAYS: Final = 397
RENEW_DAYS: Final = 30
EARLIER: Final = timedelta(days=1)
"""Certificates hold from a day before they are made: a phone's clock may be slow."""

CONSTRAINTS: Final = x509.NameConstraints(
    permitted_subtrees=[
        x509.DNSName(LOCAL_DOMAIN),
        x509.DNSName(LOCALHOST),
        *(x509.IPAddress(network) for network in (*LAN_NETWORKS, *LOOPBACK_NETWORKS)),
    ],
    excluded_subtrees=None,
)
"""What the authority may sign for: the rest of the names of a machine on a local network, and no other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Authority:
    """The authority of one installation.

    Args:
        root: what devices trust. Its key exists nowhere.
        issuer: what signs, under the root.
        key: the issuer's.
    """

    root: x509.Certificate
    issuer: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the root as phones show it: pairs of hexadecimal digits."""
        return self.root.fingerprint(SHA256()).hex(":").upper()

    @property
    def certificate(self) -> bytes:
        """The root in DER, the form that every system installs."""
        return self.root.public_bytes(Encoding.DER)

    @property
    def name(self) -> str:
        """Under which devices list the root."""
        return str(self.root.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerCertificate:
    """What the service shows to a browser, with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)


def make_authority(now: datetime) -> Authority:
    """Return a new authority; the root's key is gone when this returns."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_id = x509.SubjectKeyIdentifier.from_public_key(root_key.public_key())
    mark = root_id.digest[:4].hex().upper()
    root_name, issuer_name = _name(f"camket LAN {mark}"), _name(f"camket LAN {mark} issuer")
    until = now + timedelta(days=AUTHORITY_DAYS)
    root = (
        _builder(root_name, root_name, root_key.public_key(), now, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(CONSTRAINTS, critical=True)
        .sign(root_key, SHA256())
    )
    issuer = (
        _builder(issuer_name, root_name, key.public_key(), now, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(CONSTRAINTS, critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(root_id), critical=False)
        .sign(root_key, SHA256())
    )
    return Authority(root=root, issuer=issuer, key=key)


def require_ours(authority: Authority, now: datetime) -> None:
    """Refuse certificates and a key that do not belong together, say more than ours, or are over.

    Raises:
        TlsError: what is wrong with them.
    """
    if authority.key.public_key() != authority.issuer.public_key():
        raise TlsError("the key is not the one that the certificate names")
    for signed, signer in ((authority.root, authority.root), (authority.issuer, authority.root)):
        try:
            signed.verify_directly_issued_by(signer)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise TlsError("the two certificates are not of one authority") from error
    # INVARIANT: a phone is never asked to trust an authority that could vouch for more than a local network.
    for one in (authority.root, authority.issuer):
        found = [extension for extension in one.extensions if extension.value == CONSTRAINTS and extension.critical]
        if not found:
            raise TlsError("its certificates are not limited to the local network, so camket did not make them")
    ends = min(authority.root.not_valid_after_utc, authority.issuer.not_valid_after_utc)
    if ends <= now + timedelta(days=RENEW_DAYS):
        raise TlsError(f"it ends on {ends.date().isoformat()}")


def sign_server(authority: Authority, names: LanNames, now: datetime) -> ServerCertificate:
    """Return a new certificate with a key of its own, good for `SERVER_DAYS`."""
    key = ec.generate_private_key(ec.SECP256R1())
    until = min(now - EARLIER + timedelta(days=SERVER_DAYS), authority.issuer.not_valid_after_utc)
    issuer_id = authority.issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _builder(_name(names.chosen), authority.issuer.subject, key.public_key(), now, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_alternatives(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id), critical=False)
        .sign(authority.key, SHA256())
    )
    return ServerCertificate(certificate=certificate, key=key)


def still_good(server: ServerCertificate, authority: Authority, names: LanNames, now: datetime) -> bool:
    """Tell whether a certificate need not be renewed: of this authority, for just these names, with time left."""
    certificate = server.certificate
    carried = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        set(carried) == set(_alternatives(names))
        and is_signed_by(certificate, authority)
        and certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - timedelta(days=RENEW_DAYS)
    )


def is_signed_by(certificate: x509.Certificate, authority: Authority) -> bool:
    """Tell whether this authority signed a certificate."""
    try:
        certificate.verify_directly_issued_by(authority.issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _alternatives(names: LanNames) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName(
        [*map(x509.DNSName, names.hosts), *(x509.IPAddress(address) for address in names.addresses)]
    )
