"""The one-time link to a file that answers a request: who has it and is known fetches the file, once.

Like a code's digits the token is stored nowhere. It follows from the link's random id under the code key, so that every
try of one mail carries the same; stored is its hash alone.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from camket.core.vault.lookup import IndexField, blind_index

if TYPE_CHECKING:
    from camket.services.context import Context

LINK_PATH: Final = "/copies/"
"""Below it stands the token."""
TOKEN: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def link_token(ctx: Context, link_id: str) -> str:
    """Return the token of a link, a secret; the same every time."""
    return blind_index(ctx.keys.index_keys(IndexField.CODE)[0], f"file {link_id}").hex()


def link_address(ctx: Context, link_id: str) -> str:
    """Return the whole address of a link, a secret, for the mail that carries it."""
    return f"{ctx.settings.origin}{LINK_PATH}{link_token(ctx, link_id)}"


def link_hash(token: str) -> bytes:
    """Return the hash that a link is found by; one that no token has for what is no token."""
    return sha256(token.encode()).digest() if TOKEN.fullmatch(token) else b""
