"""The gate and the evaluator written from the text agree, over random policies, histories, subjects and questions."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camket.core.gate.decide import decide
from camket.core.gate.decision import Decision
from camket.core.gate.history import History
from camket.core.gate.question import Question, SubjectFacts
from camket.core.gate.rows import ROWS
from tests.property.gate import draw, draw_world, slow, slow_fold

END = datetime.max.replace(tzinfo=UTC)
SHARDS = 4
HISTORIES_PER_SHARD = 240
SUBJECTS_PER_HISTORY = 6
QUESTIONS_PER_SUBJECT = 3
INSTANTS_PER_QUESTION = 3


def flat(decision: Decision) -> slow.Answer:
    """Return a decision in the slow evaluator's shape."""
    per_item = {one.item: one for one in decision.missing}
    return slow.Answer(
        outcome=str(decision.outcome),
        items=tuple(
            (
                one.item,
                slow.Row(
                    outcome=str(one.outcome),
                    row=one.row.name,
                    clause=one.clause,
                    until=one.until,
                    missing=str(per_item[one.item].kind) if one.item in per_item else None,
                    clause_hash=per_item[one.item].clause_hash if one.item in per_item else None,
                ),
            )
            for one in decision.items
        ),
        clauses=decision.clauses,
        missing=tuple(
            (str(one.kind), one.item, one.purpose, one.recipient, one.version, one.clause, one.clause_hash)
            for one in decision.missing
        ),
        obligations=frozenset(
            (str(one.kind), one.item, one.reference, one.until, one.not_before) for one in decision.obligations
        ),
        version=decision.version,
        history=decision.history,
    )


def plain(answer: slow.Answer) -> slow.Answer:
    """Return the slow answer with each item's obligations left to the answer's own."""
    return answer._replace(items=tuple((item, row._replace(obligations=())) for item, row in answer.items))


def compare(history: History, facts: SubjectFacts, question: Question) -> slow.Answer:
    """Assert that both say the same."""
    expected = plain(slow.evaluate(list(history.versions), facts, question))
    assert flat(decide(history.standing(facts), question)) == expected, (facts, question)
    return expected


@pytest.mark.parametrize("shard", range(SHARDS))
def test_both_evaluators_agree_on_tens_of_thousands_of_cases(shard: int) -> None:
    """Outcome, rows, clauses, missing, obligations and the fold's hash are the same in 51,840 random cases."""
    rows: Counter[str] = Counter()
    for number in range(HISTORIES_PER_SHARD):
        world = draw_world.world(Random(f"{shard}.{number}"))  # noqa: S311 - draws to repeat, no secret
        history = History(tuple(world.versions))
        for _ in range(SUBJECTS_PER_HISTORY):
            facts = draw.subject(world)
            for _ in range(QUESTIONS_PER_SUBJECT):
                question = draw.question(world, facts)
                # The same question again and again, so that what is remembered of an instant meets another.
                for at in (question.at, *(draw.instant(world.rng) for _ in range(INSTANTS_PER_QUESTION - 1))):
                    answer = compare(history, facts, replace(question, at=at))
                    rows.update(row.row for _, row in answer.items)
    assert set(rows) >= set(ROWS), set(ROWS) - set(rows)


def test_rights_notices_and_limits_are_folded_as_the_text_says() -> None:
    """What the pages read of a standing is what the text gives with every agreement and withdrawal counted."""
    for number in range(300):
        world = draw_world.world(Random(f"fold.{number}"))  # noqa: S311 - draws to repeat, no secret
        history = History(tuple(world.versions))
        facts = draw.subject(world)
        standing = history.standing(facts)
        assert {
            str(right): {
                "reply": f"P{terms.reply_days}D",
                "complete": f"P{terms.complete_days}D",
                "fee": str(terms.fee_vnd),
                "verification": str(terms.verification),
            }
            for right, terms in standing.rights.items()
        } == slow_fold.rights(world.versions, facts, END)
        assert {
            (slow_fold.root(world.versions, "services", one.service), str(one.channel)): one.lead_days
            for one in standing.notices
        } == slow_fold.notices(world.versions, facts, END)
        limits = {
            (
                slow_fold.root(world.versions, "items", name),
                "account" if one.days is None else f"P{one.days}D@{one.clock}",
            )
            for name in world.names("items")
            for one in standing.keep_limits(name)
        }
        assert limits == slow_fold.keep(world.versions, facts, END)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=0, max_value=2**32), draws=st.integers(min_value=1, max_value=4))
def test_both_evaluators_agree_wherever_the_search_goes(seed: int, draws: int) -> None:
    """A search over seeds finds no history, subject and question about which the two differ."""
    world = draw_world.world(Random(seed), most_versions=3)  # noqa: S311 - draws to repeat, no secret
    history = History(tuple(world.versions))
    for _ in range(draws):
        facts = draw.subject(world)
        compare(history, facts, draw.question(world, facts))
