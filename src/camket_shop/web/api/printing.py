"""What printing asks of the server: to carry a job to a printer on the network, and to keep that a printer was used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeGuard

from starlette.responses import Response

from camket_shop.errors import InvalidError
from camket_shop.printing.network import JOB_BYTES, Spooler, read_address
from camket_shop.printing.usage import PrinterUses
from camket_shop.web.api.bodies import read_json
from camket_shop.web.endpoints import page

if TYPE_CHECKING:
    from starlette.routing import Route

    from camket_shop.web.requests import Shop, Visit

TRANSPORTS: Final = frozenset({"bluetooth", "serial", "network", "system", "share"})
ADDRESS_HEADER: Final = "x-printer"
"""Not in the address of the request: addresses are logged by proxies, and this one is the owner's."""


def routes(shop: Shop) -> list[Route]:
    """Return the routes of the printing API."""
    spooler = Spooler()
    uses = PrinterUses(shop.platform.printer_used)

    def carry(visit: Visit) -> Response:
        """Send the body to a printer, byte for byte."""
        address = read_address(visit.headers.get(ADDRESS_HEADER, ""), visit.shop.settings.network_printers)
        spooler.send(address, visit.body)
        return Response(status_code=204)

    def note_use(visit: Visit) -> Response:
        """Keep that a printer was used, and which (P8); at most once a day for each printer."""
        uses.note(visit.owner, _name_of(read_json(visit)))
        return Response(status_code=204)

    return [
        page(shop, "/api/printers/network", post=carry, body_bytes=JOB_BYTES),
        page(shop, "/api/printers/used", post=note_use),
    ]


def _name_of(sent: object) -> str:
    """Return the printer's name, *personal*, from `{"name", "transport"}`."""
    if not isinstance(sent, dict) or not _is_text(sent.get("transport")) or sent["transport"] not in TRANSPORTS:
        raise InvalidError("printer_transport", field="transport")
    name = sent.get("name")
    if not _is_text(name) or not name.strip():
        raise InvalidError("printer_name", field="name")
    return name


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)
