"""What a yes to one clause of a new version means, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.consent.wording import CLAUSES, RIGHT_NAMES
from camket.core.policy.model import ClauseKind
from camket.core.policy.wording import (
    CHANNELS,
    GROUNDS,
    SOURCES,
    VERIFICATIONS,
    country_text,
    days_text,
    fee_text,
    limit_text,
    working_days_text,
)
from camket.core.terms import Basis, Channel, Ground, Right, Source, Verification

if TYPE_CHECKING:
    from camket.core.policy.model import Clause, Item, Policy
    from camket.core.terms import Language


def clause_sentence(policy: Policy, clause: Clause, language: Language) -> str:
    """Return what a clause says, in one sentence of the policy's own labels.

    Args:
        policy: that declares the clause.
        clause: one of its own.
        language: one of the policy's.
    """
    return _SENTENCES[clause.kind](policy, clause.parts, language).strip()


def _item(policy: Policy, name: str) -> Item:
    return next(item for item in policy.items if item.id == name)


def _service(policy: Policy, name: str, language: Language) -> str:
    return next(service for service in policy.services if service.id == name).label[language]


def _collect(policy: Policy, parts: tuple[str, ...], language: Language) -> str:
    item = _item(policy, parts[0])
    return CLAUSES[language]["collect"].format(
        item=item.label[language],
        service=_service(policy, parts[1], language),
        source=SOURCES[Source(parts[2])][language],
        why=item.why[language],
    )


def _use(policy: Policy, parts: tuple[str, ...], language: Language) -> str:
    purpose = next(each for each in policy.purposes if each.id == parts[1])
    said = CLAUSES[language]["use_stated" if parts[2] == Basis.STATED else "use_consent"]
    return said.format(
        item=_item(policy, parts[0]).label[language],
        purpose=purpose.label[language],
        explains=purpose.explains[language],
    )


def _share(policy: Policy, parts: tuple[str, ...], language: Language) -> str:
    recipient = next(each for each in policy.recipients if each.id == parts[1])
    return CLAUSES[language]["share"].format(
        item=_item(policy, parts[0]).label[language],
        recipient=recipient.label[language],
        country=country_text(recipient.country, language),
        ground=GROUNDS[Ground(parts[2])][language],
        explains=recipient.explains[language],
    )


def _keep(policy: Policy, parts: tuple[str, ...], language: Language) -> str:
    item = _item(policy, parts[0])
    return CLAUSES[language]["keep"].format(item=item.label[language], limit=limit_text(item.maximum, language))


def _right(policy: Policy, parts: tuple[str, ...], language: Language) -> str:
    right, attribute, value = Right(parts[0]), parts[1], parts[2]
    said, name = CLAUSES[language], RIGHT_NAMES[right][language]
    if attribute == "present":
        return said["right_there" if value == "yes" else "right_gone"].format(right=name)
    terms = next(each for each in policy.rights if each.right is right)
    shown = {
        "reply": working_days_text(terms.reply_days, language),
        "complete": days_text(terms.complete_days, language),
        "fee": fee_text(terms.fee_vnd, language),
        "verification": VERIFICATIONS[Verification(terms.verification)][language],
    }
    return said[attribute].format(right=name, value=shown[attribute])


def _notice(policy: Policy, parts: tuple[str, ...], language: Language) -> str:
    said = CLAUSES[language]
    service, channel = _service(policy, parts[0], language), CHANNELS[Channel(parts[1])][language]
    days = next(
        (each.lead_days for each in policy.notices if (each.service, each.channel) == (parts[0], parts[1])), None
    )
    if days is None:
        return said["notice_none"].format(service=service, channel=channel)
    return said["notice"].format(service=service, channel=channel, days=days_text(days, language))


_SENTENCES = {
    ClauseKind.COLLECT: _collect,
    ClauseKind.USE: _use,
    ClauseKind.SHARE: _share,
    ClauseKind.KEEP: _keep,
    ClauseKind.RIGHT: _right,
    ClauseKind.NOTICE: _notice,
}
