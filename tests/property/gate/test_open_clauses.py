"""Which clauses are open: told without folding for each, and the same as folding for each would tell."""

from __future__ import annotations

from random import Random

from camket.core.consent.state import rests_on_consent
from camket.core.gate.effective import fold
from camket.core.gate.history import History, Standing
from camket.core.gate.tables import cell_of
from camket.core.policy.model import Clause, ClauseKind
from tests.property.gate import draw, draw_world

HISTORIES = 150


def by_folding(standing: Standing) -> tuple[Clause, ...]:
    """Return the clauses of the newest version that change the fold once they are agreed to, one fold for each."""
    history, joined = standing.history, standing.facts.joined
    answers = [history.answer(one) for one in standing.facts.agreements if one.withdrawn_at is None]
    counted = frozenset(answer for answer in answers if answer is not None)
    before = fold(history.tables, joined, counted).history_hash
    number = history.newest.number
    return tuple(
        clause
        for clause in history.newest.clauses
        if not rests_on_consent(clause)
        and fold(history.tables, joined, counted | {(number, cell_of(clause))}).history_hash != before
    )


def test_open_clauses_are_those_that_a_fold_would_change() -> None:
    """On random histories with random agreements, for every kind of clause."""
    kinds: set[ClauseKind] = set()
    for number in range(HISTORIES):
        world = draw_world.world(Random(f"open.{number}"))  # noqa: S311 - draws to repeat, no secret
        standing = History(tuple(world.versions)).standing(draw.subject(world))
        expected = by_folding(standing)
        assert standing.open_clauses == expected
        kinds |= {clause.kind for clause in expected}
    assert kinds == set(ClauseKind)
