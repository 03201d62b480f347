"""Differences beside the clauses: what gives them their meaning, and who answers for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.policy.diff_sentences import country, everywhere, in_every_language, say
from camket.core.policy.diff_wording_terms import LANGUAGE_NAMES, UNTIL_WITHDRAWN
from camket.core.policy.difference import Change, Declaration, DeclarationKind, Difference, Effect
from camket.core.policy.text import BRACES, read_reference
from camket.core.policy.wording import GROUND_MEANINGS, GROUNDS, days_text, hours_text, minimum_text
from camket.core.terms import Basis, Ground

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from camket.core.policy.diff_sentences import Named, Pair
    from camket.core.policy.difference import Said
    from camket.core.policy.model import Item, LegalMinimum, Policy, Purpose, Recipient
    from camket.core.terms import Language


def term_differences(pair: Pair) -> Iterator[Difference]:
    """Yield every difference that is in no clause and is more than words.

    What is worse here binds all at once, since there is no clause to say no to: it cannot be published.
    """
    for root, item in pair.after.items.items():
        if root in pair.before.items:
            yield from _item(pair.before.items[root], item)
    for root, purpose in pair.after.purposes.items():
        if root in pair.before.purposes:
            yield from _purpose(pair.before.purposes[root], purpose)
    for root, recipient in pair.after.recipients.items():
        if root in pair.before.recipients:
            yield from _recipient(pair.before.recipients[root], recipient)
    yield from _without_items(pair)
    before, after = pair.before.policy, pair.after.policy
    yield from _grounds(before, after)
    yield from _clocks(before, after)
    yield from _registration(pair)
    yield from _controller(before, after)
    yield from _whole(before, after)
    yield from _promises(before, after)


def _one(
    change: Change,
    effect: Effect,
    about: tuple[DeclarationKind, str],
    says: Said,
    *,
    at_once: bool = True,
) -> Difference:
    return Difference(
        change=change,
        effect=effect,
        about=Declaration(kind=about[0], id=about[1]),
        says=says,
        binds_all_at_once=at_once,
    )


def _item(before: Item, after: Item) -> Iterator[Difference]:
    about = (DeclarationKind.ITEM, after.id)
    label = in_every_language(after.label)
    was, now = (before.dpv, after.dpv) if before.dpv != after.dpv else (str(before.kind), str(after.kind))
    if was != now:
        # INVARIANT: an id keeps its meaning; a yes to one kind of information is none to another (semantics section 1).
        says = say("item.meaning", item=label, id=after.id, before=was, after=now)
        yield _one(Change.CHANGED, Effect.WORSE, about, says)
    if before.sensitive != after.sensitive:
        change, effect = (Change.ADDED, Effect.BETTER) if after.sensitive else (Change.REMOVED, Effect.WORSE)
        yield _one(change, effect, about, say(f"sensitive.{change}", item=label))
    if before.required != after.required:
        change = Change.ADDED if after.required else Change.REMOVED
        newcomers = (DeclarationKind.REGISTRATION, after.id)
        yield _one(change, Effect.NEITHER, newcomers, say(f"required.{change}", item=label))
    yield from _minimum(about, label, before.legal_minimum, after.legal_minimum)


def _minimum(
    about: tuple[DeclarationKind, str], item: Said, before: LegalMinimum | None, after: LegalMinimum | None
) -> Iterator[Difference]:
    """Yield what became of a legal minimum: the law's, so neither better nor worse, and never asked."""
    if before is None and after is None:
        return
    if after is None and before is not None:
        says = say("minimum.removed", item=item, before=_minimum_words(before), article=before.article)
        yield _one(Change.REMOVED, Effect.NEITHER, about, says)
    elif before is None and after is not None:
        says = say("minimum.added", item=item, after=_minimum_words(after), article=after.article)
        yield _one(Change.ADDED, Effect.NEITHER, about, says)
    elif before is not None and after is not None and _law(before) != _law(after):
        says = say(
            "minimum.changed",
            item=item,
            before=_minimum_words(before),
            after=_minimum_words(after),
            article=after.article,
            article_before=before.article,
        )
        change = Change.CHANGED
        if before.clock is after.clock and before.days != after.days:
            change = Change.WIDENED if after.days > before.days else Change.NARROWED
        yield _one(change, Effect.NEITHER, about, says)


def _law(minimum: LegalMinimum) -> tuple[object, ...]:
    return minimum.clock, minimum.days, minimum.article


def _minimum_words(minimum: LegalMinimum) -> Said:
    return everywhere(lambda language: minimum_text(minimum, language))


def _purpose(before: Purpose, after: Purpose) -> Iterator[Difference]:
    about = (DeclarationKind.PURPOSE, after.id)
    label = in_every_language(after.label)
    if before.valid_days != after.valid_days:
        # A yes carries its own end from the day it was given; only a later yes ends by the new time.
        longer = after.valid_days is None or (before.valid_days is not None and after.valid_days > before.valid_days)
        says = say("purpose.valid", purpose=label, before=_validity(before), after=_validity(after))
        yield _one(Change.WIDENED if longer else Change.NARROWED, Effect.NEITHER, about, says)
    if before.dpv == after.dpv:
        return
    if before.basis is Basis.STATED and after.basis is Basis.STATED:
        says = say("purpose.meaning", purpose=label, id=after.id, before=before.dpv, after=after.dpv)
        yield _one(Change.CHANGED, Effect.WORSE, about, says)
    else:
        # A yes is bound to the meaning and ends with it (semantics section 5); a change of basis is a clause's.
        says = say("purpose.asked_anew", purpose=label, before=before.dpv, after=after.dpv)
        yield _one(Change.CHANGED, Effect.NEITHER, about, says)


def _validity(purpose: Purpose) -> Said:
    days = purpose.valid_days
    return dict(UNTIL_WITHDRAWN) if days is None else everywhere(lambda language: days_text(days, language))


def _recipient(before: Recipient, after: Recipient) -> Iterator[Difference]:
    about = (DeclarationKind.RECIPIENT, after.id)
    label = in_every_language(after.label)
    if before.dpv != after.dpv:
        says = say("recipient.meaning", recipient=label, before=before.dpv, after=after.dpv)
        yield _one(Change.CHANGED, Effect.NEITHER, about, says)
    if before.country != after.country:
        says = say("recipient.country", recipient=label, before=country(before.country), after=country(after.country))
        yield _one(Change.CHANGED, Effect.NEITHER, about, says)


def _without_items(pair: Pair) -> Iterator[Difference]:
    """Yield purposes and recipients that come or go without an item: no clause speaks of them."""
    for kind, before, after in (
        (DeclarationKind.PURPOSE, pair.before.purposes, pair.after.purposes),
        (DeclarationKind.RECIPIENT, pair.before.recipients, pair.after.recipients),
    ):
        for root in sorted(before.keys() ^ after.keys()):
            change = Change.ADDED if root in after else Change.REMOVED
            one: Purpose | Recipient = after[root] if root in after else before[root]
            if not _has_items(one):
                says = say(f"declared.{change}", name=in_every_language(one.label))
                yield _one(change, Effect.NEITHER, (kind, one.id), says)


def _has_items(one: Purpose | Recipient) -> bool:
    return any(one.shares.values()) if hasattr(one, "shares") else bool(one.items)


def _grounds(before: Policy, after: Policy) -> Iterator[Difference]:
    """Yield grounds that come or go; the law's own, and the subject's own each time, bind as soon as they are named."""
    for ground in Ground:
        if (ground in before.grounds) == (ground in after.grounds):
            continue
        about = (DeclarationKind.GROUND, str(ground))
        words = dict(GROUNDS[ground])
        if ground in before.grounds:
            yield _one(Change.REMOVED, Effect.BETTER, about, say("ground.removed", ground=words))
            continue
        own = ground in (Ground.LAW, Ground.CONSENT)
        says = say("ground.added", ground=words, means=dict(GROUND_MEANINGS[ground]))
        yield _one(Change.ADDED, Effect.NEITHER if own else Effect.WORSE, about, says, at_once=own)


def _clocks(before: Policy, after: Policy) -> Iterator[Difference]:
    spans = (
        ("quiet", before.quiet_days, after.quiet_days),
        ("cooling_off", before.cooling_off_days, after.cooling_off_days),
        ("unconfirmed", before.unconfirmed_hours, after.unconfirmed_hours),
        ("records", before.record_days, after.record_days),
    )
    for name, was, now in spans:
        if was == now:
            continue
        said = hours_text if name == "unconfirmed" else days_text
        says = say(f"clock.{name}", before=_span(said, was), after=_span(said, now))
        longer = now > was
        effect = Effect.NEITHER
        if name == "quiet":
            effect = Effect.BETTER if longer else Effect.WORSE
        kind = DeclarationKind.REGISTRATION if name == "unconfirmed" else DeclarationKind.CLOCK
        yield _one(Change.WIDENED if longer else Change.NARROWED, effect, (kind, name), says)


def _span(said: Callable[[int, Language], str], number: int) -> Said:
    return everywhere(lambda language: said(number, language))


def _registration(pair: Pair) -> Iterator[Difference]:
    old, new = _registering(pair.before), _registering(pair.after)
    if old[0] != new[0]:
        about = (DeclarationKind.REGISTRATION, pair.after.policy.registration_service)
        says = say("registration.service", before=old[1], after=new[1])
        yield _one(Change.CHANGED, Effect.NEITHER, about, says)


def _registering(named: Named) -> tuple[str, Said]:
    """Return the root and the label of the service in which one registers."""
    service = named.policy.registration_service
    for root, one in named.services.items():
        if one.id == service:
            return root, in_every_language(one.label)
    return service, everywhere(lambda _language: service)


def _controller(before: Policy, after: Policy) -> Iterator[Difference]:
    old, new = before.controller, after.controller
    texts = (("name", old.name, new.name), ("address", old.address, new.address), ("officer", old.officer, new.officer))
    words: list[tuple[DeclarationKind, str, Said, Said]] = [
        (DeclarationKind.CONTROLLER, name, in_every_language(was), in_every_language(now)) for name, was, now in texts
    ]
    words += [
        (DeclarationKind.CONTROLLER, "email", _plain(old.email), _plain(new.email)),
        (DeclarationKind.CONTROLLER, "phone", _plain(old.phone), _plain(new.phone)),
        (DeclarationKind.CONTROLLER, "country", country(old.country), country(new.country)),
        (DeclarationKind.RELAY, "name", _plain(before.relay.name), _plain(after.relay.name)),
        (DeclarationKind.RELAY, "country", country(before.relay.country), country(after.relay.country)),
    ]
    for kind, name, was, now in words:
        if was != now:
            old_words, new_words = _where_changed(was, now)
            says = say(f"{kind}.{name}", before=old_words, after=new_words)
            yield _one(Change.CHANGED, Effect.NEITHER, (kind, name), says)


def _where_changed(before: Said, after: Said) -> tuple[Said, Said]:
    """Return two texts; a language in which nothing changed has the words of one in which something did."""
    changed = next(language for language in after if before[language] != after[language])
    shown = {language: language if before[language] != after[language] else changed for language in after}
    return (
        {language: before[one] for language, one in shown.items()},
        {language: after[one] for language, one in shown.items()},
    )


def _plain(word: str) -> Said:
    return everywhere(lambda _language: word)


def _whole(before: Policy, after: Policy) -> Iterator[Difference]:
    for name, was, now in (("id", before.id, after.id), ("law", before.law_profile, after.law_profile)):
        if was != now:
            says = say(f"policy.{name}", before=was, after=now)
            yield _one(Change.CHANGED, Effect.NEITHER, (DeclarationKind.POLICY, name), says)
    if before.approvals != after.approvals:
        change = Change.WIDENED if after.approvals > before.approvals else Change.NARROWED
        says = say("policy.approvals", before=str(before.approvals), after=str(after.approvals))
        yield _one(change, Effect.NEITHER, (DeclarationKind.POLICY, "approvals"), says)
    for language in (*before.languages, *after.languages):
        if (language in before.languages) != (language in after.languages):
            added = language in after.languages
            change, effect = (Change.ADDED, Effect.BETTER) if added else (Change.REMOVED, Effect.WORSE)
            says = say(f"language.{change}", name=dict(LANGUAGE_NAMES[language]))
            yield _one(change, effect, (DeclarationKind.POLICY, str(language)), says)
    if set(before.languages) == set(after.languages) and before.languages != after.languages:
        first = after.languages[0]
        says = say("language.order", name=dict(LANGUAGE_NAMES[first]))
        yield _one(Change.CHANGED, Effect.NEITHER, (DeclarationKind.POLICY, str(first)), says)


def _promises(before: Policy, after: Policy) -> Iterator[Difference]:
    old, new = _promised(before.prose), _promised(after.prose)
    for name in sorted(old ^ new, key=lambda one: (len(one), one)):
        change, effect = (Change.ADDED, Effect.BETTER) if name in new else (Change.REMOVED, Effect.WORSE)
        yield _one(change, effect, (DeclarationKind.PROMISE, name), say(f"promise.{change}", id=name))


def _promised(prose: Mapping[Language, str]) -> set[str]:
    """Return the numbers of the promises that the text makes; checked prose makes the same in every language."""
    found = (read_reference(one.group(), 1) for text in prose.values() for one in BRACES.finditer(text))
    return {reference.name for reference in found if reference.kind == "promise"}
