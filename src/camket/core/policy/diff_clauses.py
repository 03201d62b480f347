"""Differences that are in the clauses: each cell of two versions side by side, judged by the table of semantics 2."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from camket.core.policy.diff_limits import limit_effect
from camket.core.policy.diff_sentences import country_of, label, right_words, say, value_of
from camket.core.policy.difference import Change, Declaration, DeclarationKind, Difference, Effect
from camket.core.policy.model import Clause, ClauseKind, Limit, PolicyVersion
from camket.core.policy.wording import clock_text, days_text, legal_minimum_text, limit_text
from camket.core.terms import Basis, Language, Verification

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from camket.core.policy.diff_sentences import Pair

Key = tuple[ClauseKind, tuple[str, ...]]
"""What is compared with what: the cell without the value that it holds."""

_KEY_LENGTHS: Final = {
    ClauseKind.COLLECT: 3,
    ClauseKind.USE: 2,
    ClauseKind.SHARE: 3,
    ClauseKind.KEEP: 1,
    ClauseKind.RIGHT: 2,
    ClauseKind.NOTICE: 2,
}
_ORDER: Final = {kind: place for place, kind in enumerate(_KEY_LENGTHS)}
_RIGHT: Final = ClauseKind.RIGHT
_PRESENT: Final = "present"
_NONE: Final = "none"


def clause_differences(pair: Pair, before: PolicyVersion, after: PolicyVersion) -> Iterator[Difference]:
    """Yield every difference that is in a clause, in the order: collect, use, share, keep, right, notice."""
    old, new = _cells(before), _cells(after)
    for key in sorted(old.keys() | new.keys(), key=lambda one: (_ORDER[one[0]], one[1])):
        was, now = old.get(key), new.get(key)
        if was is None or now is None or was.roots != now.roots:
            found = _difference(pair, key, was, now)
            if found is not None:
                yield found if key[1][1:] != (_PRESENT,) else _with_terms(found, old, new)
    yield from _services(pair, old, new)


def _cells(version: PolicyVersion) -> dict[Key, Clause]:
    return {(clause.kind, clause.roots[: _KEY_LENGTHS[clause.kind]]): clause for clause in version.clauses}


def _difference(pair: Pair, key: Key, was: Clause | None, now: Clause | None) -> Difference | None:
    match key[0]:
        case ClauseKind.COLLECT:
            return _collect(pair, was, now)
        case ClauseKind.USE:
            return _use(pair, was, now)
        case ClauseKind.SHARE:
            return _share(pair, was, now)
        case ClauseKind.KEEP:
            return _keep(pair, key[1][0], was, now)
        case ClauseKind.RIGHT:
            return _right(pair, key[1], was, now)
        case ClauseKind.NOTICE:
            return _notice(pair, was, now)


def _made(
    change: Change,
    effect: Effect,
    about: tuple[DeclarationKind, str],
    says: dict[Language, str],
    was: Clause | None,
    now: Clause | None,
) -> Difference:
    # INVARIANT: what is worse never binds all at once where there is a clause to agree to (P17).
    return Difference(
        change=change,
        effect=effect,
        about=Declaration(kind=about[0], id=about[1]),
        says=says,
        clauses_before=() if was is None else (was,),
        clauses_after=() if now is None else (now,),
        binds_all_at_once=effect is not Effect.WORSE,
    )


def _came_or_went(now: Clause | None) -> tuple[Change, Effect]:
    """Return what it is that a permission came or went: fewer is better for the subject."""
    return (Change.REMOVED, Effect.BETTER) if now is None else (Change.ADDED, Effect.WORSE)


def _standing(was: Clause | None, now: Clause | None) -> Clause:
    clause = now or was
    if clause is None:
        raise LookupError("a cell without a clause")
    return clause


def _collect(pair: Pair, was: Clause | None, now: Clause | None) -> Difference:
    item, service, source = _standing(was, now).parts
    change, effect = _came_or_went(now)
    says = say(
        f"collect.{source}.{change}",
        item=label(pair, DeclarationKind.ITEM, item),
        service=label(pair, DeclarationKind.SERVICE, service),
    )
    return _made(change, effect, (DeclarationKind.ITEM, item), says, was, now)


def _use(pair: Pair, was: Clause | None, now: Clause | None) -> Difference:
    item, purpose, basis = _standing(was, now).parts
    if was is None or now is None:
        change, effect = _came_or_went(now)
        name = f"use.{basis}.{change}"
    elif basis == Basis.CONSENT:
        change, effect, name = Change.NARROWED, Effect.BETTER, "use.to_consent"
    else:
        change, effect, name = Change.WIDENED, Effect.WORSE, "use.to_stated"
    says = say(
        name, item=label(pair, DeclarationKind.ITEM, item), purpose=label(pair, DeclarationKind.PURPOSE, purpose)
    )
    return _made(change, effect, (DeclarationKind.PURPOSE, purpose), says, was, now)


def _share(pair: Pair, was: Clause | None, now: Clause | None) -> Difference:
    item, recipient, ground = _standing(was, now).parts
    change, effect = _came_or_went(now)
    says = say(
        f"share.{ground}.{change}",
        item=label(pair, DeclarationKind.ITEM, item),
        recipient=label(pair, DeclarationKind.RECIPIENT, recipient),
        country=country_of(pair, recipient),
    )
    return _made(change, effect, (DeclarationKind.RECIPIENT, recipient), says, was, now)


def _keep(pair: Pair, root: str, was: Clause | None, now: Clause | None) -> Difference | None:
    name = _standing(was, now).parts[0]
    about = (DeclarationKind.ITEM, name)
    item = label(pair, DeclarationKind.ITEM, name)
    old, new = pair.before.items.get(root), pair.after.items.get(root)
    if new is None:
        minimum = old.legal_minimum if old is not None else None
        if minimum is None:
            return _made(Change.REMOVED, Effect.BETTER, about, say("keep.removed", item=item), was, now)
        held = {language: legal_minimum_text(minimum, language) for language in Language}
        return _made(Change.REMOVED, Effect.BETTER, about, say("keep.removed.held", item=item, held=held), was, now)
    if old is None:
        says = say("keep.added", item=item, after=_limit(new.maximum))
        return _made(Change.ADDED, Effect.NEITHER, about, says, was, now)
    if old.maximum.days is None and new.maximum.days is None:
        return None
    change, effect = limit_effect(old.maximum, new.maximum)
    if old.maximum.days is not None and new.maximum.days is not None and old.maximum.clock is new.maximum.clock:
        days = {"before": _days(old.maximum.days), "after": _days(new.maximum.days)}
        return _made(change, effect, about, say("keep.days", item=item, clock=_clock(new.maximum), **days), was, now)
    name = "keep.other_clock" if change is Change.CHANGED else "keep.changed"
    says = say(name, item=item, before=_limit(old.maximum), after=_limit(new.maximum))
    return _made(change, effect, about, says, was, now)


def _days(days: int) -> dict[Language, str]:
    return {language: days_text(days, language) for language in Language}


def _clock(limit: Limit) -> dict[Language, str]:
    return {language: clock_text(limit.clock, language) for language in Language}


def _limit(limit: Limit) -> dict[Language, str]:
    return {language: limit_text(limit, language) for language in Language}


def _right(pair: Pair, roots: tuple[str, ...], was: Clause | None, now: Clause | None) -> Difference | None:
    right, attribute = roots
    about = (DeclarationKind.RIGHT, right)
    named = label(pair, DeclarationKind.RIGHT, right)
    if was is None or now is None:
        # The terms of a right come and go with the right itself.
        return None
    if attribute == _PRESENT:
        terms = pair.after.rights.get(right)
        if terms is None or not terms.present:
            return _made(Change.REMOVED, Effect.WORSE, about, say("right.removed", right=named), was, now)
        says = say("right.added", right=named, **right_words(terms))
        return _made(Change.ADDED, Effect.BETTER, about, says, was, now)
    change, effect = _attribute_effect(attribute, was.parts[2], now.parts[2])
    says = say(
        f"right.{attribute}",
        right=named,
        before=value_of(attribute, was.parts[2]),
        after=value_of(attribute, now.parts[2]),
    )
    return _made(change, effect, about, says, was, now)


def _with_terms(difference: Difference, old: Mapping[Key, Clause], new: Mapping[Key, Clause]) -> Difference:
    """Return the gain or loss of a right with every clause that comes or goes with it."""
    right = difference.about.id
    return replace(
        difference,
        clauses_before=tuple(clause for (kind, roots), clause in old.items() if (kind, roots[0]) == (_RIGHT, right)),
        clauses_after=tuple(clause for (kind, roots), clause in new.items() if (kind, roots[0]) == (_RIGHT, right)),
    )


def _attribute_effect(attribute: str, was: str, now: str) -> tuple[Change, Effect]:
    if attribute == "verification":
        old, new = Verification(was), Verification(now)
        raised = new.strength > old.strength and new.open_to_all
        return Change.CHANGED, Effect.BETTER if raised else Effect.WORSE
    shorter = number_in(now) < number_in(was)
    return (Change.WIDENED, Effect.BETTER) if shorter else (Change.NARROWED, Effect.WORSE)


def _notice(pair: Pair, was: Clause | None, now: Clause | None) -> Difference | None:
    if was is None or now is None:
        # The notices of a service come and go with the service itself.
        return None
    name, channel, new = now.parts
    old = was.parts[2]
    if old == _NONE:
        change, effect, sentence = Change.ADDED, Effect.BETTER, "notice.added"
    elif new == _NONE:
        change, effect, sentence = Change.REMOVED, Effect.WORSE, "notice.removed"
    elif number_in(new) > number_in(old):
        change, effect, sentence = Change.WIDENED, Effect.BETTER, "notice.changed"
    else:
        change, effect, sentence = Change.NARROWED, Effect.WORSE, "notice.changed"
    says = say(
        f"{sentence}.{channel}",
        service=label(pair, DeclarationKind.SERVICE, name),
        before=value_of("lead", old),
        after=value_of("lead", new),
    )
    return _made(change, effect, (DeclarationKind.NOTICE, name), says, was, now)


def _services(pair: Pair, old: Mapping[Key, Clause], new: Mapping[Key, Clause]) -> Iterator[Difference]:
    """Yield the services that come and go: in itself neither is better, what they collect is said by its clauses.

    Who was told of a service's changes stays so after its end; there is no clause to give that up by.
    """
    for root in sorted(pair.before.services.keys() ^ pair.after.services.keys()):
        came = pair.after.services.get(root)
        named = came or pair.before.services[root]
        change = Change.REMOVED if came is None else Change.ADDED
        yield Difference(
            change=change,
            effect=Effect.NEITHER,
            about=Declaration(kind=DeclarationKind.SERVICE, id=named.id),
            says=say(f"service.{change}", service=pair.words(named.label), does=pair.words(named.does)),
            clauses_before=_told(old, root),
            clauses_after=_told(new, root),
        )


def _told(cells: Mapping[Key, Clause], service: str) -> tuple[Clause, ...]:
    return tuple(
        clause
        for (kind, roots), clause in cells.items()
        if kind is ClauseKind.NOTICE and roots[0] == service and clause.parts[2] != _NONE
    )


def number_in(value: str) -> int:
    """Return the number in a clause's value: 30 of `P30D`, 50000 of `50000`."""
    return int(value.removeprefix("P").removesuffix("D"))
