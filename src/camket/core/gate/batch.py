"""One question about many subjects: one outcome each, never one for all (semantics section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from camket.core.gate.decide import decide
from camket.core.gate.decision import Decision
from camket.core.gate.history import History
from camket.core.gate.question import Question, SubjectFacts

K = TypeVar("K")


def decide_each(
    history: History, subjects: Iterable[tuple[K, SubjectFacts]], question: Question
) -> Iterator[tuple[K, Decision]]:
    """Answer a question for each subject by themselves.

    The subjects are read one after another, so that a batch of any size takes the same memory.

    Args:
        history: the versions in force.
        subjects: each subject's handle and facts; a subject that comes twice is answered twice.
        question: asked of each.

    Yields:
        The handle and its decision, in the same order; nothing for no subjects.

    Raises:
        InvalidValueError: a subject's `joined` is no version in force; those before have been answered.
    """
    for handle, facts in subjects:
        yield handle, decide(history.standing(facts), question)
