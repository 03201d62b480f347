"""What the plain listener of `camket serve --lan` answers: how a device comes to trust this service, and nothing else.

No cookie is read or set here but the one of the language, no session is looked up, and every other address leads to the
encrypted one. What this listener sends can be changed on its way; the page says so and says what to compare.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import segno
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Router

from camket.web import wellknown
from camket.web.assets import DIST, Assets, BundledFiles
from camket.web.boundary import Boundary
from camket.web.endpoints import Looks, Routes
from camket.web.guards import SAFE_METHODS, without_port
from camket.web.rendering import Pages
from camket.web.security import SecurityHeaders
from camket.web.site import Site

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from camket.bootstrap import Runtime
    from camket.web.visit import Visit

TRUST_PAGE: Final = "/lan"
CERTIFICATE: Final = "/lan/camket-ca.crt"
CERTIFICATE_TYPE: Final = "application/x-x509-ca-cert"
"""What phones and computers take for a certificate to install (RFC 5280 in DER, under its customary name)."""
QUIET_ZONE: Final = 4
KEEP_METHOD: Final = 307
SEE_OTHER: Final = 303


@dataclass(frozen=True, kw_only=True, slots=True)
class Lan:
    """How the service is reached on its local network.

    Args:
        origin: the encrypted address that people are given, without a slash at the end.
        page: the plain address of the page that says how to trust it.
        hosts: every name and address of the encrypted listener, as `Host` has it.
        port: of the encrypted listener.
        authority: under which name devices list the certificate authority.
        certificate: of the authority, DER.
        fingerprint: its SHA-256, in pairs of hexadecimal digits.
    """

    origin: str
    page: str
    hosts: frozenset[str]
    port: int
    authority: str
    certificate: bytes
    fingerprint: str


def create_trust_app(runtime: Runtime, lan: Lan) -> ASGIApp:
    """Return what the plain listener answers.

    Args:
        runtime: the running service.
        lan: where it leads to.

    Raises:
        SettingsError: the styles and scripts are not built.
    """
    site = Site(
        runtime=runtime,
        pages=Pages(Assets()),
        https=False,
        demonstration=runtime.settings.demonstration_mark.exists(),
    )
    app = Router(
        [
            *trust_routes(site, lan, threads=runtime.settings.threads).routes,
            Mount("/static", BundledFiles(directory=DIST)),
        ],
        redirect_slashes=False,
        default=ToEncrypted(lan),
    )
    return SecurityHeaders(Boundary(app, site=site), https=False)


def trust_routes(site: Site, lan: Lan, *, threads: int) -> Routes:
    """Return the pages of the plain listener."""
    pages = Routes(site, threads=threads)
    pages.add(TRUST_PAGE, Looks.NOBODY, get=lambda visit: trust_page(visit, lan))
    pages.add(CERTIFICATE, Looks.NOBODY, get=lambda _visit: certificate(lan))
    pages.add("/healthz", Looks.NOBODY, get=wellknown.healthz)
    pages.add("/icon.svg", Looks.NOBODY, get=wellknown.icon)
    return pages


def trust_page(visit: Visit, lan: Lan) -> Response:
    """Say what plain http lacks, how to trust the service, what that means, and how to take it back."""
    return visit.show("lan.html", lan=lan, certificate=CERTIFICATE, code=qr_code(lan.page))


def certificate(lan: Lan) -> Response:
    """Return the authority's certificate in the form that devices install."""
    return Response(lan.certificate, media_type=CERTIFICATE_TYPE)


def qr_code(text: str) -> Markup:
    """Return a QR code as SVG without a style of its own: black on white in every theme, for cameras."""
    drawn = io.BytesIO()
    segno.make(text, micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, nl=False, border=QUIET_ZONE, light="#fff", omitsize=True,
        svgclass=None, lineclass=None,
    )  # fmt: skip
    return Markup(drawn.getvalue().decode("ascii"))  # noqa: S704 - drawn by us, from an address of ours


class ToEncrypted:
    """Leads every other address to the encrypted listener, under the name by which it was asked for if that is ours.

    Args:
        lan: where to.
    """

    def __init__(self, lan: Lan) -> None:
        self.lan = lan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a form that came unencrypted is not carried on."""
        if scope["type"] != "http":
            return
        response: Response
        if scope["path"] == "/":
            response = RedirectResponse(TRUST_PAGE, status_code=SEE_OTHER)
        else:
            status = KEEP_METHOD if scope["method"] in SAFE_METHODS else SEE_OTHER
            response = RedirectResponse(self._address(Request(scope)), status_code=status)
        await response(scope, receive, send)

    def _address(self, request: Request) -> str:
        # INVARIANT: a request leads only to names of our own certificate, whatever `Host` it names.
        name = without_port(Headers(scope=request.scope).get("host", "").lower())
        asked = f"{name}:{self.lan.port}"
        origin = f"https://{asked}" if asked in self.lan.hosts else self.lan.origin
        query = f"?{request.url.query}" if request.url.query else ""
        return f"{origin}{request.url.path}{query}"
