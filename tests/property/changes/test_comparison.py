"""What a comparison says of a change is what the gate makes of it, for every subject."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from camket.core.consent.state import rests_on_consent
from camket.core.errors import InvalidValueError
from camket.core.gate.history import History, Standing
from camket.core.gate.question import Agreement, SubjectFacts
from camket.core.gate.touch import Touch, touches
from camket.core.policy.diff import Change, DeclarationKind, Difference, Effect, PolicyDiff, compare
from camket.core.policy.diff_limits import never_later
from camket.core.policy.model import ClauseKind, PolicyVersion
from tests.property.gate import draw_world
from tests.property.gate.build import make_version

WORLDS = 200
SHARDS = 2
AT = datetime(2026, 1, 1, tzinfo=UTC)


def changes(shard: int) -> Iterator[tuple[PolicyVersion, PolicyVersion, PolicyDiff]]:
    """Yield neighbouring versions of random histories, as if there were no others, with what changed."""
    for number in range(WORLDS // SHARDS):
        world = draw_world.world(Random(f"change.{shard}.{number}"))  # noqa: S311 - draws to repeat, no secret
        for before, after in pairwise(world.versions):
            yield before, after, compare(before, after)


def changes_of_one_part(shard: int) -> Iterator[tuple[PolicyVersion, PolicyVersion, PolicyDiff]]:
    """Yield the same, but with each part of the policy changed by itself, so that some changes reduce nothing."""
    for before, after, _ in changes(shard):
        for part in ("rights", "notices", "grounds", "purposes", "recipients", "quiet_days"):
            try:
                policy = replace(before.policy, **{part: getattr(after.policy, part)})
            except InvalidValueError:
                continue
            changed = make_version(after.number, policy)
            yield before, changed, compare(before, changed)


def rests_on_a_consent(difference: Difference) -> bool:
    """Say whether it waits for a consent, which is asked for by itself, and not for an agreement."""
    return any(rests_on_consent(clause) for clause in difference.clauses_after)


def both(before: PolicyVersion, after: PolicyVersion, *agreements: Agreement) -> tuple[Standing, Standing]:
    """Return where someone who joined under the earlier version stands before and after the later one."""
    facts = SubjectFacts(joined=before.number)
    with_yes = replace(facts, agreements=agreements)
    return History((before,)).standing(facts), History((before, after)).standing(with_yes)


def own(standing: Standing) -> tuple[object, ...]:
    """Return the meaning of a subject's policy: permissions, which limits end first, rights, notices, grounds.

    Left out are the notices of services that are gone, since there is nothing more to tell of them, and what rests on
    consent, which is asked for by itself.
    """
    effective = standing.effective_at(AT + timedelta(days=1))
    newest = standing.history.newest.policy
    services = {(one.renamed_from or (one.id,))[0] for one in newest.services}
    items = {(one.renamed_from or (one.id,))[0] for one in newest.items}
    limits = {
        item: {
            (one.clock if one.days else "account", one.days)
            for one in every.values()
            if not any(never_later(other, one) and not never_later(one, other) for other in every.values())
        }
        for item, every in effective.keep.items()
        if item in items
    }
    bits = standing.history.tables.bits
    mask = {cell for cell, bit in bits.items() if effective.mask >> bit & 1 and cell[1][2] != "consent"}
    terms = {
        right: (one.reply_days, one.complete_days, one.fee_vnd, one.verification)
        for right, one in effective.rights.items()
    }
    notices = {key: one.lead_days for key, one in effective.notices.items() if key[0] in services}
    return mask, limits, terms, notices, effective.grounds


@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_change_that_reduces_nothing_holds_for_everyone_at_once(shard: int) -> None:
    """Where no difference is worse, who joined before and never said yes stands where a newcomer stands."""
    reduced: Counter[bool] = Counter()
    for before, after, diff in (*changes(shard), *changes_of_one_part(shard)):
        _, old = both(before, after)
        new = old.history.standing(SubjectFacts(joined=after.number))
        waiting = [one for one in diff.differences if one.effect is Effect.WORSE and not rests_on_a_consent(one)]
        waiting = [one for one in waiting if not one.takes_without_asking]
        reduced[bool(waiting)] += 1
        assert bool(waiting) is (own(old) != own(new)), [one.says for one in waiting]
    assert min(reduced.values()) > WORLDS / SHARDS / 20


@pytest.mark.parametrize("shard", range(SHARDS))
def test_what_is_worse_waits_and_what_is_not_does_not(shard: int) -> None:
    """For who never said yes each reduction waits; nothing else does, and nothing that is worse binds all at once."""
    seen: Counter[tuple[str, str]] = Counter()
    for before, after, diff in changes(shard):
        old, new = both(before, after)
        for one in diff.differences:
            touch = touches(one, old, new)
            seen[one.effect, touch] += 1
            if one.takes_without_asking:
                assert not one.clauses_after
            elif one.effect is Effect.WORSE:
                assert touch is Touch.WAITS, one
                assert not one.binds_all_at_once
            else:
                assert touch is not Touch.WAITS, one
                assert one.binds_all_at_once
    assert min(seen[Effect.WORSE, Touch.WAITS], seen[Effect.BETTER, Touch.AT_ONCE]) > WORLDS


@pytest.mark.parametrize("shard", range(SHARDS))
def test_each_reduction_is_answered_alone(shard: int) -> None:
    """A yes to the clause of a reduction makes it hold, and no other reduction of another declaration."""
    for before, after, diff in changes(shard):
        asked = [one for one in diff.differences if one.effect is Effect.WORSE and answerable(one)]
        for one in asked:
            yes = Agreement(version=after.number, clause=one.clauses_after[0].id, at=AT)
            old, new = both(before, after, yes)
            assert touches(one, old, new) is Touch.AT_ONCE, one
            for other in asked:
                if other.about != one.about:
                    assert touches(other, old, new) is Touch.WAITS, (one, other)


def answerable(difference: Difference) -> bool:
    """Say whether an agreement answers it: it has a clause, and no consent is needed instead."""
    clauses = difference.clauses_after
    if any(clause.kind is ClauseKind.RIGHT and clause.parts[1] == "reply" for clause in clauses):
        # A longer time to reply ends where the request has to be done, which is another clause.
        return False
    return bool(clauses) and not rests_on_a_consent(difference)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_open_clause_is_one_that_the_comparison_calls_worse(shard: int) -> None:
    """What the gate would ask a subject to agree to is what the comparison says waits, and the other way round."""
    for before, after, diff in changes(shard):
        _, new = both(before, after)
        listed = {
            one.clauses_after[0].roots for one in diff.differences if one.effect is Effect.WORSE and answerable(one)
        }
        asked = {
            clause.roots
            for clause in new.open_clauses
            if not (clause.kind is ClauseKind.RIGHT and clause.parts[1] == "reply")
        }
        assert listed <= asked
        beyond = asked - listed
        kinds = {clause.kind for clause in new.open_clauses if clause.roots in beyond}
        # A yes to a maximum forgets an older, later one: nothing ends otherwise by it.
        assert kinds <= {ClauseKind.KEEP}


@pytest.mark.parametrize("shard", range(SHARDS))
def test_comparing_backwards_turns_better_and_worse_around(shard: int) -> None:
    """What is gained one way is lost the other way; there is a difference one way exactly if there is one the other."""
    for before, after, diff in changes(shard):
        back = compare(after, before)
        assert diff.is_empty is back.is_empty
        gained = {_cells(one) for one in diff.differences if one.effect is Effect.BETTER and one.clauses_before}
        lost = {_cells(one) for one in back.differences if one.effect is Effect.WORSE and one.clauses_after}
        assert {one for one in gained if not any(kind is ClauseKind.KEEP for kind, _ in one)} <= lost


def _cells(difference: Difference) -> frozenset[tuple[ClauseKind, tuple[str, ...]]]:
    every = (*difference.clauses_before, *difference.clauses_after)
    return frozenset((clause.kind, clause.roots) for clause in every)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_renaming_changes_no_more_than_words(shard: int) -> None:
    """A history in which nothing changes but ids differs in words alone."""
    renamed = 0
    for before, _, _ in changes(shard):
        policy = before.policy
        items = tuple(replace(one, id=f"{one.id}9", renamed_from=(*one.renamed_from, one.id)) for one in policy.items)
        named = {one.id: f"{one.id}9" for one in policy.items}
        purposes = tuple(replace(one, items=tuple(named[item] for item in one.items)) for one in policy.purposes)
        recipients = tuple(
            replace(
                one, shares={ground: tuple(named[item] for item in shared) for ground, shared in one.shares.items()}
            )
            for one in policy.recipients
        )
        changed = replace(policy, items=items, purposes=purposes, recipients=recipients)
        diff = compare(before, make_version(2, changed))
        renamed += len(diff.differences)
        assert not diff.significant
        assert {one.change for one in diff.differences} == {Change.REWORDED}
        assert {one.about.kind for one in diff.differences} == {DeclarationKind.ITEM}
    assert renamed
