"""Ledger records as a person would say them: who, what, with which items, what for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.core.terms import RIGHTS_PURPOSE
from camket.web.i18n import MessageId, marked, said, say
from camket.web.wording import lower_first

if TYPE_CHECKING:
    from datetime import datetime

    from camket.core.policy.model import Policy
    from camket.core.terms import Language
    from camket.services.uses import UseGroup, UseView

SUBJECT: Final = "subject"
STAFF: Final = "staff:"

WHO: Final = {
    SUBJECT: marked("You"),
    "service:account": marked("The account service"),
    "service:sign-in": marked("The sign-in"),
    "service:log": marked("The server log"),
    "service:mailer": marked("The mail service"),
    "service:retention": marked("The retention service"),
    "service:epoch": marked("The key service"),
    "service:erasure": marked("The deletion service"),
    "service:policy": marked("The policy service"),
    "service:operator": marked("The operator, at the machine itself"),
    "service:notices": marked("The notice service"),
    "service:requests": marked("The clock of requests"),
    "service:copy": marked("The copy service"),
    "service:correction": marked("The correction service"),
    "service:connectors": marked("The connection with other systems"),
    "service:outside": marked("The page for requests without signing in"),
}
"""Who acts, by the ledger's name; a service of the policy is called by its label."""

WHAT: Final = {
    LedgerAction.COLLECT: marked("%(who)s: information was taken in"),
    LedgerAction.USE: marked("%(who)s: information was read"),
    LedgerAction.SHARE: marked("%(who)s: information was given out"),
    LedgerAction.CONSENT: marked("%(who)s: a consent was given"),
    LedgerAction.WITHDRAW: marked("%(who)s: a consent or an agreement was withdrawn"),
    LedgerAction.AGREEMENT: marked("%(who)s: a change of the policy was agreed to"),
    LedgerAction.REFUSAL: marked("%(who)s: a question was answered with no"),
    LedgerAction.REQUEST: marked("%(who)s: a request was made or carried on"),
    LedgerAction.ERASE: marked("%(who)s: information was erased"),
    LedgerAction.POLICY: marked("%(who)s: a version of the policy was published"),
    LedgerAction.EPOCH: marked("%(who)s: keys were renewed"),
    LedgerAction.CHECKPOINT: marked("%(who)s: the ledger was signed"),
    LedgerAction.RESTORED: marked("%(who)s: the store was restored from a backup"),
    LedgerAction.SESSION: marked("%(who)s: a session was begun or ended"),
    LedgerAction.STAFF: marked("%(who)s: a work account was changed"),
    LedgerAction.NOTICE: marked("%(who)s: a notice was given"),
}
OWN: Final = {
    LedgerAction.COLLECT: marked("You gave information"),
    LedgerAction.USE: marked("You looked at your data"),
    LedgerAction.REQUEST: marked("You made a request or proved who you are"),
    LedgerAction.SESSION: marked("You signed in or out"),
    LedgerAction.STAFF: marked("You began or changed a work account"),
    LedgerAction.CONSENT: marked("You gave a consent"),
    LedgerAction.WITHDRAW: marked("You withdrew a consent or an agreement"),
    LedgerAction.AGREEMENT: marked("You agreed to a change of the policy"),
    LedgerAction.REFUSAL: marked("You said no"),
    LedgerAction.ERASE: marked("You had information erased"),
    LedgerAction.NOTICE: marked("You said that you had read a notice"),
}
"""What one did oneself, said plainly."""

KNOWN: Final = {
    ("service:account", LedgerAction.COLLECT): marked("Recorded as you signed in"),
    ("service:sign-in", LedgerAction.USE): marked("Looked up because someone asked to sign in"),
    ("service:mailer", LedgerAction.USE): marked("Read to send you a mail"),
    ("service:retention", LedgerAction.ERASE): marked("Its time was up, so it was erased"),
    ("service:epoch", LedgerAction.USE): marked("Read to renew keys"),
}
"""What our services do every day, said plainly."""

MOODS: Final = {LedgerOutcome.ASK: "ask", LedgerOutcome.DENY: "no"}
REFUSED: Final = {
    LedgerOutcome.ASK: marked("Not done, you must be asked first. %(what)s"),
    LedgerOutcome.DENY: marked("Refused. %(what)s"),
}
MOST_ITEMS: Final = 4
"""More items than this are counted where there is little room."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidUse:
    """One use in the reader's language, or several neighbours that say the same.

    Args:
        who: who acted, where the title does not say so; else empty.
        purpose: what for; empty where the record names none.
        at: aware; of the newest.
        since: aware; of the oldest.
        mood: how it is marked; empty for a use that was allowed.
        ledger_span: first and last place in the ledger; None until each has its place.
        each: every one of them, newest first; at least one.
    """

    title: str
    who: str
    items: str
    purpose: str
    at: datetime
    since: datetime
    mood: str
    ledger_span: tuple[int, int] | None
    each: tuple[UseView, ...]


def say_use(group: UseGroup, policy: Policy, language: Language, *, most_items: int | None = None) -> SaidUse:
    """Return a use as a person would say it.

    Args:
        group: as it is on record.
        policy: whose words are used.
        language: the reader's.
        most_items: more items than this are counted; None names every one.
    """
    use = group.newest
    return SaidUse(
        title=_title(use, policy, language),
        who=lower_first(_who(use.who, policy, language)) if (use.who, use.action) in KNOWN else "",
        items=_items(use.items, policy, language, most_items),
        purpose=_purpose(use, policy, language),
        at=use.at,
        since=group.oldest.at,
        mood=MOODS.get(use.outcome, ""),
        ledger_span=group.ledger_span,
        each=group.uses,
    )


def _title(use: UseView, policy: Policy, language: Language) -> str:
    plain = OWN.get(use.action) if use.who == SUBJECT else KNOWN.get((use.who, use.action))
    what = say(language, plain) if plain else say(language, WHAT[use.action], who=_who(use.who, policy, language))
    refused = REFUSED.get(use.outcome)
    return say(language, refused, what=what) if refused else what


def _who(actor: str, policy: Policy, language: Language) -> str:
    if actor.startswith(STAFF):
        return say(language, SUPPORT, name=actor.removeprefix(STAFF))
    if (known := WHO.get(actor)) is not None:
        return say(language, known)
    name = actor.removeprefix("service:")
    labels = {one.id: lower_first(said(one.label, language)) for one in policy.services}
    return say(language, SERVICE, name=labels.get(name, name))


SERVICE: Final[MessageId] = marked("The %(name)s service")
SUPPORT: Final[MessageId] = marked("Our staff (%(name)s)")
OWN_RIGHTS: Final[MessageId] = marked("your rights")
FOR_RIGHTS: Final[MessageId] = marked("so that you can sign in and use your rights")
MANY: Final[MessageId] = marked("%(count)s items")


def _items(items: tuple[str, ...], policy: Policy, language: Language, most_items: int | None) -> str:
    if most_items is not None and len(items) > most_items:
        return say(language, MANY, count=len(items))
    declared = {item.id: said(item.label, language) for item in policy.items if item.id in items}
    labels = declared | {item: item for item in items if item not in declared}
    return ", ".join(lower_first(label) for label in labels.values())


def _purpose(use: UseView, policy: Policy, language: Language) -> str:
    if use.purpose is None:
        return ""
    if use.purpose == RIGHTS_PURPOSE:
        return say(language, OWN_RIGHTS if use.who == SUBJECT else FOR_RIGHTS)
    labels = {one.id: said(one.label, language) for one in policy.purposes}
    return lower_first(labels.get(use.purpose, use.purpose))
