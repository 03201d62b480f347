"""An authenticator in software: it makes passkeys and signs with them as the devices do (W3C Web Authentication).

The keys, the signatures and the bytes are real; what is missing is the person who unlocks it.
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT = 0x01
VERIFIED = 0x04
ATTESTED = 0x40


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One device with at most one passkey for the service.

    Args:
        origin: where its browser is.
        counts: it counts its signatures, as most security keys do; phones do not.
        sees: its user unlocks it.
    """

    origin: str
    counts: bool = True
    sees: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any]) -> str:
        """Make a passkey as the options ask, and return what the browser sends."""
        said = self._said("webauthn.create", options["challenge"])
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + public
        data = self._data(options["rp"]["id"], ATTESTED) + attested
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._sent(clientDataJSON=_text(said), attestationObject=_text(made))

    def sign(self, options: dict[str, Any]) -> str:
        """Sign the challenge in the options, and return what the browser sends."""
        said = self._said("webauthn.get", options["challenge"])
        self.count += self.counts
        data = self._data(options["rpId"], 0)
        signature = self.key.sign(data + sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._sent(clientDataJSON=_text(said), authenticatorData=_text(data), signature=_text(signature))

    def _said(self, kind: str, challenge: str) -> bytes:
        challenged = _text(_bytes(challenge))
        return json.dumps({"type": kind, "challenge": challenged, "origin": self.origin}).encode()

    def _data(self, site: str, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.sees else 0)
        return sha256(site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _sent(self, **response: str) -> str:
        name = _text(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
