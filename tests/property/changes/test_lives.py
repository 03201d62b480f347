"""P17 over whole random lives, on the gate and on the evaluator written from the text."""

from collections import Counter

import pytest

from tests.property.changes.asking import cells
from tests.property.changes.checks import Node, chain, check_permissions, check_rights, check_withdrawals
from tests.property.changes.lives import life

LIVES = 240
SLOW_LIVES = 80
SHARDS = 2


def nodes(shard: int, count: int = LIVES) -> list[Node]:
    """Return every moment of random lives, the same ones each time."""
    return [node for number in range(count // SHARDS) for node in chain(list(life(f"life.{shard}.{number}")))]


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("slowly", [False, True], ids=["gate", "text"])
def test_only_a_yes_permits_more_and_only_what_it_says(shard: int, slowly: bool) -> None:  # noqa: FBT001 - a parameter
    """Publishing, refusing, withdrawing and time permit nothing new; a yes permits its clause or version alone."""
    seen: Counter[tuple[str, bool]] = Counter()
    for node in nodes(shard, SLOW_LIVES if slowly else LIVES):
        seen[node.moment.happened, check_permissions(node, slowly=slowly)] += 1
    assert seen["agreed", True]
    assert seen["consented", True]
    assert seen["published", False] > SLOW_LIVES / SHARDS


@pytest.mark.parametrize("shard", range(SHARDS))
def test_only_a_yes_takes_from_a_right(shard: int) -> None:
    """Without a yes between two moments no right, deadline, fee or notice is worse at the second than at the first."""
    for node in nodes(shard):
        check_rights(node)


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("slowly", [False, True], ids=["gate", "text"])
def test_after_a_withdrawal_the_rest_of_a_life_is_as_if_there_had_been_no_yes(shard: int, slowly: bool) -> None:  # noqa: FBT001 - a parameter
    """From a withdrawal on, through every later version, all is as for someone who never said that yes."""
    checked = sum(check_withdrawals(node, slowly=slowly) for node in nodes(shard, SLOW_LIVES if slowly else LIVES))
    assert checked > SLOW_LIVES / SHARDS / 2


@pytest.mark.parametrize("shard", range(SHARDS))
def test_what_is_permitted_stands_in_the_newest_version(shard: int) -> None:
    """Nothing is permitted, whatever was agreed to, that the newest version does not declare."""
    for node in nodes(shard):
        assert node.permitted <= set(cells(node.moment.versions[-1:])), node.moment
