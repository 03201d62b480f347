"""What the pages of the policy draft say: files, kinds of change, and what stands against a publication."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.policy.difference import Change
from camket.core.policy.source import DECLARATIONS, prose_file, terms_file
from camket.core.terms import Language
from camket.services.publishing import Hindrance
from camket.web.i18n import MessageId, marked
from camket.web.wording import day

if TYPE_CHECKING:
    from camket.services.drafts import Draft
    from camket.services.publishing import Publication
    from camket.web.visit import Visit

FILES: Final[dict[str, MessageId]] = {
    DECLARATIONS: marked("Declarations: what the software keeps to"),
    prose_file(Language.VI): marked("Policy in Vietnamese"),
    prose_file(Language.EN): marked("Policy in English"),
    terms_file(Language.VI): marked("Terms of service in Vietnamese"),
    terms_file(Language.EN): marked("Terms of service in English"),
}
"""Every file of a policy, and what it holds."""

CHANGES: Final[dict[Change, MessageId]] = {
    Change.ADDED: marked("added"),
    Change.REMOVED: marked("removed"),
    Change.WIDENED: marked("widened"),
    Change.NARROWED: marked("narrowed"),
    Change.CHANGED: marked("changed"),
    Change.REWORDED: marked("reworded"),
}

REFUSALS: Final[dict[Hindrance, MessageId]] = {
    Hindrance.SAME: marked("The draft is the newest version to the byte: there is nothing to publish."),
    Hindrance.UNDATED: marked("No one has said yet from which day on it is to be in force."),
    Hindrance.PAST: marked("The day on which it is to be in force has begun already."),
    Hindrance.ORDER: marked("An earlier version takes effect only after that day; versions take effect in order."),
    Hindrance.NOTICE: marked(
        "Customers are promised to hear of such a change %(days)s days before it. The first day that leaves them this "
        "time is %(day)s."
    ),
    Hindrance.TAKES: marked(
        "Something would be worse for everyone at once, and there is nothing that a customer could say no to. Leave it "
        "as it was."
    ),
    Hindrance.UNSEEN: marked(
        "Version %(newest)s was published since this draft was begun from version %(base)s. Look below at what the "
        "draft changes in it, then say that it is meant to come after it."
    ),
}
"""What is said of each reason that stands against a publication; missing approvals have words of their own."""


def refusal_sentence(visit: Visit, draft: Draft, publication: Publication, why: Hindrance) -> str:
    """Return what stands against publishing the draft, in the reader's language."""
    return visit.say(
        REFUSALS[why],
        days=publication.notice_days,
        day=day(publication.earliest_day),
        newest=draft.newest,
        base=draft.base,
    )
