"""The core reads no clock, draws no random number, opens no file and logs nothing."""

from pathlib import Path

import pytest

from tests.architecture.purity import impurities
from tests.architecture.tree import SOURCE

CORE_FILES = sorted((SOURCE / "camket" / "core").rglob("*.py"))


@pytest.mark.parametrize("file", CORE_FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_the_core_is_pure(file: Path) -> None:
    """A file of the core is handed its instant, facts and keys, and reaches for none of them."""
    assert impurities(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import UTC, datetime; at = datetime.now(UTC)",
        "import datetime; day = datetime.date.today()",
        "import time",
        "from os import urandom",
        "import os.path",
        "import secrets",
        "from random import choice",
        "import uuid; handle = uuid.uuid4()",
        "from cryptography.hazmat.primitives.ciphers.aead import AESGCM; key = AESGCM.generate_key(256)",
        "from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey as K; key = K.generate()",
        "from pathlib import Path; text = Path('policy.yaml').read_text()",
        "text = open('policy.yaml')",
        "print('a decision')",
        "def decide():\n    import logging",
    ],
)
def test_an_impure_line_is_found(line: str) -> None:
    """A line that reaches for a clock, a random source, a file or a log is reported once or more."""
    assert impurities(line)


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import timedelta; until = at + timedelta(days=3)",
        "from hashlib import sha256; root = sha256(b'').digest()",
        "from uuid import UUID; handle = UUID(int=1)",
    ],
)
def test_a_pure_line_is_left_alone(line: str) -> None:
    """Arithmetic on instants, hashing and parsing are pure."""
    assert impurities(line) == []
