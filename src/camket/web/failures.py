"""What goes wrong, as HTTP and as words: one table from the error tree to a status, one from a status to sentences.

No sentence quotes what a person sent, except the message of an error that says so by its class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException

from camket.core.errors import (
    CamketError,
    ConflictError,
    DeniedError,
    HolderError,
    InvalidValueError,
    KeyStoreError,
    LedgerError,
    NotFoundError,
    PolicyError,
    PublishingError,
    RateLimitedError,
    SettingsError,
    StoreError,
    UnreadableError,
    VerificationError,
)
from camket.services.forms import FormError
from camket.web.i18n import MessageId, marked

STATUS_OF: Final[dict[type[CamketError], int]] = {
    InvalidValueError: 400,
    VerificationError: 403,
    DeniedError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    PublishingError: 409,
    FormError: 422,
    RateLimitedError: 429,
    PolicyError: 500,
    SettingsError: 500,
    UnreadableError: 500,
    HolderError: 503,
    LedgerError: 503,
    StoreError: 503,
    KeyStoreError: 503,
    CamketError: 500,
}
"""The one table from the error tree to HTTP; a class that is not in it answers as its nearest ancestor does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """An error page: what happened, what is safe, what to do."""

    title: MessageId
    happened: MessageId
    safe: MessageId
    advice: MessageId


NOTHING_CHANGED: Final = marked("Nothing was changed. What was stored before is as it was.")

FAILURES: Final[dict[int, Failure]] = {
    400: Failure(
        title=marked("We could not read this request"),
        happened=marked("The browser sent something that this page cannot make sense of."),
        safe=NOTHING_CHANGED,
        advice=marked("Go back, load the page again and repeat what you did."),
    ),
    401: Failure(
        title=marked("Sign in first"),
        happened=marked("No one is signed in here, or the session has ended."),
        safe=NOTHING_CHANGED,
        advice=marked("Sign in and try again."),
    ),
    403: Failure(
        title=marked("This is not allowed"),
        happened=marked("The request did not come from our own page, or the policy does not allow it."),
        safe=NOTHING_CHANGED,
        advice=marked("Open the page from here and try again. If you came from another site, do not go on there."),
    ),
    404: Failure(
        title=marked("There is nothing here"),
        happened=marked("The address is not right, or what stood here has expired or is not yours."),
        safe=marked("Your data is where it was."),
        advice=marked("Start from the start page or from your data."),
    ),
    405: Failure(
        title=marked("This page does not do that"),
        happened=marked("The browser asked for this page in a way that it does not know."),
        safe=NOTHING_CHANGED,
        advice=marked("Start from the start page or from your data."),
    ),
    408: Failure(
        title=marked("The request took too long"),
        happened=marked("Your request did not arrive whole in time; the connection may be slow."),
        safe=NOTHING_CHANGED,
        advice=marked("Try again where the connection is better."),
    ),
    409: Failure(
        title=marked("Something changed in the meantime"),
        happened=marked("What you wanted to change was changed by another step just before."),
        safe=marked("The other change stands; yours was not made."),
        advice=marked("Look at the page again and repeat yours if it is still needed."),
    ),
    413: Failure(
        title=marked("This is too much at once"),
        happened=marked("What was sent is larger than any form here needs."),
        safe=marked("Nothing of it was read or stored."),
        advice=marked("Shorten what you typed and send it again."),
    ),
    415: Failure(
        title=marked("We cannot read this kind of form"),
        happened=marked("What was sent is not in the form that our pages send."),
        safe=marked("Nothing of it was read or stored."),
        advice=marked("Use the form on the page; files are not taken here."),
    ),
    422: Failure(
        title=marked("Something is not right in the form"),
        happened=marked("A field is missing, cannot hold what was typed, or is not declared by the policy."),
        safe=marked("Nothing was stored."),
        advice=marked("Go back to the form; the message stands beside the field."),
    ),
    429: Failure(
        title=marked("Too many tries"),
        happened=marked("There were too many tries in a short time, so we stopped to protect the account."),
        safe=marked("Your data is safe. We keep no address, only a mark that becomes unreadable within a day."),
        advice=marked("Wait a little and try again."),
    ),
    500: Failure(
        title=marked("Something broke on our side"),
        happened=marked("A mistake of ours stopped this page. It is written down, without any of your data."),
        safe=marked("What was confirmed to you is stored. What you did just now may not be; nothing was half done."),
        advice=marked("Look at your data and repeat the last step if it does not show."),
    ),
    503: Failure(
        title=marked("The service cannot answer just now"),
        happened=marked("The store is busy, full or being repaired, or the answer took too long."),
        safe=marked("Nothing was confirmed that is not stored. Your data stays sealed."),
        advice=marked("Wait a minute, look at your data, and repeat the last step if it does not show."),
    ),
}
"""Every error page there is."""


def status_of(error: Exception) -> int:
    """Return the HTTP status of an error; 500 for one that we did not expect."""
    if isinstance(error, HTTPException):
        return error.status_code
    known = (STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)
    return next(known, 500)


def failure_of(status: int) -> Failure:
    """Return the words for a status; those of 500 or 400 for one that has none of its own."""
    return FAILURES.get(status) or FAILURES[500 if status >= 500 else 400]  # noqa: PLR2004 - the classes of HTTP
