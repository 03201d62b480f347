"""Security headers of the shop's answers, where they differ from those that the platform adds.

Source: Content Security Policy Level 3; Permissions Policy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Feature = Literal["bluetooth", "camera", "serial"]
"""What of the device a page may use. Asking for it stays the browser's and the person's business."""

DIRECTIVES: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self' blob:",  # a picture is shown before it is sent
    "connect-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
CONTENT_SECURITY_POLICY: Final = "; ".join(f"{name} {value}" for name, value in DIRECTIVES.items())

FEATURES: Final = (
    "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "serial", "usb",
)  # fmt: skip
"""What the header names. `bluetooth` is not there: a browser without it complains of the name on every page, and a page
without frames hands it to no one else."""


def permissions_policy(allowed: Iterable[Feature] = ()) -> str:
    """Return the header that turns off everything of the device but what a page names."""
    named = frozenset(allowed)
    return ", ".join(f"{feature}={'(self)' if feature in named else '()'}" for feature in FEATURES)


def page_headers(allowed: Iterable[Feature] = ()) -> dict[str, str]:
    """Return the headers of a page of the shop; the platform adds the rest."""
    return {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Permissions-Policy": permissions_policy(allowed),
    }
