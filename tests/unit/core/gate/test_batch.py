"""One question about many subjects."""

from collections.abc import Iterator
from datetime import UTC, datetime

from camket.core.gate.batch import decide_each
from camket.core.gate.history import History
from camket.core.gate.question import Question, SubjectFacts
from camket.core.terms import Action, Outcome, SubjectState
from tests.property.gate.build import make_item, make_policy, make_purpose, make_service, make_version

POLICY = make_policy(
    services=(make_service("account"),),
    items=(make_item("email"),),
    purposes=(make_purpose("provide", ["email"]),),
)
HISTORY = History((make_version(1, POLICY),))
QUESTION = Question(action=Action.USE, items=("email",), purpose="provide", at=datetime(2026, 3, 1, tzinfo=UTC))


def test_each_subject_has_their_own_outcome() -> None:
    """One subject's no is not another's."""
    subjects = [
        ("alice", SubjectFacts()),
        ("bob", SubjectFacts(restricted=frozenset({"provide"}))),
        ("bob", SubjectFacts(state=SubjectState.ERASED)),
    ]
    assert [(handle, one.items[0].row.name) for handle, one in decide_each(HISTORY, subjects, QUESTION)] == [
        ("alice", "use.stated"),
        ("bob", "use.restricted"),
        ("bob", "erased"),
    ]


def test_no_subject_no_answer() -> None:
    """An empty batch permits nothing."""
    assert list(decide_each(HISTORY, [], QUESTION)) == []


def test_a_batch_is_read_one_subject_at_a_time() -> None:
    """A batch of any size takes the memory of one subject."""
    pulled = 0

    def endless() -> Iterator[tuple[int, SubjectFacts]]:
        nonlocal pulled
        while True:
            pulled += 1
            yield pulled, SubjectFacts()

    answers = decide_each(HISTORY, endless(), QUESTION)
    assert [next(answers)[1].outcome for _ in range(3)] == [Outcome.PERMIT] * 3
    assert pulled == 3
