"""The public ledger: its page for people, its files for programs (C2SP tlog-tiles)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from camket.core.errors import InvalidValueError, LedgerError, NotFoundError
from camket.core.ledger.tiles import TILE_WIDTH, parse_tile_path
from camket.services.sequencing import verifier_key
from camket.web.assets import FOREVER

if TYPE_CHECKING:
    from camket.ports import Unit
    from camket.web.visit import Visit

CHECKPOINT_CACHING: Final = "public, max-age=1"
PARTIAL_CACHING: Final = "public, max-age=60"
"""A partial tile never changes either, but is soon replaced by a fuller one and then dropped."""
KEY_CACHING: Final = "public, max-age=3600"
OPEN_TO_ALL: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Anyone's verifier may read these files from any page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownHead:
    """The newest state of the ledger as the page shows it."""

    size: int
    root: str


def ledger_page(visit: Visit) -> Response:
    """Explain the ledger and how to check it."""
    head = visit.context.store.read(lambda unit: unit.ledger.head())
    shown = ShownHead(size=head.size, root=head.root.hex()) if head.size else None
    origin = visit.context.settings.origin
    return visit.show("ledger.html", head=shown, key=verifier_key(visit.context), ledger_url=f"{origin}/ledger/")


def checkpoint(visit: Visit) -> Response:
    """Return the newest signed checkpoint.

    Raises:
        NotFoundError: nothing was recorded yet.
    """
    note = visit.context.store.read(lambda unit: unit.ledger.head().checkpoint)
    if not note:
        raise NotFoundError("the ledger is empty")
    return _file(note, "text/plain; charset=utf-8", CHECKPOINT_CACHING)


def key(visit: Visit) -> Response:
    """Return the verifier key of the checkpoints' signature."""
    return _file(f"{verifier_key(visit.context)}\n", "text/plain; charset=utf-8", KEY_CACHING)


def tile(visit: Visit) -> Response:
    """Return a tile or a bundle of entries.

    Raises:
        NotFoundError: no such tile is published.
    """
    path = f"tile/{visit.parameters['path']}"
    try:
        address = parse_tile_path(path)
    except (LedgerError, InvalidValueError):
        raise NotFoundError("there is no such tile") from None

    def read(unit: Unit) -> bytes | None:
        return unit.ledger.tile(address.path)

    data = visit.context.store.read(read)
    if data is None:
        raise NotFoundError("there is no such tile")
    caching = FOREVER if address.width == TILE_WIDTH else PARTIAL_CACHING
    return _file(data, "application/octet-stream", caching)


def _file(content: str | bytes, media_type: str, caching: str) -> Response:
    return Response(content, media_type=media_type, headers={"Cache-Control": caching, **OPEN_TO_ALL})
