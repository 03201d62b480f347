"""P17 over whole lives, on the gate and on the evaluator written from the text."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from camket.core.gate.question import SubjectFacts
from tests.property.changes.asking import Cell, cells, granted, hindered, permitted, permitted_slowly
from tests.property.changes.lives import Moment, life

LIVES = 240
SLOW_LIVES = 80
SHARDS = 2


def lives(shard: int, count: int = LIVES) -> list[list[Moment]]:
    """Return random lives, the same ones each time."""
    return [list(life(f"life.{shard}.{number}")) for number in range(count // SHARDS)]


def always(moment: Moment, asked: list[Cell], *, slowly: bool) -> frozenset[Cell]:
    """Return what is permitted at a moment."""
    if slowly:
        return permitted_slowly(moment.versions, moment.facts, asked, moment.at)
    return permitted(moment.standing, asked, moment.at)


def never_withdrawn(facts: SubjectFacts) -> SubjectFacts:
    """Return the facts of someone who never gave what this subject withdrew."""
    return replace(
        facts,
        agreements=tuple(one for one in facts.agreements if one.withdrawn_at is None),
        consents=tuple(one for one in facts.consents if one.withdrawn_at is None),
    )


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("slowly", [False, True], ids=["gate", "text"])
def test_only_a_yes_permits_more_and_only_what_it_says(shard: int, slowly: bool) -> None:  # noqa: FBT001 - a parameter
    """Publishing, refusing, withdrawing and time permit nothing new; a yes permits its clause or version alone."""
    seen: Counter[tuple[str, bool]] = Counter()
    for moments in lives(shard, SLOW_LIVES if slowly else LIVES):
        asked = cells(moments[-1].versions)
        for before, after in pairwise(moments):
            more = always(after, asked, slowly=slowly) - always(before, asked, slowly=slowly)
            seen[after.happened, bool(more)] += 1
            if after.happened in {"agreed", "consented"}:
                if after.about is not None:
                    kind, roots = str(after.about.kind), after.about.roots
                    assert all((one[0], one[1:]) == (kind, roots[: len(one) - 1]) for one in more), after
            else:
                assert not more, (before, after)
    assert seen["agreed", True]
    assert seen["consented", True]
    assert seen["published", False] > SLOW_LIVES / SHARDS / 2


@pytest.mark.parametrize("shard", range(SHARDS))
def test_only_a_yes_takes_from_a_right(shard: int) -> None:
    """Without a yes between two moments no right, deadline, fee or notice is worse at the second than at the first.

    Who takes back a yes to a way of verification has the one from before again, weaker or not: neither side is better.
    """
    for moments in lives(shard):
        for before, after in pairwise(moments):
            if after.happened == "agreed":
                continue
            old = granted(before.history, before.standing, before.at)
            new = granted(after.history, after.standing, after.at)
            worse = [name for name, value in old.items() if new.get(name, -1_000_000) < value]
            taken_back = after.happened == "withdrew"
            assert [name for name in worse if not (taken_back and name[-1] == "verification")] == [], (before, after)
            assert after.happened != "published" or list(hindered(before.standing, after.standing, after.at)) == []


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("slowly", [False, True], ids=["gate", "text"])
def test_after_a_withdrawal_the_rest_of_a_life_is_as_if_there_had_been_no_yes(shard: int, slowly: bool) -> None:  # noqa: FBT001 - a parameter
    """From a withdrawal on, through every later version, all is as for someone who never said that yes."""
    checked = 0
    for moments in lives(shard, SLOW_LIVES if slowly else LIVES):
        asked = cells(moments[-1].versions)
        for moment in moments:
            never = replace(moment, facts=never_withdrawn(moment.facts))
            if never.facts == moment.facts:
                continue
            checked += 1
            assert always(moment, asked, slowly=slowly) == always(never, asked, slowly=slowly), moment
            said = moment.standing.effective_at(moment.at)
            assert said.clauses == never.standing.effective_at(moment.at).clauses, moment
    assert checked > SLOW_LIVES / SHARDS


@pytest.mark.parametrize("shard", range(SHARDS))
def test_what_is_permitted_stands_in_the_newest_version(shard: int) -> None:
    """Nothing is permitted, whatever was agreed to, that the newest version does not declare."""
    for moments in lives(shard):
        asked = cells(moments[-1].versions)
        for moment in moments:
            assert always(moment, asked, slowly=False) <= set(cells(moment.versions[-1:])), moment
