"""P17 exhaustively: every history of a small scope, on the gate and on the evaluator written from the text."""

from collections import Counter

import pytest

from tests.property.changes.checks import check_permissions, check_rights, check_withdrawals
from tests.property.changes.scope import SCOPES, every_moment

MOMENTS = {
    "collecting": 176,
    "using": 2054,
    "both": 2432,
    "sharing": 7174,
    "retention": 4739,
    "rights": 7416,
    "notices": 2280,
    "grounds": 405,
}
"""How many there are; another number means that the scope is another one than `docs/adr/0016` states."""


@pytest.mark.parametrize("scope", SCOPES)
def test_only_a_yes_takes_anything_away_and_taking_it_back_undoes_it(scope: str) -> None:
    """In every history no permission grows, no right shrinks without a yes, and a withdrawal is as if never said."""
    seen: Counter[str] = Counter()
    for node in every_moment(scope):
        seen[node.moment.happened] += 1
        assert node.permitted == node.permitted_slowly, node.moment
        check_permissions(node)
        check_rights(node)
        check_withdrawals(node)
    assert sum(seen.values()) == MOMENTS[scope], seen
