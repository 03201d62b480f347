"""The exact text of a question: made from the policy alone, so that it names no one, and hashed as it was shown."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from camket.core.consent.clause_text import clause_sentence
from camket.core.consent.wording import SAID
from camket.core.errors import InvalidValueError, nearest
from camket.core.policy.version import canonical_json
from camket.core.policy.wording import country_text, days_text
from camket.core.terms import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.core.policy.model import Clause, Policy, PolicyVersion, Purpose, Recipient


@dataclass(frozen=True, kw_only=True, slots=True)
class ClauseText:
    """One clause that is answered by itself.

    Args:
        clause: its id, as the version writes it.
        says: what a yes to it means, in one sentence.
    """

    clause: str
    says: str


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionText:
    """What a subject reads before they answer; a page shows all of it, in this order.

    Args:
        language: of every sentence.
        title: the question.
        body: what for, which items, until when, how to withdraw; one paragraph each.
        clauses: what is answered one by one; empty for a consent, which is answered by one yes or no.
    """

    language: Language
    title: str
    body: tuple[str, ...]
    clauses: tuple[ClauseText, ...] = ()

    def canonical(self) -> str:
        """Return the text as JSON in the one form that equal texts share."""
        clauses = [[one.clause, one.says] for one in self.clauses]
        value = {"body": list(self.body), "clauses": clauses, "language": self.language.value, "title": self.title}
        return canonical_json(value).decode()

    @classmethod
    def from_canonical(cls, body: str) -> QuestionText:
        """Read a text back.

        Raises:
            InvalidValueError: it is not what `canonical` gives.
        """
        try:
            value = json.loads(body)
            return cls(
                language=Language(value["language"]),
                title=str(value["title"]),
                body=tuple(str(line) for line in value["body"]),
                clauses=tuple(ClauseText(clause=str(clause), says=str(says)) for clause, says in value["clauses"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidValueError("a text that was shown does not have its form") from error

    @property
    def hash(self) -> str:
        """Hex SHA-256 of the text as it was shown."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def consent_text(
    version: PolicyVersion,
    *,
    purpose: str | None = None,
    recipient: str | None = None,
    items: tuple[str, ...],
    language: Language,
    signalled: bool = False,
) -> QuestionText:
    """Return the question for a consent to a purpose, or to a recipient.

    Args:
        version: the version that asks.
        purpose: id of the purpose; None where a recipient is named.
        recipient: id of the recipient; decides alone where it is given.
        items: ids of the items that the yes is for; at least one.
        language: one of the policy's.
        signalled: the subject's browser signals Global Privacy Control; they are told before they answer.

    Raises:
        InvalidValueError: the version declares no such purpose, recipient or item, or is not written in the language.
    """
    policy = version.policy
    if language not in policy.languages:
        raise InvalidValueError(f"the policy is not written in language `{language}`")
    said = SAID[language]
    if recipient is not None:
        receiver = recipient_of(policy, recipient)
        title = said["recipient_title"].format(recipient=receiver.label[language])
        first = said["recipient"].format(
            explains=receiver.explains[language], country=country_text(receiver.country, language)
        )
        days = None
    else:
        used = purpose_of(policy, purpose or "")
        title = said["purpose_title"].format(purpose=used.label[language], controller=policy.controller.name[language])
        first = used.explains[language]
        days = used.valid_days
    body = (first, *_items_said(policy, items, language), *_terms_said(policy, days, language, signalled=signalled))
    return QuestionText(language=language, title=title, body=body)


def agreement_text(version: PolicyVersion, *, clauses: tuple[Clause, ...], language: Language) -> QuestionText:
    """Return the question for agreements to clauses of a version, each to be answered by itself.

    Args:
        version: the newest in force.
        clauses: of that version; at least one.
        language: one of the policy's.

    Raises:
        InvalidValueError: the policy is not written in the language.
    """
    policy = version.policy
    if language not in policy.languages:
        raise InvalidValueError(f"the policy is not written in language `{language}`")
    said = SAID[language]
    quiet = said["quiet"].format(days=days_text(policy.quiet_days, language))
    return QuestionText(
        language=language,
        title=said["agreement_title"].format(policy=policy.title[language], number=version.number),
        body=(said["each_alone"], said["agreement_no"], said["withdraw"], quiet),
        clauses=tuple(
            ClauseText(clause=clause.id, says=clause_sentence(policy, clause, language)) for clause in clauses
        ),
    )


def purpose_of(policy: Policy, purpose: str) -> Purpose:
    """Return a purpose.

    Raises:
        InvalidValueError: the policy declares none of this name; names the nearest.
    """
    found = {each.id: each for each in policy.purposes}
    if purpose not in found:
        raise InvalidValueError(f"the policy has no purpose `{purpose[:40]}`{nearest(purpose, found)}")
    return found[purpose]


def recipient_of(policy: Policy, recipient: str) -> Recipient:
    """Return a recipient.

    Raises:
        InvalidValueError: the policy declares none of this name; names the nearest.
    """
    found = {each.id: each for each in policy.recipients}
    if recipient not in found:
        raise InvalidValueError(f"the policy has no recipient `{recipient[:40]}`{nearest(recipient, found)}")
    return found[recipient]


def _items_said(policy: Policy, items: tuple[str, ...], language: Language) -> Iterator[str]:
    declared = {item.id: item for item in policy.items}
    for item in items:
        if item not in declared:
            raise InvalidValueError(f"the policy has no item `{item[:40]}`{nearest(item, declared)}")
    said = SAID[language]
    yield said["items"].format(items=", ".join(declared[item].label[language] for item in items))
    sensitive = [declared[item].label[language] for item in items if declared[item].sensitive]
    if sensitive:
        # LAW Art. 9, D356 Art. 6: where the data is sensitive, the subject is told so before they answer.
        yield said["sensitive"].format(items=", ".join(sensitive))


def _terms_said(policy: Policy, days: int | None, language: Language, *, signalled: bool) -> Iterator[str]:
    said = SAID[language]
    yield said["until_withdrawn"] if days is None else said["until"].format(days=days_text(days, language))
    yield said["withdraw"]
    yield said["no"]
    yield said["quiet"].format(days=days_text(policy.quiet_days, language))
    if signalled:
        yield said["gpc"]
