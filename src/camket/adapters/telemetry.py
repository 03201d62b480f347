"""Logs as JSON lines that cannot carry personal data: only declared events, with only their declared fields, pass.

An allow-list, because a deny-list forgets: an event that is not in `EVENTS` loses every field and its name, a field
that its event does not declare is dropped, an exception leaves its class and the places it came through, never its
message. What libraries log is reduced to who logged, where in their code and how grave it was.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, TextIO

import structlog

if TYPE_CHECKING:
    from types import TracebackType

    from structlog.typing import EventDict, WrappedLogger

COMMON_FIELDS: Final = frozenset({"event", "level", "at", "error", "frames"})

EVENTS: Final[Mapping[str, frozenset[str]]] = {
    "policy_published": frozenset({"version", "document_hash"}),
    "policy_refused": frozenset({"finding"}),
    "policy_kept": frozenset({"version"}),
    "restored": frozenset({"ledger_size", "checkpoint_size", "tombstones"}),
    "sequencing_failed": frozenset(),
    "worker_failed": frozenset(),
    "server_log_failed": frozenset(),
    "log_lines_dropped": frozenset({"lines"}),
    "job_failed": frozenset({"kind", "job", "attempts"}),
    "job_given_up": frozenset({"kind", "job", "attempts"}),
    "job_lost": frozenset({"kind", "job"}),
    "mail_sent_again": frozenset({"mail", "template", "attempts"}),
    "mail_failed": frozenset({"template", "attempts", "reason"}),
    "mail_words_refused": frozenset({"finding"}),
    "mail_relay_down": frozenset({"tried"}),
    "mail_given_up": frozenset({"template", "attempts", "reason"}),
    "request_failed": frozenset({"method", "route", "status"}),
    # A mounted app logs through the same allow-list; whoever brings one declares its events here.
    "picture_process_failed": frozenset({"status"}),
    "library": frozenset({"logger", "module", "line"}),
}
"""Every event that the service logs, with the fields it may carry. None of them can hold what a person typed."""


def configure_logs(*, level: str, stream: TextIO | None = None) -> None:
    """Make structlog and the standard library's logging write JSON lines through the allow-list.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        stream: where to; standard error when None.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            name_exception,
            keep_declared,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [LibraryHandler()]
    root.setLevel(max(number, logging.WARNING))


def keep_declared(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop what the event does not declare; drop the name too where the event is not declared at all."""
    # INVARIANT: no personal data in logs (rule 3): nothing passes that is not named in EVENTS.
    name = event.get("event")
    declared = EVENTS.get(name) if isinstance(name, str) else None
    if declared is None:
        event["event"] = "undeclared"
        declared = frozenset()
    return {field: value for field, value in event.items() if field in declared or field in COMMON_FIELDS}


def name_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its class and the places it came through; its message may hold a value."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        event["error"] = type(error).__qualname__
        event["frames"] = _frames(error.__traceback__)
    else:
        event.pop("error", None)
        event.pop("frames", None)
    return event


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-12:]
    return [f"{'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}" for frame in frames]


class LibraryHandler(logging.Handler):
    """Turns what a library logs into a `library` event without its text, which may quote anything."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log who spoke, from where, and the class of the exception if there was one."""
        fields: dict[str, Any] = {"logger": record.name, "module": record.module, "line": record.lineno}
        if record.exc_info:
            fields["exc_info"] = record.exc_info[1]
        structlog.get_logger().log(record.levelno, "library", **fields)
