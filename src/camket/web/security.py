"""Security headers on every answer, errors included.

Source: Content Security Policy Level 3; Fetch Metadata; RFC 6797 (HSTS, on https only); Permissions Policy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

DIRECTIVES: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
CONTENT_SECURITY_POLICY: Final = "; ".join(f"{name} {value}" for name, value in DIRECTIVES.items())
"""Our own files only; nothing inline, no frame, no other place to send a form to."""

NOTHING_OF_THE_DEVICE: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid",
        "magnetometer", "microphone", "midi", "payment", "serial", "usb",
    )
)  # fmt: skip

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": NOTHING_OF_THE_DEVICE,
    # With `no-referrer` a browser would hide the origin of our own forms too, and the guard needs to see it.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What an answer carries where its own page does not say otherwise."""

HTTPS_HEADERS: Final = {"Accept-CH": "Sec-CH-UA-Model, Sec-CH-UA-Platform, Sec-CH-UA-Platform-Version"}
PUBLIC_HTTPS_HEADERS: Final = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
"""Never for a name of a local network: a browser would then refuse `http://localhost` for two years, on every port."""


class SecurityHeaders:
    """Adds the headers that an answer does not set itself.

    Args:
        app: what answers.
        https: the service is reached over https.
        public: its name is its own everywhere; False for names of a local network.
    """

    def __init__(self, app: ASGIApp, *, https: bool, public: bool = True) -> None:
        self.app = app
        self.headers = HEADERS | (HTTPS_HEADERS if https else {}) | (PUBLIC_HTTPS_HEADERS if https and public else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)
