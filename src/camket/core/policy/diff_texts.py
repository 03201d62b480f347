"""Differences in words alone: names, explanations, the published text and the terms of service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.policy.diff_prose import section_differences
from camket.core.policy.diff_sentences import in_every_language, say
from camket.core.policy.difference import Change, Declaration, DeclarationKind, Difference, Effect, Rewording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from camket.core.policy.diff_sentences import Named, Pair
    from camket.core.policy.difference import Said
    from camket.core.policy.model import Policy, Text
    from camket.core.terms import Language

Worded = tuple[str, "Text", tuple["Text", ...]]
"""Id, label, explanations."""


def text_differences(pair: Pair) -> Iterator[Difference]:
    """Yield every difference in words; none of them changes what may be done."""
    before, after = _worded(pair.before), _worded(pair.after)
    for key, worded in after.items():
        if key in before:
            yield from _declaration(key[0], before[key], worded)
    yield from _grouping(pair)
    yield from _categories(pair.before.policy, pair.after.policy)
    old, new = pair.before.policy, pair.after.policy
    if old.title != new.title:
        says = say("title", before=in_every_language(old.title), after=in_every_language(new.title))
        yield _reworded(DeclarationKind.POLICY, "title", says, rewordings(old.title, new.title))
    yield from section_differences(DeclarationKind.PROSE, old, new)
    yield from section_differences(DeclarationKind.TERMS, old, new)


def rewordings(before: Mapping[Language, str], after: Mapping[Language, str]) -> dict[Language, Rewording]:
    """Return the languages in which a text is another, with both; a language that only one has is left out."""
    return {
        language: Rewording(before=before[language], after=text)
        for language, text in after.items()
        if language in before and before[language] != text
    }


def _reworded(
    kind: DeclarationKind, name: str, says: Said, texts: dict[Language, Rewording] | None = None
) -> Difference:
    return Difference(
        change=Change.REWORDED,
        effect=Effect.NEITHER,
        about=Declaration(kind=kind, id=name),
        says=says,
        rewordings=texts or {},
    )


def _worded(named: Named) -> dict[tuple[DeclarationKind, str], Worded]:
    found: dict[tuple[DeclarationKind, str], Worded] = {}
    for root, service in named.services.items():
        found[DeclarationKind.SERVICE, root] = (service.id, service.label, (service.does,))
    for root, item in named.items.items():
        minimum = () if item.legal_minimum is None else (item.legal_minimum.reason,)
        found[DeclarationKind.ITEM, root] = (item.id, item.label, (item.why, item.maximum.reason, *minimum))
    for root, purpose in named.purposes.items():
        found[DeclarationKind.PURPOSE, root] = (purpose.id, purpose.label, (purpose.explains,))
    for root, recipient in named.recipients.items():
        found[DeclarationKind.RECIPIENT, root] = (recipient.id, recipient.label, (recipient.explains,))
    for right, terms in named.rights.items():
        found[DeclarationKind.RIGHT, right] = (right, terms.label, (terms.explains,))
    return found


def _declaration(kind: DeclarationKind, before: Worded, after: Worded) -> Iterator[Difference]:
    (old_id, old_label, old_texts), (name, label, texts) = before, after
    named = in_every_language(label)
    if old_id != name:
        yield _reworded(kind, name, say("renamed", name=named, before=old_id, after=name))
    changed = rewordings(old_label, label)
    if changed:
        yield _reworded(kind, name, _renamed(old_label, label), changed)
    for was, now in zip(old_texts, texts, strict=False):
        changed = rewordings(was, now)
        if changed:
            yield _reworded(kind, name, say("explanation", name=named), changed)


def _renamed(before: Text, after: Text) -> Said:
    """Say that something is called otherwise; in a language in which it is not, that it is in another one."""
    was, now = in_every_language(before), in_every_language(after)
    here, elsewhere = say("label", before=was, after=now), say("label.elsewhere", name=now)
    return {language: elsewhere[language] if was[language] == now[language] else here[language] for language in here}


def _grouping(pair: Pair) -> Iterator[Difference]:
    for root, item in pair.after.items.items():
        old = pair.before.items.get(root)
        if old is not None and old.category != item.category:
            was = pair.before.policy.categories.get(old.category, {})
            now = pair.after.policy.categories.get(item.category, {})
            says = say(
                "grouping",
                name=in_every_language(item.label),
                before=in_every_language(was),
                after=in_every_language(now),
            )
            yield _reworded(DeclarationKind.ITEM, item.id, says)


def _categories(before: Policy, after: Policy) -> Iterator[Difference]:
    for name in (*before.categories, *(one for one in after.categories if one not in before.categories)):
        was, now = before.categories.get(name), after.categories.get(name)
        if was is not None and now is not None:
            changed = rewordings(was, now)
            if changed:
                yield _reworded(DeclarationKind.CATEGORY, name, _renamed(was, now), changed)
        elif now is not None:
            yield _reworded(DeclarationKind.CATEGORY, name, say("category.added", name=in_every_language(now)))
        elif was is not None:
            yield _reworded(DeclarationKind.CATEGORY, name, say("category.removed", name=in_every_language(was)))
