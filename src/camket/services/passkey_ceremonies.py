"""What a browser and a passkey say to each other, and what of their answer holds (W3C Web Authentication Level 3).

The library that reads and verifies the answers is loaded when the first of them comes: most visits never need it.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from camket.core.errors import VerificationError

if TYPE_CHECKING:
    from camket.rows.passkeys import PasskeyRow

CHALLENGE_BYTES: Final = 32
CREDENTIAL_BYTES: Final = 12 * 1024
"""An answer without an attestation is a tenth of this; a longer one is not read."""
ANSWER_MILLISECONDS: Final = 300_000
REFUSED: Final = "this passkey was not accepted; try again, or use a code by e-mail"

Options = dict[str, Any]
"""What a page hands to `navigator.credentials`, as JSON."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a browser sent back, read but not yet verified.

    Args:
        text: as sent.
        challenge: the random bytes that it claims to answer.
        credential_hash: SHA-256 of the credential's id.
    """

    text: str = field(repr=False)
    challenge: bytes = field(repr=False)
    credential_hash: bytes = field(repr=False)

    @property
    def challenge_hash(self) -> bytes:
        """What is kept of the challenge."""
        return sha256(self.challenge).digest()


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCredential:
    """A credential that an authenticator made for this service.

    Args:
        public_key: as COSE has it.
    """

    credential_hash: bytes
    public_key: bytes
    sign_count: int


def site_of(origin: str) -> str | None:
    """Return the name that passkeys of this service are bound to; None where browsers give it none.

    Browsers bind passkeys to a domain, and to `localhost`; never to an address, and only over https elsewhere.

    Args:
        origin: the service's public address.
    """
    parts = urlsplit(origin)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host if host and (parts.scheme == "https" or host == "localhost") else None
    return None


def creation_options(*, site: str, service_name: str, subject_id: str, user_name: str, challenge: bytes) -> Options:
    """Return what the browser needs to make a passkey.

    Args:
        site: from `site_of`.
        service_name: who asks, as the browser shows it.
        subject_id: an authenticator keeps one passkey for each; it gets a hash of it.
        user_name: *personal*; what the authenticator calls the account.
        challenge: 32 random bytes.
    """
    from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415 - loaded when first needed
    from webauthn.helpers.structs import (  # noqa: PLC0415 - as above
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=site,
        rp_name=service_name,
        user_id=sha256(f"passkey user {subject_id}".encode()).digest(),
        user_name=user_name,
        user_display_name=user_name,
        challenge=challenge,
        timeout=ANSWER_MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return _as_options(options_to_json(options))


def request_options(*, site: str, challenge: bytes) -> Options:
    """Return what the browser needs to use a passkey; which one is the user's choice, so nobody's are named."""
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415 - loaded when first needed
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415 - as above

    options = generate_authentication_options(
        rp_id=site,
        challenge=challenge,
        timeout=ANSWER_MILLISECONDS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _as_options(options_to_json(options))


def read_answer(text: str) -> Answer:
    """Read what a browser sent back.

    Raises:
        VerificationError: it is no answer of a passkey.
    """
    if len(text) > CREDENTIAL_BYTES:
        raise VerificationError(REFUSED)
    try:
        found = json.loads(text)
        said = json.loads(_bytes_of(found["response"]["clientDataJSON"]))
        challenge, credential = _bytes_of(said["challenge"]), _bytes_of(found["rawId"])
    except (ValueError, KeyError, TypeError, NotBase64, RecursionError):
        raise VerificationError(REFUSED) from None
    if len(challenge) != CHALLENGE_BYTES or not credential:
        raise VerificationError(REFUSED)
    return Answer(text=text, challenge=challenge, credential_hash=sha256(credential).digest())


def verify_creation(answer: Answer, *, site: str, origin: str) -> NewCredential:
    """Verify that an authenticator made a credential for this service, after seeing its user.

    Raises:
        VerificationError: it did not.
    """
    from webauthn import verify_registration_response  # noqa: PLC0415 - loaded when first needed
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415 - as above

    try:
        made = verify_registration_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=site,
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise VerificationError(REFUSED) from None
    return NewCredential(
        credential_hash=sha256(made.credential_id).digest(),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
    )


def verify_use(answer: Answer, passkey: PasskeyRow, *, site: str, origin: str) -> int:
    """Verify that a passkey signed the challenge, after seeing its user; return its new count.

    Raises:
        VerificationError: it did not, or its count did not grow.
    """
    from webauthn import verify_authentication_response  # noqa: PLC0415 - loaded when first needed
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415 - as above

    try:
        used = verify_authentication_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=site,
            expected_origin=origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise VerificationError(REFUSED) from None
    return used.new_sign_count


def _as_options(text: str) -> Options:
    options: Options = json.loads(text)
    return options


def _bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
