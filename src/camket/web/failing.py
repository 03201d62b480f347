"""Why a request is not finished yet, in the reader's language: for its subject, and for staff on its case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import HolderFailure
from camket.web.i18n import MessageId, marked, said, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from camket.core.terms import Language
    from camket.services.request_failures import FailingView

WHY: Final[Mapping[HolderFailure, MessageId]] = {
    HolderFailure.UNREACHABLE: marked("It cannot be reached, or the connection broke off."),
    HolderFailure.TIMED_OUT: marked("It took too long to answer."),
    HolderFailure.UNTRUSTED: marked("It could not prove that it is the right system, so nothing was sent to it."),
    HolderFailure.REFUSED: marked("It refused."),
    HolderFailure.GARBLED: marked("What it answered makes no sense."),
    HolderFailure.MISDECLARED: marked("Its settings no longer fit it."),
    HolderFailure.BROKEN: marked("It has a fault of its own."),
}
"""Every failure has its sentence, and no sentence quotes anything."""
OURS: Final = marked("A step of our own")


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidFailure:
    """One step that fails.

    Args:
        name: of the system that could not do it.
        why: a sentence.
        since: aware.
    """

    name: str
    why: str
    since: datetime


def said_failures(failing: Sequence[FailingView], language: Language) -> tuple[SaidFailure, ...]:
    """Return which steps fail, as `failing.html` shows them; empty where none does."""
    return tuple(
        SaidFailure(name=_name(one, language), why=say(language, WHY[one.failure]), since=one.since) for one in failing
    )


def _name(one: FailingView, language: Language) -> str:
    if one.label is not None:
        return said(one.label, language)
    return one.holder or say(language, OURS)
