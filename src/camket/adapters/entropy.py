"""The operating system's randomness."""

from __future__ import annotations

import secrets

CODE_DIGITS = 6


class SystemEntropy:
    """Unpredictable bytes and digits; see `camket.ports.Entropy`."""

    def token(self, size_bytes: int) -> bytes:
        """Return `size_bytes` unpredictable bytes."""
        return secrets.token_bytes(size_bytes)

    def code(self) -> str:
        """Return six unpredictable decimal digits, leading zeros kept."""
        return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
