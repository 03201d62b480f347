"""The page on which a code is entered, wherever a code is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.web.visit import Visit


@dataclass(frozen=True, kw_only=True, slots=True)
class CodePage:
    """What differs between the pages that ask for a code.

    Args:
        action: where the code is sent to.
        again: where to ask for another one by giving the address again.
        resend: where a form asks for another one to the address held; None where `again` does.
        next: where to go on after signing in.
        registering: it is the second step of a registration.
        passkey: where a passkey answers in the code's place; None where none can.
    """

    action: str
    again: str
    lead: str
    button: str
    resend: str | None = None
    next: str | None = None
    registering: bool = False
    passkey: str | None = None

    def show(self, visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
        """Show the page; without a browser that could have asked for a code, say so and how to begin."""
        if visit.browser is None:
            return visit.show("ended.html", again=self.again)
        return visit.show(
            "code.html",
            status=422 if problems else 200,
            action=self.action,
            again=self.again,
            resend=self.resend,
            next=self.next,
            lead=self.lead,
            button=self.button,
            registering=self.registering,
            passkey=self.passkey,
            problems=problems or {},
        )
