"""How a difference is said: one plain sentence for a shop owner, in every language, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from camket.core.policy.diff_wording import SENTENCES
from camket.core.policy.difference import DeclarationKind
from camket.core.policy.model import root_of
from camket.core.policy.wording import (
    VERIFICATIONS,
    country_text,
    days_text,
    fee_text,
    working_days_text,
)
from camket.core.terms import Language, Verification

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from camket.core.policy.difference import Said
    from camket.core.policy.model import Item, Policy, Purpose, Recipient, RightTerms, Service


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """The declarations of one version by their roots, rights by their name."""

    policy: Policy
    items: Mapping[str, Item]
    services: Mapping[str, Service]
    purposes: Mapping[str, Purpose]
    recipients: Mapping[str, Recipient]
    rights: Mapping[str, RightTerms]

    @classmethod
    def of(cls, policy: Policy) -> Named:
        """Return the declarations of a policy."""
        return cls(
            policy=policy,
            items={root_of(one): one for one in policy.items},
            services={root_of(one): one for one in policy.services},
            purposes={root_of(one): one for one in policy.purposes},
            recipients={root_of(one): one for one in policy.recipients},
            rights={str(one.right): one for one in policy.rights},
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two versions side by side.

    Args:
        labels: kind and id -> what people call it, in the later version where it has it.
    """

    before: Named
    after: Named
    labels: Mapping[tuple[DeclarationKind, str], Said]

    @classmethod
    def of(cls, before: Policy, after: Policy) -> Pair:
        """Return the two policies side by side."""
        return cls(before=Named.of(before), after=Named.of(after), labels=_labels(before) | _labels(after))

    def words(self, text: Mapping[Language, str]) -> Said:
        """Return a text of either policy in every language."""
        return in_every_language(text)


def in_every_language(text: Mapping[Language, str]) -> Said:
    """Return a text in every language; in the first one that it is written in, where it lacks another."""
    first = next(iter(text.values()), "")
    return {language: text.get(language, first) for language in Language}


def everywhere(words: Callable[[Language], str]) -> Said:
    """Return what a function says in every language."""
    return {language: words(language) for language in Language}


def say(sentence: str, /, **values: str | Said) -> Said:
    """Return a sentence in every language, its places filled.

    Args:
        sentence: its name in `diff_wording`.
        values: what stands in its places, the same everywhere or one for each language.
    """
    said = {}
    for language, pattern in SENTENCES[sentence].items():
        words = {place: value if isinstance(value, str) else value[language] for place, value in values.items()}
        said[language] = pattern.format_map(words)
    return said


def label(pair: Pair, kind: DeclarationKind, name: str) -> Said:
    """Return what people call a declaration."""
    return pair.labels[kind, name]


def country_of(pair: Pair, recipient: str) -> Said:
    """Return the country of a recipient, in the later version where it has it."""
    for policy in (pair.after.policy, pair.before.policy):
        for one in policy.recipients:
            if one.id == recipient:
                return country(one.country)
    raise LookupError(recipient)


def country(code: str) -> Said:
    """Return the name of a country."""
    return everywhere(lambda language: country_text(code, language))


def value_of(attribute: str, value: str) -> Said:
    """Return the value of an attribute as people say it: `5 working days`, `free of charge`."""
    if attribute == "verification":
        return everywhere(lambda language: VERIFICATIONS[Verification(value)][language])
    if attribute == "fee":
        return everywhere(lambda language: fee_text(int(value), language))
    if value == "none":
        return dict.fromkeys(Language, "")
    days = int(value.removeprefix("P").removesuffix("D"))
    said = working_days_text if attribute == "reply" else days_text
    return everywhere(lambda language: said(days, language))


def right_words(terms: RightTerms) -> dict[str, Said]:
    """Return the terms of a right as people say them."""
    return {
        "reply": value_of("reply", f"P{terms.reply_days}D"),
        "complete": value_of("complete", f"P{terms.complete_days}D"),
        "fee": value_of("fee", str(terms.fee_vnd)),
        "verification": value_of("verification", terms.verification),
    }


def _labels(policy: Policy) -> dict[tuple[DeclarationKind, str], Said]:
    return {
        **{(DeclarationKind.ITEM, one.id): in_every_language(one.label) for one in policy.items},
        **{(DeclarationKind.SERVICE, one.id): in_every_language(one.label) for one in policy.services},
        **{(DeclarationKind.PURPOSE, one.id): in_every_language(one.label) for one in policy.purposes},
        **{(DeclarationKind.RECIPIENT, one.id): in_every_language(one.label) for one in policy.recipients},
        **{(DeclarationKind.RIGHT, str(one.right)): in_every_language(one.label) for one in policy.rights},
    }
