"""What a reference shows: the label of a declaration, or a value that it declares, in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.policy.wording import (
    GROUNDS,
    country_text,
    days_text,
    hours_text,
    limit_text,
    working_days_text,
)

if TYPE_CHECKING:
    from camket.core.policy.model import Policy
    from camket.core.policy.text import Reference
    from camket.core.terms import Language

LINKED_KINDS = frozenset({"service", "item", "purpose", "recipient", "ground", "right"})
"""Kinds that have a row in the tables; a reference to one of them links there."""


def row_id(kind: str, name: str) -> str:
    """Return the anchor of a declaration's row: `item-device-os_version`."""
    return f"{kind}-{name.replace('.', '-')}"


def shown_text(reference: Reference, labels: dict[tuple[str, str], str]) -> str:
    """Return what a reference shows; every reference of a checked policy has something to show."""
    if reference.shown:
        return reference.shown
    return reference.name if reference.kind == "promise" else labels[reference.kind, reference.name]


def labels_of(policy: Policy, language: Language) -> dict[tuple[str, str], str]:
    """Return the text for every kind and name that a reference may have, promises left out."""
    found = {
        **{("service", service.id): service.label[language] for service in policy.services},
        **{("item", item.id): item.label[language] for item in policy.items},
        **{("purpose", purpose.id): purpose.label[language] for purpose in policy.purposes},
        **{("recipient", recipient.id): recipient.label[language] for recipient in policy.recipients},
        **{("ground", str(ground)): GROUNDS[ground][language] for ground in policy.grounds},
        **{("right", str(terms.right)): terms.label[language] for terms in policy.rights},
        **{("category", category): label[language] for category, label in policy.categories.items()},
        **{("keep", item.id): limit_text(item.maximum, language) for item in policy.items},
        **{("reply", str(terms.right)): working_days_text(terms.reply_days, language) for terms in policy.rights},
        **{("complete", str(terms.right)): days_text(terms.complete_days, language) for terms in policy.rights},
    }
    for notice in policy.notices:
        found["lead", f"{notice.service}.{notice.channel}"] = days_text(notice.lead_days, language)
    return found | _own_facts(policy, language)


def _own_facts(policy: Policy, language: Language) -> dict[tuple[str, str], str]:
    controller, relay = policy.controller, policy.relay
    return {
        ("clock", "quiet"): days_text(policy.quiet_days, language),
        ("clock", "cooling_off"): days_text(policy.cooling_off_days, language),
        ("clock", "unconfirmed"): hours_text(policy.unconfirmed_hours, language),
        ("clock", "records"): days_text(policy.record_days, language),
        ("controller", "name"): controller.name[language],
        ("controller", "address"): controller.address[language],
        ("controller", "email"): controller.email,
        ("controller", "phone"): controller.phone,
        ("controller", "officer"): controller.officer[language],
        ("relay", "name"): relay.name,
        ("relay", "country"): country_text(relay.country, language),
    }
