"""What can happen to a consent or an agreement, and how it was asked and said: the closed sets of its history."""

from __future__ import annotations

from enum import StrEnum


class QuestionKind(StrEnum):
    """What a subject is asked for: a consent to a purpose or recipient, or agreements to clauses of a new version."""

    CONSENT = "consent"
    AGREEMENT = "agreement"


class EventKind(StrEnum):
    """One fact of the history of what was asked and answered; a fact is added, never changed."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RENEWED = "renewed"


class AskedThrough(StrEnum):
    """Through what a subject was asked or heard."""

    PAGE = "page"
    """A page of camket's own."""
    COMPONENT = "component"
    """The component that an app puts on its page."""
    API = "api"
    APP = "app"
    """An app's own page, through the client."""
    EMAIL = "email"
    """A link in a mail, such as the one that unsubscribes."""
    IMPORT = "import"
    """Brought along from another system by the operator."""
    CLOCK = "clock"
    """Nobody: a date was reached."""


class Expression(StrEnum):
    """How an answer was expressed."""

    BUTTON = "button"
    """A button of its own for yes, another for no."""
    FORM = "form"
    """Yes or no chosen for each clause of a form, and the form sent; none was chosen beforehand."""
    API = "api"
    ONE_CLICK = "one_click"
    """The one click that unsubscribes (RFC 8058)."""
    PAPER = "paper"
    """Signed on paper; imported ones only."""
    SPOKEN = "spoken"
    """Said and recorded; imported ones only."""
    TIME = "time"
    """Not at all: it ended by its date."""
