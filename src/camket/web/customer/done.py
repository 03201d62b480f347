"""Saying once, on the page after a form, that it was done: only who did it is told, never whoever follows a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.web import cookies
from camket.web.endpoints import see_other
from camket.web.i18n import marked

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.web.visit import Visit

CORRECTED: Final = "corrected"
REMOVED: Final = "removed"
NAMED: Final = "named"
FORGOTTEN: Final = "forgotten"
ENDED: Final = "ended"
WRITTEN_IN: Final = "written-in"
KEPT: Final = "kept"
ROLES_GIVEN: Final = "roles-given"
STAFF_ENDED: Final = "staff-ended"
UNINVITED: Final = "uninvited"
CHANGED: Final = "credentials-changed"
AGREED: Final = "agreed"
DECLINED: Final = "declined"
WITHDRAWN: Final = "withdrawn"
SEEN: Final = "seen"
SENT: Final = "sent"
BARRED: Final = "barred"
UNBARRED: Final = "unbarred"
PASSKEY_ADDED: Final = "passkey-added"
PASSKEY_REMOVED: Final = "passkey-removed"
DRAFT_BEGUN: Final = "draft-begun"
DRAFT_SAVED: Final = "draft-saved"
DRAFT_DATED: Final = "draft-dated"
DRAFT_APPROVED: Final = "draft-approved"
DRAFT_FOLLOWS: Final = "draft-follows"
DRAFT_PUBLISHED: Final = "draft-published"
DRAFT_DROPPED: Final = "draft-dropped"
CASE_OPENED: Final = "case-opened"
CASE_WORKED_ON: Final = "case-worked-on"
CASE_FILED: Final = "case-filed"

_SENTENCES: Final = {
    CORRECTED: marked("It is corrected. The old value is gone."),
    REMOVED: marked("It is deleted. What a law makes us keep stays until its date and is shown below."),
    NAMED: marked("The name of the device is saved."),
    FORGOTTEN: marked("The device is forgotten."),
    ENDED: marked("That session has ended."),
    ROLES_GIVEN: marked("The roles are changed, from the next request on."),
    STAFF_ENDED: marked("The account has ended. What was held about its owner is being erased."),
    UNINVITED: marked("The invitation is withdrawn. Its link opens nothing."),
    CHANGED: marked("The password is changed. You are signed out everywhere else."),
    KEPT: marked("The account stays. Nothing of it was deleted."),
    PASSKEY_ADDED: marked("The passkey is added. From now on you can sign in with it."),
    PASSKEY_REMOVED: marked("The passkey is deleted here. Delete it on the device too."),
    AGREED: marked("Your yes is on record. You can withdraw it at any time, with one click."),
    DECLINED: marked("Your no is on record. Everything else stays as it is."),
    WITHDRAWN: marked("It is withdrawn, from this moment on."),
    BARRED: marked("It holds from this moment on. You can lift it at any time, with one click."),
    UNBARRED: marked("It is lifted, from this moment on."),
    SENT: marked("Your message is sent. We answer here, and tell you by e-mail."),
    SEEN: marked("It is on record that you have read it."),
    DRAFT_BEGUN: marked("The draft is begun, with the text of the newest version."),
    DRAFT_SAVED: marked("The draft is saved. Whoever had approved it is asked again."),
    DRAFT_DATED: marked("The day is saved. Whoever had approved the draft is asked again."),
    DRAFT_APPROVED: marked("Your yes to the draft is on record."),
    DRAFT_FOLLOWS: marked("The draft is meant to come after the newest version."),
    DRAFT_PUBLISHED: marked("The version is published. Customers are told of it from now on."),
    DRAFT_DROPPED: marked("The draft is dropped. What was published stays."),
    CASE_OPENED: marked("The data is open to you for a quarter of an hour. Each look is on record."),
    CASE_WORKED_ON: marked("It is done and on record. The course below shows it."),
    CASE_FILED: marked("The request is filed. It waits for the person to prove who they are, like any other."),
    WRITTEN_IN: marked("We write to you in this language from now on."),
}


def lead_on(visit: Visit, path: str, done: str) -> Response:
    """Lead to the page that says what was done; `done` is one of this module's words."""
    response = see_other(path)
    cookies.DONE.give(response, done, https=visit.https)
    return response


def show_done(visit: Visit, template: str, **view: object) -> Response:
    """Return a page whose `done` says what was done just before, or is None; it is said once."""
    word = cookies.DONE.read(visit.cookies, https=visit.https)
    sentence = _SENTENCES.get(word or "")
    response = visit.show(template, status=200, done=visit.say(sentence) if sentence else None, **view)
    if word is not None:
        cookies.DONE.take_back(response, https=visit.https)
    return response
