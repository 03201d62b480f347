"""A line of the server log for each request of which someone asked who is signed in, and was told (P6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from camket.services.log_lines import LogLine, noting

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from camket.services.context import Context

PLAIN_WORD: Final = re.compile(r"[a-z]+(?:-[a-z]+)*\Z")
LONGEST_WORD: Final = 24
MOST_PARTS: Final = 8
LEFT_OUT: Final = "{}"
NO_ANSWER: Final = 500


class LogLines:
    """Has a line wait for every answered request of a signed-in customer; a public page has none.

    Args:
        app: what answers, errors included.
        context: the service, whose queue takes the lines.
    """

    def __init__(self, app: ASGIApp, *, context: Context) -> None:
        self.app = app
        self.context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = NO_ANSWER

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        came_at = self.context.clock.now()
        with noting() as note:
            try:
                await self.app(scope, receive, watch)
            finally:
                if note.subject_id is not None:
                    self.context.log_queue.add(
                        LogLine(
                            subject_id=note.subject_id,
                            service=note.service,
                            at=came_at,
                            path=note.path or pattern_of(scope["path"]),
                            status=status,
                            address=scope["client"][0] if scope.get("client") else None,
                        )
                    )


def pattern_of(path: str) -> str:
    """Return what an address may tell: its plain words; numbers, ids and whatever else stands in it are left out."""
    parts = path.split("/")[:MOST_PARTS]
    return "/".join(
        part if not part or (len(part) <= LONGEST_WORD and PLAIN_WORD.match(part)) else LEFT_OUT for part in parts
    )
